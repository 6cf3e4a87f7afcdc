//! The monthly statement, *relevé d'activité*: what it holds is looked at, a few words may be added, one tap hands it over.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    bilan::{completeness, count},
    carnet::Carnet,
    entry_form::EditEntry,
    fields::{FreeText, free_text},
    line::Line,
    sheet::{FormDesk, Opened, Sheet},
    way::Way,
};
use crate::{
    domain::{
        fr,
        indicators::count_of,
        period::Period,
        record::Draft,
        statement::{DIFFICULTIES, HIGHLIGHT, Handed, StatementDraft, TEXT_LENGTH, TRAINING_WISHES, title_of},
    },
    sync::outbox::EntryState,
    ui::{facts::facts, fault::FaultLine, icon::Icon},
};

/// Where the form of a month returns to: the list that one came from, or the statements of its year.
pub fn back(month: Option<NaiveDate>) -> String {
    let year = || month.map(|month| format!("/app/bilan/{}", Period::civil_year_of(month)));
    Way::here().list_before().or_else(year).unwrap_or_else(|| "/app/bilan".to_owned())
}

const TEXTS: [(FreeText, Text); 3] = [
    (
        FreeText {
            field: "highlight",
            label: HIGHLIGHT,
            aside: "facultatif",
            most: TEXT_LENGTH,
            hint: "Un moment qui dit ce que vous faites, raconté sans rien qui permette de reconnaître quelqu’un.",
        },
        |it| &mut it.highlight,
    ),
    (
        FreeText {
            field: "difficulties",
            label: DIFFICULTIES,
            aside: "facultatives",
            most: TEXT_LENGTH,
            hint: "Ce qui a freiné, ce qu’il vous faudrait.",
        },
        |it| &mut it.difficulties,
    ),
    (
        FreeText {
            field: "training_wishes",
            label: TRAINING_WISHES,
            aside: "facultatifs",
            most: TEXT_LENGTH,
            hint: "Ce que vous aimeriez apprendre ou partager.",
        },
        |it| &mut it.training_wishes,
    ),
];

/// One of its texts.
type Text = fn(&mut StatementDraft) -> &mut Option<String>;

/// The statement of a month, as far as it was handed over: the newest, should two phones have made one each.
fn of_month(carnet: Carnet, month: NaiveDate) -> Option<Arc<Line>> {
    carnet.lines.with(|lines| {
        let mut newest_first = lines.values().rev().filter(|line| line.is_shown());
        newest_first.find(|line| statement(line).is_some_and(|it| it.month == Some(month))).cloned()
    })
}

fn statement(line: &Line) -> Option<&StatementDraft> {
    if let Some(Draft::Statement(it)) = &line.draft { Some(it) } else { None }
}

fn address(month: NaiveDate) -> String {
    format!("/app/releve/{}", Period::month_of(month))
}

/// `/app/releve/<month>`: the statement that was handed over, the one that was begun, or a new one.
#[component]
pub fn MonthStatement(
    /// First day of the month.
    month: NaiveDate,
) -> impl IntoView {
    let carnet = Carnet::open();
    if let Some(line) = untrack(|| of_month(carnet, month)) {
        return view! { <EditEntry id=line.entry.id /> }.into_any();
    }
    let begun = carnet.drafts.with_untracked(|drafts| {
        let mut mine = drafts.iter().rev().filter(|form| form.is_new);
        mine.find_map(|form| match &form.draft {
            Draft::Statement(it) if it.month == Some(month) => Some((form.id, it.clone())),
            _ => None,
        })
    });
    let (id, draft) = begun.unwrap_or_else(|| {
        let fresh = StatementDraft { month: Some(month), ..StatementDraft::default() };
        (carnet.port.with_value(|port| port.fresh_record()), fresh)
    });
    statement_form(FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: back(Some(month)) }), draft, None)
}

/// The form: what the coordination will receive, and what one may add.
pub fn statement_form(desk: FormDesk, initial: StatementDraft, notice: Option<AnyView>) -> AnyView {
    let carnet = desk.carnet;
    let today = untrack(|| carnet.this_evening());
    let period = Period::month_of(initial.month.unwrap_or(today));
    let title = initial.title();
    let is_refused = untrack(|| carnet.line(desk.id)).is_some_and(|line| line.entry.state == EntryState::Rejected);
    let handed = initial.figures.filter(|_| !desk.is_new && !is_refused);
    let is_over = period.last() < today;
    let typed = RwSignal::new(initial);
    desk.autosave(Signal::derive(move || Draft::Statement(typed.get())));
    // What is handed over is what is counted at that moment.
    let counted = Memo::new(move |_| {
        let counted = count(carnet, period);
        (Handed::of(&counted.sums), completeness(&counted))
    });
    let draft = Signal::derive(move || {
        Draft::Statement(StatementDraft { figures: Some(counted.with(|(figures, _)| *figures)), ..typed.get() })
    });
    let about = move || {
        let changed = handed.and_then(|handed| counted.with(|(now, _)| handed.since(now)));
        match (handed, changed) {
            (Some(_), Some(changed)) => format!(
                "Ce relevé est remis. Depuis\u{202f}: {changed}. La coordination voit aussi ces changements\u{202f}; le remettre de nouveau le met à jour."
            ),
            (Some(_), None) => "Ce relevé est remis, et ses nombres n’ont pas changé depuis. Vous pouvez encore compléter vos mots.".to_owned(),
            (None, _) if is_over => {
                "Voici ce que la coordination recevra. Vos notes n’en font pas partie.".to_owned()
            }
            (None, _) => {
                "Ce mois n’est pas fini\u{202f}: ce que vous noterez encore comptera, et la coordination verra que c’est venu après.".to_owned()
            }
        }
    };
    let figures = move || facts(&counted.with(|(figures, _)| figures.each()));
    let texts = TEXTS
        .map(|(text, of)| {
            let value = Signal::derive(move || typed.with(|it| of(&mut it.clone()).clone().unwrap_or_default()));
            let set = Callback::new(move |text: String| {
                typed.update(|it| *of(it) = Some(text).filter(|text| !text.is_empty()));
            });
            free_text(desk, text, value, set)
        })
        .into_iter()
        .collect_view();
    view! {
        <Sheet desk=desk title=title action="Remettre ce relevé" aside="Il part dès qu’il y a du réseau." said="Relevé remis." draft=draft>
            {notice}
            <p>{about}</p>
            <FaultLine faults=desk.faults.into() field="month" />
            <dl class="facts" inner_html=figures></dl>
            <p class="quiet">{move || counted.with(|(_, said)| said.clone())}</p>
            {texts}
        </Sheet>
    }
    .into_any()
}

