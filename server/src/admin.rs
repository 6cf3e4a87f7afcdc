//! Acts of the operator, without the web.

use anyhow::{Context, bail};
use app::domain::{coded::Code, ids::SchemeId, taxonomy::StructureType};

use crate::{
    auth::password,
    clock,
    config::{Admin, Reader},
    db::{
        Db,
        audit::{self, Chain},
        breaks, devices, lives,
        people::{self, Place},
        projections,
    },
    retention,
};

/// Carries one out, and says what was done.
pub async fn run(db: &Db, owner: &mut sqlx::PgConnection, act: Admin) -> anyhow::Result<String> {
    match act {
        Admin::CreateNetwork { name, department } => {
            if scheme_named(owner, &name).await?.is_some() {
                bail!("a network named « {name} » exists already");
            }
            people::create_scheme(db, clock::fresh_scheme(), &name, &department, false).await?;
            Ok(format!("network « {name} » created"))
        }
        Admin::CreateCoordinator { network, login, name } => {
            let scheme = find_scheme(owner, &network).await?;
            let password_hash = fresh_hash(&[&network, &login, &name]).await?;
            let mut tx = db.of(scheme).await?;
            let account = people::NewAccount {
                login: &login,
                name: &name,
                password_hash: &password_hash,
                place: Place::Coordinator,
            };
            people::create_account(&mut tx, scheme, &account).await.map_err(|error| explain(error, &login))?;
            tx.commit().await?;
            Ok(format!("coordinator « {login} » created in « {network} »"))
        }
        Admin::CreateReader { network, login, name, role, structure, commune } => {
            let scheme = find_scheme(owner, &network).await?;
            let password_hash = fresh_hash(&[&network, &login, &name]).await?;
            let mut tx = db.of(scheme).await?;
            let place = match role {
                Reader::Caf => Place::Caf,
                Reader::Committee => Place::Committee,
                Reader::StructureManager => {
                    let structure = structure.unwrap_or_default();
                    let found = people::structure_named(&mut tx, &structure, &commune).await?;
                    Place::StructureManager(found.with_context(|| {
                        format!("there is no structure « {structure} » in « {commune} »: say its name and --commune as they are")
                    })?)
                }
            };
            let account = people::NewAccount { login: &login, name: &name, password_hash: &password_hash, place };
            people::create_account(&mut tx, scheme, &account).await.map_err(|error| explain(error, &login))?;
            tx.commit().await?;
            Ok(format!("{} « {login} » created in « {network} »", place.role().code()))
        }
        Admin::CreatePromeneur { network, login, name, structure, commune, labelled_on, weekly_hours } => {
            let scheme = find_scheme(owner, &network).await?;
            let password_hash = fresh_hash(&[&network, &login, &name]).await?;
            let mut tx = db.of(scheme).await?;
            let structure = match people::structure_named(&mut tx, &structure, &commune).await? {
                Some(id) => id,
                None => {
                    people::create_structure(&mut tx, scheme, &structure, StructureType::Other.code(), &commune).await?
                }
            };
            let new = people::NewPromeneur {
                name: &name,
                structure,
                labelled_on,
                left_on: None,
                leave: None,
                weekly_minutes: weekly_hours.map(|hours| i32::from(hours) * 60),
            };
            let promeneur = people::create_promeneur(&mut tx, scheme, &new).await?;
            let account = people::NewAccount {
                login: &login,
                name: &name,
                password_hash: &password_hash,
                place: Place::Promeneur(promeneur),
            };
            people::create_account(&mut tx, scheme, &account).await.map_err(|error| explain(error, &login))?;
            tx.commit().await?;
            Ok(format!("promeneur « {login} » created in « {network} »"))
        }
        Admin::SetPassphrase { network, login } => {
            let scheme = find_scheme(owner, &network).await?;
            let password_hash = fresh_hash(&[&network, &login]).await?;
            let mut tx = db.of(scheme).await?;
            if !people::set_passphrase(&mut tx, &login, &password_hash).await? {
                bail!("there is no account « {login} » in « {network} »");
            }
            tx.commit().await?;
            Ok(format!("passphrase of « {login} » set; its sessions are over and its passkeys gone"))
        }
        Admin::NewEpoch => {
            let schemes = schemes(owner).await?;
            let epoch = lives::begin(owner, &schemes).await?;
            Ok(format!(
                "new life {epoch} of the database begun for {} networks: phones give back what it lacks as they come",
                schemes.len()
            ))
        }
        Admin::RevokeDevice { device } => {
            for scheme in schemes(owner).await? {
                let mut tx = db.of(scheme).await?;
                let found = devices::revoke(&mut tx, device).await?;
                tx.commit().await?;
                if found {
                    tracing::info!(device.id = %device, "phone withdrawn by the operator");
                    return Ok(format!("phone {device} withdrawn"));
                }
            }
            bail!("there is no phone {device}: its id is in the address of « Retirer ce téléphone »")
        }
        Admin::Rebuild => {
            let mut count = 0;
            for scheme in schemes(owner).await? {
                count += projections::rebuild(db, scheme).await?;
            }
            Ok(format!("projections built anew from {count} records"))
        }
        Admin::Erase => {
            let mut erased = retention::Erased::default();
            for scheme in schemes(owner).await? {
                erased += retention::run(db, scheme).await.map_err(|error| anyhow::anyhow!(error.sentence))?;
            }
            Ok(format!(
                "erased the texts of {} records, the names of {} people, {} decided entries and invitations",
                erased.texts, erased.people, erased.others
            ))
        }
        Admin::VerifyAudit => {
            let mut told = Vec::new();
            let mut broken = false;
            for scheme in schemes(owner).await? {
                told.push(match audit::verify(owner, scheme, None).await? {
                    Chain::Whole { lines, head } => format!("{scheme}: {lines} lines, whole, the last is {head}"),
                    Chain::Broken { at } => {
                        broken = true;
                        format!("{scheme}: BROKEN at line {at}: it was changed, or is missing")
                    }
                });
            }
            if broken {
                bail!("{}", told.join("\n"));
            }
            Ok(told.join("\n"))
        }
    }
}

