//! The professional accounts of the promeneurs (`domain.md` I14).

use chrono::NaiveDate;
use leptos::prelude::*;

use super::Done;
use crate::{
    api::report::Choice,
    coordination::{
        address::{NETWORK_ACCOUNTS, NETWORK_LIFE},
        notice::NoticeBox,
    },
    domain::{
        coded::{Code, Coded},
        fr,
        ids::PromeneurId,
        indicators::count_of,
        taxonomy::{Network, label_of},
    },
};

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

impl Account {
    /// Whether somebody should look: nobody has, or it lacked something.
    fn is_open(&self) -> bool {
        self.check.as_ref().is_none_or(|check| !check.lacking().is_empty())
    }
}

/// In an address, and in the forms of the list that it asks for: only those at which somebody should look.
pub const TO_REVIEW: &str = "a-revoir";

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
    /// Whether only those are shown at which somebody should look.
    pub to_review: bool,
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
    let Accounts { accounts, to_review, promeneurs, done } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let list = if accounts.is_empty() {
        view! { <p class="quiet">"Aucun compte n’est encore connu. Les téléphones en annoncent avec les abonnés du mois\u{202f}; vous pouvez en ajouter ci-dessous."</p> }
            .into_any()
    } else {
        let open = accounts.iter().filter(|account| account.is_open()).count();
        let ways = ways([("", "Tous", accounts.len()), (TO_REVIEW, "À revoir", open)], to_review);
        let shown: Vec<&Account> = accounts.iter().filter(|account| !to_review || account.is_open()).collect();
        let people = shown.chunk_by(|one, next| one.promeneur == next.promeneur);
        let people = people.map(|accounts| accounts_of(accounts, to_review)).collect_view();
        let list = if shown.is_empty() {
            view! { <p class="quiet">"Chaque compte connu a été vérifié et est conforme."</p> }.into_any()
        } else {
            view! { <div class="accounts-by-person">{people}</div> }.into_any()
        };
        view! {
            {ways}
            {list}
        }
        .into_any()
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

/// Which accounts are shown, each way with how many it leads to.
fn ways(ways: [(&str, &str, usize); 2], to_review: bool) -> AnyView {
    let links = ways
        .map(|(state, name, count)| {
            let here = to_review != state.is_empty();
            let href =
                if state.is_empty() { NETWORK_ACCOUNTS.to_owned() } else { format!("{NETWORK_ACCOUNTS}?etat={state}") };
            let count = fr::integer(count_of(count));
            view! {
                <li><a href=href aria-current=here.then_some("true")>{format!("{name} ({count})")}</a></li>
            }
        })
        .collect_view();
    view! { <nav class="quick" aria-label="Quels comptes"><ul>{links}</ul></nav> }.into_any()
}

/// The accounts of one promeneur.
fn accounts_of(accounts: &[&Account], to_review: bool) -> AnyView {
    let Some(first) = accounts.first() else { return ().into_any() };
    let id = format!("p-{}", first.promeneur);
    let items = accounts.iter().map(|account| account_item(account, to_review)).collect_view();
    view! {
        <section aria-labelledby=id.clone()>
            <h2 id=id.clone()>{first.name.clone()}</h2>
            <ul class="phones accounts">{items}</ul>
        </section>
    }
    .into_any()
}

/// What sends the browser back to the list that it came from.
fn back_to(to_review: bool) -> AnyView {
    to_review.then(|| view! { <input type="hidden" name="etat" value=TO_REVIEW /> }).into_any()
}

fn account_item(account: &Account, to_review: bool) -> AnyView {
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
                {back_to(to_review)}
                <button class="btn btn-quiet btn-small btn-danger">"Retirer" <span class="sr-only">{format!(" {name}")}</span></button>
            </form>
        }
    });
    view! {
        <li id=format!("c-{prefix}")>
            <div>
                <h3>{network}</h3>
                <p class="quiet">{state}</p>
                {removal}
            </div>
            <form class="check-form" method="post" action=NETWORK_ACCOUNTS aria-label=name.clone()>
                <input type="hidden" name="promeneur" value=account.promeneur.to_string() />
                <input type="hidden" name="reseau" value=account.network.code().to_owned() />
                {back_to(to_review)}
                {boxes(&prefix, &format!("\u{202f}: {name}"), account.check.as_ref())}
                <button class="btn btn-quiet btn-small">"Enregistrer" <span class="sr-only">{format!(", {name}")}</span></button>
            </form>
        </li>
    }
    .into_any()
}
