//! « Équipe et accès »: structures, promeneurs, and who may sign in.

pub mod access;
pub mod promeneur;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{NETWORK_LIFE, STAFF},
    form::{Line, all_of, choice},
    notice::NoticeBox,
};
use crate::{
    api::report::Choice,
    domain::{
        coded::{Code, codes},
        fr,
        ids::{PromeneurId, StructureId},
        staff::{Faults, NAME_LENGTH, structure_name},
        taxonomy::{StructureType, label_of},
        typed::Typed,
    },
    ui::{fault::Refused, icon::Chevron},
};
use access::AccessList;

codes! {
    /// What has just been done.
    Done {
        Structure = "structure", "La structure est enregistrée.";
        Promeneur = "promeneur", "C’est enregistré.";
        Moved = "change", "Le changement de structure est enregistré. Ce qui a été fait avant reste à l’ancienne.";
        Leave = "absence", "L’absence est enregistrée.";
        LeaveRemoved = "absence-retiree", "L’absence est retirée.";
        Closed = "ferme", "L’accès est fermé.";
        Reopened = "rouvert", "L’accès est rouvert.";
        Revoked = "retiree", "L’invitation est retirée : son lien n’ouvre plus rien.";
    }
}

/// What a form holds, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// What was typed.
    pub typed: Typed,
    /// What is wrong.
    pub faults: Faults,
}

impl Filled {
    /// What is typed in a field.
    pub fn value(&self, name: &str) -> String {
        self.typed.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with it.
    pub fn fault(&self, name: &str) -> Option<Refused> {
        self.faults.iter().find(|(of, _)| *of == name).map(|(_, fault)| Refused::of(*fault))
    }

    fn line(&self, name: &'static str, label: &'static str, kind: &'static str) -> Line {
        Line { value: self.value(name), fault: self.fault(name), ..Line::new(name, label, kind) }
    }

    /// A name, as everything here has one.
    pub(super) fn name(&self) -> AnyView {
        Line { is_asked: true, length: Some(NAME_LENGTH), ..self.line("nom", "Nom", "text") }.view()
    }
}

/// A structure and who is in it today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructureLine {
    /// Its id.
    pub id: StructureId,
    /// Its name.
    pub name: String,
    /// The code of its type.
    pub kind: String,
    /// Where it is.
    pub commune: String,
    /// Who is in it.
    pub people: Vec<PersonLine>,
}

/// A promeneur, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// Who.
    pub id: PromeneurId,
    /// What to call them.
    pub name: String,
    /// First day as a labelled promeneur.
    pub labelled_on: NaiveDate,
    /// First day away for good.
    pub left_on: Option<NaiveDate>,
    /// The last day of a leave that goes on.
    pub away_until: Option<NaiveDate>,
    /// Minutes of presence a week that were agreed on.
    pub weekly_minutes: Option<i32>,
    /// Whether they can sign in.
    pub has_access: bool,
}

impl PersonLine {
    /// Where they stand on a day, in words (`domain.md` A3).
    pub fn status(&self, today: NaiveDate) -> String {
        match (self.left_on, self.away_until) {
            (Some(left), _) if left <= today => format!("parti·e le {}", fr::date(left)),
            _ if self.labelled_on > today => format!("labellisé·e à partir du {}", fr::date(self.labelled_on)),
            (_, Some(until)) => format!("absent·e jusqu’au {}", fr::date(until)),
            (Some(left), None) => format!("en activité jusqu’au départ, le {}", fr::date(left)),
            (None, None) => format!("en activité, labellisé·e depuis le {}", fr::date(self.labelled_on)),
        }
    }
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Today.
    pub today: NaiveDate,
    /// The structures, by name.
    pub structures: Vec<StructureLine>,
    /// Promeneurs who are in no structure now.
    pub others: Vec<PersonLine>,
    /// Who else may sign in, and who is invited.
    pub access: AccessList,
    /// What has just been done.
    pub done: Option<Done>,
    /// The form of a structure.
    pub structure: Filled,
    /// The form of a promeneur.
    pub promeneur: Filled,
    /// The form of an invitation.
    pub invitation: Filled,
}

impl Staff {
    fn choices(&self) -> Vec<(String, String)> {
        let name = |it: &StructureLine| structure_name(&it.name, &it.commune);
        self.structures.iter().map(|it| (it.id.to_string(), name(it))).collect()
    }
}

