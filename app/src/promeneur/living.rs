//! `/app/composants`, of development only (`make build LIVING=1`): every component in every state, to be looked at
//! side by side, in either theme, at any width. A component that changes is judged here before its screens are.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use leptos::prelude::*;

use super::{
    carnet::Carnet,
    entry_line::entry_lines,
    fields::{DateField, Note, TimeField},
    frame::Frame,
    line::Line,
    presence_card::PresenceCard,
    sheet::{FormDesk, Opened},
};
use crate::{
    domain::{
        coded::{Code, Coded},
        fault::{Fault, FaultCode},
        ids::RecordId,
        indicators::Indicator,
        intervention::InterventionDraft,
        record::{Body, Draft},
        taxonomy::{ChannelKind, InterventionType, Network, Theme},
    },
    sync::{
        messages::Refusal,
        outbox::{Entry, EntryState, Problem},
    },
    ui::{
        bar_chart::{Bar, BarChart, bar_chart},
        check::check,
        chips::Chips,
        definition::definition,
        empty::empty,
        facts::facts,
        heat_map::{HeatRow, heat_map},
        html::Html,
        icon::Icon,
        state::{StateKind, StateLabel},
        stepper::Stepper,
        table::{Table, table},
        tiles::Tiles,
    },
};

/// A part of the page under a heading.
fn part(id: &'static str, name: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="stack" aria-labelledby=id>
            <h2 id=id>{name}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// `/app/composants`.
#[component]
pub fn Living() -> impl IntoView {
    view! {
        <Frame title="Composants">
            <h1>"Composants"</h1>
            {part("c-mots", "Titres et textes", words())}
            {part("c-boutons", "Boutons", buttons())}
            {part("c-puces", "Puces", chips())}
            {part("c-compteurs", "Compteurs", steppers())}
            {part("c-champs", "Champs", fields())}
            {part("c-presence", "Présence", view! { <PresenceCard /> }.into_any())}
            {part("c-etats", "États", states())}
            {part("c-lignes", "Lignes du journal", lines())}
            {part("c-avis", "Avis", notices())}
            {part("c-tuiles", "Tuiles", view! { <Tiles /> }.into_any())}
            {part("c-chiffres", "Chiffres", figures())}
            {part("c-vide", "Rien", empty("journal", "Rien de noté", "Ce qui viendra apparaîtra ici.", "/app", "Commencer"))}
            {part("c-icones", "Icônes", icons())}
        </Frame>
    }
}

fn words() -> AnyView {
    view! {
        <h1>"Titre d’écran"</h1>
        <h2>"Titre de partie"</h2>
        <h3>"Titre de groupe"</h3>
        <p>"Texte courant, avec un " <a href="/app/composants">"lien"</a> ", un " <strong>"chiffre fort"</strong> " et une « citation »."</p>
        <p class="quiet">"Texte discret."</p>
        <p class="hint">"Aide sous un champ."</p>
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <p class="actions">
            <button type="button" class="btn btn-primary">"Premier"</button>
            <button type="button" class="btn">"Second"</button>
            <button type="button" class="btn btn-quiet">"Discret"</button>
            <button type="button" class="btn btn-quiet btn-danger"><Icon name="delete" />"Supprimer"</button>
        </p>
        <p class="actions">
            <button type="button" class="btn btn-primary" disabled>"Premier, inactif"</button>
            <button type="button" class="btn" disabled>"Second, inactif"</button>
        </p>
        <p class="actions">
            <button type="button" class="btn btn-small">"Petit"</button>
            <button type="button" class="btn btn-quiet btn-small"><Icon name="edit" />"Modifier"</button>
            <a class="icon-btn" href="/app/composants" aria-label="Aide de l’exemple"><Icon name="help" /></a>
            <a class="chip-link" href="/app/composants">"Lien en puce"</a>
            <button type="button" class="chip-link" aria-pressed="true">"Filtre choisi"</button>
        </p>
        <button type="button" class="btn btn-primary btn-wide">"Toute la largeur"</button>
    }
    .into_any()
}

fn faults() -> Vec<Fault> {
    let fault = |field: &str, code: FaultCode| Fault { field: field.to_owned(), code: code.into() };
    vec![fault("c-network", FaultCode::ChooseNetwork), fault("c-part", FaultCode::ChooseNetwork)]
}

fn choice<T: Code>(values: &[T]) -> Vec<(String, String)> {
    values.iter().map(|value| (value.code().to_owned(), value.label().to_owned())).collect()
}

fn chips() -> AnyView {
    let toggles = |chosen: RwSignal<Vec<String>>| {
        move |value: String| {
            chosen.update(|chosen| match chosen.iter().position(|other| *other == value) {
                Some(at) => drop(chosen.remove(at)),
                None => chosen.push(value),
            });
        }
    };
    let one = RwSignal::new(vec![ChannelKind::PrivateMessage.code().to_owned()]);
    let many = RwSignal::new(vec![Theme::ALL[0].code().to_owned(), Theme::ALL[9].code().to_owned()]);
    let none = RwSignal::new(Vec::new());
    let minutes = RwSignal::new(vec!["15".to_owned()]);
    let numbers = |values: &[i64]| values.iter().map(|it| (it.to_string(), it.to_string())).collect::<Vec<_>>();
    let right = Signal::derive(Vec::new);
    view! {
        <Chips field="c-channel" legend="Un seul" first=choice(ChannelKind::ALL) chosen=one toggle=move |value| one.set(vec![value]) faults=right />
        <Chips field="c-themes" legend="Plusieurs, et d’autres" hint="une à trois" first=choice(&Theme::ALL[..5]) rest=choice(&Theme::ALL[5..]) many=true chosen=many toggle=toggles(many) faults=right />
        <Chips field="c-minutes" legend="Nombres" hint="en minutes" first=numbers(&[5, 15, 30, 45]) rest=numbers(&[60, 90]) tight=true chosen=minutes toggle=move |value| minutes.set(vec![value]) faults=right />
        <Chips field="c-network" legend="Avec une faute" hint="à choisir" first=choice(&Network::ALL[..4]) rest=choice(&Network::ALL[4..]) chosen=none toggle=toggles(none) faults=Signal::derive(faults) />
    }
    .into_any()
}

fn steppers() -> AnyView {
    let (zero, some, many, part) = (RwSignal::new(0), RwSignal::new(3), RwSignal::new(1_280), RwSignal::new(9));
    let right = Signal::derive(Vec::new);
    view! {
        <div class="steppers">
            <Stepper field="c-zero" label="À zéro" value=zero set=move |to| zero.set(to) faults=right />
            <Stepper field="c-some" label="Jeunes" value=some set=move |to| some.set(to) faults=right />
            <Stepper field="c-part" label="dont trop, avec une faute" part=true value=part set=move |to| part.set(to) faults=Signal::derive(faults) />
            <Stepper field="c-many" label="Vues ou réactions" value=many set=move |to| many.set(to) faults=right />
        </div>
    }
    .into_any()
}

/// On a desk of its own, which keeps nothing: what is typed here is no draft.
fn fields() -> AnyView {
    let carnet = Carnet::open();
    let id = carnet.port.with_value(|port| port.fresh_record());
    let desk = FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: "/app/composants".to_owned() });
    desk.faults.set(vec![Fault { field: "c-hour".to_owned(), code: FaultCode::Missing.into() }]);
    let (day, hour) = (RwSignal::new(NaiveDate::from_ymd_opt(2026, 11, 20)), RwSignal::new(None::<NaiveTime>));
    let note = RwSignal::new("Rappeler Léa Martin".to_owned());
    view! {
        <div class="field-pair">
            <DateField field="c-day" label="Jour" value=day set=move |to| day.set(to) desk=desk />
            <TimeField field="c-hour" label="Heure, avec une faute" value=hour set=move |to| hour.set(to) desk=desk />
        </div>
        <Note value=note set=move |text| note.set(text) desk=desk />
        <search class="finder">
            <label class="sr-only" for="c-search">"Chercher"</label>
            <input class="input" type="search" id="c-search" placeholder="Chercher" />
        </search>
    }
    .into_any()
}

