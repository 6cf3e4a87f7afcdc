//! « À vérifier »: what waits is accepted, corrected, asked about or set aside, and what the ledger refused is listed.

use app::{
    domain::{
        ids::RecordId,
        measure::Measure,
        meeting::MeetingDraft,
        record::{Body, Draft},
    },
    sync::{
        messages::{Op, PullAnswer},
        outbox::EntryState,
    },
};

use crate::{
    forms::TO_CHECK,
    harness::Office,
    messages::{Person, fresh_record, line, meeting, upsert, version},
    phone::Phone,
};

/// An office, its coordinator, and Anne with a phone that was withdrawn and one that was not.
async fn people(office: &Office) -> (Person, Person, Person) {
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    office.pull(&anne, None, 1).await;
    office.withdraw(&coordinator, &anne).await;
    let other = office.sign_in_as(anne.me.clone()).await;
    (coordinator, anne, other)
}

fn faulty(met: i64) -> String {
    let draft = MeetingDraft {
        occurred_on: "2026-11-19".parse().ok(),
        young_count: Some(2),
        met_after_online_count: Some(met),
        note: Some("Léa, 06 12 34 56 78".to_owned()),
        ..MeetingDraft::default()
    };
    Body::new(Draft::Meeting(draft)).to_json()
}

async fn returned(office: &Office, who: &Person) -> Vec<(RecordId, String, String)> {
    let answer: PullAnswer = office.pull(who, None, 100).await.json();
    answer.returned.into_iter().map(|it| (it.record, it.question, it.body)).collect()
}

/// A question goes out with every pull of the author's phones, and with nobody else's, until the record is sent again.
#[tokio::test]
async fn a_question_is_delivered_until_the_record_is_sent_again() {
    let office = Office::open().await;
    let (coordinator, anne, phone) = people(&office).await;
    let bruno = office.promeneur("Bruno").await;
    let op = upsert(fresh_record(), None, &faulty(3));
    office.escrow(&anne, std::slice::from_ref(&op)).await;
    let page = office.get(&format!("{TO_CHECK}/{}/demander", op.op), &coordinator.cookie).await.text();
    assert!(page.contains("<textarea") && page.contains("maxlength=\"280\"") && !page.contains("Léa"), "{page}");
    for words in ["", "  ", &"a".repeat(281)] {
        let path = format!("{TO_CHECK}/{}/demander", op.op);
        let answer = office.submit(&coordinator, &path, &[("mots", words)]).await;
        assert_eq!(answer.status.as_u16(), 400);
        assert!(
            answer.text().contains("Écrivez quelques mots") && answer.text().contains(words),
            "what was typed stays"
        );
    }
    let question = "Étaient-ils 3 ou 2 ? <b>";
    assert_eq!(office.decide(&coordinator, op.op, "demander", &[("mots", question)]).await, "demandee");
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!(cards, 1);
    assert!(page.contains("Étaient-ils 3 ou 2 ? &lt;b&gt;") && page.contains("Changer la question"), "{page}");
    for _ in 0..2 {
        assert_eq!(returned(&office, &phone).await, [(op.record, question.to_owned(), faulty(3))]);
    }
    assert!(returned(&office, &bruno).await.is_empty());
    // Not before the last page of a pull.
    office.push(&phone, &[upsert(fresh_record(), None, &meeting(1)), upsert(fresh_record(), None, &meeting(1))]).await;
    let first: PullAnswer = office.pull(&phone, None, 1).await.json();
    assert!(first.more && first.returned.is_empty());
    let last: PullAnswer = office.pull(&phone, Some(&first.cursor), 1).await.json();
    assert!(!last.more && last.returned.len() == 1);
    // The answer is an operation on the record.
    let verdicts = office.push(&phone, &[upsert(op.record, None, &faulty(1))]).await;
    assert_eq!(line(&verdicts[0]).0, "applied");
    assert!(returned(&office, &phone).await.is_empty());
    assert_eq!(office.to_check(&coordinator).await.1, 0);
    assert_eq!(office.number("select count(*) from quarantine where resolution = 'answered'").await, 1);
}

#[tokio::test]
async fn a_question_that_is_set_aside_is_asked_no_more() {
    let office = Office::open().await;
    let (coordinator, anne, phone) = people(&office).await;
    let op = upsert(fresh_record(), None, &faulty(3));
    office.escrow(&anne, std::slice::from_ref(&op)).await;
    office.decide(&coordinator, op.op, "demander", &[("mots", "Combien ?")]).await;
    assert_eq!(returned(&office, &phone).await.len(), 1);
    assert_eq!(office.decide(&coordinator, op.op, "ecarter", &[("mots", "vu de vive voix")]).await, "ecartee");
    assert!(returned(&office, &phone).await.is_empty());
    assert_eq!(office.decide(&coordinator, op.op, "accepter", &[]).await, "traitee");
}

