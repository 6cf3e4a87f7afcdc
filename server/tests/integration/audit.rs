//! The trail of what was done in the administration: nothing escapes it, and nothing in it changes unseen.

use axum::http::StatusCode;
use server::{
    clock,
    db::{
        audit::{self, Chain},
        people,
    },
};
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::{forms, harness::Office};

const TRAIL: &str = "/coordination/service/actes";

/// The lines of the office's network: who, what, to which table, which fields.
async fn lines(office: &Office) -> Vec<(Option<uuid::Uuid>, String, String, Vec<String>)> {
    let statement = "select actor_id, act, subject, fields from audit_event where network_id = $1 order by seq";
    let mut owner = office.owner().await;
    let rows = sqlx::query(statement).bind(office.scheme.0).fetch_all(&mut owner).await.expect("lines");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

#[tokio::test]
async fn every_act_is_noted_with_who_did_it_and_in_its_transaction() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let promeneur = office.promeneur("Anne").await;
    let before = lines(&office).await.len();
    let structure = [("nom", "Centre social"), ("type", "centre_social"), ("commune", "Brioude")];
    office.submit(&coordinator, "/coordination/equipe/structures", &structure).await;
    // Refused: nothing was done, nothing is noted.
    office.submit(&coordinator, "/coordination/equipe/structures", &[("nom", ""), ("type", "")]).await;
    let number = [("numero", "04 65 71 00 43"), ("mots", "Cellule de recueil")];
    office.submit(&coordinator, "/coordination/numeros", &number).await;
    office.submit(&coordinator, "/coordination/bilans/seuil", &[("seuil", "7"), ("annees", "civil")]).await;
    office.submit(&coordinator, "/coordination/cles", &[("nom", "Caf")]).await;
    forms::publish(&office, &coordinator, "2025", "reseau", "1").await;
    assert_eq!(office.get("/coordination/tableau.csv?periode=2025", &coordinator.cookie).await.status, StatusCode::OK);
    let file = office.get("/coordination/bilans/chiffres/bilan.xlsx?periode=2025", &coordinator.cookie).await;
    assert_eq!(file.status, StatusCode::OK);
    let done = lines(&office).await.split_off(before);
    let told: Vec<(&str, &str)> = done.iter().map(|(_, act, subject, _)| (act.as_str(), subject.as_str())).collect();
    assert_eq!(
        told,
        [
            ("insert", "structure"),
            ("insert", "helpline"),
            ("update", "network"),
            ("insert", "access_key"),
            ("insert", "bilan_version"),
            ("export", "dashboard"),
            ("export", "bilan"),
        ]
    );
    assert!(done.iter().all(|(actor, ..)| *actor == Some(coordinator.me.account.0)), "{done:?}");
    assert_eq!(done[2].3, ["small_numbers"]);

    // What a phone does is no administration.
    let before = lines(&office).await.len();
    office.pull(&promeneur, None, 1).await;
    office.push(&promeneur, &[]).await;
    assert_eq!(lines(&office).await.len(), before);

    let page = office.get(TRAIL, &coordinator.cookie).await.text();
    for said in [
        "Coordination a ajouté une structure\u{202f}: Centre social",
        "Coordination a modifié les réglages du réseau (seuil des petits nombres)",
        "Coordination a exporté un tableau de bord",
    ] {
        assert!(page.contains(said), "{said} is missing from {page}");
    }
    let older = office.get(&format!("{TRAIL}?avant=2"), &coordinator.cookie).await.text();
    assert!(older.contains("Le service a ajouté") && !older.contains("Centre social"), "{older}");
    assert_eq!(office.get(&format!("{TRAIL}?avant=x"), &coordinator.cookie).await.status, StatusCode::BAD_REQUEST);
}

/// What is rolled back leaves no line, and what the operator does by hand leaves one.
#[tokio::test]
async fn no_way_leads_around_it() {
    let office = Office::open().await;
    let before = lines(&office).await.len();
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    people::create_structure(&mut tx, office.scheme, "Jamais", "mjc", "Brioude").await.expect("one");
    tx.rollback().await.expect("rolled back");
    assert_eq!(lines(&office).await.len(), before);
    let mut owner = office.owner().await;
    owner.execute("update network set department = 'Loire'").await.expect("changed");
    let (actor, act, subject, fields) = lines(&office).await.pop().expect("a line");
    assert_eq!((actor, act.as_str(), subject.as_str()), (None, "update", "network"));
    assert_eq!(fields, ["department"]);
}

