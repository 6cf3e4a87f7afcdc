//! F6 to F8: batches of which one operation is bad, and batches of every size.

use app::{domain::ids::RecordId, sync::outbox::EntryState};
use sqlx::{AssertSqlSafe, Executor};

use super::{
    Scene, end_state,
    proxy::{Fault, forged},
};
use crate::{
    messages::{fresh_record, meeting},
    phone::Phone,
};

fn save(phone: &Phone<'_>, count: usize) -> Vec<RecordId> {
    let records: Vec<RecordId> = (0..count).map(|_| fresh_record()).collect();
    for record in &records {
        phone.save(*record, meeting(2));
    }
    records
}

#[tokio::test]
async fn f06_an_operation_that_the_database_refuses_waits_alone() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let marked = save(&phone, 100)[36];
    let mut owner = scene.office.owner().await;
    let trigger = format!(
        "create function refuse() returns trigger language plpgsql as $$
             begin if new.id = '{marked}' then raise exception 'marked'; end if; return new; end $$;
         create trigger refuse before insert on record for each row execute function refuse();"
    );
    owner.execute(sqlx::raw_sql(AssertSqlSafe(trigger))).await.expect("a trigger");
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (99, None));
    let left: Vec<RecordId> = phone.store.outbox().iter().map(|row| row.record).collect();
    assert_eq!(left, [marked]);
    let entries = phone.store.entries();
    assert!(entries.iter().all(|entry| (entry.state == EntryState::Synced) == (entry.id != marked)));
    owner.execute("drop trigger refuse on record").await.expect("dropped");
    end_state::check(&scene.office, &[phone]).await;
}

/// Three poisons among forty good records: one that no route reads, one that is no record, one that holds too much.
/// And one that only looks like poison, because a later release wrote it.
#[tokio::test]
async fn f07_a_poison_operation_is_parked_and_the_others_pass_it() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let noted =
        |length: usize| meeting(3).replace("\"themes\":", &format!("\"x\":\"{}\",\"themes\":", "a".repeat(length)));
    let [huge, large, strange, future] = [(); 4].map(|()| fresh_record());
    save(&phone, 10);
    phone.save(huge, noted(3 << 20));
    save(&phone, 10);
    phone.save(large, noted(20 << 10));
    save(&phone, 10);
    phone.save(strange, r#"{"schema":99,"kind":"hologram"}"#.to_owned());
    phone.save(future, meeting(4).replace("\"schema\":1", "\"schema\":99,\"x_later\":{\"a\":[1]}"));
    save(&phone, 10);
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (43, None), "in one round, all but the one that nobody reads");
    let parked = phone.store.outbox();
    assert_eq!(parked.iter().map(|row| row.record).collect::<Vec<_>>(), [huge]);
    assert_eq!((parked[0].last_error.as_deref(), parked[0].next_try_at.is_some()), (Some("too_large"), true));
    let problem = |record: RecordId| {
        let entry = phone.store.entries().into_iter().find(|entry| entry.id == record).expect("an entry");
        entry.problem.map(|problem| problem.code.code().to_owned()).unwrap_or_default()
    };
    assert_eq!(
        (problem(large), problem(strange), problem(future)),
        ("too_large".into(), "invalid_body".into(), String::new())
    );
    // Corrected, each is sent.
    phone.save(strange, meeting(1));
    end_state::check_but(&scene.office, std::slice::from_ref(&phone), &[huge, large]).await;
    phone.save(large, meeting(1));
    end_state::check_but(&scene.office, &[phone], &[huge]).await;
}

/// What stands before the office takes less at once than it does: batches halve until they fit.
#[tokio::test]
async fn f07_a_batch_that_is_too_large_on_the_way_is_halved() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    save(&phone, 150);
    let answer = forged("413 Content Too Large", "text/html", "<html>413</html>");
    scene.proxy.always(Fault::AtMost(6_000, answer));
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (150, None));
    scene.proxy.always(Fault::Pass);
    end_state::check(&scene.office, &[phone]).await;
}

#[tokio::test]
async fn f08_a_batch_of_any_size_ends_and_sends_exactly_what_is_missing() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    for (count, batches) in [(0, vec![]), (1, vec![1]), (99, vec![99]), (100, vec![100]), (101, vec![100, 1])] {
        save(&phone, count);
        let before = scene.proxy.pushes().len();
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (count, None));
        let sent: Vec<usize> = scene.proxy.pushes()[before..].iter().map(super::proxy::Passed::ops).collect();
        assert_eq!(sent, batches);
    }
    // The second of three is lost: what is missing is sent again, and only that; what had no answer, by half as much.
    save(&phone, 250);
    scene.proxy.next("sync_push", Fault::Pass);
    scene.proxy.next("sync_push", Fault::CutRequest(50));
    let before = scene.proxy.pushes().len();
    assert_eq!(phone.round().await.settled, 100);
    assert_eq!(phone.round().await.settled, 150);
    let sent: Vec<usize> = scene.proxy.pushes()[before..].iter().map(super::proxy::Passed::ops).collect();
    assert_eq!(sent, [100, 100, 50, 50, 50]);
    end_state::check(&scene.office, &[phone]).await;
}
