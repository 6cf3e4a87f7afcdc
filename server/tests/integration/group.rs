//! Group commit: pushes of one network that wait together are written together, and nobody notices but by the clock.

use std::{future::Future, pin::Pin, task::Poll};

use app::{
    api::{error::AppError, office::SyncDesk},
    domain::ids::{Epoch, RecordId},
    sync::messages::{Op, PushAnswer, PushRequest, Verdict},
};
use server::{clock::fresh_id, db::Db, desk::Desk};
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::task::JoinSet;

use crate::{
    harness::Office,
    messages::{Person, fresh_record, line, meeting, raw, statuses, upsert, version},
};

type Push<'a> = Pin<Box<dyn Future<Output = Result<PushAnswer, AppError>> + Send + 'a>>;

fn request(who: &Person, ops: &[Op]) -> PushRequest {
    PushRequest { heartbeat: who.heartbeat(), epoch: None, ops: ops.iter().map(raw).collect() }
}

fn creations(count: usize) -> Vec<Op> {
    (0..count).map(|_| upsert(fresh_record(), None, &meeting(2))).collect()
}

/// Lets each push take its place in the queue, in order: whoever writes begins only when the test waits.
async fn queue(pushes: &mut [Push<'_>]) {
    std::future::poll_fn(|context| {
        for push in &mut *pushes {
            assert!(push.as_mut().poll(context).is_pending(), "nothing is answered before it is written");
        }
        Poll::Ready(())
    })
    .await;
}

async fn answers(pushes: Vec<Push<'_>>) -> Vec<Result<PushAnswer, AppError>> {
    let mut answers = Vec::with_capacity(pushes.len());
    for push in pushes {
        answers.push(push.await);
    }
    answers
}

fn verdicts(answer: &Result<PushAnswer, AppError>) -> Vec<Verdict> {
    let answer = answer.as_ref().expect("an answer");
    answer.results.iter().map(|line| line.verdict.clone()).collect()
}

/// The answer is about these very operations, in their order.
fn is_own(answer: &Result<PushAnswer, AppError>, ops: &[Op]) -> bool {
    let answer = answer.as_ref().expect("an answer");
    answer.results.iter().map(|line| line.op).eq(ops.iter().map(|op| Some(op.op)))
}

async fn refuse(office: &Office, table: &str, id: impl std::fmt::Display) {
    let trigger = format!(
        "create function refuse() returns trigger language plpgsql as $$
             begin if new.id = '{id}' then raise exception 'marked'; end if; return new; end $$;
         create trigger refuse before insert on {table} for each row execute function refuse();"
    );
    office.owner().await.execute(sqlx::raw_sql(AssertSqlSafe(trigger))).await.expect("a trigger");
}

async fn people(office: &Office, count: usize) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    for index in 0..count {
        people.push(office.promeneur(&format!("Personne {index}")).await);
    }
    people
}

/// Every version from the first to the last, once, and the counter at the last.
async fn versions_have_no_gap(office: &Office) -> i64 {
    let sound = "select case when count(*) = max(version) and count(distinct version) = count(*)
             and max(version) = (select head from network_counter) then count(*) else -1 end from record";
    office.number(sound).await
}

#[tokio::test]
async fn those_who_wait_together_are_written_together_and_hear_their_own_answers() {
    let office = Office::open().await;
    let desk = Desk::new(office.db.clone());
    let people = people(&office, 30).await;
    let ops: Vec<Vec<Op>> = (0..people.len()).map(|index| creations(index % 3 + 1)).collect();
    let mut pushes: Vec<Push<'_>> =
        people.iter().zip(&ops).map(|(who, ops)| desk.push(&who.me, request(who, ops))).collect();
    queue(&mut pushes).await;
    let answers = answers(pushes).await;
    for (answer, ops) in answers.iter().zip(&ops) {
        assert!(is_own(answer, ops));
        assert_eq!(statuses(&verdicts(answer)), vec!["applied"; ops.len()]);
    }
    assert_eq!(versions_have_no_gap(&office).await, 60);
    assert_eq!(office.number("select count(distinct xmin::text) from record").await, 1, "one transaction");
    assert_eq!(office.number("select count(*) from device where pending_count = 0").await, 30);
    // Whose each record is, and each line of the ledger.
    let astray = "select count(*) from operation o join record r on r.id = o.record_id
        join account a on a.id = o.account_id join device d on d.id = o.device_id
        where o.promeneur_id <> r.promeneur_id or a.promeneur_id <> r.promeneur_id or d.account_id <> a.id";
    assert_eq!(office.number(astray).await, 0);
    assert_eq!(office.number("select count(distinct promeneur_id) from record").await, 30);
    assert_eq!(office.number("select sum(value)::bigint from daily_figure where measure = 'meetings'").await, 60);
}