/// Of many lines each that is changed, whatever in it, and each that is missing, is found, and where.
#[tokio::test]
async fn a_line_that_was_changed_or_taken_away_is_located() {
    let office = Office::open().await;
    let mut owner = office.owner().await;
    // At once, and all in one transaction: the chain holds all the same.
    let many = "insert into holiday (network_id, from_on, until_on)
        select $1, date '2020-01-01' + n, date '2020-01-01' + n from generate_series(1, 300) as n";
    sqlx::query(many).bind(office.scheme.0).execute(&mut owner).await.expect("holidays");
    let whole = audit::verify(&mut owner, office.scheme, None).await.expect("read");
    let Chain::Whole { lines: count, head } = whole.clone() else { panic!("{whole:?}") };
    assert!(count > 300 && head.len() == 64);
    owner.execute("create table kept as select * from audit_event").await.expect("kept");
    let at = count / 2;
    for tampering in [
        "update audit_event set act = 'export'",
        "update audit_event set actor_id = gen_random_uuid()",
        "update audit_event set at = at + interval '1 microsecond'",
        "update audit_event set subject = 'account'",
        "update audit_event set subject_key = subject_key || ' '",
        "update audit_event set subject_id = gen_random_uuid()",
        "update audit_event set fields = '{name}'",
        "update audit_event set hash = sha256('')",
        "delete from audit_event",
    ] {
        owner.execute(AssertSqlSafe(format!("{tampering} where seq = {at}"))).await.expect(tampering);
        assert_eq!(
            audit::verify(&mut owner, office.scheme, None).await.expect("read"),
            Chain::Broken { at },
            "{tampering}"
        );
        owner.execute("truncate audit_event; insert into audit_event select * from kept").await.expect("as before");
    }
    assert_eq!(audit::verify(&mut owner, office.scheme, None).await.expect("read"), whole);
    // Cut off at its end the chain holds, and its last hash is another one.
    owner.execute(AssertSqlSafe(format!("delete from audit_event where seq = {count}"))).await.expect("cut");
    let cut = audit::verify(&mut owner, office.scheme, None).await.expect("read");
    assert!(matches!(&cut, Chain::Whole { lines, head: other } if *lines == count - 1 && *other != head), "{cut:?}");
    // Another network's chain is its own.
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let other = audit::verify(&mut owner, elsewhere, None).await.expect("read");
    assert!(matches!(other, Chain::Whole { lines: 1, .. }), "{other:?}");

    let coordinator = office.coordinator().await;
    let page = office.get("/coordination/service", &coordinator.cookie).await.text();
    assert!(page.contains("la chaîne est entière"), "{page}");
    let change = format!("update audit_event set act = 'x' where seq = {at} and network_id = '{}'", office.scheme);
    owner.execute(AssertSqlSafe(change)).await.expect("changed");
    let page = office.get("/coordination/service", &coordinator.cookie).await.text();
    assert!(page.contains(&format!("La ligne {at} a été changée ou manque")), "{page}");
}

/// Many at once, of whom each needs the line before: none is lost, none is doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_at_once_stand_in_one_chain() {
    let office = std::sync::Arc::new(Office::open().await);
    let coordinator = office.coordinator().await;
    let before = lines(&office).await.len();
    let mut acts = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (office, coordinator) = (office.clone(), coordinator.clone());
        acts.spawn(async move {
            let name = format!("Structure {number}");
            let fields = [("nom", name.as_str()), ("type", "mjc"), ("commune", "Brioude")];
            office.submit(&coordinator, "/coordination/equipe/structures", &fields).await.status
        });
    }
    let statuses = acts.join_all().await;
    assert!(statuses.iter().all(|status| *status == StatusCode::SEE_OTHER), "{statuses:?}");
    assert_eq!(lines(&office).await.len(), before + 20);
    let chain = audit::verify(&mut office.owner().await, office.scheme, None).await.expect("read");
    assert!(matches!(chain, Chain::Whole { .. }), "{chain:?}");
}
