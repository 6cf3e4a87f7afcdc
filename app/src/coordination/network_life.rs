//! « Réseau »: what the network lived through, its professional accounts, its territories.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{NETWORK_ACCOUNTS, NETWORK_LIFE, NETWORK_TERRITORIES, STAFF},
    choice::year_field,
    form::{Line, all_of, choice},
    notice::NoticeBox,
};
use crate::{
    api::report::Choice,
    domain::{
        coded::{Code, Coded, codes},
        fr, guard,
        ids::{EventId, PromeneurId, StructureId},
        network_life::{EventFault, EventKind, Medium, NUMBERS, NetworkEvent, ORGANISER_LENGTH, SUBJECT_LENGTH},
        period::Period,
        taxonomy::{Network, label_of},
        typed::Typed,
    },
    ui::{fault::fault_line, icon::Chevron},
};

codes! {
    /// What has just been done.
    Done {
        Noted = "note", "C’est noté.";
        ToRead = "a-relire", "C’est noté. Relisez le texte : il pourrait faire reconnaître quelqu’un.";
        Withdrawn = "retire", "C’est retiré du journal et des chiffres.";
        Restored = "remis", "C’est de nouveau dans le journal.";
        Checked = "verifie", "La vérification est enregistrée.";
        Removed = "compte-retire", "Le compte n’est plus dans la liste, sauf si un téléphone l’annonce.";
        Placed = "range", "Les territoires sont enregistrés.";
    }

    /// Why a territory is not taken.
    TerritoryFault {
        Long = "territory_too_long", "80 caractères au plus. Rien n’a été enregistré.";
    }
}

/// Longest name of a territory, in characters.
pub const TERRITORY_LENGTH: usize = 80;

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
        Line { value: value(name), fault: fault(name).map(Code::label), most, length, ..Line::new(name, label, kind) }
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
            {choice("nature", "Ce que c’était", all_of::<EventKind>(), &value("nature"), true, fault("nature").map(Code::label))}
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

/// A professional account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub promeneur: PromeneurId,
    /// Their name.
    pub name: String,
    /// On which network.
    pub network: Coded<Network>,
    /// Whether a notebook declares its followers.
    pub is_declared: bool,
    /// How it was found when somebody last looked.
    pub check: Option<Check>,
}

/// How an account was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whether the first name is there.
    pub first_name: bool,
    /// Whether the structure is.
    pub structure: bool,
    /// Whether a photograph is.
    pub photo: bool,
    /// On which day.
    pub on: NaiveDate,
    /// Who looked.
    pub by: String,
}

impl Check {
    /// What is not there, in words.
    fn lacking(&self) -> Vec<&'static str> {
        [(self.first_name, "le prénom"), (self.structure, "la structure"), (self.photo, "une photo")]
            .into_iter()
            .filter_map(|(is_there, name)| (!is_there).then_some(name))
            .collect()
    }
}

