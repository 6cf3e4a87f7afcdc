//! « Clés d’accès »: with which the programs of others, such as the Caf's, read the network's figures.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{address::KEYS, notice::NoticeBox};
use crate::{
    domain::{coded::codes, fr, ids::KeyId},
    ui::fault::Refused,
};

/// Longest name of a key, in characters.
pub const NAME_LENGTH: usize = 80;

codes! {
    /// Why a key is not made.
    KeyFault {
        Name = "name_missing", "Dites pour qui est cette clé, en 80 caractères au plus.";
        Many = "too_many_keys", "Il y a déjà vingt clés. Retirez-en une d’abord.";
    }
}

/// A key that opens something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// For whom it is.
    pub name: String,
    /// Who gave it.
    pub by: String,
    /// On which day.
    pub on: NaiveDate,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The keys.
    pub keys: Vec<Key>,
    /// One that was just made: shown this once.
    pub fresh: Option<String>,
    /// Whether one was just taken back.
    pub is_removed: bool,
    /// Why none was made.
    pub fault: Option<KeyFault>,
    /// The name that was typed.
    pub name: String,
}

/// The page.
#[component]
pub fn KeysPage(
    /// What to show.
    page: Keys,
) -> impl IntoView {
    let Keys { keys, fresh, is_removed, fault, name } = page;
    let removed =
        is_removed.then(|| view! { <NoticeBox text="La clé est retirée. Elle n’ouvre plus rien." done=true /> });
    let fresh = fresh.map(|token| {
        view! {
            <section class="form decision" aria-labelledby="neuve">
                <h2 id="neuve">"La nouvelle clé"</h2>
                <NoticeBox text="Copiez-la maintenant : elle ne sera plus jamais montrée." done=true />
                <div class="field">
                    <label class="field-label" for="cle">"Clé"</label>
                    <input class="input" id="cle" readonly value=token />
                </div>
            </section>
        }
    });
    let line = fault.map(|fault| Refused::of(fault).line("f-nom".to_owned()));
    let list = if keys.is_empty() {
        view! { <p class="quiet">"Aucune clé n’ouvre les chiffres de ce réseau."</p> }.into_any()
    } else {
        let items = keys.iter().map(item).collect_view();
        view! { <ul class="phones helplines">{items}</ul> }.into_any()
    };
    view! {
        <div class="report-head">
            <h1>"Clés d’accès"</h1>
            <p class="quiet">
                "Une clé laisse un logiciel, celui de la Caf par exemple, lire les chiffres de tout le réseau, année par année, sans rien pouvoir changer. Les petits nombres de jeunes y sont masqués\u{202f}; ni structure ni promeneur·euse n’y figure."
            </p>
            <p><a class="lone" href="/api/figures/v1/openapi.json" rel="external">"La description technique, pour ce logiciel"</a></p>
            {removed}
        </div>
        {fresh}
        {list}
        <section class="form decision" aria-labelledby="donner">
            <h2 id="donner">"Donner une clé"</h2>
            <form class="form" method="post" action=KEYS aria-labelledby="donner">
                <div class="field">
                    <label class="field-label" for="nom">"Pour qui" " " <span class="quiet">"obligatoire"</span></label>
                    <input
                        class="input"
                        id="nom"
                        name="nom"
                        required
                        autocomplete="off"
                        maxlength=NAME_LENGTH.to_string()
                        value=name
                        aria-invalid=fault.map(|_| "true")
                        aria-describedby=fault.map(|_| "f-nom")
                    />
                    {line}
                </div>
                <p><button class="btn btn-primary">"Donner"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn item(key: &Key) -> AnyView {
    let name = key.name.clone();
    view! {
        <li>
            <p><b>{name.clone()}</b></p>
            <p>{format!("Donnée le {} par {}", fr::date(key.on), key.by)}</p>
            <form method="post" action=format!("{KEYS}/{}/retirer", key.id) aria-label=format!("Retirer la clé de {name}")>
                <button class="btn btn-quiet btn-small btn-danger">
                    "Retirer" <span class="sr-only">" la clé de " {name.clone()}</span>
                </button>
            </form>
        </li>
    }
    .into_any()
}