/// `/coordination/equipe`.
#[component]
pub fn StaffPage(
    /// What to show.
    page: Staff,
) -> impl IntoView {
    let notice = page.done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let choices = page.choices();
    let today = page.today;
    let list = if page.structures.is_empty() {
        view! { <p class="quiet">"Aucune structure. Commencez par en ajouter une."</p> }.into_any()
    } else {
        let items = page.structures.iter().map(|structure| structure_item(structure, today)).collect_view();
        view! { <ul class="phones staff">{items}</ul> }.into_any()
    };
    let others = (!page.others.is_empty()).then(|| {
        let items = page.others.iter().map(|it| view! { <li>{person(it, today)}</li> }).collect_view();
        view! {
            <section aria-labelledby="autres">
                <h2 id="autres">"Sans structure aujourd’hui"</h2>
                <ul class="phones">{items}</ul>
            </section>
        }
    });
    let welcome = (!choices.is_empty()).then(|| {
        view! {
            <section class="form decision" aria-labelledby="accueillir">
                <h2 id="accueillir">"Accueillir un·e promeneur·euse"</h2>
                <form class="form" method="post" action=format!("{STAFF}/promeneurs#accueillir") aria-labelledby="accueillir">
                    {page.promeneur.name()}
                    {choice("structure", "Structure", choices.clone(), &page.promeneur.value("structure"), true, page.promeneur.fault("structure"))}
                    {Line { is_asked: true, ..page.promeneur.line("depuis", "Labellisé·e depuis le", "date") }.view()}
                    {Line { length: Some(6), ..page.promeneur.line("heures", "Heures de présence par semaine", "text") }.view()}
                    <p><button class="btn btn-primary">"Enregistrer"</button></p>
                </form>
            </section>
        }
    });
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Équipe et accès"</h1>
            <p class="quiet">
                "Qui est dans le réseau, où, et depuis quand. L’historique reste aux structures\u{202f}: un départ ou un remplacement ne change aucun chiffre du passé."
            </p>
            {notice}
        </div>
        <section aria-labelledby="structures">
            <h2 id="structures">"Structures"</h2>
            {list}
        </section>
        {others}
        {welcome}
        <section class="form decision" aria-labelledby="ajouter">
            <h2 id="ajouter">"Ajouter une structure"</h2>
            {structure_form(&format!("{STAFF}/structures#ajouter"), "ajouter", &page.structure)}
        </section>
        <access::AccessSection list=page.access choices=choices filled=page.invitation />
    }
    .into_any()
}

fn structure_form(action: &str, labelled: &'static str, filled: &Filled) -> AnyView {
    view! {
        <form class="form" method="post" action=action.to_owned() aria-labelledby=labelled>
            {Line { is_asked: true, length: Some(NAME_LENGTH), id: "nom-structure", ..filled.line("nom", "Nom de la structure", "text") }.view()}
            {choice("type", "Type", all_of::<StructureType>(), &filled.value("type"), true, filled.fault("type"))}
            {Line { length: Some(NAME_LENGTH), ..filled.line("commune", "Commune", "text") }.view()}
            <p><button class="btn btn-primary">"Enregistrer"</button></p>
        </form>
    }
    .into_any()
}

fn structure_item(structure: &StructureLine, today: NaiveDate) -> AnyView {
    let place =
        if structure.commune.is_empty() { "Commune non précisée".to_owned() } else { structure.commune.clone() };
    let people = if structure.people.is_empty() {
        view! { <p class="quiet">"Personne aujourd’hui"</p> }.into_any()
    } else {
        structure.people.iter().map(|it| person(it, today)).collect_view().into_any()
    };
    view! {
        <li>
            <div>
                <p><b>{structure.name.clone()}</b></p>
                <p class="quiet">{label_of::<StructureType>(&structure.kind)} " · " {place}</p>
            </div>
            <div>{people}</div>
            <div>
                <a href=format!("{STAFF}/structures/{}", structure.id)>"Modifier" <span class="sr-only">{format!(" {}", structure.name)}</span></a>
            </div>
        </li>
    }
    .into_any()
}

fn person(it: &PersonLine, today: NaiveDate) -> AnyView {
    let access = if it.has_access { "" } else { " · sans accès" };
    view! {
        <p>
            <a href=format!("{STAFF}/promeneurs/{}", it.id)>{it.name.clone()}</a>
            <span class="quiet">{format!(" {}{access}", it.status(today))}</span>
        </p>
    }
    .into_any()
}

/// `/coordination/equipe/structures/<id>`.
#[component]
pub fn StructurePage(
    /// Which.
    structure: Choice<StructureId>,
    /// The form.
    filled: Filled,
) -> impl IntoView {
    view! {
        <div class="report-head">
            <p><a href=STAFF>"Équipe et accès"</a></p>
            <h1 id="titre">{structure.name.clone()}</h1>
        </div>
        <section class="form decision" aria-labelledby="titre">
            {structure_form(&format!("{STAFF}/structures/{}", structure.id), "titre", &filled)}
        </section>
    }
    .into_any()
}

/// The folded part of a page.
pub(super) fn folded(summary: &'static str, is_open: bool, content: AnyView) -> AnyView {
    view! {
        <details class="reminder" open=is_open>
            <summary>{summary} <Chevron /></summary>
            {content}
        </details>
    }
    .into_any()
}
