//! A history: what people do, how the network fails, when machines die. Any part of one is one too, so that a failing
//! one can be cut down to what matters.

use serde::{Deserialize, Serialize};

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It arrives, and so does its answer.
    Arrives,
    /// It never arrives.
    Lost,
    /// The phone gives up; it arrives later, when it is released.
    Late,
    /// It arrives, the answer does not.
    AnswerLost,
    /// It arrives twice.
    Doubled,
    /// It arrives now and once more when it is released.
    Again,
    /// It hangs until it is released; the phone waits.
    Held,
    /// Something else answers.
    Portal,
    /// An answer that reads like ours and is not.
    Stranger,
    /// Refused for its size, whatever that is.
    TooLarge,
    /// The office dies while it writes.
    OfficeDies,
    /// The office puts one operation off.
    Deferred(u8),
    /// The line of one operation is missing in the answer.
    LineLost(u8),
    /// The line of one operation speaks of another content.
    HashDiffers(u8),
    /// The body of one operation arrives damaged.
    Damaged(u8),
    /// The session is over for a moment.
    SignedOut,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The person makes a new record.
    Note { seat: u8 },
    /// Changes one field of a record, or makes it invalid.
    Change { seat: u8, which: u8, field: u8 },
    /// Changes a record into one that the office cannot read, whatever it comes with.
    Poison { seat: u8, which: u8 },
    /// Opens a form on a record.
    Open { seat: u8, which: u8 },
    /// Changes one field in the form that was opened, whatever has come since, and saves it.
    Finish { seat: u8, field: u8 },
    /// Withdraws a record.
    Withdraw { seat: u8, which: u8 },
    /// Answers a conflict with the office's copy.
    TakeTheirs { seat: u8, which: u8 },
    /// Sends: a round begins or goes on for so many waits, and its next message has this fate.
    Go { seat: u8, tab: u8, waits: u8, fate: Fate },
    /// A message that hangs or is late arrives.
    Release { which: u8 },
    /// The browser dies, with every tab in it.
    Kill { phone: u8 },
    /// The watchdog gives a round up.
    Abort { seat: u8, tab: u8 },
    /// The phone's disk is full for so many transactions.
    Full { seat: u8, times: u8 },
    /// The phone's clock is set, in units of some hours.
    SetClock { seat: u8, hours: i16 },
    /// Another person signs in on the first phone.
    Switch { phone: u8 },
    /// The app is updated; what it stored goes through the newer release and back.
    Upgrade { seat: u8 },
    /// Time passes, in seconds.
    Pass { seconds: u16 },
    /// The office's database is backed up.
    Backup,
    /// It is restored from the backup, and a new life begins.
    Restore,
    /// The coordination withdraws a phone.
    Revoke { seat: u8 },
    /// The coordination takes a rescue file of a phone in.
    Rescue { seat: u8 },
}

/// A history and what it runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Most operations in one push.
    pub most_ops: u8,
    /// Most changes in one answer.
    pub page: u8,
    pub steps: Vec<Step>,
}

/// A small generator of numbers (SplitMix64): a seed says everything.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn small(&mut self, end: u8) -> u8 {
        self.byte() % end
    }
}

impl History {
    /// The history of a seed. Some have no restore, some no revocation, some hardly a mishap: rare faults must not hide
    /// the common ones.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let length = 8 + dice.below(90);
        let calm = dice.below(3) == 0;
        let (restores, revokes, people) = (dice.below(3) == 0, dice.below(4) == 0, dice.below(3) == 0);
        let seats = if people { 3 } else { 2 };
        let (most_ops, page) = (1 + dice.small(4), 1 + dice.small(3));
        let mut steps = Vec::new();
        while (steps.len() as u64) < length {
            let seat = dice.small(seats);
            let which = dice.byte();
            let step = match dice.below(100) {
                0..12 => Step::Note { seat },
                12..32 => Step::Change { seat, which, field: dice.small(4) },
                32..37 => Step::Open { seat, which },
                37..42 => Step::Finish { seat, field: dice.small(4) },
                42..46 => Step::Withdraw { seat, which },
                46..48 => Step::TakeTheirs { seat, which },
                48 => Step::Poison { seat, which },
                49..79 => {
                    let tab = u8::from(dice.below(8) == 0);
                    Step::Go { seat, tab, waits: 1 + dice.small(14), fate: fate(&mut dice, calm) }
                }
                79..83 => Step::Release { which },
                83..86 => Step::Kill { phone: dice.small(2) },
                86..88 => Step::Abort { seat, tab: dice.small(2) },
                88 => Step::Full { seat, times: 1 + dice.small(3) },
                89..91 => Step::SetClock { seat, hours: i16::from(dice.byte()) * 64 - 8192 },
                91 if people => Step::Switch { phone: 0 },
                92 => Step::Upgrade { seat },
                91..94 => Step::Pass { seconds: 1 + u16::from(dice.byte()) * 4 },
                94..96 if restores => Step::Backup,
                96..98 if restores => Step::Restore,
                98 if revokes => Step::Revoke { seat },
                99 => Step::Rescue { seat },
                _ => continue,
            };
            steps.push(step);
        }
        Self { most_ops, page, steps }
    }
}

fn fate(dice: &mut Dice, calm: bool) -> Fate {
    let which = dice.byte();
    match dice.below(if calm { 60 } else { 26 }) {
        0 | 1 => Fate::Lost,
        2 | 3 => Fate::Late,
        4..7 => Fate::AnswerLost,
        7 => Fate::Doubled,
        8 => Fate::Again,
        9 | 10 => Fate::Held,
        11 => Fate::Portal,
        12 => Fate::Stranger,
        13 => Fate::TooLarge,
        14 => Fate::OfficeDies,
        15 => Fate::Deferred(which),
        16 => Fate::LineLost(which),
        17 => Fate::HashDiffers(which),
        18 => Fate::Damaged(which),
        19 => Fate::SignedOut,
        _ => Fate::Arrives,
    }
}
