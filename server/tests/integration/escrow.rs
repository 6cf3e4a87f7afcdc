//! `POST /api/v1/sync_escrow`: a phone that was withdrawn hands over what it holds, and no other phone does (F31).

use app::{
    domain::{ids::OpId, measure::Measure},
    sync::messages::{EscrowAnswer, MOST_OPS},
};
use serde_json::value::RawValue;
use server::{clock::fresh_id, db::people};

use crate::{
    forms::TO_CHECK,
    harness::Office,
    messages::{delete, fresh_record, meeting, raw, upsert},
};

#[tokio::test]
async fn only_a_phone_that_was_withdrawn_hands_over() {
    let office = Office::open().await;
    let (coordinator, anne, bruno) =
        (office.coordinator().await, office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let ops = [upsert(fresh_record(), None, &meeting(2))];
    let refused = (403, "forbidden".to_owned());
    let escrow = async |who| office.escrow_raw(who, ops.iter().map(raw).collect()).await.refusal();
    assert_eq!(escrow(&anne).await, refused, "never heard of");
    office.pull(&anne, None, 10).await;
    assert_eq!(escrow(&anne).await, refused, "in use");
    office.withdraw(&coordinator, &anne).await;
    assert_eq!(office.push_raw(&anne, Vec::new()).await.refusal(), (403, "device_revoked".to_owned()));
    let thief = crate::messages::Person { device: anne.device, ..bruno };
    assert_eq!(escrow(&thief).await, refused, "somebody else's phone");
    assert_eq!(escrow(&coordinator).await, refused, "not a promeneur");
    let foreign = crate::messages::Person { me: thief.me.clone(), ..anne.clone() };
    assert_eq!(escrow(&foreign).await, (403, "wrong_account".to_owned()), "another account's store");
    let many = (0..=MOST_OPS).map(|_| raw(&ops[0])).collect();
    assert_eq!(office.escrow_raw(&anne, many).await.refusal(), (413, "too_many_ops".to_owned()));
    assert_eq!(office.number("select count(*) from quarantine").await, 0);
    office.escrow(&anne, &ops).await;
    assert_eq!(office.number("select count(*) from quarantine").await, 1);
    assert_eq!(office.number("select count(*) from record").await, 0, "nothing counts until a person decides");
}

#[tokio::test]
async fn handing_over_twice_is_handing_over_once_and_nothing_hides_behind_an_id() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    office.pull(&anne, None, 10).await;
    office.withdraw(&coordinator, &anne).await;
    let ops = [upsert(fresh_record(), None, &meeting(2)), upsert(fresh_record(), None, &meeting(3))];
    for _ in 0..3 {
        office.escrow(&anne, &ops).await;
    }
    assert_eq!(office.number("select count(*) from quarantine").await, 2);
    let other = app::sync::messages::Op { op: ops[0].op, ..upsert(ops[0].record, None, &meeting(9)) };
    for _ in 0..2 {
        office.escrow(&anne, std::slice::from_ref(&other)).await;
    }
    assert_eq!(office.number("select count(*) from quarantine").await, 3);
    assert_eq!(office.number("select count(*) from quarantine where reason = 'op_reused'").await, 1);
}

/// Whatever it is, it is held, and shown.
#[tokio::test]
async fn what_nobody_can_read_is_held_too() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    office.pull(&anne, None, 10).await;
    office.withdraw(&coordinator, &anne).await;
    let id = OpId(fresh_id());
    let texts = [
        format!(r#"{{"op":"{id}","body":{{"kind":"hologram"}}}}"#),
        r#"{"op":7}"#.to_owned(),
        "[]".to_owned(),
        "\"\\u0000\"".to_owned(),
        "1e400".to_owned(),
    ];
    let ops = || texts.iter().map(|text| RawValue::from_string(text.clone()).expect("JSON")).collect::<Vec<_>>();
    for _ in 0..2 {
        let answer = office.escrow_raw(&anne, ops()).await;
        assert_eq!(answer.json::<EscrowAnswer>().held, [id]);
    }
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!((cards, page.matches("<h3>Saisie qui ne peut pas être montrée").count()), (5, 5), "{page}");
    assert!(!page.contains("hologram") && !page.contains("/accepter\""), "{page}");
    assert_eq!(office.decide(&coordinator, id, "accepter", &[]).await, "refusee");
    assert_eq!(office.decide(&coordinator, id, "ecarter", &[("mots", "illisible")]).await, "ecartee");
    assert_eq!(office.to_check(&coordinator).await.1, 4);
    assert_eq!(office.number("select count(*) from quarantine").await, 5, "nothing is deleted");
}

