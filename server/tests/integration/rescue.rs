//! « Importer un fichier de secours »: ids preserved, so that neither a second import nor the phone counts twice (F43).

use app::{
    domain::{ids::OpId, measure::Measure},
    sync::messages::Op,
};
use serde_json::json;
use server::{clock::fresh_id, db::people, rescue::LARGEST};

use crate::{
    harness::{Answer, Office},
    messages::{Person, delete, fresh_record, meeting, statuses, upsert},
};

fn file(who: &Person, ops: &[Op], unreadable: &[&str]) -> String {
    json!({
        "lanterne_rescue": 1,
        "account": who.me.account,
        "device": who.device,
        "made_at": "2026-11-24T10:00:00Z",
        "build": "test",
        "epoch": null,
        "ops": ops,
        "unreadable": unreadable,
        "later": true,
    })
    .to_string()
}

/// How many were taken, were known, and wait.
fn counts(answer: &Answer) -> (u32, u32, u32) {
    let page = answer.text();
    assert_eq!(answer.status.as_u16(), 200, "{page}");
    let line = page.split("Le fichier est lu").nth(1).and_then(|rest| rest.split('<').next()).expect("an outcome");
    let numbers: Vec<u32> = line.split([' ', ',', '.']).filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1], numbers[2])
}

/// F43: a file is imported by the coordinator, and later the same phone sends online.
#[tokio::test]
async fn f43_a_file_a_second_import_and_the_phone_itself_count_once() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let record = fresh_record();
    let first = upsert(record, None, &meeting(2));
    let edit = Op { seq: 2, after: Some(first.op), ..upsert(record, None, &meeting(3)) };
    let mut ops = vec![first, edit];
    ops.extend((3..150).map(|seq| Op { seq, ..upsert(fresh_record(), None, &meeting(1)) }));
    ops.push(Op { seq: 150, ..upsert(fresh_record(), None, &meeting(0)) });
    let text = file(&anne, &ops, &["{\"op\":", "a\u{0}b"]);
    assert_eq!(counts(&office.upload(&coordinator, "fichier", text.as_bytes()).await), (149, 0, 3));
    let counted = async || office.dashboard(&coordinator, "2026", "").await.sums.total(Measure::Meetings);
    assert_eq!(counted().await, 148);
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!((cards, page.matches("Vient d’un fichier de secours").count()), (3, 3), "{page}");
    assert_eq!(counts(&office.upload(&coordinator, "fichier", text.as_bytes()).await), (0, 152, 0));
    let versions = office.number("select head from network_counter").await;
    for ops in ops.chunks(100) {
        let verdicts = statuses(&office.push(&anne, ops).await);
        assert!(verdicts.iter().all(|verdict| *verdict != "applied"), "{verdicts:?}");
    }
    assert_eq!((counted().await, office.number("select head from network_counter").await), (148, versions));
    assert_eq!(office.number("select count(*) from record").await, 148);
    assert_eq!(office.to_check(&coordinator).await.1, 3);
    let own = "select count(*) from operation join account on account.id = account_id where role <> 'promeneur'";
    assert_eq!(office.number(own).await, 0, "in the author's name");
}

/// What the phone had sent already, a conflict, and an edit of something unknown.
#[tokio::test]
async fn each_operation_of_a_file_gets_its_own_answer() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let sent = upsert(fresh_record(), None, &meeting(2));
    office.push(&anne, std::slice::from_ref(&sent)).await;
    let ops = [
        sent.clone(),
        Op { seq: 2, ..upsert(sent.record, None, &meeting(9)) },
        Op { seq: 3, ..delete(sent.record, Some(1)) },
        Op { seq: 4, after: Some(OpId(fresh_id())), ..upsert(fresh_record(), None, &meeting(4)) },
    ];
    let answer = office.upload(&coordinator, "fichier", file(&anne, &ops, &[]).as_bytes()).await;
    assert_eq!(counts(&answer), (1, 1, 2));
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!(cards, 2);
    assert!(page.contains("Elle a été retirée depuis") || page.contains("modifiée ailleurs"), "{page}");
    assert!(page.contains("Elle fait suite à une autre, qui manque"), "{page}");
    assert_eq!(office.decide(&coordinator, ops[3].op, "accepter", &[]).await, "acceptee");
    assert_eq!(office.dashboard(&coordinator, "2026", "").await.sums.total(Measure::Meetings), 1);
}

#[tokio::test]
async fn a_file_that_is_none_of_ours_is_refused_and_nothing_is_taken() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let bruno = office.promeneur_of(elsewhere, "Bruno").await;
    let ops = [upsert(fresh_record(), None, &meeting(2))];
    let good = file(&anne, &ops, &[]);
    let too_large = format!("{good}{}", " ".repeat(LARGEST));
    let refusals = [
        ("fichier", String::new(), 400, "rescue_missing"),
        ("autre", good.clone(), 400, "rescue_missing"),
        ("fichier", "bonjour".to_owned(), 400, "rescue_unreadable"),
        ("fichier", "{}".to_owned(), 400, "rescue_unreadable"),
        ("fichier", good[..good.len() / 2].to_owned(), 400, "rescue_unreadable"),
        ("fichier", good.replace("\"lanterne_rescue\":1", "\"lanterne_rescue\":2"), 400, "rescue_newer"),
        ("fichier", file(&bruno, &ops, &[]), 403, "rescue_foreign"),
        ("fichier", file(&coordinator, &ops, &[]), 403, "rescue_foreign"),
        ("fichier", too_large, 413, "rescue_too_large"),
    ];
    for (name, text, status, code) in refusals {
        let answer = office.upload(&coordinator, name, text.as_bytes()).await;
        assert_eq!(answer.status.as_u16(), status, "{code}: {}", answer.text());
        assert!(answer.text().contains(&format!("data-code=\"{code}\"")), "{code}: {}", answer.text());
    }
    let no_form = office.submit(&coordinator, crate::forms::RESCUE, &[("fichier", "a")]).await;
    assert!(no_form.status.as_u16() == 400 && no_form.text().contains("rescue_missing"));
    assert_eq!(office.upload(&anne, "fichier", good.as_bytes()).await.status.as_u16(), 403);
    assert_eq!(office.number("select count(*) from record").await, 0);
    assert_eq!(office.number("select count(*) from quarantine").await, 0);
}
