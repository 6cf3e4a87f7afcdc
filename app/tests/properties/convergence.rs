//! Two phones of one person, an office, and a network that loses, doubles and delays (`offline.md` I1 to I15).

use app::sync::{
    ledger::Status,
    messages::{MOST_OPS, OpKind},
    outbox::{EntryState, save_anew},
};
use proptest::{collection::vec, prelude::*};

use crate::{
    office::{Mishap, Office},
    world::{Act, World},
};

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        4 => Just(Mishap::None),
        1 => Just(Mishap::RequestLost),
        2 => Just(Mishap::AnswerLost),
        1 => Just(Mishap::Doubled),
        1 => any::<usize>().prop_map(Mishap::Deferred),
        1 => any::<usize>().prop_map(Mishap::LineLost),
        1 => Just(Mishap::Portal),
        1 => Just(Mishap::TooLarge),
    ]
}

fn act() -> impl Strategy<Value = (usize, Act)> {
    let act = prop_oneof![
        3 => Just(Act::Note),
        6 => (any::<usize>(), 0..4_usize).prop_map(|(which, field)| Act::Change { which, field }),
        2 => any::<usize>().prop_map(|which| Act::Open { which }),
        2 => (0..4_usize).prop_map(|field| Act::Finish { field }),
        1 => any::<usize>().prop_map(|which| Act::Withdraw { which }),
        1 => any::<usize>().prop_map(|which| Act::TakeTheirs { which }),
        6 => vec(mishap(), 0..5).prop_map(Act::Sync),
        1 => (1..1000_i64).prop_map(Act::Wait),
    ];
    (0..2_usize, act)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_phones_and_office_agree_in_the_end(
        acts in vec(act(), 0..60),
        most_ops in 1..5_usize,
        page in 1..4_usize,
        skews in [-200_000..200_000_i64, -200_000..200_000_i64],
    ) {
        let office = Office::new(most_ops, page);
        let mut world = World::new(&office, skews);
        for (phone, act) in acts {
            world.act(phone, act);
        }
        world.settle();
        world.check_ledger();
        world.check_agreement();
        world.check_nothing_lost();
        world.check_nothing_undone();
        world.answer_everything();
        world.check_ledger();
    }
}

/// Around the limit of a batch, and around half of it, where a refused one is cut.
#[test]
fn every_size_of_outbox_arrives() {
    for most_ops in [1, 7, 50, MOST_OPS] {
        for count in [0, 1, most_ops - 1, most_ops, most_ops + 1, 2 * most_ops, 2 * MOST_OPS + 1] {
            let office = Office::new(most_ops, most_ops);
            let mut world = World::new(&office, [0, 0]);
            (0..count).for_each(|_| world.act(0, Act::Note));
            assert_eq!(world.phones[0].store.outbox().len(), count);
            let round = world.phones[0].round();
            assert_eq!((round.settled, round.fault), (count, None), "{count} with batches of {most_ops}");
            assert_eq!(world.phones[1].round().received, count);
            world.check_agreement();
            world.check_ledger();
        }
    }
}

/// One operation that never passes waits aside, the others pass it (I5).
#[test]
fn a_lone_operation_that_is_too_large_lets_the_others_pass() {
    let office = Office::new(2, 10);
    let mut world = World::new(&office, [0, 0]);
    (0..4).for_each(|_| world.act(0, Act::Note));
    world.act(0, Act::Sync(vec![Mishap::TooLarge, Mishap::TooLarge, Mishap::TooLarge]));
    assert_eq!(world.phones[0].store.outbox().len(), 1);
    assert_eq!(world.phones[0].store.outbox()[0].last_error.as_deref(), Some("too_large"));
    world.settle();
    world.check_agreement();
}

/// A clock that was a year ahead while an operation was put off, and has been put right since (I11).
#[test]
fn a_wait_that_a_wrong_clock_set_is_over_when_the_clock_is_put_right() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [31_536_000, 0]);
    world.act(0, Act::Note);
    world.act(0, Act::Sync(vec![Mishap::Deferred(0)]));
    assert_eq!(world.phones[0].store.outbox().len(), 1);
    world.phones[0].set_skew(0);
    assert_eq!(world.phones[0].round().settled, 1);
}

/// A form that was open while the record was withdrawn elsewhere: the person chooses, and nothing is lost.
#[test]
fn a_form_over_a_record_that_was_withdrawn_elsewhere_is_for_the_person_to_decide() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [0, 0]);
    world.act(0, Act::Note);
    world.settle();
    world.act(0, Act::Open { which: 0 });
    world.act(1, Act::Withdraw { which: 0 });
    world.settle();
    world.act(0, Act::Finish { field: 1 });
    let entry = world.phones[0].store.entries().remove(0);
    assert_eq!((entry.state, entry.deleted), (EntryState::Conflict, false));
    assert!(entry.theirs.as_ref().is_some_and(|theirs| theirs.deleted));
    let (fresh, stamp) = (world.phones[0].fresh_record(), world.phones[0].stamp());
    world.phones[0].act(entry.id, |state| save_anew(state, entry.id, fresh, entry.body.clone(), stamp));
    world.settle();
    world.check_ledger();
    let here = world.phones[1].store.entries();
    assert!(here.iter().any(|kept| kept.id == fresh && kept.body == entry.body && !kept.deleted));
}

/// A lost answer, an edit on top of it, and the next round: one line each, in order.
#[test]
fn an_edit_made_while_the_first_is_on_its_way_follows_it() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [0, 0]);
    world.act(0, Act::Note);
    world.act(0, Act::Sync(vec![Mishap::AnswerLost]));
    world.act(0, Act::Change { which: 0, field: 1 });
    let rows = world.phones[0].store.outbox();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].after, Some(rows[0].op));
    world.settle();
    let lines = office.lines.borrow();
    let seen: Vec<(OpKind, Status)> = lines.iter().map(|(op, status)| (op.kind, *status)).collect();
    assert_eq!(seen, [(OpKind::Upsert, Status::Applied), (OpKind::Upsert, Status::Applied)]);
    world.check_agreement();
}
