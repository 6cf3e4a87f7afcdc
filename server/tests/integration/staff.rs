//! The staff: structures, promeneurs and their history, invitations and accesses.

use app::domain::{
    ids::{PromeneurId, StructureId},
    measure::Measure,
    scope::Scope,
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use server::db::{people::Place, reports};

use crate::{
    harness::{Answer, Office, PASSPHRASE},
    messages::{Person, fresh_record, meeting},
    phone::Phone,
};

const STAFF: &str = "/coordination/equipe";

async fn structures(office: &Office) -> Vec<StructureId> {
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    reports::choices(&mut tx).await.expect("choices").structures.into_iter().map(|choice| choice.id).collect()
}

/// The id at the end of where one is sent.
fn id_of(answer: &Answer) -> String {
    let to = answer.header("location");
    let id = to.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap_or_default();
    assert_eq!(id.len(), 36, "{to} {}", answer.text());
    id.to_owned()
}

async fn add(office: &Office, who: &Person, name: &str, structure: StructureId, since: &str) -> PromeneurId {
    let structure = structure.to_string();
    let fields = [("nom", name), ("structure", &structure), ("depuis", since), ("heures", "3,5")];
    id_of(&office.submit(who, &format!("{STAFF}/promeneurs"), &fields).await).parse().expect("an id")
}

/// The link on the page of a fresh invitation, as its path.
fn link_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    let link = text.split("/invitation/").nth(1).and_then(|rest| rest.get(..64));
    assert!(text.contains("class=\"qr\""), "{text}");
    format!("/invitation/{}", link.unwrap_or_else(|| panic!("no link in {text}")))
}

async fn accept(office: &Office, link: &str, login: &str, passphrase: &str) -> Answer {
    office.form(link, &[("identifiant", login), ("phrase", passphrase)]).await
}

/// The session that an answer gives.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_structure_and_a_promeneur_are_added_once_and_put_right() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let fields = [("nom", "Centre social"), ("type", "centre_social"), ("commune", "Brioude")];
    for _ in 0..2 {
        let answer = office.submit(&coordinator, &format!("{STAFF}/structures"), &fields).await;
        assert_eq!(answer.header("location"), format!("{STAFF}?fait=structure"), "{}", answer.text());
    }
    let structures = structures(&office).await;
    assert_eq!(structures.len(), 1, "a second tap adds nothing");
    let wrong = [("nom", ""), ("type", "hologram"), ("commune", "Brioude")];
    let answer = office.submit(&coordinator, &format!("{STAFF}/structures"), &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("id=\"f-nom-structure\"") && answer.text().contains("id=\"f-type\""));
    let page = format!("{STAFF}/structures/{}", structures[0]);
    let renamed = [("nom", "Centre <social>"), ("type", "mjc"), ("commune", "Langeac")];
    office.submit(&coordinator, &page, &renamed).await;
    let text = office.get(&page, &coordinator.cookie).await.text();
    assert!(text.contains("value=\"Centre &lt;social&gt;\"") && text.contains("value=\"Langeac\""), "{text}");

    let first = add(&office, &coordinator, "Anne", structures[0], "2026-09-01").await;
    let second = add(&office, &coordinator, "Anne", structures[0], "2026-09-01").await;
    assert_eq!(first, second, "a second tap adds nobody");
    let list = office.get(STAFF, &coordinator.cookie).await.text();
    assert!(list.contains("en activité, labellisé·e depuis le 1er\u{a0}septembre 2026 · sans accès"), "{list}");
    let page = format!("{STAFF}/promeneurs/{first}");
    for (field, value) in [("depart", "2026-08-01"), ("heures", "1000"), ("depuis", "hier"), ("nom", "")] {
        let mut fields = vec![("nom", "Anne"), ("depuis", "2026-09-01"), ("heures", "3"), ("depart", "")];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let answer = office.submit(&coordinator, &page, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(answer.text().contains(&format!("id=\"f-{field}\"")), "{field}: {}", answer.text());
    }
    assert_eq!(office.number("select count(*) from promeneur where left_on is not null").await, 0);
}

