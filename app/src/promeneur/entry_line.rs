//! One record in a list: what, where, how many, and where it stands, with what can be done.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    choose::{details_of, told},
    line::Line,
};
use crate::{
    domain::{
        coded::{Code, Coded},
        fr::{self, NNBSP},
        ids::RecordId,
        intervention::InterventionDraft,
        record::Draft,
        taxonomy::{ChannelKind, Network, WithdrawalReason},
    },
    sync::outbox::{Entry, EntryState},
    ui::{
        focus::keep_focus,
        html::{Html, html},
        icon::{self, Icon},
        kept::{Item, kept},
        state::{self, StateKind},
    },
};

/// The records of a list that one has unfolded.
type Unfolded = StoredValue<Vec<RecordId>>;

/// The lines of an evening, as a list. A line is drawn anew when its record changes, and only that one; it stays unfolded.
pub fn entry_lines(lines: Memo<Vec<Arc<Line>>>) -> AnyView {
    let carnet = Carnet::open();
    let open = Unfolded::new(Vec::new());
    let each = move || {
        let parked = carnet.sending.with(|sending| sending.parked.clone());
        let item = |line: &Arc<Line>, lines: &[Arc<Line>]| {
            let twin = line.twin(lines).map(|twin| time_of(twin.draft.as_ref()).unwrap_or_default());
            let is_parked = parked.contains(&line.entry.id);
            // The line that is drawn holds its record, so that no other can stand at the same place in memory.
            let (place, said) = (Arc::as_ptr(line).addr(), twin.as_deref().unwrap_or("-"));
            let key = format!("{} {place} {} {said}", line.entry.id, usize::from(is_parked));
            let line = line.clone();
            Item::new(key, move || entry_line(carnet, line, is_parked, twin, open))
        };
        lines.with(|lines| lines.iter().map(|line| item(line, lines)).collect())
    };
    view! { <ul class="entries">{kept(each)}</ul> }.into_any()
}

/// The line of a record; `twin` is the time of an earlier one that says the same. What it unfolds is drawn when it does.
fn entry_line(carnet: Carnet, line: Arc<Line>, is_parked: bool, twin: Option<String>, open: Unfolded) -> AnyView {
    let summary = summary(carnet, &line, is_parked, twin.is_some());
    let id = line.entry.id;
    let is_open = open.with_value(|open| open.contains(&id));
    if is_open {
        // What is in it may have had the focus.
        keep_focus();
    }
    let (drawn, set_drawn) = signal(is_open);
    let turn = move |_| {
        set_drawn.set(true);
        open.update_value(|open| match open.iter().position(|other| *other == id) {
            Some(at) => drop(open.swap_remove(at)),
            None => open.push(id),
        });
    };
    let rest = move || drawn.get().then(|| unfolded(carnet, line.clone(), twin.clone()));
    view! {
        <li>
            <details class="entry" open=is_open>
                <summary inner_html=summary on:click=turn></summary>
                {rest}
            </details>
        </li>
    }
    .into_any()
}

/// What is the matter with a record, and what can be done.
fn unfolded(carnet: Carnet, line: Arc<Line>, twin: Option<String>) -> AnyView {
    let problem = problem_line(&line.entry);
    let href = format!("/app/saisie/{}", line.entry.id);
    let time = time_of(line.draft.as_ref()).map(|time| format!(", {time}")).unwrap_or_default();
    let what = format!("{NNBSP}: {}{time}", title_of(line.draft.as_ref()));
    let conflict = line.entry.state == EntryState::Conflict;
    let twin = twin.map(|time| {
        let time = if time.is_empty() { time } else { format!(" de {time}") };
        view! { <p class="hint">{format!("Dit la même chose que la saisie{time}{NNBSP}: un doublon{NNBSP}?")}</p> }
    });
    let reasons = WithdrawalReason::ALL
        .iter()
        .map(|reason| {
            let line = line.clone();
            view! {
                <button type="button" class="chip-link" on:click=move |_| carnet.withdraw(&line, Some(*reason))>
                    <span class="sr-only">"Supprimer comme "</span>
                    {reason.label()}
                    <span class="sr-only">{what.clone()}</span>
                </button>
            }
        })
        .collect_view();
    // What was noted, to be read again: nobody opens a form for that.
    let (parts, note) = details_of(line.draft.as_ref());
    let withdraw = move |_| carnet.withdraw(&line, None);
    view! {
        {problem}
        {twin}
        {told(&parts, note)}
        <div class="actions">
            <a class="btn btn-quiet btn-small" href=href>
                <Icon name="edit" />
                {if conflict { "Choisir" } else { "Modifier" }}
                <span class="sr-only">{what.clone()}</span>
            </a>
            <button type="button" class="btn btn-quiet btn-small btn-danger" on:click=withdraw>
                <Icon name="delete" />
                "Supprimer"
                <span class="sr-only">{what}</span>
            </button>
            <span class="reasons"><span class="quiet" aria-hidden="true">"ou comme"</span>{reasons}</span>
        </div>
    }
    .into_any()
}