fn states() -> AnyView {
    let kinds = [
        (StateKind::Phone, "sur ce téléphone"),
        (StateKind::Sent, "envoyée 21:14"),
        (StateKind::Fix, "à corriger"),
        (StateKind::Both, "modifiée aussi par Anne"),
    ];
    let labels = kinds.map(|(kind, text)| view! { <li><StateLabel kind=kind text=text /></li> });
    view! {
        <ul>{labels.into_iter().collect_view()}</ul>
        <ul class="checks">
            {check("sent", "Prêt".to_owned(), "Tout est là.".into_any())}
            {check("phone", "En cours".to_owned(), "Cela vient.".into_any())}
            {check("fix", "À faire".to_owned(), "Voici comment.".into_any())}
        </ul>
    }
    .into_any()
}

/// An entry as it stands in each state.
fn entry(state: EntryState, id: &str, problem: Option<Problem>) -> Option<Arc<Line>> {
    let draft = InterventionDraft {
        kind: Some(InterventionType::Listen.into()),
        network: Some(Network::Discord.into()),
        young_count: Some(2),
        duration_min: Some(15),
        ..InterventionDraft::default()
    };
    let at: DateTime<FixedOffset> = DateTime::parse_from_rfc3339("2026-11-20T21:14:00+01:00").ok()?;
    Some(Line::shared(Entry {
        id: id.parse::<RecordId>().ok()?,
        body: Body::new(Draft::Intervention(Box::new(draft))).to_json(),
        version: None,
        local_rev: 1,
        state,
        deleted: false,
        is_withdrawn: false,
        base_body: None,
        sent_at: (state == EntryState::Synced).then(|| at.to_utc()),
        changed_at: at,
        life: 0,
        problem,
        theirs: None,
        by: None,
    }))
}

