//! `/app/saisie/:id`: correcting a record, or seeing why it cannot be corrected here.

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    choose::Choose,
    frame::Frame,
    intervention_form::InterventionForm,
    line::Line,
    presence_form::PresenceForm,
    sheet::{FormDesk, Opened},
    way::Way,
};
use crate::{
    domain::{ids::RecordId, record::Draft},
    sync::outbox::EntryState,
    ui::icon::Icon,
};

/// The form of the record in the address.
#[component]
pub fn EditEntry(
    /// The record.
    id: RecordId,
) -> impl IntoView {
    let carnet = Carnet::open();
    let draft = carnet.drafts.with_untracked(|drafts| drafts.iter().find(|draft| draft.id == id).cloned());
    let line = untrack(|| carnet.line(id)).filter(|line| line.is_shown());
    match (draft, line) {
        // A question comes before whatever was begun: what is typed there stays a draft.
        (_, Some(line)) if line.entry.state == EntryState::Conflict => {
            let line = (*line).clone();
            view! { <Frame title="Modifiée aussi ailleurs"><Choose line=line /></Frame> }.into_any()
        }
        (Some(form), _) => {
            edit(carnet, form.draft, Opened { id, is_new: form.is_new, seen: form.seen, back: back(form.is_new) })
        }
        (None, Some(line)) => open(carnet, id, &line),
        (None, None) => nothing(),
    }
}

/// The list that one came from; without one, this evening for what is new, and the journal for what is not.
fn back(is_new: bool) -> &'static str {
    let way = Way::here();
    if way.came_from("/app") || (is_new && !way.came_from("/app/journal")) { "/app" } else { "/app/journal" }
}

fn open(carnet: Carnet, id: RecordId, line: &Line) -> AnyView {
    match &line.draft {
        Some(draft) if !line.newer => {
            let seen = Some(line.entry.body.clone());
            edit(carnet, draft.clone(), Opened { id, is_new: false, seen, back: back(false) })
        }
        _ => view! {
            <Frame title="Saisie plus récente">
                <div class="empty">
                    <div class="halo"><Icon name="info" /></div>
                    <h2>"Saisie d’une version plus récente"</h2>
                    <p>"Elle est gardée telle quelle. Mettez l’application à jour pour la modifier ici."</p>
                    <a class="btn" href="/app/journal">"Revenir au journal"</a>
                </div>
            </Frame>
        }
        .into_any(),
    }
}

fn edit(carnet: Carnet, draft: Draft, opened: Opened) -> AnyView {
    match draft {
        Draft::Intervention(draft) => {
            view! { <InterventionForm desk=FormDesk::new(carnet, opened) initial=*draft /> }.into_any()
        }
        Draft::Presence(draft) => {
            view! { <PresenceForm desk=FormDesk::new(carnet, opened) initial=draft /> }.into_any()
        }
        Draft::Meeting(_) | Draft::Project(_) | Draft::AccountSnapshot(_) => view! {
            <Frame title="Saisie">
                <div class="empty">
                    <div class="halo"><Icon name="info" /></div>
                    <h2>"Cette saisie ne se modifie pas encore sur ce téléphone"</h2>
                    <p>"Elle est gardée et comptée."</p>
                    <a class="btn" href="/app/journal">"Revenir au journal"</a>
                </div>
            </Frame>
        }
        .into_any(),
    }
}

fn nothing() -> AnyView {
    view! {
        <Frame title="Saisie introuvable">
            <div class="empty">
                <div class="halo"><Icon name="journal" /></div>
                <h2>"Cette saisie n’est plus là"</h2>
                <p>"Elle a été supprimée, ou elle n’est pas encore arrivée sur ce téléphone."</p>
                <a class="btn" href="/app/journal">"Revenir au journal"</a>
            </div>
        </Frame>
    }
    .into_any()
}