/// Who leaves, moves, or is away changes nothing of what was done before; the figures say how many days each counts.
#[tokio::test]
async fn the_history_stays_with_the_structures() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let phone = Phone::of(&office, anne.clone());
    phone.save(fresh_record(), meeting(3));
    assert_eq!(phone.round().await.fault, None);
    let old = structures(&office).await[0];
    office
        .submit(
            &coordinator,
            &format!("{STAFF}/structures"),
            &[("nom", "Après"), ("type", "mjc"), ("commune", "Le Puy")],
        )
        .await;
    let new = structures(&office).await.into_iter().find(|id| *id != old).expect("another one");
    let page = format!("{STAFF}/promeneurs/{}", anne.me.promeneur.expect("a promeneur"));
    let to = new.to_string();
    let moving = format!("{page}/structure");
    let refused = office.submit(&coordinator, &moving, &[("structure", &to), ("arrivee", "hier")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The meeting is of 19 November; the move of the 20th.
    for _ in 0..2 {
        let answer = office.submit(&coordinator, &moving, &[("structure", &to), ("arrivee", "2026-11-20")]).await;
        assert_eq!(answer.header("location"), format!("{page}?fait=change"), "{}", answer.text());
    }
    let back = old.to_string();
    let early = office.submit(&coordinator, &moving, &[("structure", &back), ("arrivee", "2026-11-19")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "before one came one does not leave");
    let far = office.submit(&coordinator, &moving, &[("structure", &back), ("arrivee", "2062-11-20")]).await;
    assert_eq!(far.status, StatusCode::UNPROCESSABLE_ENTITY, "a slip of the finger");
    let of = async |scope: Scope| {
        let dashboard = office.dashboard(&coordinator, "2026", &scope.to_string()).await;
        (dashboard.sums.total(Measure::Meetings), dashboard.sums.person_days)
    };
    assert_eq!((of(Scope::Structure(old)).await, of(Scope::Structure(new)).await), ((1, 323), (0, 42)));

    // A day that was wrong is put right, in both directions; so is a structure that was.
    for (structure, day, days) in [
        (&to, "2026-11-25", (328, 37)),
        (&back, "2026-11-25", (365, 0)),
        (&to, "2026-11-25", (328, 37)),
        (&to, "2026-11-20", (323, 42)),
    ] {
        office.submit(&coordinator, &moving, &[("structure", structure), ("arrivee", day)]).await;
        assert_eq!((of(Scope::Structure(old)).await.1, of(Scope::Structure(new)).await.1), days, "{day}");
    }

    let leave = format!("{page}/absences");
    let away = [("du", "2026-12-01"), ("au", "2026-12-10")];
    office.submit(&coordinator, &leave, &away).await;
    assert_eq!(of(Scope::Structure(new)).await, (0, 32));
    for wrong in [[("du", "2026-12-10"), ("au", "2026-12-20")], [("du", "2026-12-20"), ("au", "2026-12-11")]] {
        let answer = office.submit(&coordinator, &leave, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    office.submit(&coordinator, &format!("{leave}/retirer"), &away[..1]).await;
    assert_eq!(of(Scope::Structure(new)).await, (0, 42));

    // Gone from the 25th on: five days with the new structure, and all that was done is still there.
    let seen = ("avant", "Anne|2024-09-01|3|");
    let gone = [("nom", "Anne"), ("depuis", "2024-09-01"), ("heures", "3"), ("depart", "2026-11-25"), seen];
    office.submit(&coordinator, &page, &gone).await;
    // Whoever opened the page before does not take the departure back unseen.
    let late = [("nom", "Anne"), ("depuis", "2024-09-01"), ("heures", "4"), ("depart", ""), seen];
    let answer = office.submit(&coordinator, &page, &late).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("entre-temps") && answer.text().contains("Anne|2024-09-01|3|2026-11-25"));
    assert_eq!((of(Scope::Structure(new)).await, of(Scope::Network).await), ((0, 5), (1, 328)));
    let text = office.get(&page, &coordinator.cookie).await.text();
    assert!(
        text.contains("Parti·e le 25\u{a0}novembre 2026") && text.contains("Accueillir qui la ou le remplace"),
        "{text}"
    );
    let who = anne.me.promeneur.expect("a promeneur");
    let form = office.get(&format!("{STAFF}?remplace={who}"), &coordinator.cookie).await.text();
    assert!(form.contains("value=\"2026-11-25\"") && form.contains(&format!("value=\"{new}\" selected")), "{form}");
}

#[tokio::test]
async fn an_invitation_opens_once_and_lets_in_as_what_it_says() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    office
        .submit(&coordinator, &format!("{STAFF}/structures"), &[("nom", "MJC"), ("type", "mjc"), ("commune", "")])
        .await;
    let structure = structures(&office).await[0];
    let promeneur = add(&office, &coordinator, "Anne", structure, "2026-09-01").await;
    let invite = format!("{STAFF}/promeneurs/{promeneur}/inviter");
    let first = link_of(&office.submit(&coordinator, &invite, &[]).await);
    // A newer one takes the place of an older one.
    let link = link_of(&office.submit(&coordinator, &invite, &[]).await);
    assert_eq!(office.get(&first, "").await.status, StatusCode::NOT_FOUND);
    let page = office.get(&link, "").await;
    assert!(page.status == StatusCode::OK && page.text().contains("Anne, vous êtes invité·e dans Réseau d’essai."));

    for (login, passphrase, said) in [
        ("", PASSPHRASE, "f-identifiant"),
        ("an ne", PASSPHRASE, "f-identifiant"),
        ("anne@essai", "court", "f-phrase"),
        ("anne@essai", "motdepasse123", "f-phrase"),
        ("anne@essai", &"é".repeat(101), "f-phrase"),
    ] {
        let answer = accept(&office, &link, login, passphrase).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(answer.text().contains(&format!("id=\"{said}\"")), "{login}: {}", answer.text());
        assert!(!answer.text().contains(passphrase) || passphrase.is_empty(), "a passphrase is never sent back");
        assert_eq!(answer.header("set-cookie"), "");
    }
    let answer = accept(&office, &link, " Anne@Essai ", PASSPHRASE).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(answer.header("location").starts_with("/app?connecte="));
    let me: app::domain::person::Me = office.post_json("/api/v1/me", &cookie_of(&answer), "{}").await.json();
    assert_eq!((me.name.as_str(), me.promeneur), ("Anne", Some(promeneur)));
    assert_eq!(accept(&office, &link, "other@essai", PASSPHRASE).await.status, StatusCode::NOT_FOUND);
    // The second of two taps is in too: it sends what the first one chose.
    assert_eq!(accept(&office, &link, "anne@essai", PASSPHRASE).await.status, StatusCode::SEE_OTHER);
    assert_eq!(accept(&office, &link, "anne@essai", "une autre phrase de passe").await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get(&link, "").await.status, StatusCode::NOT_FOUND);
    let signed_in = office.form("/connexion", &[("identifiant", "anne@essai"), ("phrase", PASSPHRASE)]).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    // Whoever has an access is invited no more.
    let again = office.submit(&coordinator, &invite, &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn others_are_invited_to_what_their_role_allows() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    office
        .submit(&coordinator, &format!("{STAFF}/structures"), &[("nom", "MJC"), ("type", "mjc"), ("commune", "")])
        .await;
    let structure = structures(&office).await[0].to_string();
    let invite = format!("{STAFF}/invitations");
    for (fields, said) in [
        (vec![("personne", ""), ("role", "caf")], "f-personne"),
        (vec![("personne", "Zoé"), ("role", "promeneur")], "f-role"),
        (vec![("personne", "Zoé"), ("role", "structure_manager")], "f-direction"),
    ] {
        let answer = office.submit(&coordinator, &invite, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.text().contains(&format!("id=\"{said}\"")), "{fields:?}: {}", answer.text());
    }
    for (role, to) in [
        ("coordinator", "/coordination"),
        ("structure_manager", "/coordination"),
        ("caf", "/coordination/bilans"),
        ("committee", "/coordination/bilans"),
    ] {
        let fields = [("personne", role), ("role", role), ("direction", structure.as_str())];
        let link = link_of(&office.submit(&coordinator, &invite, &fields).await);
        let answer = accept(&office, &link, &format!("{role}@essai"), PASSPHRASE).await;
        assert_eq!(answer.header("location"), to, "{role}: {}", answer.text());
        assert_eq!(office.get(to, &cookie_of(&answer)).await.status, StatusCode::OK);
    }
    // A name that is taken is said, and the link still opens.
    let link = link_of(&office.submit(&coordinator, &invite, &[("personne", "Lou"), ("role", "caf")]).await);
    let answer = accept(&office, &link, "caf@essai", PASSPHRASE).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text().contains("n’est pas libre"));
    assert_eq!(accept(&office, &link, "lou@essai", PASSPHRASE).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_that_was_taken_back_or_outlived_or_never_was_opens_nothing_and_tells_nothing() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let invite = format!("{STAFF}/invitations");
    let fields = [("personne", "Zoé"), ("role", "caf")];
    let revoked = link_of(&office.submit(&coordinator, &invite, &fields).await);
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from invitation").fetch_one(&mut office.owner().await).await.expect("one");
    office.submit(&coordinator, &format!("{invite}/{id}/retirer"), &[]).await;
    let outlived = link_of(&office.submit(&coordinator, &invite, &fields).await);
    let past = "update invitation set expires_at = now() - interval '1 second' where revoked_at is null";
    sqlx::query(past).execute(&mut office.owner().await).await.expect("outlived");
    let never = format!("/invitation/{}", "0".repeat(64));
    let mut pages = Vec::new();
    for link in [&revoked, &outlived, &never, "/invitation/x"] {
        let page = office.get(link, "").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{link}");
        pages.push(page.text());
        let answer = accept(&office, link, "zoe@essai", PASSPHRASE).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::NOT_FOUND, ""), "{link}");
        pages.push(answer.text());
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "nobody is told which");
    assert_eq!(office.number("select count(*) from account where login = 'zoe@essai'").await, 0);
}

#[tokio::test]
async fn a_lost_passphrase_is_chosen_anew_by_a_link_and_ends_other_sessions() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let caf = office.account_of(office.scheme, "Caf", Place::Caf).await;
    let recover = format!("{STAFF}/acces/{}/lien", caf.me.account);
    let link = link_of(&office.submit(&coordinator, &recover, &[]).await);
    assert!(office.get(&link, "").await.text().contains("Une nouvelle phrase de passe"));
    assert_eq!(office.get("/coordination/bilans", &caf.cookie).await.status, StatusCode::OK, "until it is chosen");
    // Whatever name is sent, it is for the account of the link.
    let answer = accept(&office, &link, "someone-else", PASSPHRASE).await;
    assert_eq!(answer.header("location"), "/coordination/bilans", "{}", answer.text());
    assert_eq!(office.get("/coordination/bilans", &cookie_of(&answer)).await.status, StatusCode::OK);
    assert_eq!(office.get("/coordination/bilans", &caf.cookie).await.status, StatusCode::SEE_OTHER, "the others end");
    assert_eq!(office.get(&link, "").await.status, StatusCode::NOT_FOUND);
}

