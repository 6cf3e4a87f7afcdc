//! The journal of the coordination.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::Done;
use crate::{
    coordination::{
        address::{NETWORK_ACCOUNTS, NETWORK_HOLIDAYS, NETWORK_LIFE, NETWORK_TERRITORIES, SERVICE, STAFF},
        choice::year_field,
        form::{Line, all_of, choice},
        notice::NoticeBox,
    },
    domain::{
        coded::Code,
        fr, guard,
        ids::EventId,
        network_life::{EventFault, EventKind, Medium, NUMBERS, NetworkEvent, ORGANISER_LENGTH, SUBJECT_LENGTH},
        period::Period,
        typed::Typed,
    },
    ui::{fault::Refused, icon::Chevron},
};

/// What the journal shows.
#[derive(Clone, Debug)]
pub struct Journal {
    /// Today.
    pub today: NaiveDate,
    /// The year that is shown.
    pub period: Period,
    /// What took place in it, the newest first, each with how many promeneurs were active that day.
    pub events: Vec<(NetworkEvent, i64)>,
    /// The id of what the form holds.
    pub id: EventId,
    /// Whether that is noted already.
    pub is_known: bool,
    /// What the form holds.
    pub typed: Typed,
    /// What is wrong with it.
    pub faults: Vec<(&'static str, EventFault)>,
    /// What has just been done.
    pub done: Option<Done>,
    /// What was just taken back, and can be put back.
    pub withdrawn: Option<EventId>,
}

/// `/coordination/reseau`.
#[component]
pub fn JournalPage(
    /// What to show.
    page: Journal,
) -> impl IntoView {
    let Journal { today, period, events, id, is_known, typed, faults, done, withdrawn } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let back = withdrawn.map(|id| {
        view! {
            <form method="post" action=format!("{NETWORK_LIFE}/actions/{id}/remettre") aria-label="Annuler le retrait">
                <input type="hidden" name="periode" value=period.to_string() />
                <button class="btn btn-small">"Remettre"</button>
            </form>
        }
    });
    let list = if events.is_empty() {
        view! { <p class="quiet">"Rien n’est noté sur cette période."</p> }.into_any()
    } else {
        let items = events.iter().map(|(event, active)| item(event, *active, period)).collect_view();
        view! { <ul class="phones events">{items}</ul> }.into_any()
    };
    let heading = if is_known { "Modifier" } else { "Noter une action" };
    view! {
        <div class="report-head">
            <h1>"Réseau"</h1>
            <p class="quiet">
                "Le journal de la coordination\u{202f}: réunions, formations, accompagnements, comités. Il remplit les chapitres du bilan qui parlent du réseau."
            </p>
            {notice}
            {back}
            <nav class="actions" aria-label="Réseau">
                <a class="btn btn-quiet" href=STAFF>"Équipe et accès"</a>
                <a class="btn btn-quiet" href=NETWORK_ACCOUNTS>"Comptes professionnels"</a>
                <a class="btn btn-quiet" href=NETWORK_TERRITORIES>"Territoires"</a>
                <a class="btn btn-quiet" href=NETWORK_HOLIDAYS>"Vacances scolaires"</a>
                <a class="btn btn-quiet" href=SERVICE>"Service et données"</a>
            </nav>
        </div>
        <section class="form decision" aria-labelledby="noter">
            <h2 id="noter">{heading}</h2>
            {form(id, &typed, &faults, today, period)}
        </section>
        <section aria-labelledby="journal">
            <h2 id="journal">{format!("Le journal, {}", period.label())}</h2>
            <form class="inline-form no-print" method="get" action=NETWORK_LIFE aria-label="Année du journal">
                {year_field(period, today)}
                <button class="btn">"Afficher"</button>
            </form>
            {list}
        </section>
    }
    .into_any()
}

fn item(event: &NetworkEvent, active: i64, period: Period) -> AnyView {
    let name = format!("{}, {}", event.kind.label(), fr::date(event.on));
    let number = |count: Option<i32>, one, many| count.map(|count| fr::count(i64::from(count), one, many));
    let awaited = event.kind.known().is_some_and(EventKind::awaits_all) && active > 0;
    let people = number(event.promeneurs, "promeneur·euse", "promeneurs·euses");
    let people = people.map(|said| if awaited { format!("{said} sur {}", fr::integer(active)) } else { said });
    let facts: Vec<String> = [
        people,
        number(event.structures, "structure", "structures"),
        number(event.partners, "partenaire", "partenaires"),
        number(event.others, "autre personne", "autres personnes"),
        number(event.resources, "ressource partagée", "ressources partagées"),
        (event.minutes > 0).then(|| fr::duration(i64::from(event.minutes))),
        event.medium.as_ref().map(|medium| fr::small(medium.label())),
        (!event.organiser.is_empty()).then(|| format!("par {}", event.organiser)),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <li>
            <div>
                <p><b>{event.kind.label().to_owned()}</b></p>
                <p class="quiet">{fr::date(event.on)}</p>
            </div>
            <div>
                <p class="file-name">{event.subject.clone()}</p>
                <p class="quiet">{facts.join(" · ")}</p>
            </div>
            <div class="row-actions no-print">
                <a href=format!("{NETWORK_LIFE}/actions/{}?periode={period}#noter", event.id)>"Modifier" <span class="sr-only">{format!(" {name}")}</span></a>
                <form method="post" action=format!("{NETWORK_LIFE}/actions/{}/retirer", event.id) aria-label=format!("Retirer {name}")>
                    <input type="hidden" name="periode" value=period.to_string() />
                    <button class="btn btn-quiet btn-small btn-danger">"Retirer" <span class="sr-only">{format!(" {name}")}</span></button>
                </form>
            </div>
        </li>
    }
    .into_any()
}

fn form(
    id: EventId,
    typed: &Typed,
    faults: &[(&'static str, EventFault)],
    today: NaiveDate,
    period: Period,
) -> AnyView {
    let value = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let fault = |name: &str| faults.iter().find(|(of, _)| *of == name).map(|(_, fault)| *fault);
    let field = |name: &'static str, label: &'static str, kind: &'static str| {
        let most = NUMBERS.iter().find(|(of, _)| *of == name).map(|(_, most)| *most);
        let length = match name {
            "sujet" => Some(SUBJECT_LENGTH),
            "organisateur" => Some(ORGANISER_LENGTH),
            _ => None,
        };
        Line { value: value(name), fault: fault(name).map(Refused::of), most, length, ..Line::new(name, label, kind) }
    };
    let more = ["support", "minutes", "organisateur", "structures", "partenaires", "autres", "ressources"];
    let is_open = more.iter().any(|name| !value(name).is_empty() || fault(name).is_some());
    let traces =
        [value("sujet"), value("organisateur")].iter().find_map(|text| guard::trace(text)).map(|(trace, _)| {
            let said = format!("Ce texte contient {}. Relisez-le\u{202f}: il sera dans le bilan.", trace.label());
            view! { <p class="hint">{said}</p> }
        });
    let day = if typed.contains_key("jour") { value("jour") } else { today.to_string() };
    view! {
        <form class="form" method="post" action=format!("{NETWORK_LIFE}#noter") aria-labelledby="noter">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="periode" value=period.to_string() />
            {choice("nature", "Ce que c’était", all_of::<EventKind>(), &value("nature"), true, fault("nature").map(Refused::of))}
            {Line { is_asked: true, value: day, ..field("jour", "Jour", "date") }.view()}
            {field("sujet", "Sujet", "text").view()}
            {traces}
            {field("promeneurs", "Promeneurs·euses présent·es", "number").view()}
            <details class="reminder" open=is_open>
                <summary>"Préciser" <Chevron /></summary>
                {choice("support", "Comment", all_of::<Medium>(), &value("support"), false, None)}
                {field("minutes", "Durée, en minutes", "number").view()}
                {field("organisateur", "Organisé par", "text").view()}
                {field("structures", "Structures présentes", "number").view()}
                {field("partenaires", "Partenaires présent·es", "number").view()}
                {field("autres", "Autres personnes", "number").view()}
                {field("ressources", "Ressources partagées", "number").view()}
            </details>
            <p><button class="btn btn-primary">"Enregistrer"</button></p>
        </form>
    }
    .into_any()
}
