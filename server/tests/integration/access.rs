//! Who may do what: every page and every server function, for every role, compared with the table (`domain::access`).

use std::collections::BTreeSet;

use app::coordination::annual::view::MASKED;
use app::domain::{
    access::{Act, reach},
    coded::{Code, Coded},
    ids::{LockId, StructureId},
    lock_key::{KeepLock, LockKey, LockOf},
    period::Period,
    person::Role,
    scope::Scope,
};
use app::domain::{
    project::ProjectDraft,
    record::{Body as RecordBody, Draft},
    taxonomy::{Outcome, ProjectKind, ProjectOrigin, Theme},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{NaiveDate, Timelike};
use server::{
    clock::{self, fresh_id},
    db::{
        accounts, bilans,
        people::{self, Place},
        reports,
    },
    http::{coordination::PAGES, own, passkeys},
};

use crate::{
    forms,
    harness::{Answer, Office},
    messages::{Person, exchange, exchanges_of_all_ages, fresh_record, message},
    phone::Phone,
};

/// One person of every role; two structures, the first of which is the promeneur's and the manager's.
struct People {
    all: Vec<Person>,
    own: StructureId,
    other: StructureId,
}

async fn people_of(office: &Office) -> People {
    let promeneur = office.promeneur("Anne").await;
    let coordinator = office.coordinator().await;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let own = reports::choices(&mut tx).await.expect("choices").structures[0].id;
    let other = people::create_structure(&mut tx, office.scheme, "Ailleurs", "mjc", "Le Puy").await.expect("one");
    tx.commit().await.expect("committed");
    let manager = office.account_of(office.scheme, "Direction", Place::StructureManager(own)).await;
    let caf = office.account_of(office.scheme, "Caf", Place::Caf).await;
    let committee = office.account_of(office.scheme, "Comité", Place::Committee).await;
    People { all: vec![promeneur, coordinator, manager, caf, committee], own, other }
}

async fn ask(office: &Office, method: Method, path: &str, who: Option<&Person>) -> Answer {
    let request = Request::builder()
        .method(method)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, who.map_or("", |who| &who.cookie));
    office.send(request, path, Body::empty()).await
}

fn is_turned_away(answer: &Answer) -> bool {
    answer.status == StatusCode::FORBIDDEN || answer.header("location").starts_with("/connexion")
}

#[tokio::test]
async fn somebody_belongs_where_they_are_on_the_networks_day() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    let utc = clock::now().naive_utc();
    // Where it is another day than in universal time, at any hour.
    let zone = if utc.hour() < 12 { "Etc/GMT+12" } else { "Pacific/Kiritimati" };
    let today = clock::today_in(zone);
    assert_ne!(today, utc.date());
    let moves_on = today.max(utc.date());
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let elsewhere = people::create_structure(&mut tx, office.scheme, "Ailleurs", "mjc", "Le Puy").await.expect("one");
    tx.commit().await.expect("committed");
    let mut owner = office.owner().await;
    let statements = [
        sqlx::query("update network set time_zone = $1 where id = $2").bind(zone).bind(office.scheme.0),
        sqlx::query("update affiliation set until_on = $1::date - 1 where network_id = $2")
            .bind(moves_on)
            .bind(office.scheme.0),
        sqlx::query(
            "insert into affiliation (network_id, promeneur_id, structure_id, from_on)
             select network_id, promeneur_id, $1, $2 from affiliation where network_id = $3",
        )
        .bind(elsewhere.0)
        .bind(moves_on)
        .bind(office.scheme.0),
    ];
    for statement in statements {
        statement.execute(&mut owner).await.expect("done");
    }
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let me = accounts::person(&mut tx, anne.me.account).await.expect("a read").expect("a person");
    let expected = if today == moves_on { "Ailleurs" } else { "Anne" };
    assert_eq!(me.structure_name.as_deref(), Some(expected), "{today} in {zone}");
}

