//! What is kept no longer: words of long ago, and names of those who left. Figures and everything else stay.

use app::domain::{
    indicators::Sums,
    intervention::InterventionDraft,
    meeting::MeetingDraft,
    project::ProjectDraft,
    record::{Body, Draft},
    statement::{Handed, StatementDraft},
    taxonomy::{ProjectKind, ProjectOrigin, Theme},
};
use axum::http::StatusCode;
use chrono::{Datelike, Months, NaiveDate};
use server::{clock, db::retention::GONE, retention};
use sqlx::Executor;

use crate::{
    harness::Office,
    messages::{exchange, fresh_record, meeting},
    phone::Phone,
    recount::{self, check_rebuild},
};

/// A word that stands nowhere else.
const WORD: &str = "tournesol";

fn months_ago(months: u32) -> NaiveDate {
    clock::today_in("Europe/Paris").checked_sub_months(Months::new(months)).expect("a day")
}

fn met_on(day: NaiveDate, note: &str) -> String {
    let Draft::Meeting(draft) = Body::from_json(&meeting(2)).expect("a body").draft else { panic!("a meeting") };
    Body::new(Draft::Meeting(MeetingDraft { occurred_on: Some(day), note: Some(note.to_owned()), ..draft })).to_json()
}

/// How many rows hold the word, anywhere in the ledger, the records and what waits.
async fn held(office: &Office) -> i64 {
    office
        .number(
            "select (select count(*) from operation where body::text like '%tournesol%' or reason like '%tournesol%')
                  + (select count(*) from record where body::text like '%tournesol%')
                  + (select count(*) from quarantine where raw like '%tournesol%' or note like '%tournesol%')",
        )
        .await
}

#[tokio::test]
async fn words_of_long_ago_are_erased_everywhere_and_figures_stay() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let (old, recent) = (months_ago(25), months_ago(3));
    let [edited, withdrawn, statement, project, running, kept, act] = std::array::from_fn(|_| fresh_record());
    // The word stood in it once, and no more.
    phone.save(edited, met_on(old, WORD));
    assert_eq!(phone.round().await.fault, None);
    phone.save(edited, met_on(old, "un autre mot"));
    phone.save(withdrawn, met_on(old, WORD));
    assert_eq!(phone.round().await.fault, None);
    phone.withdraw(withdrawn);
    phone.save(
        statement,
        Body::new(Draft::Statement(StatementDraft {
            month: months_ago(26).with_day(1),
            figures: Some(Handed::default()),
            highlight: Some(WORD.to_owned()),
            difficulties: Some(WORD.to_owned()),
            ..StatementDraft::default()
        }))
        .to_json(),
    );
    let ended = ProjectDraft {
        kind: Some(ProjectKind::Project.into()),
        origin: Some(ProjectOrigin::OnlineContact.into()),
        theme: Some(Theme::Housing.into()),
        title: Some(WORD.to_owned()),
        initiated_on: Some(old),
        ended_on: Some(old),
        ..ProjectDraft::default()
    };
    phone.save(project, Body::new(Draft::Project(ended.clone())).to_json());
    let going_on = ProjectDraft { ended_on: None, title: Some("Un projet qui dure".to_owned()), ..ended };
    phone.save(running, Body::new(Draft::Project(going_on)).to_json());
    phone.save(kept, met_on(recent, "Un mot récent"));
    let Draft::Intervention(draft) = Body::from_json(&exchange(3, None)).expect("a body").draft else {
        panic!("an act")
    };
    let draft = InterventionDraft { occurred_on: Some(old), note: Some(WORD.to_owned()), ..*draft };
    phone.save(act, Body::new(Draft::Intervention(Box::new(draft))).to_json());
    assert_eq!(phone.round().await.fault, None);
    assert!(held(&office).await >= 6);
    let year = old.format("%Y").to_string();
    let before = office.dashboard(&coordinator, &year, "reseau").await;
    let received = "select count(*) from statement where received_on = current_date - 700";
    office
        .owner()
        .await
        .execute(
            "update record set received_at = received_at - interval '700 days' where kind = 'statement';
             update statement set received_on = current_date - 700",
        )
        .await
        .expect("long ago");

    let erased = retention::run(&office.db, office.scheme).await.expect("a run");
    assert_eq!((erased.texts, erased.people), (5, 0), "{erased:?}");
    assert_eq!(held(&office).await, 0);
    assert_eq!(office.number("select count(*) from operation where body::text like '%un autre mot%'").await, 0);
    let after = office.dashboard(&coordinator, &year, "reseau").await;
    assert_eq!((after.sums, after.completeness), (before.sums, before.completeness));
    assert_eq!(office.number(received).await, 1, "when it was received is as it was");
    assert_eq!(office.number("select count(*) from record where body::text like '%Un mot récent%'").await, 1);
    assert_eq!(office.number("select count(*) from record where body::text like '%Un projet qui dure%'").await, 1);
    recount::check(&office, &coordinator, &year).await;
    check_rebuild(&office).await;

    // Phones let go of them too, and what is written late goes the next night.
    assert_eq!(phone.round().await.fault, None);
    let told = office.pull(&phone.who, None, 100).await.text();
    assert!(told.contains(&act.to_string()) && !told.contains(WORD), "{told}");
    let again = retention::run(&office.db, office.scheme).await.expect("a run");
    assert_eq!(again, retention::Erased::default(), "nothing is left to be erased");
    phone.save(edited, met_on(old, WORD));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(held(&office).await, 2, "its record and its operation");
    assert_eq!(retention::run(&office.db, office.scheme).await.expect("a run").texts, 1);
    assert_eq!(held(&office).await, 0);

    let page = office.get("/coordination/service", &coordinator.cookie).await.text();
    assert!(page.contains("5 saisies sans leurs textes") && page.contains("1 saisie sans ses textes"), "{page}");
}