/// F31: a phone is withdrawn with five unsent records. They reach quarantine, and the figures once accepted.
#[tokio::test]
async fn f31_what_a_withdrawn_phone_held_counts_once_it_is_accepted() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    office.pull(&anne, None, 10).await;
    office.withdraw(&coordinator, &anne).await;
    let ops: Vec<_> = (0..5)
        .map(|seq| {
            let op = upsert(fresh_record(), None, &meeting(2));
            app::sync::messages::Op { seq, ..op }
        })
        .collect();
    office.escrow(&anne, &ops).await;
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!((cards, page.matches("un téléphone qui a été retiré").count()), (5, 5), "{page}");
    assert!(page.contains("Accepter les 5 saisies") && page.contains("Anne") && page.contains("2 jeunes"), "{page}");
    let counted = async || office.dashboard(&coordinator, "2026", "").await.sums.total(Measure::Meetings);
    assert_eq!(counted().await, 0);
    assert_eq!(office.decide(&coordinator, ops[0].op, "accepter", &[]).await, "acceptee");
    assert_eq!((counted().await, office.to_check(&coordinator).await.1), (1, 4));
    assert_eq!(office.decide(&coordinator, ops[0].op, "accepter", &[]).await, "traitee");
    let promeneur = anne.me.promeneur.expect("a promeneur").to_string();
    let answer = office.submit(&coordinator, &format!("{TO_CHECK}/tout-accepter"), &[("promeneur", &promeneur)]).await;
    assert_eq!(answer.header("location"), "/coordination/a-verifier?fait=toutes");
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!((counted().await, cards), (5, 0));
    assert!(page.contains("Rien à vérifier"));
    // With their own ids, in the author's name: a later copy of any of them is a duplicate.
    let own = "select count(*) from operation join account on account.id = account_id
        where operation.status = 'applied' and role = 'promeneur'";
    assert_eq!(office.number(own).await, 5);
    office.escrow(&anne, &ops).await;
    assert_eq!(office.to_check(&coordinator).await.1, 0);
}

/// What the same phone did to one record is taken in order, from whichever end one begins.
#[tokio::test]
async fn a_record_and_its_edit_are_accepted_together() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    office.pull(&anne, None, 10).await;
    office.withdraw(&coordinator, &anne).await;
    let record = fresh_record();
    let first = upsert(record, None, &meeting(1));
    let then = app::sync::messages::Op { seq: 2, after: Some(first.op), ..upsert(record, None, &meeting(4)) };
    let gone = app::sync::messages::Op { seq: 3, ..delete(fresh_record(), Some(7)) };
    office.escrow(&anne, &[first.clone(), then.clone(), gone.clone()]).await;
    assert_eq!(office.decide(&coordinator, then.op, "accepter", &[]).await, "acceptee");
    assert_eq!(office.number("select version from record").await, 2);
    assert_eq!(office.number("select count(*) from quarantine where resolution = 'accepted'").await, 2);
    // A withdrawal of what is not there is said to be so, and waits.
    assert_eq!(office.decide(&coordinator, gone.op, "accepter", &[]).await, "refusee");
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!(cards, 1);
    assert!(page.contains("Retirer une saisie") && page.contains("que le serveur n’a pas"), "{page}");
    assert_eq!(office.decide(&coordinator, gone.op, "ecarter", &[("mots", "rien à retirer")]).await, "ecartee");
}

#[tokio::test]
async fn another_network_sees_and_decides_nothing() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (coordinator, bruno) = (office.coordinator().await, office.promeneur_of(elsewhere, "Bruno").await);
    office.pull(&bruno, None, 10).await;
    let answer = office.submit(&coordinator, &format!("{}/{}/retirer", crate::forms::PHONES, bruno.device), &[]).await;
    assert_eq!(answer.status.as_u16(), 404);
    let mut owner = office.owner().await;
    sqlx::query("update device set revoked_at = now()").execute(&mut owner).await.expect("withdrawn");
    let op = upsert(fresh_record(), None, &meeting(2));
    office.escrow(&bruno, std::slice::from_ref(&op)).await;
    let (page, cards) = office.to_check(&coordinator).await;
    assert_eq!((cards, page.contains("Bruno")), (0, false));
    for act in ["accepter", "ecarter", "demander", "corriger"] {
        assert_eq!(office.decide(&coordinator, op.op, act, &[("mots", "a")]).await, "traitee", "{act}");
    }
    assert_eq!(office.number("select count(*) from quarantine where resolved_at is null").await, 1);
}
