//! What the screens need of the phone. `frontend` implements it over IndexedDB and the browser.

use std::{future::Future, pin::Pin, rc::Rc};

use chrono::{DateTime, NaiveDateTime, Utc};
use leptos::prelude::StoredValue;
use send_wrapper::SendWrapper;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ids::RecordId,
        iso,
        lock::{LockCode, LockFault},
        record::Draft,
        taxonomy::WithdrawalReason,
    },
    sync::outbox::Entry,
};

/// A future of the browser.
pub type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Why the phone could not keep something. The person is told before they type more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No room left.
    Full,
    /// The store does not answer; what is on the screen is not saved.
    Closed,
    /// What waits could not be read, so it was not sent; nothing that was typed is concerned.
    Sending,
    /// A newer version of the app has taken the notebook over, in another tab.
    Newer,
}

impl Trouble {
    /// The title of the notice.
    pub fn title(self) -> &'static str {
        match self {
            Self::Full => "Ce téléphone n’a plus de place",
            Self::Closed => "Le carnet ne répond plus",
            Self::Sending => "L’envoi s’est interrompu",
            Self::Newer => "Lanterne a été mise à jour",
        }
    }

    /// What to do.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Full => {
                "La dernière saisie n’a pas pu être enregistrée\u{202f}: elle est encore à l’écran. Libérez un peu d’espace, puis réessayez."
            }
            Self::Closed => {
                "La dernière saisie n’a pas pu être enregistrée. Ne fermez pas cette page\u{202f}: réessayez d’abord."
            }
            Self::Sending => "Vos saisies restent sur ce téléphone. Fermez Lanterne, puis rouvrez-la.",
            Self::Newer => "Ce que vous aviez écrit est gardé en brouillon. Rechargez cette page pour continuer.",
        }
    }
}

/// What was typed and not yet saved as a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormDraft {
    /// The record it will become, or changes.
    pub id: RecordId,
    /// What was typed.
    pub draft: Draft,
    /// The schema it was typed under.
    pub schema: u32,
    /// Whether the record does not exist yet.
    pub is_new: bool,
    /// Whether its form is open: then it comes back by itself after a restart.
    pub open: bool,
    /// The body that the form was opened on; none for a new record.
    #[serde(default)]
    pub seen: Option<String>,
    /// When it was last touched, wall clock.
    #[serde(deserialize_with = "iso::read")]
    pub touched_at: NaiveDateTime,
}

/// A record to save.
#[derive(Clone, Debug)]
pub struct Save {
    /// The record.
    pub id: RecordId,
    /// What it shall be.
    pub draft: Draft,
    /// The body that this was made on: what has come since is kept too. None writes over whatever is there.
    pub seen: Option<String>,
    /// Where it comes from.
    pub by: SavedBy,
}

/// Where a save comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedBy {
    /// The form of a record that does not exist yet; its draft ends with it.
    NewForm,
    /// The form of a record; its draft ends with it.
    Form,
    /// A tap elsewhere: a form of the same record that is still open keeps its draft.
    Tap,
}

/// What the browser says about keeping our data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Storage {
    /// Whether the browser promised not to clear it by itself; none when it does not say.
    pub persisted: Option<bool>,
    /// Bytes in use.
    pub used: Option<u64>,
    /// Bytes that may be used.
    pub quota: Option<u64>,
}

/// How the app comes to the phone's home screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Install {
    /// The browser asks the person when told to.
    Offered,
    /// Safari: the person does it, step by step.
    BySteps,
}

/// The phone behind the screens.
pub trait PhonePort {
    /// The wall clock.
    fn now(&self) -> NaiveDateTime;
    /// A moment on the wall clock.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime;
    /// A fresh record id.
    fn fresh_record(&self) -> RecordId;
    /// Saves a record durably, then tries to send. The id that it has from now on: another one where its own is taken
    /// by a record of another tab, or withdrawn for good.
    fn save(&self, save: Save) -> Local<Result<RecordId, Trouble>>;
    /// Withdraws a record, with the reason that was given, then tries to send.
    fn withdraw(&self, record: RecordId, reason: Option<WithdrawalReason>) -> Local<Result<(), Trouble>>;
    /// Brings a withdrawn record back, as it was; under the id that it has from now on.
    fn bring_back(&self, entry: Entry) -> Local<Result<RecordId, Trouble>>;
    /// Takes over what the server holds of a record in conflict.
    fn accept_theirs(&self, record: RecordId) -> Local<Result<(), Trouble>>;
    /// Keeps what is being typed.
    fn keep_draft(&self, draft: FormDraft) -> Local<Result<(), Trouble>>;
    /// Forgets it.
    fn drop_draft(&self, id: RecordId) -> Local<Result<(), Trouble>>;
    /// Sends what waits, now.
    fn send(&self);
    /// What the browser says about storage.
    fn storage(&self) -> Local<Storage>;
    /// Asks the browser to keep our data.
    fn persist(&self) -> Local<Storage>;
    /// Hands the person a file with all that only this phone holds.
    fn rescue(&self) -> Local<Result<(), Trouble>>;
    /// Hands the person a file.
    fn hand_out(&self, name: &str, text: &str);
    /// Ends the session; unsent entries stay on the phone for the next sign-in of the same person.
    fn sign_out(&self) -> Local<()>;
    /// Whether the notebook has a lock.
    fn is_locked(&self) -> bool;
    /// Puts a lock on the notebook; with a `passkey`, which its person is then asked to show, that opens it too.
    fn put_lock(&self, code: LockCode, passkey: bool) -> Local<Result<(), LockFault>>;
    /// Takes it off, with its code as it was typed, which counts as a try.
    fn take_lock(&self, typed: String) -> Local<Result<(), LockFault>>;
    /// Closes the notebook until its code is typed.
    fn lock_now(&self);
    /// Starts the version that is waiting.
    fn update(&self);
    /// In which light the notebook is shown.
    fn theme(&self) -> Theme;
    /// Shows it in another one.
    fn set_theme(&self, theme: Theme);
    /// Puts the app on the home screen, where the browser offers it.
    fn install(&self);
    /// The person does not want to be asked again.
    fn install_later(&self);
    /// The person has read what the browser has emptied.
    fn loss_is_known(&self);
}

/// In which light the notebook is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark in the evening, and by day as the phone is.
    #[default]
    ByHour,
    /// As the phone is.
    System,
    /// Light.
    Day,
    /// Dark.
    Evening,
}

impl Theme {
    /// Every one, the one that nobody has chosen first.
    pub const ALL: [Self; 4] = [Self::ByHour, Self::System, Self::Day, Self::Evening];

    /// The word under which it is kept; none for what nobody has chosen.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::ByHour => None,
            Self::System => Some("system"),
            Self::Day => Some("day"),
            Self::Evening => Some("evening"),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByHour => "Sombre dès 20\u{202f}h",
            Self::System => "Comme le téléphone",
            Self::Day => "Clair",
            Self::Evening => "Sombre",
        }
    }
}

/// The port as a value that Leptos can hold. The browser has one thread, and the wrapper keeps us to it.
pub type Port = StoredValue<SendWrapper<Rc<dyn PhonePort>>>;
