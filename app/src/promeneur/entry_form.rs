//! `/app/saisie/:id`: correcting a record, or seeing why it cannot be corrected here.

use leptos::prelude::*;

use super::{
    add,
    carnet::Carnet,
    choose::Choose,
    entry_line::problem_line,
    frame::{Frame, waiting},
    intervention_form::InterventionForm,
    line::Line,
    presence_form::PresenceForm,
    record_form::record_form,
    sheet::{FormDesk, Opened},
    statement::{self, statement_form},
    way::{Place, Way},
};
use crate::{
    domain::{ids::RecordId, record::Draft},
    sync::outbox::EntryState,
    ui::empty::empty_screen,
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
    let may_open = untrack(|| {
        draft.as_ref().is_none_or(|form| carnet.may_resume(form))
            && line.as_ref().is_none_or(|line| carnet.may_open(line))
    });
    if !may_open {
        // Until the server is heard of.
        let screen = move || match carnet.waits.get() {
            Some(_) => waiting(),
            None => view! { <EditEntry id=id /> }.into_any(),
        };
        return screen.into_any();
    }
    match (draft, line) {
        // A question comes before whatever was begun: what is typed there stays a draft.
        (_, Some(line)) if line.entry.state == EntryState::Conflict => {
            let line = (*line).clone();
            view! { <Frame title="Modifiée aussi ailleurs"><Choose line=line /></Frame> }.into_any()
        }
        (Some(form), line) => {
            let opened = Opened { id, is_new: form.is_new, seen: form.seen, back: back(carnet, form.is_new) };
            edit(carnet, form.draft, opened, line.and_then(|line| problem_line(&line.entry)))
        }
        (None, Some(line)) => open(carnet, id, &line),
        (None, None) => nothing(),
    }
}

/// The list that one came from; without one, this evening for what is new, and the journal for what is not.
fn back(carnet: Carnet, is_new: bool) -> String {
    let before = Way::here().list_before();
    if before.as_deref().is_some_and(|before| matches!(Place::of(before), Place::Add(_))) {
        // The day that was chosen there last.
        return add::back(carnet.added_to.get_value().map(|(day, _)| day));
    }
    before.unwrap_or_else(|| if is_new { "/app" } else { "/app/journal" }.to_owned())
}

fn open(carnet: Carnet, id: RecordId, line: &Line) -> AnyView {
    match &line.draft {
        Some(draft) if !line.newer => {
            let seen = Some(line.entry.body.clone());
            // What is to be corrected, or asked, stands above what answers it.
            edit(
                carnet,
                draft.clone(),
                Opened { id, is_new: false, seen, back: back(carnet, false) },
                problem_line(&line.entry),
            )
        }
        _ => view! {
            <Frame title="Saisie plus récente">
                {empty_screen(
                    "info",
                    "Saisie d’une version plus récente",
                    "Elle est gardée telle quelle. Mettez l’application à jour pour la modifier ici.",
                    "/app/journal",
                    "Revenir au journal",
                )}
            </Frame>
        }
        .into_any(),
    }
}

fn edit(carnet: Carnet, draft: Draft, opened: Opened, notice: Option<AnyView>) -> AnyView {
    match draft {
        Draft::Intervention(draft) => {
            view! { <InterventionForm desk=FormDesk::new(carnet, opened) initial=*draft notice=notice /> }.into_any()
        }
        Draft::Presence(draft) => {
            view! { <PresenceForm desk=FormDesk::new(carnet, opened) initial=draft notice=notice /> }.into_any()
        }
        Draft::Statement(draft) => {
            let opened = Opened { back: statement::back(draft.month), ..opened };
            statement_form(FormDesk::new(carnet, opened), draft, notice)
        }
        draft => record_form(FormDesk::new(carnet, opened), draft, notice),
    }
}

fn nothing() -> AnyView {
    view! {
        <Frame title="Saisie introuvable">
            {empty_screen(
                "journal",
                "Cette saisie n’est plus là",
                "Elle a été supprimée, ou elle n’est pas encore arrivée sur ce téléphone.",
                "/app/journal",
                "Revenir au journal",
            )}
        </Frame>
    }
    .into_any()
}