/// A correction is a new operation of the coordinator on the author's record, with its reason.
#[tokio::test]
async fn a_correction_is_the_coordinators_and_the_record_stays_its_authors() {
    let office = Office::open().await;
    let (coordinator, anne, phone) = people(&office).await;
    let op = upsert(fresh_record(), None, &faulty(3));
    office.escrow(&anne, std::slice::from_ref(&op)).await;
    assert_eq!(office.decide(&coordinator, op.op, "accepter", &[]).await, "refusee");
    assert_eq!(office.number("select count(*) from operation").await, 0, "a known fault does not use the id up");
    let path = format!("{TO_CHECK}/{}/corriger", op.op);
    let page = office.get(&path, &coordinator.cookie).await.text();
    for said in
        ["name=\"occurred_on\" value=\"2026-11-19\"", "name=\"young_count\" value=\"2\"", "aria-invalid=\"true\""]
    {
        assert!(page.contains(said), "{said} is missing from {page}");
    }
    assert!(!page.contains("Léa"), "{page}");
    let fields = |met, words| {
        [("occurred_on", "2026-11-18"), ("young_count", "2"), ("met_after_online_count", met), ("mots", words)]
    };
    for (met, words, said) in [("4", "vu", "dépasse le nombre de jeunes"), ("2", "", "Écrivez quelques mots")] {
        let answer = office.submit(&coordinator, &path, &fields(met, words)).await;
        assert_eq!(answer.status.as_u16(), 400);
        assert!(
            answer.text().contains(said) && answer.text().contains(&format!("value=\"{met}\"")),
            "{}",
            answer.text()
        );
    }
    assert_eq!(office.decide(&coordinator, op.op, "corriger", &fields("2", "compté deux fois")).await, "corrigee");
    assert_eq!(office.to_check(&coordinator).await.1, 0);
    let sums = office.dashboard(&coordinator, "2026", "").await.sums;
    assert_eq!((sums.total(Measure::Meetings), sums.total(Measure::Met)), (1, 2));
    let answer: PullAnswer = office.pull(&phone, None, 10).await.json();
    let body = answer.changes[0].body.clone().expect("a body");
    let Ok(Draft::Meeting(draft)) = Body::from_json(&body).map(|body| body.draft) else { panic!("{body}") };
    assert_eq!((draft.met_after_online_count, draft.occurred_on), (Some(2), "2026-11-18".parse().ok()));
    assert!(draft.note.is_some_and(|note| note.contains("Léa")), "the note stays the author's");
    let by = "select count(*) from operation join account on account.id = account_id
        where role = 'coordinator' and reason = 'compté deux fois' and operation.promeneur_id is not null";
    assert_eq!(office.number(by).await, 1);
    let resolved = "select count(*) from quarantine where resolution = 'corrected' and resolved_by is not null";
    assert_eq!(office.number(resolved).await, 1);
}

/// What somebody else wrote bears their name on the phones of the person whose record it is, also where both have
/// changed it.
#[tokio::test]
async fn a_correction_is_told_with_the_name_of_whoever_made_it() {
    let office = Office::open().await;
    let (coordinator, anne, other) = people(&office).await;
    let (reader, writer) = (Phone::of(&office, office.sign_in_as(anne.me.clone()).await), Phone::of(&office, other));
    let record = fresh_record();
    writer.save(record, meeting(1));
    writer.round().await;
    let theirs = upsert(record, Some(1), &meeting(7));
    office.escrow(&anne, std::slice::from_ref(&theirs)).await;
    let fields =
        [("occurred_on", "2026-11-19"), ("young_count", "5"), ("met_after_online_count", "0"), ("mots", "recompté")];
    assert_eq!(office.decide(&coordinator, theirs.op, "corriger", &fields).await, "corrigee");
    writer.save(record, meeting(9));
    for phone in [&reader, &writer] {
        phone.round().await;
    }
    let name = &coordinator.me.name;
    let held = |phone: &Phone<'_>| phone.store.entry(record).expect("held");
    let (read, written) = (held(&reader), held(&writer));
    assert_eq!((read.state, read.by.as_ref()), (EntryState::Synced, Some(name)));
    assert_eq!((written.state, written.also_changed()), (EntryState::Conflict, format!("modifiée aussi par {name}")));
    writer.save(record, meeting(9));
    for phone in [&writer, &reader] {
        phone.round().await;
        let entry = held(phone);
        assert_eq!((entry.state, entry.by), (EntryState::Synced, None));
    }
}

