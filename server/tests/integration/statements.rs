//! Monthly statements: handed over by a record, counted once a month, read by the coordination of their network only.

use app::domain::{
    needs::NeedFigures,
    record::{Body, Draft},
    scope::Scope,
    statement::{Handed, StatementDraft},
};
use axum::http::StatusCode;
use chrono::NaiveDate;

use crate::{
    harness::Office,
    messages::{Person, fresh_record, meeting},
    phone::Phone,
    recount::check_rebuild,
};

fn statement(month: &str, met: i64, highlight: Option<&str>) -> String {
    Body::new(Draft::Statement(StatementDraft {
        month: month.parse().ok(),
        figures: Some(Handed { met, ..Handed::default() }),
        highlight: highlight.map(str::to_owned),
        ..StatementDraft::default()
    }))
    .to_json()
}

async fn received(office: &Office, coordinator: &Person, period: &str) -> (i64, i64) {
    let completeness = office.dashboard(coordinator, period, "reseau").await.completeness;
    (completeness.received, completeness.expected)
}

async fn page(office: &Office, coordinator: &Person, month: &str) -> String {
    let answer = office.get(&format!("/coordination/releves/{month}"), &coordinator.cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

#[tokio::test]
async fn what_is_handed_over_completes_the_month_once_and_what_came_later_shows() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    office.promeneur("Bruno").await;
    assert_eq!(received(&office, &coordinator, "2025-11").await, (0, 2));
    let (first, second) = (fresh_record(), fresh_record());
    phone.save(first, statement("2025-11-01", 0, Some("Premier mot.")));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(received(&office, &coordinator, "2025-11").await, (1, 2));
    // As a second phone of hers would, out of reach of the first: the newer stands, and counts no second time.
    phone.save(second, statement("2025-11-01", 1, Some("Second mot.")));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(received(&office, &coordinator, "2025-11").await, (1, 2));
    assert_eq!(received(&office, &coordinator, "2025-12").await, (0, 2));
    let shown = page(&office, &coordinator, "2025-11").await;
    assert!(shown.contains("Second mot.") && !shown.contains("Premier mot."), "{shown}");
    assert!(shown.contains("1 relevé reçu sur 2 pour novembre 2025\u{202f}; pas encore\u{202f}: Bruno."), "{shown}");
    // Nothing of November is noted here, and one meeting was handed over.
    assert!(shown.contains("Depuis la remise\u{202f}: 1 jeune rencontré de moins."), "{shown}");
    check_rebuild(&office).await;
    // The newer withdrawn, the older stands again; both withdrawn, there is none.
    phone.withdraw(second);
    assert_eq!(phone.round().await.fault, None);
    assert!(page(&office, &coordinator, "2025-11").await.contains("Premier mot."));
    phone.withdraw(first);
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(received(&office, &coordinator, "2025-11").await, (0, 2));
    check_rebuild(&office).await;
}

#[tokio::test]
async fn one_edited_to_another_month_is_of_that_month_only() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let record = fresh_record();
    phone.save(record, statement("2025-11-01", 0, None));
    assert_eq!(phone.round().await.fault, None);
    phone.save(record, statement("2025-12-01", 0, None));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(received(&office, &coordinator, "2025-11").await, (0, 1));
    assert_eq!(received(&office, &coordinator, "2025-12").await, (1, 1));
    assert_eq!(received(&office, &coordinator, "2025-11-01..2025-12-31").await, (1, 2));
    check_rebuild(&office).await;
}

#[tokio::test]
async fn what_is_no_statement_is_refused_and_holds_nothing_up() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    for (month, met) in [("2025-11-02", 0), ("2999-01-01", 0), ("2025-10-01", -1)] {
        phone.save(fresh_record(), statement(month, met, None));
    }
    phone.save(fresh_record(), meeting(2));
    assert_eq!(phone.round().await.settled, 4);
    assert_eq!(office.number("select count(*) from record where kind = 'statement'").await, 0);
    assert_eq!(office.number("select count(*) from record").await, 1);
    assert_eq!(received(&office, &coordinator, "2025-11").await, (0, 1));
}