/// What was noted of a month, or taken back, since its statement was handed over; both sides see it.
fn since(carnet: Carnet, line: &Line, month: NaiveDate) -> Option<String> {
    statement(line)?.figures?.since(&Handed::of(&count(carnet, Period::month_of(month)).sums))
}

/// How the statement of a month stands, in a word or two.
fn standing_of(carnet: Carnet, line: Option<&Line>, month: NaiveDate, is_over: bool) -> &'static str {
    match line.map(|line| (line.entry.state, line)) {
        Some((EntryState::Synced, line)) if since(carnet, line, month).is_some() => "remis, changé depuis",
        Some((EntryState::Synced, _)) => "remis",
        Some((EntryState::Pending, _)) => "remis, pas encore envoyé",
        Some((EntryState::Rejected, _)) => "à corriger",
        Some((EntryState::Conflict, _)) => "remis deux fois",
        None if is_over => "à remettre",
        None => "en cours",
    }
}

/// The statements of a period's months that have begun, in « Mon bilan ».
pub fn months(carnet: Carnet, period: Period) -> AnyView {
    let links = move || {
        // A month is over with its last evening, which ends in the night.
        let today = carnet.this_evening();
        let begun = period.months().into_iter().filter(|month| *month <= today && counts_in(carnet, *month));
        let links: Vec<AnyView> = begun
            .map(|month| {
                let line = of_month(carnet, month);
                let state = standing_of(carnet, line.as_deref(), month, Period::month_of(month).last() < today);
                let name = fr::capital(&Period::month_of(month).label());
                view! {
                    <li>
                        <a class="chip-link" href=address(month)>
                            {line.map(|_| view! { <Icon name="check" /> })}
                            {format!("{name}\u{202f}: {state}")}
                        </a>
                    </li>
                }
                .into_any()
            })
            .collect();
        (!links.is_empty()).then(|| {
            view! {
                <section class="others no-print" aria-labelledby="releves">
                    <h2 id="releves">"Relevés d’activité"</h2>
                    <ul class="periods">{links}</ul>
                </section>
            }
        })
    };
    links.into_any()
}

/// Whether a statement is expected of a month, one that the person was there for; said only once all that they have is on
/// this phone, or a month that was handed over elsewhere would be handed over again, empty.
fn counts_in(carnet: Carnet, month: NaiveDate) -> bool {
    let span = Period::month_of(month).span();
    carnet.readiness.with(|ready| ready.records)
        && carnet.standing.with(|standing| standing.as_ref().is_some_and(|standing| standing.label.days_in(span) > 0))
}

/// How many months back a statement is asked for.
const REMINDED: usize = 12;

/// On « Ce soir », once a month is over: its statement is ready. Said only where all that the person has is on this phone.
pub fn reminder(carnet: Carnet) -> AnyView {
    let due = Memo::new(move |_| {
        if !carnet.whole.get() || carnet.waits.get().is_some() {
            return Vec::new();
        }
        // Handed over, or begun: a draft has its own notice.
        let mut done: Vec<NaiveDate> = carnet.lines.with(|lines| {
            lines.values().filter(|line| line.is_shown()).filter_map(|line| statement(line)?.month).collect()
        });
        carnet.drafts.with(|drafts| {
            done.extend(drafts.iter().filter_map(|form| match &form.draft {
                Draft::Statement(it) => it.month,
                _ => None,
            }));
        });
        let months =
            std::iter::successors(Some(Period::month_of(carnet.this_evening()).before()), |month| Some(month.before()));
        let months = months.take(REMINDED).map(Period::first);
        months.filter(|month| counts_in(carnet, *month) && !done.contains(month)).collect::<Vec<NaiveDate>>()
    });
    let notice = move || {
        let due = due.get();
        let others = due.len().saturating_sub(1);
        due.first().copied().map(|month| {
            let more = (others > 0).then(|| {
                let months = fr::count(count_of(others), "autre mois attend", "autres mois attendent");
                format!(" Ensuite, {months} le sien.")
            });
            view! {
                <section class="notice" aria-labelledby="releve">
                    <Icon name="bilan" />
                    <div>
                        <h2 id="releve">{format!("{} est prêt", title_of(month))}</h2>
                        <p>"Regardez ce qu’il contient, puis remettez-le à la coordination." {more}</p>
                    </div>
                    <div class="actions">
                        <a class="btn btn-small" href=address(month)>"Voir et remettre"</a>
                    </div>
                </section>
            }
        })
    };
    notice.into_any()
}
