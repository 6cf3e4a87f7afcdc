//! The phone's few addresses. A dozen routes and the back button need no router crate, and every kilobyte here is
//! downloaded over one bar of network.

use chrono::NaiveDate;
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement};

use super::record_form::Kind;
use crate::{
    domain::{coded::Code, ids::RecordId, iso::Iso, period::Period, taxonomy::InterventionType},
    ui::{after_paint::after_paint, focus::focus_main},
};

/// Says on a link that it was tapped (style/base.css, tile.css, button.css).
const PRESSED: &str = "data-pressed";

/// A screen, as its address names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/app`, and `/`.
    Evening,
    /// `/app/journal`.
    Journal,
    /// `/app/bilan`, and `/app/bilan/<period>`.
    Bilan(Option<Period>),
    /// `/app/releve/<month>`.
    Statement(NaiveDate),
    /// `/app/noter/<type>`, and `/app/noter/<type>/<day>` for another evening.
    Note(InterventionType, Option<NaiveDate>),
    /// `/app/noter/encore`: as last time.
    Again,
    /// `/app/ajouter/<day>`: to another evening.
    Add(NaiveDate),
    /// `/app/presence/nouvelle`, and `/app/presence/nouvelle/<day>`.
    NewPresence(Option<NaiveDate>),
    /// `/app/nouveau/<word>`, and `/app/nouveau/<word>/<day>` for another day.
    NewRecord(Kind, Option<NaiveDate>),
    /// `/app/saisie/<id>`.
    Entry(RecordId),
    /// `/app/aide`.
    Help,
    /// `/app/appareil`.
    Device,
    /// `/app/envoi`.
    Sending,
    /// `/app/verrou`.
    Lock,
    /// `/app/composants`.
    #[cfg(feature = "living")]
    Living,
    /// Anything else under `/app`.
    Unknown,
}

impl Place {
    /// The place of a path.
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] | ["app"] => Self::Evening,
            ["app", "journal"] => Self::Journal,
            ["app", "bilan"] => Self::Bilan(None),
            ["app", "bilan", period] => period.parse().map_or(Self::Unknown, |period| Self::Bilan(Some(period))),
            ["app", "releve", month] => match month.parse() {
                Ok(month @ Period::Month(..)) => Self::Statement(month.first()),
                _ => Self::Unknown,
            },
            ["app", "noter", "encore"] => Self::Again,
            ["app", "noter", code] => note(code, None),
            ["app", "noter", code, day] => NaiveDate::from_iso(day).map_or(Self::Unknown, |day| note(code, Some(day))),
            ["app", "ajouter", day] => NaiveDate::from_iso(day).map_or(Self::Unknown, Self::Add),
            ["app", "presence", "nouvelle"] => Self::NewPresence(None),
            ["app", "presence", "nouvelle", day] => {
                NaiveDate::from_iso(day).map_or(Self::Unknown, |day| Self::NewPresence(Some(day)))
            }
            ["app", "nouveau", word] => new_record(word, None),
            ["app", "nouveau", word, day] => {
                NaiveDate::from_iso(day).map_or(Self::Unknown, |day| new_record(word, Some(day)))
            }
            ["app", "saisie", id] => id.parse().map_or(Self::Unknown, Self::Entry),
            ["app", "aide"] => Self::Help,
            ["app", "appareil"] => Self::Device,
            ["app", "envoi"] => Self::Sending,
            ["app", "verrou"] => Self::Lock,
            #[cfg(feature = "living")]
            ["app", "composants"] => Self::Living,
            _ => Self::Unknown,
        }
    }

    /// Whether the newest entries are enough for it, so that it need not wait for all of them.
    pub fn needs_newest_only(self) -> bool {
        matches!(self, Self::Evening | Self::Note(_, None))
    }

    /// Whether it shows what was noted before this evening, which a notebook that waits for the server does not.
    pub fn looks_back(self) -> bool {
        matches!(self, Self::Journal | Self::Bilan(_) | Self::Statement(_))
    }

    /// Whether it is a form, or on the way to one.
    fn is_form(self) -> bool {
        matches!(
            self,
            Self::Entry(_)
                | Self::Note(..)
                | Self::Add(_)
                | Self::NewPresence(_)
                | Self::NewRecord(..)
                | Self::Statement(_)
        )
    }

    /// Whether « Ce soir » is here or stays, hidden, behind the form that it opened, so that a save which goes back to it
    /// need not draw it anew; `kept` is whether it was.
    pub fn keeps_evening(self, kept: bool) -> bool {
        self == Self::Evening || (kept && matches!(self, Self::Note(_, None) | Self::Again))
    }
}

