//! Ids of another network, wherever an id goes.

use std::fmt::Write as _;

use app::domain::{ids::SchemeId, scope::Scope};
use server::{
    clock::{self, fresh_id},
    db::{
        invitations, keys, network_life,
        people::{self, Place},
        reports,
    },
    http::{coordination, own},
};
use sqlx::AssertSqlSafe;

use super::told;
use crate::{
    forms,
    harness::Office,
    messages::{fresh_record, meeting, upsert},
};

/// Ids of another network, one of each kind.
async fn foreign(office: &Office) -> (SchemeId, Vec<String>) {
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let coordinator = office.coordinator_of(elsewhere).await;
    let claire = office.promeneur_of(elsewhere, "Claire Secrète").await;
    office.pull(&claire, None, 1).await;
    office.push(&claire, &[upsert(fresh_record(), None, &meeting(2))]).await;
    let caf = office.account_of(elsewhere, "Caf Secrète", Place::Caf).await;
    let mut tx = office.db.of(elsewhere).await.expect("a transaction");
    let me = &coordinator.me;
    let invitee = invitations::Invitee::Newcomer(Place::Caf);
    invitations::create(&mut tx, me, "Secrète", invitee, elsewhere.0.as_bytes()).await.expect("an invitation");
    keys::create(&mut tx, me, "Clé secrète", elsewhere.0.as_bytes()).await.expect("a key");
    let structures = network_life::territories(&mut tx).await.expect("structures");
    network_life::place(&mut tx, me, &[(structures[0].0.id, "Territoire secret".to_owned())]).await.expect("placed");
    let choices = reports::choices(&mut tx).await.expect("choices");
    tx.commit().await.expect("committed");
    forms::publish(office, &coordinator, "2025", "reseau", "1").await;
    let event =
        [("id", &*fresh_id().to_string()), ("nature", "training"), ("jour", "2026-11-02"), ("sujet", "Sujet secret")];
    office.submit(&coordinator, "/coordination/reseau", &event).await;
    office
        .upload_to(
            &coordinator,
            "/coordination/import",
            &[("contenu", "meeting")],
            "fichier",
            "secret.csv",
            b"qui;date;jeunes\nClaire;2026-11-03;1\n",
        )
        .await;
    let mut ids = vec![
        choices.structures[0].id.to_string(),
        choices.promeneurs[0].id.to_string(),
        choices.territories[0].id.to_string(),
        claire.device.to_string(),
        claire.me.account.to_string(),
        caf.me.account.to_string(),
    ];
    let mut owner = office.owner().await;
    for table in ["invitation", "access_key", "bilan_version", "network_event", "import_file", "session", "record"] {
        let statement = format!("select id::text from {table} where network_id = $1 limit 1");
        let id: Option<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .bind(elsewhere.0)
            .fetch_optional(&mut owner)
            .await
            .expect(table);
        ids.push(id.unwrap_or_else(|| panic!("{table} has none")));
    }
    (elsewhere, ids)
}

/// Everything of a network, as one text.
async fn whole(office: &Office, scheme: SchemeId) -> String {
    let mut owner = office.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns join information_schema.tables using (table_schema, table_name)
         where table_schema = 'public' and column_name = 'network_id' and table_type = 'BASE TABLE' order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    let mut text = String::new();
    for table in tables {
        let statement = format!(
            "select coalesce(string_agg(t::text, E'\n' order by t::text), '') from {table} t where network_id = $1"
        );
        let rows: String =
            sqlx::query_scalar(AssertSqlSafe(statement)).bind(scheme.0).fetch_one(&mut owner).await.expect("rows");
        let _ = writeln!(text, "{table}: {rows}");
    }
    text
}

/// Every page with every id of another network, read and sent: nothing of it is told, nothing of it changes.
#[tokio::test]
async fn ids_of_another_network_open_nothing_and_change_nothing() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let (elsewhere, ids) = foreign(&office).await;
    let before = whole(&office, elsewhere).await;
    let mut tried = 0;
    for (address, ..) in coordination::PAGES.iter().chain(own::PAGES) {
        for id in &ids {
            let path = address
                .replace("{id}", id)
                .replace("{op}", id)
                .replace("{month}", "2026-10")
                .replace("{file}", "bilan.xlsx");
            let scope = |kind: &str| format!("{path}?periode=2025&perimetre={kind}:{id}");
            let paths = [path.clone(), scope("structure"), scope("promeneur"), scope("territoire")];
            for path in paths.iter().filter(|path| path.contains(id.as_str())) {
                let answer = office.get(path, &coordinator.cookie).await;
                let text = String::from_utf8_lossy(&answer.body);
                assert!(!text.contains("ecrète") && !text.contains("secret"), "{path}: {text}");
                assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
                tried += 1;
            }
            // Ids in fields too, under every name that a form has.
            let fields = ["id", "structure", "promeneur", "direction", "remplace", "op", "perimetre"]
                .map(|name| (name, id.as_str()));
            let answer = office.submit(&coordinator, &path, &fields).await;
            let text = String::from_utf8_lossy(&answer.body);
            assert!(!text.contains("ecrète") && !text.contains("secret"), "{path}: {text}");
            assert!(answer.status.as_u16() < 500, "{path}: {} {text}", answer.status);
            tried += 1;
        }
    }
    let after = whole(&office, elsewhere).await;
    assert!(before == after, "something of the other network changed");
    let scope: Scope = format!("promeneur:{}", ids[1]).parse().expect("a scope");
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    assert!(!reports::exists(&mut tx, scope).await.expect("read"));
    told("ids of another network", tried, tried, "no word of it told, no row of it changed");
}
