//! The journal, evening by evening.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use leptos::{ev, html, prelude::*};

use super::{
    carnet::{Carnet, Looked},
    entry_line::{entry_lines, meta_of, title_of},
    evening::Unfinished,
    frame::Frame,
    line::Line,
    sync_line::SyncLine,
    way::Way,
};
use crate::{
    domain::{
        coded::Coded, fr, indicators::count_of, intervention::InterventionDraft, order::sort_short, record::Draft,
    },
    sync::outbox::EntryState,
    ui::{
        after_paint::after_paint,
        empty::empty,
        focus::keep_focus,
        icon::Icon,
        kept::{Item, kept},
    },
};

/// Evenings of a page: as many as a slow phone draws between two frames.
const PAGE: usize = 4;
/// Pages shown at first: a slow phone must show the journal within two seconds of being opened on it.
const FIRST_PAGES: usize = 2;
/// Pages that come on demand; as one scrolls near the last, one comes after the other.
const MORE_PAGES: usize = 8;
/// How near, in heights of the window.
const NEAR: f64 = 3.0;

/// What the journal shows only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Presences.
    Presences,
    /// Interventions.
    Interventions,
    /// Projects and pathways, those that go on among them.
    Projects,
    /// Meetings, followers, statements.
    Others,
    /// What is on this phone only.
    NotSent,
}

impl Filter {
    const ALL: [Self; 5] = [Self::Presences, Self::Interventions, Self::Projects, Self::Others, Self::NotSent];

    fn name(self) -> &'static str {
        match self {
            Self::Presences => "Présences",
            Self::Interventions => "Interventions",
            Self::Projects => "Projets",
            Self::Others => "Autres",
            Self::NotSent => "Pas envoyées",
        }
    }

    fn takes(self, line: &Line) -> bool {
        match self {
            Self::Presences => line.presence().is_some(),
            Self::Interventions => line.intervention().is_some(),
            Self::Projects => matches!(line.draft, Some(Draft::Project(_))),
            Self::Others => ![Self::Presences, Self::Interventions, Self::Projects].iter().any(|of| of.takes(line)),
            Self::NotSent => line.entry.state != EntryState::Synced,
        }
    }
}

/// What one may look for in an entry: what its line says, its day in full, what was answered with chips, and its texts.
fn searched(line: &Line) -> String {
    let draft = line.draft.as_ref();
    let (themes, note) = match draft {
        Some(Draft::Presence(it)) => (&[][..], &it.note),
        Some(Draft::Intervention(it)) => (&it.themes[..], &it.note),
        Some(Draft::Meeting(it)) => (&it.themes[..], &it.note),
        Some(Draft::Project(it)) => (it.theme.as_slice(), &it.note),
        Some(Draft::Statement(it)) => (&[][..], &it.highlight),
        Some(Draft::AccountSnapshot(_)) | None => (&[][..], &None),
    };
    let day = line.day();
    let weekday = fr::weekday(day.weekday().number_from_monday());
    let mut text =
        format!("{} {} {weekday} {} {}", title_of(draft), meta_of(draft), fr::day_and_month(day), day.year());
    let mut add = |words: &str| {
        text.push(' ');
        text.push_str(words);
    };
    for theme in themes {
        add(theme.label());
    }
    add(note.as_deref().unwrap_or_default());
    match draft {
        Some(Draft::Intervention(it)) => {
            // By the words on the tiles and chips that were tapped, too.
            it.kind.iter().filter_map(Coded::known).for_each(|kind| add(kind.short_label()));
            it.themes.iter().filter_map(Coded::known).for_each(|theme| add(theme.short_label()));
            let chips = it.channel.iter().map(Coded::label).chain(it.detail.iter().map(Coded::label));
            let chips =
                chips.chain(it.outcomes.iter().map(Coded::label)).chain(it.referral_kinds.iter().map(Coded::label));
            for words in chips {
                add(words);
            }
        }
        Some(Draft::Statement(it)) => {
            for said in [&it.difficulties, &it.training_wishes].into_iter().flatten() {
                add(said);
            }
        }
        _ => {}
    }
    for told in draft.into_iter().flat_map(Draft::others).flatten() {
        add(told);
    }
    fr::plain(&text)
}

