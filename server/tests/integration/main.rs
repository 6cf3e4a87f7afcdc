//! The office as its visitors meet it: a real database, a real port, no mocks.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where")]
#![expect(unreachable_pub, reason = "nothing of a test binary is reachable; `pub` says what its modules share")]

mod api {
    mod v1 {
        mod dashboard;
        mod standing;
        mod sync_pull;
        mod sync_push;
        mod sync_push_refused;
    }
}
mod access;
mod asvs;
mod attack;
mod audit;
mod backup;
mod bilans;
mod binary;
mod connexion;
mod coordination;
mod devices;
mod door;
mod escrow;
mod export;
mod faults;
mod figures;
mod forms;
mod gender;
mod golden;
mod group;
mod harness;
mod health;
mod helplines;
mod holidays;
mod hostile;
mod imports;
mod kept;
mod locks;
mod mail;
mod messages;
mod network_life;
mod objectives;
mod own;
mod pace;
mod passkeys;
mod paths;
mod phone;
mod quarantine;
mod recount;
mod recovery;
mod rescue;
mod retention;
mod rows;
mod school_year;
#[path = "../../../app/tests/simulation/sim/mod.rs"]
mod sim;
mod simulation;
mod staff;
mod start;
mod statements;
