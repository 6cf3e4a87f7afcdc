//! Bugs that the simulation plants one at a time, to prove that its oracle finds each of them. Compiled with the feature
//! `planted` alone, which no release has.

use std::cell::Cell;

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A bug, as some peer has or had it, or as we might.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $name,)+
        }

        impl Bug {
            /// Every bug.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

bugs! {
    /// The office acknowledges before it has committed, and dies.
    AckBeforeCommit,
    /// A push is taken under whatever session the browser has.
    AnySessionWillDo,
    /// One refused operation refuses its whole batch.
    OneRefusesAll,
    /// Two changes of a record in the same second are taken for one.
    DedupeByTime,
    /// The sums leave new records out.
    FirstIsNotCounted,
    /// The sums count a repeated delivery again.
    CountedAtEachDelivery,
    /// A restored office takes operations that were made on versions of another life, and the phone its answers.
    EpochOfPushIgnored,
    /// A pull leaves withdrawn records out.
    TombstonesStay,
    /// The cursor of a page says that everything was told.
    CursorIsHead,
    /// A new life gives the versions of the one before again.
    VersionsGivenTwice,
    /// A batch that met no network is taken for sent.
    PauseIsSent,
    /// Any 200 is an acknowledgement.
    PortalIsAck,
    /// A row leaves the phone before it is marked as sent.
    SendsWithoutMark,
    /// A retry is sent under a fresh id.
    RetriesUnderAnotherId,
    /// An answer without our mark is taken for ours.
    StrangerIsHeard,
    /// An operation without a line in the answer is taken for acknowledged.
    MissingLineIsAck,
    /// An operation that was put off is taken for acknowledged.
    DeferredIsAck,
    /// An acknowledgement of another content is taken for one.
    AnyHashIsAck,
    /// A batch that is too large is sent again as it is.
    NeverHalves,
    /// A lone operation that is refused is tried again at once, for ever.
    PoisonBlocks,
    /// Parking writes rows back that were answered meanwhile.
    ParkRevives,
    /// The time of the next try is believed, however wrong the clock was that set it.
    WaitsAreBelieved,
    /// A refused record leaves the phone.
    RefusedIsDropped,
    /// A conflict takes the office's copy without asking.
    TheirsWins,
    /// A merge of the same field takes the office's value.
    MergeLosesMine,
    /// A save replaces an operation that was handed to the network.
    SentIsReplaced,
    /// A form overwrites what came while it was open.
    SaveForgetsWhatItSaw,
    /// A pull overwrites what waits to be sent.
    PullOverwritesUnsent,
    /// A pull passes over records that wait, for good.
    PullForgetsTheirs,
    /// The cursor is stored before the changes that it stands for.
    CursorBeforeRows,
    /// A page that was asked for before another tab went on is taken.
    StalePageIsTaken,
    /// The phone passes over withdrawals that it is told.
    TombstoneIsDropped,
    /// The office takes a change whatever version it was made on.
    BaseIsIgnored,
    /// A withdrawal is taken whatever version it was made on.
    DeleteAlwaysWins,
    /// A withdrawn record is revived by a change.
    ResubmissionRevives,
    /// A change is taken before the one that it was made on.
    PreviousIsNotAwaited,
    /// An operation that the ledger holds is judged once more.
    KnownOpIsJudgedAnew,
    /// A phone notes the new life of a restored office, and no more.
    NothingIsGivenBack,
    /// What is given back replaces whatever is there.
    GivenBackWins,
    /// What waits does not wait for what is given back.
    WaitingGoesFirst,
    /// What was overtaken by an acknowledged change is still taken for one.
    OvertakenStillCounts,
    /// A revoked phone is wiped before it has handed over.
    WipesAtOnce,
    /// A revoked phone hands its outbox over, and forgets what is refused or disputed.
    OpenIsNotHandedOver,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a bug in this thread, or none.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether it is planted here.
pub fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}