fn explain(error: sqlx::Error, login: &str) -> anyhow::Error {
    if breaks(&error, "account_login") {
        anyhow::anyhow!("the sign-in name « {login} » is taken: choose another one")
    } else {
        error.into()
    }
}

/// The hash of a passphrase that is good enough for somebody of these names.
async fn fresh_hash(own: &[&str]) -> anyhow::Result<String> {
    Ok(password::fresh(read_passphrase()?, own).await?)
}

fn read_passphrase() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("reading the passphrase from the standard input")?;
    let passphrase = line.trim_end_matches(['\r', '\n']).to_owned();
    if passphrase.is_empty() {
        bail!("no passphrase on the standard input: try `lanterne admin create-coordinator … < passphrase.txt`");
    }
    Ok(passphrase)
}

async fn find_scheme(owner: &mut sqlx::PgConnection, name: &str) -> anyhow::Result<SchemeId> {
    scheme_named(owner, name).await?.with_context(|| {
        format!("there is no network named « {name} »: create it with `lanterne admin create-network`")
    })
}

/// The network of a name. Asked as the owner: only the operator looks across networks.
async fn scheme_named(owner: &mut sqlx::PgConnection, name: &str) -> Result<Option<SchemeId>, sqlx::Error> {
    sqlx::query_scalar!("select id from network where name = $1", name)
        .fetch_optional(owner)
        .await
        .map(|id| id.map(SchemeId))
}

/// Every network.
pub async fn schemes(owner: &mut sqlx::PgConnection) -> Result<Vec<SchemeId>, sqlx::Error> {
    sqlx::query_scalar!("select id from network order by created_at")
        .fetch_all(owner)
        .await
        .map(|ids| ids.into_iter().map(SchemeId).collect())
}