#[tokio::test]
async fn only_the_coordination_of_the_network_reads_them() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (here, other) = (office.coordinator().await, office.coordinator_of(elsewhere).await);
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), statement("2025-11-01", 0, Some("Un mot d’ici.")));
    assert_eq!(phone.round().await.fault, None);
    assert!(page(&office, &here, "2025-11").await.contains("Un mot d’ici."));
    let other = page(&office, &other, "2025-11").await;
    assert!(!other.contains("Un mot d’ici.") && !other.contains("Anne"), "{other}");
    let path = "/coordination/releves/2025-11";
    assert_eq!(office.get(path, "").await.header("location"), "/connexion?retour=%2Fcoordination%2Freleves%2F2025-11");
    assert_eq!(office.get(path, &phone.who.cookie).await.status, StatusCode::FORBIDDEN);
    for malformed in ["2025", "2025-13", "novembre", "2025-11-01..2025-11-30"] {
        let answer = office.get(&format!("/coordination/releves/{malformed}"), &here.cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{malformed}");
    }
    for unknown in ["besoins?annee=2025", "objectifs?periode=2025&mois=3"] {
        let answer = office.get(&format!("/coordination/{unknown}"), &here.cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{unknown}");
    }
    let last = office.get("/coordination/releves", &here.cookie).await;
    let month = last.header("location").rsplit('/').next().and_then(|month| month.parse::<NaiveDate>().ok());
    assert_eq!((last.status, month), (StatusCode::SEE_OTHER, None), "a month, not a day");
}

#[tokio::test]
async fn what_statements_wish_for_and_meet_with_is_grouped_by_subject() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    for (month, wish) in [("2025-10-01", "Le droit à l’image"), ("2025-11-01", "Encore le droit, et Discord <b>")] {
        phone.save(
            fresh_record(),
            Body::new(Draft::Statement(StatementDraft {
                month: month.parse().ok(),
                figures: Some(Handed::default()),
                training_wishes: Some(wish.to_owned()),
                difficulties: Some("Pas de réseau mobile à Saugues".to_owned()),
                ..StatementDraft::default()
            }))
            .to_json(),
        );
    }
    assert_eq!(phone.round().await.fault, None);
    let needs = async |who: &Person, period: &str| {
        let answer = office.get(&format!("/coordination/besoins?periode={period}"), &who.cookie).await;
        (answer.status, answer.text())
    };
    let (_, page) = needs(&coordinator, "2025").await;
    for said in [
        "<h3>Droit du numérique, données, image</h3><p class=\"quiet\">1 promeneur·euse, 2 textes</p>",
        "<h3>Réseaux sociaux et outils</h3><p class=\"quiet\">1 promeneur·euse, 1 texte</p>",
        "<h3>Connexion et matériel</h3>",
        "Discord &lt;b&gt;",
        "Anne, novembre 2025",
    ] {
        assert!(page.contains(said), "{said} is missing from {page}");
    }
    let (_, page) = needs(&coordinator, "2024").await;
    assert!(page.contains("Aucun souhait de formation n’est écrit"), "{page}");
    assert_eq!(needs(&coordinator, "2025-13").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(needs(&phone.who, "2025").await.0, StatusCode::FORBIDDEN);
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (_, page) = needs(&office.coordinator_of(elsewhere).await, "2025").await;
    assert!(!page.contains("droit"), "{page}");
    // On the dashboard how many promeneurs speak of it, for whom may read statements, and not of one structure.
    let need = |subject: &str, wishing, struggling| NeedFigures { subject: subject.to_owned(), wishing, struggling };
    let shown = office.dashboard(&coordinator, "2025", "reseau").await.needs;
    assert_eq!(shown, Some(vec![need("connection", 0, 1), need("law", 1, 0), need("tools", 1, 0)]));
    assert_eq!(office.dashboard(&coordinator, "2025-10", "reseau").await.needs.map(|needs| needs.len()), Some(2));
    assert_eq!(office.dashboard(&coordinator, "2024", "reseau").await.needs, Some(Vec::new()));
    let structure = office.dashboard(&coordinator, "2025", "reseau").await.choices.structures[0].id;
    let of_structure = office.dashboard(&coordinator, "2025", &Scope::Structure(structure).to_string()).await;
    assert_eq!(of_structure.needs, None);
    let file = office.get("/coordination/tableau.csv?periode=2025", &coordinator.cookie).await.text();
    assert!(file.contains("Promeneurs·euses qui disent une difficulté, par sujet;Connexion et matériel;1"), "{file}");
    // In the bilan how many speak of it, and no word of theirs but beside the form.
    let bilan = office.get("/coordination/bilans/ecrire?periode=2025", &coordinator.cookie).await.text();
    let document = bilan.split("id=\"ecrire\"").next().expect("the document");
    assert!(document.contains("Souhaits de formation écrits dans les relevés, par sujet"), "{document}");
    assert!(!document.contains("Saugues") && bilan.contains("Saugues"), "{bilan}");
    // Where texts of the period may be erased already it is said, on each of the three.
    let pages = ["besoins", "bilans/ecrire"].map(|page| format!("/coordination/{page}?periode=2025"));
    let pages = pages.into_iter().chain(["/coordination?periode=2025".to_owned()]).collect::<Vec<_>>();
    for may_be_gone in [false, true] {
        let months = if may_be_gone { 6 } else { 60 };
        let mut owner = office.owner().await;
        sqlx::query("update network set text_months = $1").bind(months).execute(&mut owner).await.expect("set");
        for page in &pages {
            let said = office.get(page, &coordinator.cookie).await.text();
            assert_eq!(
                said.contains("Les textes les plus anciens de la période sont effacés"),
                may_be_gone,
                "{page}: {said}"
            );
        }
    }
}