/// What a closed access leaves on a phone stays there until it can be sent.
#[tokio::test]
async fn an_access_is_closed_and_opened_again_and_never_ones_own() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let phone = Phone::of(&office, anne.clone());
    phone.save(fresh_record(), meeting(3));
    let own = format!("{STAFF}/acces/{}", coordinator.me.account);
    let answer = office.submit(&coordinator, &format!("{own}/fermer"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let hers = format!("{STAFF}/acces/{}", anne.me.account);
    let link = link_of(&office.submit(&coordinator, &format!("{hers}/lien"), &[]).await);
    office.submit(&coordinator, &format!("{hers}/fermer"), &[]).await;
    assert_eq!(office.get(&link, "").await.status, StatusCode::NOT_FOUND, "a link does not open what was closed");
    assert_eq!(office.post_json("/api/v1/me", &anne.cookie, "{}").await.status, StatusCode::UNAUTHORIZED);
    assert!(phone.round().await.fault.is_some(), "nothing is sent");
    office.submit(&coordinator, &format!("{hers}/rouvrir"), &[]).await;
    assert_eq!(office.get(&link, "").await.status, StatusCode::NOT_FOUND, "nor when it is open again");
    let again = office.sign_in_as(anne.me.clone()).await;
    let request =
        Request::post("/").header(header::COOKIE, &again.cookie).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(office.send(request, "/api/v1/me", Body::from("{}")).await.status, StatusCode::OK);
}

/// Another network's people and structures are not there, whatever is asked.
#[tokio::test]
async fn nothing_of_another_network_is_kept_from_here() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let bruno = office.promeneur_of(elsewhere, "Bruno").await;
    let mut tx = office.db.of(elsewhere).await.expect("a transaction");
    let foreign = reports::choices(&mut tx).await.expect("choices").structures[0].id.to_string();
    tx.commit().await.expect("committed");
    let promeneur = bruno.me.promeneur.expect("a promeneur");
    let page = format!("{STAFF}/promeneurs/{promeneur}");
    for path in [page.clone(), format!("{STAFF}/structures/{foreign}")] {
        assert_eq!(office.get(&path, &coordinator.cookie).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let whole = [("nom", "X"), ("depuis", "2026-09-01"), ("heures", ""), ("depart", "")];
    let move_to = [("structure", foreign.as_str()), ("arrivee", "2026-11-20")];
    let away = [("du", "2026-11-01"), ("au", "2026-11-02")];
    let structure = [("nom", "X"), ("type", "mjc"), ("commune", "")];
    for (path, fields) in [
        (page.clone(), &whole[..]),
        (format!("{page}/structure"), &move_to[..]),
        (format!("{page}/absences"), &away[..]),
        (format!("{page}/inviter"), &[][..]),
        (format!("{STAFF}/structures/{foreign}"), &structure[..]),
        (format!("{STAFF}/acces/{}/fermer", bruno.me.account), &[][..]),
        (format!("{STAFF}/acces/{}/lien", bruno.me.account), &[][..]),
    ] {
        let answer = office.submit(&coordinator, &path, fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let new = [("nom", "X"), ("structure", foreign.as_str()), ("depuis", "2026-09-01"), ("heures", "")];
    let answer = office.submit(&coordinator, &format!("{STAFF}/promeneurs"), &new).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a structure of another network is none");
    assert_eq!(office.post_json("/api/v1/me", &bruno.cookie, "{}").await.status, StatusCode::OK);
}
