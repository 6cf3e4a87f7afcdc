//! A promeneur as the coordination keeps them: label, structure, leaves, departure, access.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    Done, Filled, PersonLine,
    access::{Access, Invited, access_acts},
    folded,
};
use crate::{
    coordination::{
        address::{PHONES, STAFF},
        form::{Line, choice},
        notice::NoticeBox,
    },
    domain::{coded::Code, fr, time::Span},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PromeneurStaff {
    /// Today.
    pub today: NaiveDate,
    /// Who.
    pub person: PersonLine,
    /// The structures they belonged to, the latest first; from the beginning where there is no first day.
    pub structures: Vec<(String, Option<NaiveDate>, Option<NaiveDate>)>,
    /// Declared leaves, the latest first.
    pub leaves: Vec<Span>,
    /// Their access.
    pub access: Option<Access>,
    /// An invitation of theirs that is open.
    pub invited: Option<Invited>,
    /// What their phones still hold.
    pub pending: i64,
    /// The structures to choose from.
    pub choices: Vec<(String, String)>,
    /// What has just been done.
    pub done: Option<Done>,
    /// The form of who they are.
    pub about: Filled,
    /// The form of a move.
    pub moving: Filled,
    /// The form of a leave.
    pub leaving: Filled,
}

/// `/coordination/equipe/promeneurs/<id>`.
#[component]
pub fn PromeneurPage(
    /// What to show.
    page: PromeneurStaff,
) -> impl IntoView {
    let PromeneurStaff {
        today,
        person,
        structures,
        leaves,
        access,
        invited,
        pending,
        choices,
        done,
        about,
        moving,
        leaving,
    } = page;
    let base = format!("{STAFF}/promeneurs/{}", person.id);
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let history = structures
        .iter()
        .map(|(name, from, until)| {
            let said = match (from, until) {
                (None, None) => name.clone(),
                (None, Some(until)) => format!("{name}, jusqu’au {}", fr::date(*until)),
                (Some(from), None) => format!("{name}, depuis le {}", fr::date(*from)),
                (Some(from), Some(until)) => format!("{name}, du {} au {}", fr::date(*from), fr::date(*until)),
            };
            view! { <li>{said}</li> }
        })
        .collect_view();
    let away = leaves
        .iter()
        .map(|span| {
            let until = span.until.unwrap_or(span.from);
            let said = format!("Du {} au {}", fr::date(span.from), fr::date(until));
            view! {
                <li>
                    <p>{said.clone()}</p>
                    <form method="post" action=format!("{base}/absences/retirer") aria-label=format!("Retirer l’absence, {said}")>
                        <input type="hidden" name="du" value=span.from.to_string() />
                        <button class="btn btn-quiet btn-small btn-danger">"Retirer" <span class="sr-only">{format!(" l’absence, {said}")}</span></button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let away = (!leaves.is_empty()).then(|| view! { <ul class="phones accounts">{away}</ul> });
    let replaced = person.left_on.map(|_| {
        view! { <p><a href=format!("{STAFF}?remplace={}#accueillir", person.id)>"Accueillir qui la ou le remplace"</a></p> }
    });
    let is_moving = !moving.faults.is_empty();
    let is_leaving = !leaving.faults.is_empty();
    view! {
        <div class="report-head">
            <p><a href=STAFF>"Équipe et accès"</a></p>
            <h1>{person.name.clone()}</h1>
            <p>{fr::capital(&person.status(today))}</p>
            {notice}
        </div>
        <section class="form decision" aria-labelledby="qui">
            <h2 id="qui">"Qui, et depuis quand"</h2>
            <form class="form" method="post" action=base.clone() aria-labelledby="qui">
                <input type="hidden" name="avant" value=about.value("avant") />
                {about.name()}
                {Line { is_asked: true, ..about.line("depuis", "Labellisé·e depuis le", "date") }.view()}
                {Line { length: Some(6), ..about.line("heures", "Heures de présence par semaine", "text") }.view()}
                {Line {
                    hint: Some("Premier jour où l’on ne compte plus sur elle ou lui. Ce qui a été fait reste dans les chiffres."),
                    ..about.line("depart", "Départ", "date")
                }.view()}
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
            {replaced}
        </section>
        <section class="form decision" aria-labelledby="ou">
            <h2 id="ou">"Structure"</h2>
            <ul class="plain-list">{history}</ul>
            {folded("Changer de structure", is_moving, view! {
                <form class="form" method="post" action=format!("{base}/structure#ou") aria-labelledby="ou">
                    {choice("structure", "Nouvelle structure", choices, &moving.value("structure"), true, moving.fault("structure"))}
                    {Line { is_asked: true, ..moving.line("arrivee", "À partir du", "date") }.view()}
                    <p><button class="btn">"Enregistrer le changement"</button></p>
                </form>
            }.into_any())}
        </section>
        <section class="form decision" aria-labelledby="absences">
            <h2 id="absences">"Absences"</h2>
            <p class="quiet">"Congés, arrêts, suspensions\u{202f}: ces jours-là ne comptent pas dans les heures par semaine, ni dans les relevés attendus."</p>
            {away}
            {folded("Noter une absence", is_leaving, view! {
                <form class="form" method="post" action=format!("{base}/absences#absences") aria-labelledby="absences">
                    {Line { is_asked: true, ..leaving.line("du", "Premier jour", "date") }.view()}
                    {Line { is_asked: true, ..leaving.line("au", "Dernier jour", "date") }.view()}
                    <p><button class="btn">"Enregistrer l’absence"</button></p>
                </form>
            }.into_any())}
        </section>
        {access_section(&base, access.as_ref(), invited.as_ref(), pending)}
    }
    .into_any()
}

fn access_section(base: &str, access: Option<&Access>, invited: Option<&Invited>, pending: i64) -> AnyView {
    let state = match (access, invited) {
        (Some(access), _) => fr::capital(&access.state()),
        (None, Some(invited)) => format!("Invité·e, jusqu’au {}", fr::date(invited.until)),
        (None, None) => "Pas encore d’accès".to_owned(),
    };
    let held = (pending > 0 && access.is_some()).then(|| {
        let said = format!(
            "Son téléphone garde encore {}. Attendez l’envoi, ou retirez-le d’abord\u{202f}: il les remettra.",
            fr::count(pending, "saisie", "saisies")
        );
        view! { <p class="hint">{said} " " <a href=PHONES>"Téléphones"</a></p> }
    });
    let acts = match access {
        Some(access) => access_acts(access),
        None => {
            let words = if invited.is_some() { "Refaire l’invitation" } else { "Inviter" };
            view! {
                <form method="post" action=format!("{base}/inviter") aria-labelledby="acces">
                    <button class="btn">{words}</button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <section class="form decision" aria-labelledby="acces">
            <h2 id="acces">"Accès au carnet"</h2>
            <p>{state}</p>
            {held}
            {acts}
        </section>
    }
    .into_any()
}