fn note(code: &str, day: Option<NaiveDate>) -> Place {
    InterventionType::from_code(code).map_or(Place::Unknown, |kind| Place::Note(kind, day))
}

fn new_record(word: &str, day: Option<NaiveDate>) -> Place {
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word);
    kind.map_or(Place::Unknown, |kind| Place::NewRecord(kind, day))
}

/// Where the person is, and how to go elsewhere.
#[derive(Clone, Copy)]
pub struct Way {
    path: RwSignal<String>,
    from: StoredValue<String>,
    /// How far down that screen was.
    left_at: StoredValue<f64>,
    /// Whether a link was tapped and its screen is about to be drawn.
    is_going: StoredValue<bool>,
}

impl Way {
    /// Follows the address, the back button and the links of the page.
    pub fn open() -> Self {
        let way = Self {
            path: RwSignal::new(current()),
            from: StoredValue::new(String::new()),
            left_at: StoredValue::new(0.0),
            is_going: StoredValue::new(false),
        };
        window_event_listener(ev::popstate, move |_| way.show(current()));
        window_event_listener(ev::click, move |event| {
            if event.default_prevented() || event.button() != 0 || held_key(&event) {
                return;
            }
            let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let link = link.and_then(|element| element.closest("a[href]").ok().flatten());
            let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
            if let Some(path) = own_path(&link) {
                event.prevent_default();
                way.follow(link, path);
            }
        });
        way
    }

    /// Whether the newest entries are enough for the screen of the page's address.
    pub fn asks_for_newest() -> bool {
        Place::of(&current()).needs_newest_only()
    }

    /// The way of the context.
    pub fn here() -> Self {
        expect_context()
    }

    /// The path, tracked.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// The screen before this one, if it was one with entries on it.
    pub fn list_before(self) -> Option<String> {
        let from = self.from.get_value();
        let has_entries = matches!(Place::of(&from), Place::Evening | Place::Journal | Place::Add(_));
        Some(from).filter(|from| has_entries && !from.is_empty())
    }

    /// Whether the screen before this one was a form, or on the way to one.
    pub fn came_from_form(self) -> bool {
        self.from.with_value(|from| Place::of(from).is_form())
    }

    /// How far down the screen before this one was when it was left, in pixels.
    pub fn left_at(self) -> f64 {
        self.left_at.get_value()
    }

    /// Goes where a link leads, once it is seen to be pressed: to draw a screen takes a slow phone longer than that.
    fn follow(self, link: HtmlAnchorElement, path: String) {
        if self.is_going.try_update_value(|going| std::mem::replace(going, true)) == Some(true) {
            return;
        }
        let _ = link.set_attribute(PRESSED, "");
        after_paint(move || {
            self.is_going.set_value(false);
            // It may stay where it is, and be there again.
            let _ = link.remove_attribute(PRESSED);
            self.go(&path, false);
        });
    }

    fn show(self, path: String) {
        self.from.set_value(self.path.get_untracked());
        self.left_at.set_value(window().scroll_y().unwrap_or_default());
        self.path.set(path);
    }

    /// Goes to an address of the phone; `replace` forgets the one before.
    pub fn go(self, path: &str, replace: bool) {
        if let Ok(history) = window().history() {
            let moved = if replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(path))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(path))
            };
            // A browser that refuses (too many in a row) still shows the screen.
            let _ = moved;
        }
        self.show(path.to_owned());
        window().scroll_to_with_x_and_y(0.0, 0.0);
        // Screen readers go on from the new screen, not from a link that is gone.
        request_animation_frame(focus_main);
    }
}

fn current() -> String {
    window().location().pathname().unwrap_or_default()
}

fn held_key(event: &web_sys::MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}

/// The path of a link that stays on the phone's screens.
fn own_path(link: &HtmlAnchorElement) -> Option<String> {
    let path = link.pathname();
    let ours = link.origin() == window().location().origin().ok()? && (path == "/app" || path.starts_with("/app/"));
    let leaves = !link.target().is_empty() || link.rel() == "external" || !link.hash().is_empty();
    (ours && !leaves).then_some(path)
}