/// What the page of the accounts shows.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// The accounts, by promeneur.
    pub accounts: Vec<Account>,
    /// The promeneurs to choose from.
    pub promeneurs: Vec<Choice<PromeneurId>>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/coordination/reseau/comptes`.
#[component]
pub fn AccountsPage(
    /// What to show.
    page: Accounts,
) -> impl IntoView {
    let Accounts { accounts, promeneurs, done } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let list = if accounts.is_empty() {
        view! { <p class="quiet">"Aucun compte n’est encore connu. Les téléphones en annoncent avec les abonnés du mois\u{202f}; vous pouvez en ajouter ci-dessous."</p> }
            .into_any()
    } else {
        let items = accounts.iter().map(account_item).collect_view();
        view! { <ul class="phones accounts">{items}</ul> }.into_any()
    };
    let people =
        promeneurs.into_iter().map(|it| view! { <option value=it.id.to_string()>{it.name}</option> }).collect_view();
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Comptes professionnels"</h1>
            <p class="quiet">
                "Un compte est conforme quand le prénom, la structure et une photo y sont\u{202f}: un jeune doit savoir à qui il parle."
            </p>
            {notice}
        </div>
        {list}
        <section class="form decision" aria-labelledby="ajouter">
            <h2 id="ajouter">"Ajouter un compte"</h2>
            <form class="form" method="post" action=NETWORK_ACCOUNTS aria-labelledby="ajouter">
                <div class="field">
                    <label class="field-label" for="promeneur">"Promeneur·euse" " " <span class="quiet">"obligatoire"</span></label>
                    <select class="input" id="promeneur" name="promeneur" required>
                        <option value="">"Choisir…"</option>
                        {people}
                    </select>
                </div>
                <div class="field">
                    <label class="field-label" for="reseau">"Réseau" " " <span class="quiet">"obligatoire"</span></label>
                    <select class="input" id="reseau" name="reseau" required>
                        <option value="">"Choisir…"</option>
                        {Network::ALL.iter().map(|it| view! { <option value=it.code()>{it.label()}</option> }).collect_view()}
                    </select>
                </div>
                {boxes("nouveau", "", None)}
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn boxes(prefix: &str, of: &str, check: Option<&Check>) -> AnyView {
    let parts = [
        ("prenom", "Prénom", check.is_some_and(|it| it.first_name)),
        ("structure", "Structure", check.is_some_and(|it| it.structure)),
        ("photo", "Photo", check.is_some_and(|it| it.photo)),
    ];
    // Each account's boxes have a name of their own: they are one group.
    let name = format!("vu-{prefix}");
    let boxes = parts
        .map(|(value, label, checked)| {
            let id = format!("{prefix}-{value}");
            view! {
                <label class="check" for=id.clone()>
                    <input type="checkbox" id=id.clone() name=name.clone() value=value checked=checked />
                    {label}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="boxes">
            <legend class="sr-only">{format!("Ce qu’on y voit{of}")}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

fn account_item(account: &Account) -> AnyView {
    let network = label_of::<Network>(account.network.code());
    let name = format!("{}, {network}", account.name);
    let state = match &account.check {
        None => "Pas encore vérifié".to_owned(),
        Some(check) => {
            let lacking = check.lacking();
            let found =
                if lacking.is_empty() { "Conforme".to_owned() } else { format!("Il manque {}", fr::list(&lacking)) };
            format!("{found} · vérifié le {} par {}", fr::date(check.on), check.by)
        }
    };
    let prefix = format!("{}-{}", account.promeneur, account.network.code());
    let removal = (!account.is_declared).then(|| {
        let words = format!("Retirer {name}");
        view! {
            <form method="post" action=format!("{NETWORK_ACCOUNTS}/retirer") aria-label=words>
                <input type="hidden" name="promeneur" value=account.promeneur.to_string() />
                <input type="hidden" name="reseau" value=account.network.code().to_owned() />
                <button class="btn btn-quiet btn-small btn-danger">"Retirer" <span class="sr-only">{format!(" {name}")}</span></button>
            </form>
        }
    });
    view! {
        <li id=format!("c-{prefix}")>
            <div>
                <p><b>{account.name.clone()}</b></p>
                <p>{network}</p>
                <p class="quiet">{state}</p>
                {removal}
            </div>
            <form class="check-form" method="post" action=NETWORK_ACCOUNTS aria-label=name.clone()>
                <input type="hidden" name="promeneur" value=account.promeneur.to_string() />
                <input type="hidden" name="reseau" value=account.network.code().to_owned() />
                {boxes(&prefix, &format!("\u{202f}: {name}"), account.check.as_ref())}
                <button class="btn btn-quiet btn-small">"Enregistrer" <span class="sr-only">{format!(", {name}")}</span></button>
            </form>
        </li>
    }
    .into_any()
}

/// What the page of the territories shows.
#[derive(Clone, Debug, Default)]
pub struct Territories {
    /// The structures, each with the name of its territory.
    pub structures: Vec<(Choice<StructureId>, String)>,
    /// Of which one the name is not taken.
    pub fault: Option<(StructureId, TerritoryFault)>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/coordination/reseau/territoires`.
#[component]
pub fn TerritoriesPage(
    /// What to show.
    page: Territories,
) -> impl IntoView {
    let Territories { structures, fault, done } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let mut names: Vec<&String> = structures.iter().map(|(_, name)| name).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.into_iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let fields = structures
        .iter()
        .map(|(structure, name)| {
            let fault = fault.filter(|(id, _)| *id == structure.id).map(|(_, fault)| fault);
            let id = format!("t-{}", structure.id);
            let said = fault.map(|fault| fault_line(format!("f-{id}"), fr::spaced(fault.label())));
            view! {
                <div class="field">
                    <label class="field-label" for=id.clone()>{structure.name.clone()}</label>
                    <input
                        class="input"
                        type="text"
                        id=id.clone()
                        name=structure.id.to_string()
                        list="noms"
                        autocomplete="off"
                        maxlength=TERRITORY_LENGTH.to_string()
                        value=name.clone()
                        aria-invalid=fault.map(|_| "true")
                        aria-describedby=fault.map(|_| format!("f-{id}"))
                    />
                    {said}
                </div>
            }
        })
        .collect_view();
    let form = if structures.is_empty() {
        view! { <p class="quiet">"Aucune structure n’est encore dans ce réseau."</p> }.into_any()
    } else {
        view! {
            <form class="form decision" method="post" action=NETWORK_TERRITORIES aria-label="Territoires">
                <datalist id="noms">{names}</datalist>
                {fields}
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
        }
        .into_any()
    };
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Territoires"</h1>
            <p class="quiet">
                "Un territoire réunit des structures dont on veut lire l’activité ensemble\u{202f}: un bassin de vie, une intercommunalité. Écrivez le même nom pour celles qui vont ensemble\u{202f}; il apparaîtra dans le choix «\u{202f}Qui\u{202f}» du tableau de bord."
            </p>
            {notice}
        </div>
        {form}
    }
    .into_any()
}
