//! Identifiers, one type a noun, so that none can stand in for another.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A *Promeneurs du Net* network: one department's scheme. Column `network_id`; named so because [`Network`] is
    /// the domain's word for Instagram and the like.
    ///
    /// [`Network`]: super::taxonomy::Network
    SchemeId;
    /// An employer of promeneurs (`domain.md` A1).
    StructureId;
    /// A territory: structures whose activity is read together (`domain.md` C).
    TerritoryId;
    /// Something that the network lived through (`domain.md` B12).
    EventId;
    /// A promeneur: the person as a professional of the network, whoever signs in for them.
    PromeneurId;
    /// Somebody who can sign in.
    AccountId;
    /// A browser profile in which an account has signed in; the unit that holds an outbox.
    DeviceId;
    /// A record, made on a phone: UUID version 7.
    RecordId;
    /// A published version of a bilan (`domain.md` C4).
    BilanId;
    /// A spreadsheet of past activity that was brought in.
    ImportId;
    /// An invitation to sign in.
    InvitationId;
    /// Somewhere an account is signed in.
    SessionId;
    /// A key with which a program reads the figures.
    KeyId;
    /// A passkey: with it a person signs in.
    PasskeyId;
    /// The lock of a phone's notebook; another one each time that it is put on.
    LockId;
    /// One operation on one record: the idempotency key of sync (`offline.md` 2.3).
    OpId;
    /// One life of the server's database; a new one after each restore (`offline.md` I14).
    Epoch;
}

impl DeviceId {
    /// Its last eight characters, which tell it apart and can be spelt on the telephone.
    pub fn short(self) -> String {
        self.0.simple().to_string()[24..].to_ascii_uppercase()
    }
}

impl RecordId {
    /// When it was made, in milliseconds: the first six bytes of its UUID of version 7.
    pub fn made_at_ms(self) -> i64 {
        self.0.as_bytes()[..6].iter().fold(0, |ms, byte| (ms << 8) | i64::from(*byte))
    }
}