#[tokio::test]
async fn neither_an_operation_nor_a_caller_takes_another_along() {
    let office = Office::open().await;
    let desk = Desk::new(office.db.clone());
    let people = people(&office, 20).await;
    let mut ops: Vec<Vec<Op>> = people.iter().map(|_| creations(3)).collect();
    // One operation is poison, one phone was revoked, one is somebody else's, one caller has hung up, one phone's row
    // cannot be written, and one speaks of another life of the database.
    let (poisoned, revoked, borrowed, gone, unwritten, restored) = (3, 6, 9, 12, 15, 18);
    let marked = fresh_record();
    ops[poisoned][1].record = marked;
    refuse(&office, "record", marked).await;
    office.push(&people[revoked], &[]).await;
    office.push(&people[0], &[]).await;
    let mut owner = office.owner().await;
    let revoke = format!("update device set revoked_at = now() where id = '{}'", people[revoked].device);
    owner.execute(AssertSqlSafe(revoke)).await.expect("revoked");
    let mut people = people;
    people[borrowed].device = people[0].device;
    let trigger = format!(
        "create function refuse_phone() returns trigger language plpgsql as $$
             begin if new.id = '{}' then raise exception 'marked'; end if; return new; end $$;
         create trigger refuse before insert on device for each row execute function refuse_phone();",
        people[unwritten].device
    );
    owner.execute(sqlx::raw_sql(AssertSqlSafe(trigger))).await.expect("a trigger");

    let mut pushes: Vec<Push<'_>> = people
        .iter()
        .zip(&ops)
        .enumerate()
        .map(|(index, (who, ops))| {
            let epoch = (index == restored).then(|| Epoch(fresh_id()));
            desk.push(&who.me, PushRequest { epoch, ..request(who, ops) })
        })
        .collect();
    queue(&mut pushes).await;
    drop(pushes.remove(gone));
    let mut answers = answers(pushes).await;
    answers.insert(gone, Ok(answers[0].clone().expect("an answer")));
    let code = |index: usize| answers[index].as_ref().err().map(|error| error.code.code().to_owned());
    for (index, ops) in ops.iter().enumerate() {
        match index {
            _ if index == revoked => assert_eq!(code(index).as_deref(), Some("device_revoked")),
            _ if index == borrowed => assert_eq!(code(index).as_deref(), Some("device_not_yours")),
            _ if index == unwritten => assert_eq!(code(index).as_deref(), Some("internal")),
            _ if index == gone => {}
            _ if index == restored => {
                let lines: Vec<_> = verdicts(&answers[index]).iter().map(|it| line(it).1).collect();
                assert_eq!(lines, ["new_life"; 3]);
            }
            _ => {
                assert!(is_own(&answers[index], ops), "{index}");
                let expected = if index == poisoned { ["applied", "deferred", "applied"] } else { ["applied"; 3] };
                assert_eq!(statuses(&verdicts(&answers[index])), expected, "{index}");
            }
        }
    }
    assert_eq!(versions_have_no_gap(&office).await, 15 * 3 - 1);
    assert_eq!(office.number("select count(*) from operation").await, 15 * 3 - 1);
    assert_eq!(office.number("select sum(value)::bigint from daily_figure where measure = 'meetings'").await, 44);

    // Each comes again and loses nothing.
    owner.execute("drop trigger refuse on record").await.expect("dropped");
    owner.execute("drop trigger refuse on device").await.expect("dropped");
    owner.execute("update device set revoked_at = null").await.expect("allowed");
    people[borrowed].device = app::domain::ids::DeviceId(fresh_id());
    for (who, ops) in people.iter().zip(&ops) {
        let again = office.push(who, ops).await;
        assert!(again.iter().all(|verdict| version(verdict) > 0));
    }
    assert_eq!(versions_have_no_gap(&office).await, 60);
}