/// Where the record was changed since, both are shown, and the coordinator decides.
#[tokio::test]
async fn a_conflict_is_shown_and_accepted_knowingly() {
    let office = Office::open().await;
    let (coordinator, anne, phone) = people(&office).await;
    let record = fresh_record();
    let base = version(&office.push(&phone, &[upsert(record, None, &meeting(1))]).await[0]);
    let held = upsert(record, Some(base), &meeting(7));
    office.escrow(&anne, std::slice::from_ref(&held)).await;
    office.push(&phone, &[upsert(record, Some(base), &meeting(3))]).await;
    assert_eq!(office.decide(&coordinator, held.op, "accepter", &[]).await, "conflit");
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!(cards, 1);
    assert!(page.contains("7 jeunes") && page.contains("Sur le serveur") && page.contains("3 jeunes"), "{page}");
    assert!(page.contains("Accepter à la place de celle du serveur"), "{page}");
    assert_eq!(office.decide(&coordinator, held.op, "accepter", &[("par_dessus", "1")]).await, "acceptee");
    assert_eq!(office.number("select version from record").await, 3);
    assert_eq!(office.number("select count(*) from record").await, 1);
    let sums = office.dashboard(&coordinator, "2026", "").await.sums;
    assert_eq!((sums.total(Measure::Meetings), office.to_check(&coordinator).await.1), (1, 0));
    let answer: PullAnswer = office.pull(&phone, None, 10).await.json();
    assert_eq!(answer.changes[0].body, Some(meeting(7)));
}

/// What the ledger refused is listed until something later on that record makes it good.
#[tokio::test]
async fn refusals_of_the_ledger_are_listed_until_made_good() {
    let office = Office::open().await;
    let (coordinator, _, phone) = people(&office).await;
    let (mended, asked) = (fresh_record(), fresh_record());
    let tries = [3_i64, 4].map(|met| Op { seq: met.unsigned_abs(), ..upsert(mended, None, &faulty(met)) });
    for op in &tries {
        assert_eq!(line(&office.push(&phone, std::slice::from_ref(op)).await[0]).1, "invalid_body");
    }
    let op = upsert(asked, None, &faulty(5));
    office.push(&phone, std::slice::from_ref(&op)).await;
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!(
        (cards, page.matches("Envoyée par le téléphone, et refusée").count()),
        (2, 2),
        "the latest of each: {page}"
    );
    assert!(!page.contains(&tries[0].op.to_string()));
    office.push(&phone, &[Op { seq: 9, ..upsert(mended, None, &faulty(1)) }]).await;
    assert_eq!(office.to_check(&coordinator).await.1, 1);
    // With the same actions as the others.
    assert_eq!(office.decide(&coordinator, op.op, "demander", &[("mots", "Combien ?")]).await, "demandee");
    assert_eq!(returned(&office, &phone).await, [(asked, "Combien ?".to_owned(), faulty(5))]);
    assert_eq!(office.to_check(&coordinator).await.1, 1);
    office.push(&phone, &[Op { seq: 10, ..upsert(asked, None, &faulty(2)) }]).await;
    assert!(returned(&office, &phone).await.is_empty());
    assert_eq!(office.to_check(&coordinator).await.1, 0);
}

/// One that was refused and has become right since, such as a day that was in the future, is accepted as it is.
#[tokio::test]
async fn a_refusal_that_no_longer_holds_is_accepted_as_it_is() {
    let office = Office::open().await;
    let (coordinator, _, phone) = people(&office).await;
    let op = upsert(fresh_record(), None, &faulty(5));
    office.push(&phone, std::slice::from_ref(&op)).await;
    let mut owner = office.owner().await;
    // As if it had been refused by rules of before.
    sqlx::query("update operation set body = $1::json, body_hash = $2")
        .bind(faulty(1))
        .bind(app::sync::hash::BodyHash::of(&faulty(1)).0.as_slice())
        .execute(&mut owner)
        .await
        .expect("changed");
    assert_eq!(office.decide(&coordinator, op.op, "accepter", &[]).await, "acceptee");
    assert_eq!(office.to_check(&coordinator).await.1, 0);
    assert_eq!(office.dashboard(&coordinator, "2026", "").await.sums.total(Measure::Meetings), 1);
}