#[tokio::test]
async fn every_page_is_open_to_those_whom_the_table_names_and_to_nobody_else() {
    let office = Office::open().await;
    let people = people_of(&office).await;
    let roles: Vec<Option<Role>> = people.all.iter().map(|person| person.me.role.known()).collect();
    assert_eq!(roles, Role::ALL.iter().copied().map(Some).collect::<Vec<_>>(), "one of every role");
    let id = fresh_id().to_string();
    let mut asked = 0;
    for (address, act, _) in PAGES.iter().chain(own::PAGES).chain(passkeys::PAGES) {
        let path = address.replace("{id}", &id).replace("{op}", &id).replace("{month}", "2026-10");
        let path = path.replace("{file}", "bilan.xlsx");
        let mut answered = false;
        for method in [Method::GET, Method::POST] {
            let nobody = ask(&office, method.clone(), &path, None).await;
            if nobody.status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            answered = true;
            let back = nobody.header("location");
            let place = path.split('/').nth(1).unwrap_or_default();
            assert!(back.starts_with(&format!("/connexion?retour=%2F{place}")), "{method} {path}: {back}");
            // Where one comes back to is a page.
            let to = back.strip_prefix("/connexion?retour=").unwrap_or_default().replace("%2F", "/");
            let to = ask(&office, Method::GET, to.split('%').next().unwrap_or_default(), Some(&people.all[1])).await;
            assert_ne!(to.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}: {back}");
            for person in &people.all {
                let answer = ask(&office, method.clone(), &path, Some(person)).await;
                let role = &person.me.role;
                let is_open = reach(role, *act).is_some();
                assert_eq!(is_turned_away(&answer), !is_open, "{} {method} {path}: {}", role.code(), answer.status);
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{} {method} {path}", role.code());
                asked += 1;
            }
        }
        assert!(answered, "{path} answers neither");
    }
    assert!(asked > 200, "{asked}");
}

/// Pages that one comes to from a place, with a period or a file in the address.
const FROM_A_PLACE: [&str; 4] = [
    "/coordination/bilans/chiffres",
    "/coordination/bilans/ecrire",
    "/coordination/tableau.csv",
    "/acces/mes-donnees.json",
];

#[tokio::test]
async fn the_site_map_names_every_place_and_leads_nowhere_else() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let plan = office.get("/plan", "").await;
    assert_eq!(plan.status, StatusCode::OK, "it is for everybody");
    let plan = plan.text();
    let linked: BTreeSet<&str> =
        plan.split("<a href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(address, _)| address).collect();
    for address in &linked {
        let answer = office.get(address, &coordinator.cookie).await;
        assert!([StatusCode::OK, StatusCode::SEE_OTHER].contains(&answer.status), "{address}: {}", answer.status);
    }
    let mut places = 0;
    for (address, ..) in PAGES.iter().chain(own::PAGES).filter(|(address, ..)| !address.contains('{')) {
        let answer = office.get(address, &coordinator.cookie).await;
        let is_place = [StatusCode::OK, StatusCode::SEE_OTHER].contains(&answer.status);
        if is_place && *address != "/confirmer" && !FROM_A_PLACE.contains(address) {
            assert!(linked.contains(address), "{address}");
            places += 1;
        }
    }
    assert!(places > 15, "{places}");
}

/// Every server function with what one must be allowed to do there. A new one stands here or the test fails.
const FUNCTIONS: [(&str, Act); 11] = [
    ("/api/v1/dashboard", Act::Figures),
    ("/api/v1/lock_forget", Act::Notebook),
    ("/api/v1/lock_keep", Act::Notebook),
    ("/api/v1/lock_tell", Act::Notebook),
    ("/api/v1/me", Act::Session),
    ("/api/v1/sign_out", Act::Session),
    ("/api/v1/standing", Act::Notebook),
    ("/api/v1/sync_escrow", Act::Notebook),
    ("/api/v1/sync_news", Act::Notebook),
    ("/api/v1/sync_pull", Act::Notebook),
    ("/api/v1/sync_push", Act::Notebook),
];