/// What one reads of a record before it is unfolded, as markup: nothing in it is touched by itself.
fn summary(carnet: Carnet, line: &Line, is_parked: bool, is_twin: bool) -> String {
    let draft = line.draft.as_ref();
    let (kind, mut words) = state_of(carnet, &line.entry, is_parked);
    if is_twin {
        words.push_str(" · doublon\u{202f}?");
    }
    let mut out = Html::default();
    let lit = matches!(draft, Some(Draft::Presence(_)));
    html!(out; "<span class=\"entry-icon\"" (if lit { " data-lit" } else { "" }) ">");
    icon::write(&mut out, icon_of(draft), "");
    html!(out; "</span><span class=\"entry-title\">" (title_of(draft)) "</span>");
    if let Some(time) = time_of(draft) {
        html!(out; "<time class=\"entry-time\">" (time) "</time>");
    }
    html!(out; "<span class=\"entry-meta\">" (meta_of(draft)) "</span>");
    state::write(&mut out, kind, &words);
    icon::write(&mut out, "chevron", "turn");
    out.finish()
}

/// What a record is called.
pub fn title_of(draft: Option<&Draft>) -> String {
    match draft {
        Some(Draft::Presence(presence)) if presence.ended_at.is_none() => "Présence en cours".to_owned(),
        Some(Draft::Presence(_)) => "Présence".to_owned(),
        Some(Draft::Intervention(it)) => it.kind.as_ref().map_or("Intervention", Coded::label).to_owned(),
        Some(Draft::Meeting(_)) => "Rencontre".to_owned(),
        Some(Draft::Project(project)) => {
            let kind = project.kind.as_ref().map_or("Projet", Coded::label);
            project.title.as_ref().map_or_else(|| kind.to_owned(), |title| format!("{kind}\u{202f}: {title}"))
        }
        Some(Draft::AccountSnapshot(_)) => "Abonnés".to_owned(),
        Some(Draft::Statement(it)) => it.title(),
        None => "Saisie d’une version plus récente".to_owned(),
    }
}

fn icon_of(draft: Option<&Draft>) -> &'static str {
    match draft {
        Some(Draft::Presence(_)) => "presence",
        Some(Draft::Intervention(it)) => it.kind.as_ref().and_then(Coded::known).map_or("info", Code::code),
        Some(Draft::Meeting(_)) => "meeting",
        Some(Draft::Project(_)) => "support_project",
        Some(Draft::AccountSnapshot(_)) => "device",
        Some(Draft::Statement(_)) => "bilan",
        None => "info",
    }
}

/// The time of day of a record.
pub fn time_of(draft: Option<&Draft>) -> Option<String> {
    match draft {
        Some(Draft::Presence(presence)) => presence.started_at.map(|at| fr::time(at.time())),
        Some(Draft::Intervention(it)) => it.started_at.map(fr::time),
        _ => None,
    }
}