/// Whoever began the writing may hang up in the middle of it.
#[tokio::test]
async fn nobody_hangs_when_the_first_one_hangs_up() {
    let office = Office::open().await;
    let desk = Desk::new(office.db.clone());
    let people = people(&office, 3).await;
    let mut owner = office.owner().await;
    let mut held = owner.begin().await.expect("a transaction");
    held.execute("select from network_counter for update").await.expect("locked");
    let ops: Vec<Vec<Op>> = people.iter().map(|_| creations(1)).collect();
    let mut pushes: Vec<Push<'_>> =
        people.iter().zip(&ops).map(|(who, ops)| desk.push(&who.me, request(who, ops))).collect();
    queue(&mut pushes[..1]).await;
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%network_counter%'";
    while office.number(waiting).await == 0 {
        tokio::task::yield_now().await;
    }
    queue(&mut pushes[1..]).await;
    drop(pushes.remove(0));
    held.commit().await.expect("released");
    for (answer, ops) in answers(pushes).await.iter().zip(&ops[1..]) {
        assert!(is_own(answer, ops));
    }
    // What had begun was written all the same, and the phone that asks again is told so.
    assert_eq!(statuses(&office.push(&people[0], &ops[0]).await), ["duplicate"]);
    assert_eq!(versions_have_no_gap(&office).await, 3);
}

#[tokio::test]
async fn the_same_push_twice_at_once_counts_once() {
    let office = Office::open().await;
    let desk = Desk::new(office.db.clone());
    let who = office.promeneur("Anne").await;
    let ops = creations(2);
    let mut pushes: Vec<Push<'_>> = (0..2).map(|_| desk.push(&who.me, request(&who, &ops))).collect();
    queue(&mut pushes).await;
    let answers = answers(pushes).await;
    assert_eq!(statuses(&verdicts(&answers[0])), ["applied"; 2]);
    assert_eq!(statuses(&verdicts(&answers[1])), ["duplicate"; 2]);
    assert_eq!(versions_have_no_gap(&office).await, 2);
}

/// Two people who write the same record, or come with the same unknown phone, in one group: the second is refused.
#[tokio::test]
async fn what_the_first_of_a_group_takes_is_taken_for_the_second() {
    let office = Office::open().await;
    let desk = Desk::new(office.db.clone());
    let mut people = people(&office, 3).await;
    people[2].device = people[0].device;
    let record: RecordId = fresh_record();
    let ops: Vec<Vec<Op>> = (0..3).map(|young| vec![upsert(record, None, &meeting(young + 1))]).collect();
    let mut pushes: Vec<Push<'_>> =
        people.iter().zip(&ops).map(|(who, ops)| desk.push(&who.me, request(who, ops))).collect();
    queue(&mut pushes).await;
    let answers = answers(pushes).await;
    assert_eq!(statuses(&verdicts(&answers[0])), ["applied"]);
    assert_eq!(line(&verdicts(&answers[1])[0]).1, "not_yours");
    assert_eq!(answers[2].as_ref().err().map(|error| error.code.code()), Some("device_not_yours"));
    assert_eq!(office.number("select count(*) from device").await, 2);
}

/// Two servers take turns by the network's counter.
#[tokio::test]
async fn two_servers_give_no_version_twice_and_leave_none_out() {
    let office = Office::open().await;
    let second = Box::pin(Db::open(office.options.clone(), 4)).await.expect("a pool");
    let desks = [Desk::new(office.db.clone()), Desk::new(second)];
    let mut tasks = JoinSet::new();
    for (index, who) in people(&office, 16).await.into_iter().enumerate() {
        let desk = desks[index % 2].clone();
        tasks.spawn(async move {
            for _ in 0..5 {
                let ops = creations(2);
                let answer = desk.push(&who.me, request(&who, &ops)).await;
                assert!(is_own(&answer, &ops));
                assert_eq!(statuses(&verdicts(&answer)), ["applied"; 2]);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("served");
    }
    assert_eq!(versions_have_no_gap(&office).await, 160);
}
