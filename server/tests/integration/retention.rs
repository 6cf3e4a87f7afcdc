//! What is kept no longer: words of long ago, and names of those who left. Figures and everything else stay.

use app::domain::{
    account_snapshot::AccountSnapshotDraft,
    indicators::Sums,
    intervention::InterventionDraft,
    meeting::MeetingDraft,
    project::ProjectDraft,
    record::{Body, Draft},
    statement::{Handed, StatementDraft},
    taxonomy::{Network, ProjectKind, ProjectOrigin, Theme},
};
use axum::http::StatusCode;
use chrono::{Datelike, Months, NaiveDate};
use server::{
    clock,
    db::{invitations, people::Place, retention::GONE},
    import, retention,
};
use sqlx::Executor;

use crate::{
    harness::Office,
    messages::{exchange, fresh_record, meeting, statuses, upsert},
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
    let followers = AccountSnapshotDraft {
        network: Some(Network::Other.into()),
        network_other: Some(WORD.to_owned()),
        as_of: Some(old),
        followers: Some(42),
        ..AccountSnapshotDraft::default()
    };
    phone.save(fresh_record(), Body::new(Draft::AccountSnapshot(followers)).to_json());
    assert_eq!(phone.round().await.fault, None);
    assert!(held(&office).await >= 7);
    let year = old.format("%Y").to_string();
    let before = office.dashboard(&coordinator, &year, "reseau").await;
    // By the network's day, which is not always the database's.
    let received = "select count(*) from statement where received_on = (now() at time zone 'Europe/Paris')::date - 700";
    office
        .owner()
        .await
        .execute(
            "update record set received_at = received_at - interval '700 days' where kind = 'statement';
             update statement set received_on = (now() at time zone 'Europe/Paris')::date - 700",
        )
        .await
        .expect("long ago");

    let erased = retention::run(&office.db, office.scheme).await.expect("a run");
    assert_eq!((erased.texts, erased.people), (6, 0), "{erased:?}");
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
    assert!(page.contains("6 saisies sans leurs textes") && page.contains("1 saisie sans ses textes"), "{page}");
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

/// What was decided or refused long ago, invitations of then, and an access that was closed: erased. What waits, and what is of late,
/// stays.
#[tokio::test]
async fn decisions_refusals_and_closed_accesses_of_long_ago_go_too() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let caf = office.account_of(office.scheme, "Caf Martin", Place::Caf).await;
    // Two that were refused: one waits for a person still, one was decided on.
    let wrong = [(), ()].map(|()| {
        upsert(fresh_record(), None, &met_on(months_ago(30), WORD).replace("\"young_count\":2", "\"young_count\":-2"))
    });
    assert_eq!(statuses(&office.push(&anne, &wrong).await), ["rejected", "rejected"]);
    let mut owner = office.owner().await;
    let hold = "insert into quarantine (network_id, op_id, account_id, promeneur_id, device_id, source, reason, raw, received_on,
            resolved_at, resolution, note)
        select $1, gen_random_uuid(), $2, $3, $4, 'escrow', 'revoked', 'tournesol', current_date - 900, it.at,
            case when it.at is not null then 'dropped' end, case when it.at is not null then 'tournesol' end
        from (values (now() - interval '25 months'), (now() - interval '2 months'), (null::timestamptz)) as it (at)";
    sqlx::query(hold)
        .bind(office.scheme.0)
        .bind(anne.me.account.0)
        .bind(anne.me.promeneur.expect("a promeneur").0)
        .bind(anne.device.0)
        .execute(&mut owner)
        .await
        .expect("held");
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    for number in 0_u8..2 {
        let invitee = invitations::Invitee::Newcomer(Place::Caf);
        invitations::create(&mut tx, &coordinator.me, "Caf", invitee, &[number; 32]).await.expect("an invitation");
    }
    tx.commit().await.expect("committed");
    owner
        .execute(sqlx::AssertSqlSafe(format!(
            "update invitation set expires_at = now() - interval '25 months' where token_hash = decode(repeat('00', 32), 'hex');
             update operation set received_at = now() - interval '25 months' where status = 'rejected';
             insert into quarantine (network_id, op_id, account_id, promeneur_id, device_id, record_id, source, reason, raw, received_on,
                 resolved_at, resolution)
             select network_id, op_id, account_id, promeneur_id, device_id, record_id, 'refused', 'invalid_body', '{{}}',
                 current_date - 800, now() - interval '25 months', 'dropped'
             from operation where op_id = '{}';
             update account set disabled_at = now() - interval '13 months' where id = '{}'",
            wrong[1].op, caf.me.account
        )))
        .await
        .expect("long ago");
    let erased = retention::run(&office.db, office.scheme).await.expect("a run");
    assert_eq!((erased.people, erased.others), (1, 3), "{erased:?}");
    assert_eq!(
        office.number("select count(*) from quarantine where raw = 'tournesol'").await,
        2,
        "of late, and waiting"
    );
    assert_eq!(
        office.number("select count(*) from operation where body::text like '%tournesol%'").await,
        1,
        "it waits"
    );
    let waiting = office.get("/coordination/a-verifier", &coordinator.cookie).await.text();
    assert!(waiting.contains("Anne"), "{waiting}");
    assert_eq!(office.number("select count(*) from invitation").await, 1);
    assert_eq!(office.number("select count(*) from account where name = 'Caf Martin'").await, 0);
    // Whoever could run statements of their own erases nothing that is of late with it.
    let phone = Phone::of(&office, office.promeneur("Bruno").await);
    let recent = fresh_record();
    phone.save(recent, met_on(months_ago(3), WORD));
    assert_eq!(phone.round().await.fault, None);
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    sqlx::query("select erase_texts($1)").bind(vec![recent.0]).execute(&mut *tx).await.expect("nothing");
    tx.commit().await.expect("committed");
    assert_eq!(office.number("select count(*) from operation where body::text like '%tournesol%'").await, 2);
}