/// What stands under the title: where, how many, for how long.
pub fn meta_of(draft: Option<&Draft>) -> String {
    let parts: Vec<String> = match draft {
        Some(Draft::Presence(presence)) => {
            let other = presence.network_other.as_ref();
            let networks: Vec<&str> = presence.networks.iter().map(|network| place(network, other)).collect();
            let minutes = presence.started_at.zip(presence.ended_at).map(|(start, end)| (end - start).num_minutes());
            vec![minutes.map(fr::duration).unwrap_or_default(), networks.join(", ")]
        }
        Some(Draft::Intervention(it)) => intervention_meta(it),
        Some(Draft::Meeting(meeting)) => vec![young(meeting.young_count)],
        Some(Draft::Project(project)) => {
            let stage = project.stage.as_ref().map(|stage| stage.label().to_owned());
            vec![stage.unwrap_or_default(), young(project.young_count)]
        }
        Some(Draft::AccountSnapshot(snapshot)) => vec![
            snapshot
                .network
                .as_ref()
                .map(|network| place(network, snapshot.network_other.as_ref()).to_owned())
                .unwrap_or_default(),
            fr::integer(snapshot.followers.unwrap_or(0)),
        ],
        Some(Draft::Statement(it)) => {
            let handed = it.figures.unwrap_or_default();
            vec![fr::count(handed.interventions, "intervention", "interventions"), fr::duration(handed.presence_min)]
        }
        None => Vec::new(),
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What a network is called; « Autre » by what specifies it.
pub fn place<'a>(network: &'a Coded<Network>, other: Option<&'a String>) -> &'a str {
    other.filter(|_| network.is(Network::Other)).map_or_else(|| network.label(), String::as_str)
}

fn intervention_meta(it: &InterventionDraft) -> Vec<String> {
    let publishes = it.channel.as_ref().is_some_and(|channel| channel.is(ChannelKind::Publication));
    let place = match (&it.network, &it.channel) {
        (Some(network), _) => place(network, it.network_other.as_ref()),
        (None, Some(channel)) => channel.label(),
        (None, None) => "",
    };
    let people = if publishes {
        let reach = it.reach_count.unwrap_or(0);
        if reach > 0 { fr::count(reach, "vue ou réaction", "vues ou réactions") } else { "Publication".to_owned() }
    } else if it.counts_young() {
        young(it.young_count)
    } else {
        it.audience.as_ref().map(|audience| audience.label().to_owned()).unwrap_or_default()
    };
    vec![place.to_owned(), people, it.duration_min.map(fr::duration).unwrap_or_default()]
}

fn young(count: Option<i64>) -> String {
    count.map(|count| fr::count(count, "jeune", "jeunes")).unwrap_or_default()
}

fn state_of(carnet: Carnet, entry: &Entry, is_parked: bool) -> (StateKind, String) {
    match entry.state {
        EntryState::Pending if is_parked => (StateKind::Fix, "à enregistrer de nouveau".to_owned()),
        EntryState::Pending => (StateKind::Phone, "sur ce téléphone".to_owned()),
        EntryState::Rejected => (StateKind::Fix, "à corriger".to_owned()),
        EntryState::Conflict => (StateKind::Both, entry.also_changed()),
        EntryState::Synced => {
            let text = entry.sent_at.map(|at| {
                let at = carnet.port.with_value(|port| port.local(at));
                let today = carnet.clock.with_untracked(chrono::NaiveDateTime::date);
                if at.date() == today { fr::time(at.time()) } else { format!("le {}", fr::day_and_month(at.date())) }
            });
            let done = entry.by.as_ref().map_or_else(|| "envoyée".to_owned(), |by| format!("modifiée par {by}"));
            (StateKind::Sent, format!("{done} {}", text.unwrap_or_default()).trim_end().to_owned())
        }
    }
}

/// The same as [`problem_of`], as a line of its own.
pub fn problem_line(entry: &Entry) -> Option<AnyView> {
    let text = problem_of(entry)?;
    Some(view! { <p class="fault"><Icon name="fix" />{text}</p> }.into_any())
}

/// Why a record was refused, or what is asked about it.
pub fn problem_of(entry: &Entry) -> Option<AnyView> {
    let problem = entry.problem.as_ref()?;
    if let Some(question) = &problem.question {
        return Some(view! { <span>"La coordination demande\u{202f}: " <q>{question.clone()}</q></span> }.into_any());
    }
    let fault = problem.faults.first().map_or_else(|| problem.code.label(), |fault| fault.code.label());
    Some(view! { <span>{fr::spaced(fault)}</span> }.into_any())
}