/// `/app/journal`.
#[component]
pub fn Journal() -> impl IntoView {
    let carnet = Carnet::open();
    let way = Way::here();
    let left = carnet.journal.try_update_value(Option::take).flatten();
    let left = left.filter(|_| way.came_from_form()).unwrap_or_default();
    let (shown, set_shown) = signal(left.pages.max(FIRST_PAGES));
    let (asked, filter) = (RwSignal::new(left.words), RwSignal::new(left.filter));
    if left.scroll > 0.0 {
        after_paint(move || window().scroll_to_with_x_and_y(0.0, left.scroll));
    }
    on_cleanup(move || {
        let looked = Looked {
            words: asked.get_untracked(),
            filter: filter.get_untracked(),
            pages: shown.get_untracked(),
            scroll: way.left_at(),
        };
        carnet.journal.set_value(Some(looked));
    });
    let days = Memo::new(move |_| {
        let (words, filter) = (asked.with(|asked| fr::plain(asked)), filter.get());
        let words: Vec<&str> = words.split_whitespace().collect();
        let is_wanted = |line: &Line| {
            line.is_shown()
                && filter.is_none_or(|filter| filter.takes(line))
                && (words.is_empty() || {
                    let text = searched(line);
                    words.iter().all(|word| text.contains(word))
                })
        };
        carnet.lines.with(|lines| by_evening(lines.values().filter(|line| is_wanted(line))))
    });
    let today = carnet.clock.with_untracked(chrono::NaiveDateTime::date);
    // By pages, so that the tenth costs no more than the first.
    let list = kept(move || {
        let pages = shown.get().min(days.with(Vec::len).div_ceil(PAGE));
        (0..pages).map(|number| Item::new(number.to_string(), move || page(number, days, today))).collect()
    });
    let foot = NodeRef::<html::Button>::new();
    let listener = window_event_listener(ev::scroll, move |_| {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if foot.get_untracked().is_some_and(|foot| {
            // One that is gone stands nowhere, and is asked for nothing.
            foot.is_connected() && foot.get_bounding_client_rect().top() < NEAR * height
        }) {
            set_shown.update(|shown| *shown += 1);
        }
    });
    on_cleanup(move || listener.remove());
    // The button goes on below what it has brought, or goes.
    let go_on = move |_| {
        set_shown.update(|shown| *shown += MORE_PAGES);
        keep_focus();
    };
    let more = move || {
        let rest = days.with(Vec::len).saturating_sub(shown.get() * PAGE);
        (rest > 0).then(|| {
            view! {
                <button type="button" class="btn btn-quiet btn-wide" node_ref=foot on:click=go_on>
                    "Voir les soirées plus anciennes"
                </button>
            }
        })
    };
    let is_empty = move || days.with(Vec::is_empty);
    let is_asked = move || filter.get().is_some() || asked.with(|asked| !asked.trim().is_empty());
    let found = move || {
        is_asked().then(|| {
            let count = days.with(|days| days.iter().map(|(_, lines)| lines.len()).sum::<usize>());
            let count = fr::count(count_of(count), "saisie trouvée", "saisies trouvées");
            view! { <p class="quiet">{format!("{count}.")}</p> }
        })
    };
    let chips = Filter::ALL
        .map(|choice| {
            let is_on = move || filter.get() == Some(choice);
            let tap = move |_| filter.set(Some(choice).filter(|_| !is_on()));
            view! {
                <button type="button" class="chip-link" aria-pressed=move || is_on().to_string() on:click=tap>
                    {choice.name()}
                </button>
            }
        })
        .into_iter()
        .collect_view();
    let tonight = untrack(|| carnet.this_evening());
    let yesterday = tonight.pred_opt().unwrap_or(tonight);
    // The one that was chosen before, as long as it is the same evening.
    let other = carnet.added_to.get_value().filter(|(_, on)| *on == tonight).map_or(yesterday, |(other, _)| other);
    view! {
        <Frame title="Journal">
            <div class="page-title">
                <h1>"Journal"</h1>
                <a class="btn btn-quiet btn-small" href=format!("/app/ajouter/{other}")>
                    <Icon name="plus" />
                    "Ajouter"
                    <span class="sr-only">" à une autre soirée"</span>
                </a>
            </div>
            <Unfinished />
            <SyncLine />
            <search class="finder">
                <label class="sr-only" for="chercher">"Chercher dans le journal"</label>
                <input
                    class="input"
                    type="search"
                    id="chercher"
                    prop:value=asked
                    placeholder="Chercher\u{202f}: thème, mois, réseau…"
                    autocomplete="off"
                    on:input=move |event| asked.set(event_target_value(&event))
                />
                <div class="periods" role="group" aria-label="Filtres">{chips}</div>
                <div role="status">{found}</div>
            </search>
            {list}
            {more}
            {move || (is_empty() && !is_asked()).then(nothing)}
        </Frame>
    }
}