/// What a file brought is still the file's after its words are gone: it can be taken back.
#[tokio::test]
async fn an_import_can_be_taken_back_after_its_words_are_gone() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    office.promeneur("Anne").await;
    let file = format!("qui;date;jeunes;note\nAnne;{};1;Un tournesol\n", months_ago(26));
    let (db, me) = (&office.db, &coordinator.me);
    let id = import::bring(db, me, "meeting", "a.csv", file.as_bytes()).await.expect("a file");
    let seal = import::preview(db, me, id, None).await.expect("a preview").seal.expect("a seal");
    import::take(db, me, id, &seal).await.expect("taken");
    assert_eq!(retention::run(db, office.scheme).await.expect("a run").texts, 1);
    let (_, withdrawn, kept) = import::undoing(db, me, id).await.expect("a look");
    assert_eq!((withdrawn, kept), (1, 0));
    assert_eq!(import::undo(db, me, id).await.expect("taken back"), 1);
}

/// A question that waits for somebody's answer is not answered by the erasing of words.
#[tokio::test]
async fn what_waits_for_an_answer_waits_on() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let record = fresh_record();
    office.push(&anne, &[upsert(record, None, &met_on(months_ago(26), WORD))]).await;
    let wrong = met_on(months_ago(26), WORD).replace("\"young_count\":2", "\"young_count\":-2");
    let base = Some(office.number("select version from record").await);
    assert_eq!(statuses(&office.push(&anne, &[upsert(record, base, &wrong)]).await), ["rejected"]);
    let waits = async || {
        office.get("/coordination/a-verifier", &coordinator.cookie).await.text().contains("/coordination/a-verifier/")
    };
    assert!(waits().await);
    assert_eq!(retention::run(&office.db, office.scheme).await.expect("a run").texts, 1);
    assert!(waits().await, "nobody has answered");
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
