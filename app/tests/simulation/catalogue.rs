//! The fault catalogue (`offline.md` 5), row by row: where each fault is proven.
//!
//! | # | Where | |
//! |---|---|---|
//! | F1–F6 | `server/tests/integration/faults` | a real server and PostgreSQL behind a proxy that breaks the line |
//! | F7, F8 | there, and [`crate::histories`] | poison and every size of batch also strike in random histories |
//! | F9–F11 | `server/tests/integration/faults` | F11 also `end2end`: the watchdog by the browser's own clock |
//! | F12 | here | clocks are data; every history runs with clocks that jump by years |
//! | F13, F14 | `end2end/storage.spec.ts` | Chromium's own quota; in histories: [`crate::sim::history::Step::Full`] |
//! | F15, F17 | `end2end/kill.spec.ts` | SIGKILL of the whole browser at random instants; every wait of every history |
//! | F16 | here | killed between the answer and the transaction that takes it in |
//! | F18 | `end2end/storage.spec.ts` | |
//! | F19 | `end2end/phone.spec.ts`, [`crate::histories`] | |
//! | F20 | here | edit against withdrawal, both ways round, and twice |
//! | F21–F25 | `end2end` | deep links, stores taken over, half made, taken back, a release under an open form |
//! | F26 | `end2end/releases.spec.ts` | a release of which some file does not arrive, or that breaks off at some byte |
//! | F27, F28 | `server/tests/integration/golden` | fixtures of every release |
//! | F29, F30 | `end2end/phone.spec.ts` | F30 also here in histories: two people, one phone, one session |
//! | F31 | `server/tests/integration/escrow.rs`, [`crate::histories`] | |
//! | F32 | here | a person who leaves keeps what they noted; the server has no purge yet, the phone obeys one |
//! | F33, F34, F36, F37 | `server/tests/integration/faults` | with `make soak` for longer |
//! | F35 | here, and on PostgreSQL in `server/tests/integration/simulation.rs` | |
//! | F38–F41 | `end2end` | F39 also: every fate of a message in histories |
//! | F42 | here | withdrawals are kept for ever, so a long absence is an ordinary pull |
//! | F43 | `server/tests/integration/rescue.rs`, `end2end/phone.spec.ts`, [`crate::histories`] | |

use app::{
    domain::ids::{AccountId, PromeneurId},
    sync::{
        messages::{Change, PullAnswer},
        outbox::EntryState,
        receive::receive,
        store::Touch,
    },
};

use crate::{
    memory::MemoryOffice,
    sim::{
        history::{Fate, Step},
        ids::id,
        office::{Office, User},
        oracle::check,
        world::World,
    },
};

const SEND: Step = Step::Go { seat: 0, tab: 0, waits: 60, fate: Fate::Arrives };
const OTHER_SENDS: Step = Step::Go { seat: 1, tab: 0, waits: 60, fate: Fate::Arrives };
const NOTE: Step = Step::Note { seat: 0 };