fn lines() -> AnyView {
    let problem = |question: Option<&str>| {
        let question = question.map(ToOwned::to_owned);
        Some(Problem { code: Coded::Known(Refusal::InvalidBody), faults: faults(), question })
    };
    let lines: Vec<Arc<Line>> = [
        (EntryState::Pending, "0190a000-0000-7000-8000-000000000001", None),
        (EntryState::Synced, "0190b000-0000-7000-8000-000000000002", None),
        (EntryState::Rejected, "0190c000-0000-7000-8000-000000000003", problem(None)),
        (EntryState::Rejected, "0190d000-0000-7000-8000-000000000004", problem(Some("Combien de jeunes\u{202f}?"))),
        (EntryState::Conflict, "0190e000-0000-7000-8000-000000000005", None),
    ]
    .into_iter()
    .filter_map(|(state, id, problem)| entry(state, id, problem))
    .collect();
    entry_lines(Memo::new(move |_| lines.clone()))
}

fn notices() -> AnyView {
    let carnet = Carnet::open();
    let say = move |_| carnet.say("Enregistré sur ce téléphone.", Some(Callback::new(|()| ())));
    view! {
        <section class="notice">
            <Icon name="info" />
            <div>
                <h3>"Un avis"</h3>
                <p>"Ce qu’il y a à savoir."</p>
            </div>
            <div class="actions"><button type="button" class="btn btn-small">"J’ai compris"</button></div>
        </section>
        <section class="notice" data-kind="fault">
            <Icon name="fix" />
            <div>
                <h3>"Une faute"</h3>
                <p>"Ce qu’il y a à faire."</p>
            </div>
        </section>
        <p><button type="button" class="btn" on:click=say>"Ce qui vient d’être fait"</button></p>
    }
    .into_any()
}

fn figures() -> AnyView {
    let mut out = Html::default();
    let parts = [("Instagram", 41), ("Snapchat", 23), ("Discord", 7)];
    let bars = |unknown| Bar::ranked(parts.map(|(name, count)| (name.to_owned(), count)), unknown);
    let whole = bars(Some(("Non précisé".to_owned(), 5)));
    let chart = BarChart {
        title: "Réseaux",
        heading: "Réseau",
        bars: whole,
        is_whole: true,
        #[cfg(any(feature = "ssr", feature = "office"))]
        sorting: None,
    };
    bar_chart(&mut out, &chart);
    let row =
        |name: &str, minutes: [i64; 7]| HeatRow { name: name.to_owned(), hours: "18\u{202f}h".to_owned(), minutes };
    heat_map(&mut out, &[row("Soirée", [0, 30, 60, 240, 90, 0, 0]), row("Nuit", [0, 0, 0, 15, 480, 30, 0])]);
    table(
        &mut out,
        &Table {
            caption: "Un tableau",
            columns: vec!["Réseau".into(), "Interventions".into()],
            rows: parts.iter().map(|(name, count)| vec![(*name).to_owned(), count.to_string()]).collect(),
            total: Some(vec!["Total".to_owned(), "71".to_owned()]),
            ..Table::default()
        },
    );
    definition(&mut out, "Définitions", &[Indicator::I3]);
    let markup = out.finish();
    let known = facts(&[("Saisies", "312".to_owned()), ("Depuis", "septembre 2025".to_owned())]);
    view! {
        <div class="stack" inner_html=markup></div>
        <div inner_html=known></div>
    }
    .into_any()
}

/// Every symbol of the sprite, as the document holds it.
fn icons() -> AnyView {
    let names = move || {
        let symbols = document().query_selector_all("symbol").ok();
        let names = symbols.map(|symbols| (0..symbols.length()).filter_map(move |at| symbols.item(at)));
        let item = |symbol: web_sys::Node| {
            use wasm_bindgen::JsCast;
            let id = symbol.unchecked_into::<web_sys::Element>().id();
            view! {
                <li>
                    <svg class="icon" aria-hidden="true"><use href=format!("#{id}")></use></svg>
                    " "
                    {id.trim_start_matches("i-").to_owned()}
                </li>
            }
        };
        names.map(|names| names.map(item).collect_view())
    };
    view! { <ul>{names}</ul> }.into_any()
}