/// The entries of the journal, evening by evening, the oldest first.
pub type Days = Vec<(NaiveDate, Vec<Arc<Line>>)>;

/// Entries, each under its evening.
pub fn by_evening<'a>(lines: impl Iterator<Item = &'a Arc<Line>>) -> Days {
    let mut days = Days::new();
    for line in lines {
        match days.binary_search_by(|(day, _)| day.cmp(&line.day())) {
            Ok(at) => days[at].1.push(line.clone()),
            Err(at) => days.insert(at, (line.day(), vec![line.clone()])),
        }
    }
    days
}

/// A page of the journal, the latest evening first.
fn page(number: usize, days: Memo<Days>, today: NaiveDate) -> AnyView {
    let evenings = kept(move || {
        let evenings: Vec<NaiveDate> =
            days.with(|days| days.iter().rev().skip(number * PAGE).take(PAGE).map(|(day, _)| *day).collect());
        let item = |day: NaiveDate| Item::new(day.to_string(), move || evening(day, days, today));
        evenings.into_iter().map(item).collect()
    });
    view! { <div class="days">{evenings}</div> }.into_any()
}

/// One evening of the journal.
pub fn evening(day: NaiveDate, days: Memo<Days>, today: NaiveDate) -> AnyView {
    let lines = Memo::new(move |_| {
        let mut sorted = days.with(|days| {
            let at = days.binary_search_by(|(other, _)| other.cmp(&day));
            at.map(|at| days[at].1.clone()).unwrap_or_default()
        });
        let rank = |line: &Line| {
            // The presence first, then the acts from the latest back.
            let moment = line.intervention().and_then(InterventionDraft::moment);
            (line.presence().is_none(), std::cmp::Reverse(moment), line.entry.id)
        };
        sort_short(&mut sorted, |a, b| rank(a) < rank(b));
        sorted
    });
    let id = format!("j-{day}");
    let heading = id.clone();
    view! {
        <section class="day" aria-labelledby=heading>
            <div class="day-head">
                <h2 id=id>{fr::long_date(day, today)}</h2>
                <p>{move || lines.with(|lines| sums(lines))}</p>
            </div>
            {entry_lines(lines)}
        </section>
    }
    .into_any()
}

/// How long an evening was, and how many interventions it had.
fn sums(lines: &[Arc<Line>]) -> String {
    let minutes: i64 = lines
        .iter()
        .filter_map(|line| line.presence())
        .filter_map(|presence| presence.started_at.zip(presence.ended_at))
        .map(|(start, end)| (end - start).num_minutes())
        .sum();
    let acts = count_of(lines.iter().filter(|line| line.intervention().is_some()).count());
    let minutes = (minutes > 0).then(|| fr::duration(minutes));
    let acts = (acts > 0).then(|| fr::count(acts, "intervention", "interventions"));
    minutes.into_iter().chain(acts).collect::<Vec<_>>().join(" · ")
}

fn nothing() -> AnyView {
    empty(
        "journal",
        "Rien de noté pour l’instant",
        "Vos présences et vos interventions apparaîtront ici, soirée par soirée.",
        "/app",
        "Noter une première intervention",
    )
}