fn play(steps: &[Step], look: impl FnOnce(&mut World<'_, MemoryOffice>)) {
    let office = MemoryOffice::new(100, 100);
    let user = |number| User { account: AccountId(id(number)), promeneur: PromeneurId(id(number + 10)) };
    let mut world = World::new(&office, user(1), user(2));
    for step in steps {
        world.step(*step);
    }
    look(&mut world);
    world.settle();
    check(&world, true);
    world.answer_everything();
    check(&world, false);
}

#[test]
fn f12_a_clock_that_is_years_off_delays_nothing_once_it_is_right() {
    let put_off = Step::Go { seat: 0, tab: 0, waits: 60, fate: Fate::Deferred(0) };
    let steps =
        [SEND, Step::SetClock { seat: 0, hours: 8_760 }, NOTE, put_off, Step::SetClock { seat: 0, hours: 0 }, SEND];
    play(&steps, |world| {
        assert_eq!(world.seats[0].store.outbox(), []);
        assert_eq!(world.seats[0].store.meta().behind_s, 0);
    });
    let steps = [SEND, Step::SetClock { seat: 0, hours: -24 }, NOTE, SEND];
    play(&steps, |world| assert_eq!(world.seats[0].store.meta().behind_s, 86_400));
}

/// Three waits bring the batch to the office, the fourth would take its answer in.
#[test]
fn f16_killed_with_the_answer_in_hand() {
    let sent = Step::Go { seat: 0, tab: 0, waits: 3, fate: Fate::Arrives };
    play(&[SEND, NOTE, sent, Step::Kill { phone: 0 }], |world| {
        assert_eq!(world.office.books().lines.len(), 1);
        assert_eq!(world.seats[0].store.outbox().len(), 1);
        world.step(SEND);
        assert_eq!((world.office.books().lines.len(), world.seats[0].store.outbox().len()), (1, 0));
    });
}

#[test]
fn f20_a_withdrawal_wins_only_knowingly() {
    let both = [SEND, OTHER_SENDS, NOTE, SEND, OTHER_SENDS];
    let withdraw = |seat| Step::Withdraw { seat, which: 0 };
    let change = |seat| Step::Change { seat, which: 0, field: 1 };
    // What was changed meanwhile is not withdrawn unseen.
    play(&[&both[..], &[change(1), OTHER_SENDS, withdraw(0), SEND]].concat(), |world| {
        let entry = world.seats[0].store.entries().remove(0);
        assert_eq!((entry.state, entry.deleted), (EntryState::Conflict, true));
    });
    // What was withdrawn meanwhile is not revived; what was written stays with the person.
    play(&[&both[..], &[withdraw(1), OTHER_SENDS, change(0), SEND]].concat(), |world| {
        let entry = world.seats[0].store.entries().remove(0);
        assert_eq!((entry.state, entry.deleted), (EntryState::Rejected, false));
    });
    // Withdrawn twice is withdrawn.
    play(&[&both[..], &[withdraw(1), OTHER_SENDS, withdraw(0), SEND]].concat(), |world| {
        let entry = world.seats[0].store.entries().remove(0);
        assert_eq!((entry.state, entry.deleted), (EntryState::Synced, true));
    });
}

#[test]
fn f32_what_leaves_a_persons_scope_leaves_the_phone_but_for_what_waits() {
    play(&[SEND, NOTE, NOTE, SEND, Step::Change { seat: 0, which: 0, field: 1 }], |world| {
        let store = &world.seats[0].store;
        let purge = |entry: &app::sync::outbox::Entry| Change {
            record: entry.id,
            version: 9,
            deleted: false,
            purge: true,
            body: None,
            hash: app::sync::hash::BodyHash::of(""),
            by: None,
            received_at: world.office.now(),
        };
        let mut state = None;
        store.act(Touch::everything(), |all| {
            state = Some(all.clone());
            app::sync::store::Change::default()
        });
        let state = state.expect("all of it");
        let answer = PullAnswer {
            sync: 1,
            server_now: world.office.now(),
            epoch: world.office.epoch(),
            changes: store.entries().iter().map(purge).collect(),
            cursor: state.meta.cursor.clone().expect("a cursor"),
            more: false,
            reset: false,
            returned: Vec::new(),
        };
        let change = receive(&state, state.meta.cursor.as_deref(), &answer).expect("not stale");
        let waiting = store.outbox()[0].record;
        assert_eq!(change.remove_entries.len(), 1);
        assert!(!change.remove_entries.contains(&waiting));
    });
}

/// What two phones had been told since the backup is there again: edits, a withdrawal, a record of which the backup knew
/// nothing.
#[test]
fn f35_a_restored_office_is_refilled_by_the_phones() {
    let steps = [
        SEND,
        OTHER_SENDS,
        NOTE,
        NOTE,
        SEND,
        OTHER_SENDS,
        Step::Backup,
        Step::Change { seat: 0, which: 0, field: 1 },
        Step::Withdraw { seat: 0, which: 1 },
        Step::Note { seat: 1 },
        SEND,
        OTHER_SENDS,
        Step::Restore,
    ];
    play(&steps, |world| {
        let before: Vec<_> = world.seats[0].store.entries().into_iter().map(|entry| (entry.id, entry.body)).collect();
        assert_eq!(world.office.books().records.len(), 2);
        world.settle();
        let books = world.office.books();
        assert_eq!(books.records.len(), 3);
        assert_eq!(books.records.values().filter(|record| record.deleted).count(), 1);
        let there = |(id, body): &(_, String)| books.records[id].deleted || books.records[id].body == *body;
        assert!(before.iter().all(there));
    });
}

#[test]
fn f42_after_a_long_absence_withdrawals_are_still_told() {
    let steps = [SEND, OTHER_SENDS, NOTE, NOTE, SEND, OTHER_SENDS, Step::Withdraw { seat: 0, which: 0 }, NOTE, SEND];
    play(&steps, |world| {
        for _ in 0..300 {
            world.step(Step::Pass { seconds: u16::MAX });
        }
        world.step(Step::Change { seat: 1, which: 1, field: 2 });
        world.step(OTHER_SENDS);
        let entries = world.seats[1].store.entries();
        assert_eq!((entries.len(), entries.iter().filter(|entry| entry.deleted).count()), (3, 1));
        assert_eq!(world.seats[1].store.outbox(), []);
    });
}