#[tokio::test]
async fn who_left_long_ago_has_no_name_and_no_access_and_their_figures_stay() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    for who in [&anne, &bruno] {
        let phone = Phone::of(&office, (*who).clone());
        phone.save(fresh_record(), met_on(months_ago(14), "Un mot"));
        assert_eq!(phone.round().await.fault, None);
    }
    let year = months_ago(14).format("%Y").to_string();
    let before = office.dashboard(&coordinator, &year, "reseau").await.sums;
    assert_ne!(before, Sums::default());
    let mut owner = office.owner().await;
    for (who, months) in [(&anne, 13), (&bruno, 11)] {
        sqlx::query("update promeneur set left_on = $1 where id = $2")
            .bind(months_ago(months))
            .bind(who.me.promeneur.expect("a promeneur").0)
            .execute(&mut owner)
            .await
            .expect("left");
    }
    let erased = retention::run(&office.db, office.scheme).await.expect("a run");
    assert_eq!(erased.people, 1);
    assert_eq!(office.post_json("/api/v1/me", &anne.cookie, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(office.post_json("/api/v1/me", &bruno.cookie, "").await.status, StatusCode::OK);
    let statement = "select (select count(*) from promeneur where name = 'Anne')
        + (select count(*) from account where name = 'Anne' or login like 'anne%')
        + (select count(*) from session where account_id in (select id from account where login like 'parti-%'))";
    assert_eq!(office.number(statement).await, 0);
    let after = office.dashboard(&coordinator, &year, "reseau").await;
    assert_eq!(after.sums, Sums { person_days: after.sums.person_days, ..before });
    assert!(after.choices.promeneurs.iter().any(|choice| choice.name == GONE), "{:?}", after.choices);
    assert_eq!(retention::run(&office.db, office.scheme).await.expect("a run").people, 0);
}

#[tokio::test]
async fn a_network_says_how_long_within_bounds() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let set = async |texts: &str, people: &str| {
        office.submit(&coordinator, "/coordination/service", &[("textes", texts), ("departs", people)]).await
    };
    let refused = set("5", "12").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("de 6 à 60 mois") && refused.text().contains("value=\"5\""), "{}", refused.text());
    assert_eq!(set("24", "tout").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(set("6", "1").await.header("location"), "/coordination/service?fait=enregistre");
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), met_on(months_ago(7), WORD));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(retention::run(&office.db, office.scheme).await.expect("a run").texts, 1);
}