#[tokio::test]
async fn every_server_function_is_open_to_those_whom_the_table_names_and_to_nobody_else() {
    let registered: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(registered, FUNCTIONS.iter().map(|(path, _)| *path).collect());
    let office = Office::open().await;
    let people = people_of(&office).await;
    let call = async |path: &str, person: &Person| {
        let heartbeat = person.heartbeat();
        match path {
            "/api/v1/dashboard" => office.get(path, &person.cookie).await,
            "/api/v1/sync_push" | "/api/v1/sync_escrow" => {
                let request = app::sync::messages::PushRequest { heartbeat, epoch: None, ops: Vec::new() };
                office.post_json(path, &person.cookie, message(request)).await
            }
            // That there are so many is news to nobody's phone.
            "/api/v1/sync_news" => office.post_json(path, &person.cookie, r#"{"known":7}"#).await,
            "/api/v1/sync_pull" => {
                let request = app::sync::messages::PullRequest { heartbeat, cursor: None, limit: 1 };
                office.post_json(path, &person.cookie, message(request)).await
            }
            "/api/v1/lock_keep" => {
                let lock = KeepLock { lock: LockId(person.device.0), key: LockKey::of([7; 32]) };
                office.post_json(path, &person.cookie, message(lock)).await
            }
            "/api/v1/lock_tell" | "/api/v1/lock_forget" => {
                office.post_json(path, &person.cookie, message(LockOf { lock: LockId(person.device.0) })).await
            }
            _ => office.post_json(path, &person.cookie, "{}").await,
        }
    };
    for (path, act) in FUNCTIONS {
        for person in &people.all {
            // Signing out ends the session: of another one.
            let person = office.sign_in_as(person.me.clone()).await;
            if path == "/api/v1/sync_escrow" && person.me.promeneur.is_some() {
                // In custody is taken what a withdrawn phone holds.
                office.pull(&person, None, 1).await;
                let statement = "update device set revoked_at = now() where id = $1";
                let mut owner = office.owner().await;
                sqlx::query(statement).bind(person.device.0).execute(&mut owner).await.expect("withdrawn");
            }
            let answer = call(path, &person).await;
            let role = &person.me.role;
            let is_refused = answer.status == StatusCode::FORBIDDEN && answer.refusal().1 == "forbidden";
            assert_eq!(!is_refused, reach(role, act).is_some(), "{} {path}: {}", role.code(), answer.text());
        }
        let nobody = Person { cookie: String::new(), ..people.all[0].clone() };
        assert_eq!(call(path, &nobody).await.status == StatusCode::OK, path == "/api/v1/sign_out", "{path}");
    }
}

#[tokio::test]
async fn whoever_directs_a_structure_reads_it_and_no_other() {
    let office = Office::open().await;
    let People { all, own, other } = people_of(&office).await;
    let manager = &all[2];
    let phone = Phone::of(&office, all[0].clone());
    phone.save(fresh_record(), exchange(3, None));
    assert_eq!(phone.round().await.fault, None);
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Autre réseau", "Loire", false).await.expect("a network");
    let mut tx = office.db.of(elsewhere).await.expect("a transaction");
    let foreign = people::create_structure(&mut tx, elsewhere, "Là-bas", "mjc", "Roanne").await.expect("one");
    tx.commit().await.expect("committed");

    let shown = office.dashboard(manager, "2025", "").await;
    assert_eq!((shown.scope, shown.sums.interventions()), (Scope::Structure(own), 1));
    assert_eq!(shown.choices, app::api::report::Choices::default(), "no other name is told");
    let page = office.get("/coordination?periode=2026", &manager.cookie).await.text();
    assert!(!page.contains("Ailleurs") && !page.contains("Objectifs") && !page.contains("Téléphones"), "{page}");
    let promeneur = Scope::Promeneur(all[0].me.promeneur.expect("a promeneur"));
    for scope in [Scope::Network, Scope::Structure(other), Scope::Structure(foreign), promeneur] {
        for page in [
            "/api/v1/dashboard",
            "/coordination",
            "/coordination/tableau.csv",
            "/coordination/composition",
            "/coordination/bilans/chiffres",
            "/coordination/bilans/chiffres/bilan.xlsx",
        ] {
            let path = format!("{page}?periode=2026&perimetre={scope}");
            assert_eq!(office.get(&path, &manager.cookie).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let composition = office.get("/coordination/composition?periode=2026", &manager.cookie).await;
    assert_eq!(composition.status, StatusCode::OK);
    assert!(!composition.text().contains("Promeneur·euse</th>"), "who did what is not told");

    // Of the bilans that were published, theirs.
    let ids = publish(&office, &all[1], &[Scope::Network, Scope::Structure(own), Scope::Structure(other)]).await;
    let list = office.get("/coordination/bilans", &manager.cookie).await.text();
    for (id, is_theirs) in ids.iter().zip([false, true, false]) {
        let path = format!("/coordination/bilans/{id}");
        assert_eq!(list.contains(&path), is_theirs, "{path}");
        let wanted = if is_theirs { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for path in [path.clone(), format!("{path}/bilan.xlsx")] {
            assert_eq!(office.get(&path, &manager.cookie).await.status, wanted, "{path}");
        }
    }
}

async fn publish(office: &Office, coordinator: &Person, scopes: &[Scope]) -> Vec<String> {
    let mut ids = Vec::new();
    for scope in scopes {
        let answer = forms::publish(office, coordinator, "2026", &scope.to_string(), "1").await;
        let to = answer.header("location").to_owned();
        let id = to.strip_prefix("/coordination/bilans/").and_then(|rest| rest.split('?').next());
        ids.push(id.unwrap_or_else(|| panic!("{}", answer.text())).to_owned());
    }
    ids
}

/// The Caf and the committee read the network as a whole, masked, and what was published of it.
#[tokio::test]
async fn those_outside_read_masked_figures_of_years_and_what_is_published() {
    let office = Office::open().await;
    let People { all, own, .. } = people_of(&office).await;
    let phone = Phone::of(&office, all[0].clone());
    for body in exchanges_of_all_ages() {
        phone.save(fresh_record(), body);
    }
    assert_eq!(phone.round().await.fault, None);
    let ids = publish(&office, &all[1], &[Scope::Network, Scope::Structure(own)]).await;
    let event = [
        ("id", &*fresh_id().to_string()),
        ("nature", "individual_support"),
        ("jour", "2025-11-03"),
        ("sujet", "Un mot pour nous seuls"),
    ];
    office.submit(&all[1], "/coordination/reseau", &event).await;
    office
        .submit(
            &all[1],
            "/coordination/bilans/texte",
            &[("periode", "2025"), ("partie", "next"), ("texte", "Un brouillon pour nous."), ("depuis", "")],
        )
        .await;
    for reader in &all[3..] {
        let home = office.get("/", &reader.cookie).await;
        assert_eq!(home.header("location"), "/coordination/bilans");
        let list = office.get("/coordination/bilans", &reader.cookie).await.text();
        assert!(list.contains(&format!("/coordination/bilans/{}", ids[0])) && !list.contains(&ids[1]), "{list}");
        assert!(!list.contains("Écrire un bilan") && !list.contains("seuil"), "{list}");
        let own_bilan = office.get(&format!("/coordination/bilans/{}", ids[1]), &reader.cookie).await;
        assert_eq!(own_bilan.status, StatusCode::NOT_FOUND);

        let figures = office.get("/coordination/bilans/chiffres?periode=2025", &reader.cookie).await;
        let text = figures.text();
        assert_eq!(figures.status, StatusCode::OK, "{text}");
        assert!(text.contains("sont masqués, ainsi que ceux"), "{text}");
        assert!(!text.contains("Un brouillon pour nous."), "a text that is not published is not read");
        assert!(text.contains("1 action de la coordination") && !text.contains("pour nous seuls"), "{text}");
        let csv = office.get("/coordination/bilans/chiffres/bilan.xlsx?periode=2025", &reader.cookie).await;
        assert_eq!(csv.status, StatusCode::OK);
        for period in ["2025-11", "2025-T4", "2025-11-01..2025-11-30", ""] {
            let path = format!("/coordination/bilans/chiffres?periode={period}");
            assert_eq!(office.get(&path, &reader.cookie).await.status, StatusCode::BAD_REQUEST, "{path}");
        }
        let part = format!("/coordination/bilans/chiffres?periode=2025&perimetre=structure:{own}");
        assert_eq!(office.get(&part, &reader.cookie).await.status, StatusCode::FORBIDDEN);
    }
}

/// What is masked for them is what is masked in the bilan: the same small number is shown to the coordination alone.
#[tokio::test]
async fn a_small_number_is_read_by_the_coordination_and_by_nobody_outside() {
    let office = Office::open().await;
    let People { all, .. } = people_of(&office).await;
    let phone = Phone::of(&office, all[0].clone());
    // Two young people of one age, nine of another, thirty of a third.
    for body in exchanges_of_all_ages() {
        phone.save(fresh_record(), body);
    }
    assert_eq!(phone.round().await.fault, None);
    let coordinator = &all[1];
    let ages_of = |page: &str| {
        let table = page
            .split("<caption>Contacts-jeunes par tranche d’âge")
            .nth(1)
            .and_then(|rest| rest.split("</table>").next());
        let table = table.unwrap_or_else(|| panic!("no ages in {page}"));
        let cells = table.split("<td").skip(1).filter_map(|cell| cell.split_once('>')?.1.split("</td>").next());
        cells.map(str::to_owned).collect::<Vec<_>>()
    };
    let csv = office.get("/coordination/tableau.csv?periode=2025", &coordinator.cookie).await.text();
    assert!(csv.contains("12–14 ans;2") || csv.contains("12–14 ans,2"), "{csv}");
    let text = office.get("/coordination/bilans/chiffres?periode=2025", &all[3].cookie).await.text();
    let ages = ages_of(&text);
    assert!(!ages.is_empty() && ages.iter().all(|cell| cell != "2"), "{ages:?}");
    assert!(ages.iter().any(|cell| cell == MASKED), "{ages:?}");
}

/// One alert, and a project of three: neither is told by another table than the one that masks it.
#[tokio::test]
async fn what_is_masked_in_one_table_is_told_by_no_other() {
    let office = Office::open().await;
    let People { all, .. } = people_of(&office).await;
    let phone = Phone::of(&office, all[0].clone());
    let Draft::Intervention(mut alarming) = RecordBody::from_json(&exchange(9, None)).expect("a body").draft else {
        panic!("an intervention")
    };
    alarming.outcomes = vec![Outcome::AlertMade.into()];
    phone.save(fresh_record(), RecordBody::new(Draft::Intervention(alarming)).to_json());
    let project = ProjectDraft {
        kind: Some(ProjectKind::Project.into()),
        origin: Some(ProjectOrigin::OnlineContact.into()),
        theme: Some(Theme::Housing.into()),
        initiated_on: NaiveDate::from_ymd_opt(2025, 3, 4),
        young_count: Some(3),
        ..ProjectDraft::default()
    };
    phone.save(fresh_record(), RecordBody::new(Draft::Project(project)).to_json());
    assert_eq!(phone.round().await.fault, None);
    let dashboard = office.dashboard(&all[1], "2025", "").await;
    assert_eq!((dashboard.sums.alerts(), dashboard.sums.accompanied), (1, 3));
    let text = office.get("/coordination/bilans/chiffres?periode=2025", &all[3].cookie).await.text();
    assert!(text.contains("Moins de 5 alertes ou signalements."), "{text}");
    assert!(!text.contains("Alerte ou signalement effectué"), "{text}");
    let row = |name: &str| text.split(name).nth(1).and_then(|rest| rest.split("</tr>").next()).map(str::to_owned);
    let accompanied = row("Jeunes accompagnés</th>").unwrap_or_else(|| panic!("{text}"));
    assert!(accompanied.contains(MASKED) && !accompanied.contains('3'), "{accompanied}");
}

#[tokio::test]
async fn a_version_is_of_the_scope_that_may_be_read() {
    let office = Office::open().await;
    let People { all, own, .. } = people_of(&office).await;
    let ids = publish(&office, &all[1], &[Scope::Structure(own)]).await;
    let id = ids[0].parse().expect("an id");
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    for (only, is_there) in [(None, true), (Some(Scope::Structure(own)), true), (Some(Scope::Network), false)] {
        assert_eq!(bilans::version(&mut tx, id, only).await.expect("read").is_some(), is_there, "{only:?}");
    }
    let versions =
        bilans::versions(&mut tx, (Some(Period::CivilYear(2026)), Some(Scope::Network))).await.expect("read");
    assert_eq!(versions, []);
}

/// A role that this release does not know opens nothing, also where the database would hold one.
#[tokio::test]
async fn an_unknown_role_opens_nothing() {
    for act in Act::ALL {
        assert_eq!(reach(&Coded::from("auditor"), *act), None);
    }
}
