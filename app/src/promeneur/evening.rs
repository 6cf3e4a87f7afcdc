//! « Ce soir »: the presence, the six tiles, and what was noted since it got dark.

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    entry_line::{entry_lines, meta_of, title_of},
    frame::Frame,
    habits, install,
    port::FormDraft,
    presence_card::PresenceCard,
    record_form::kinds,
    resumed::left_at,
    statement,
    sync_line::SyncLine,
};
use crate::{
    domain::{
        fr::{self, NNBSP},
        indicators::count_of,
        record::Draft,
    },
    ui::{
        icon::{Chevron, Icon},
        tiles::Tiles,
    },
};

/// `/app`.
#[component]
pub fn Evening(
    /// Whether it is in sight, and not behind a form.
    shown: Signal<bool>,
) -> impl IntoView {
    let carnet = Carnet::open();
    let tonight = Memo::new(move |_| {
        let evening = carnet.this_evening();
        carnet.lines.with(|lines| {
            // Ids are ordered by time: the latest first.
            let noted = lines
                .values()
                .rev()
                .filter(|line| line.is_shown() && line.day() == evening && carnet.may_read(evening));
            noted
                .filter(|line| line.presence().is_none_or(|presence| presence.ended_at.is_some()))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let nothing = Memo::new(move |_| tonight.with(Vec::is_empty));
    let noted = move || {
        if nothing.get() {
            view! { <p class="quiet">"Ce que vous noterez ce soir apparaîtra ici."</p> }.into_any()
        } else {
            entry_lines(tonight)
        }
    };
    view! {
        <Frame title="Ce soir" class="evening" shown=shown>
            <Unfinished shown=shown />
            <SyncLine />
            <div class="evening-first">
                <PresenceCard />
                <Tiles aside=again(carnet) />
            </div>
            <section class="today" aria-labelledby="deja">
                <h2 id="deja">"Déjà noté ce soir"</h2>
                {noted}
            </section>
            {statement::reminder(carnet)}
            {kinds(None)}
            {install::offer(carnet)}
        </Frame>
    }
}

/// The way to note once more what was noted last.
fn again(carnet: Carnet) -> AnyView {
    let last = Memo::new(move |_| habits::latest(carnet).map(|it| Draft::Intervention(Box::new(it))));
    let link = move || {
        last.get().map(|draft| {
            let what = format!("{NNBSP}: {} · {}", title_of(Some(&draft)), meta_of(Some(&draft)));
            view! {
                <a class="again" href="/app/noter/encore">
                    <Icon name="repeat" />
                    "Comme la dernière fois"
                    <span class="sr-only">{what}</span>
                </a>
            }
        })
    };
    link.into_any()
}

/// Where a draft's form is: of this very draft, there may be others of its kind.
pub fn address_of(form: &FormDraft) -> String {
    format!("/app/saisie/{}", form.id)
}

/// Drafts that wait to be finished.
#[component]
pub fn Unfinished(
    /// Whether the screen that they stand on is in sight.
    #[prop(default = Signal::stored(true))]
    shown: Signal<bool>,
) -> impl IntoView {
    let carnet = Carnet::open();
    // What is being typed in the form before it is not drawn behind it.
    let drafts = Memo::new(
        move |before: Option<&Vec<FormDraft>>| {
            if shown.get() { carnet.drafts.get() } else { before.cloned().unwrap_or_default() }
        },
    );
    move || {
        let mut shown: Vec<FormDraft> = drafts.get().into_iter().filter(|form| carnet.may_resume(form)).collect();
        let newest = shown.pop().map(|form| view! { <UnfinishedOne form=form /> });
        // What is left of an evening of interruptions must not push that evening off the screen.
        let count = count_of(shown.len());
        let others = (count > 0).then(|| {
            let older = shown.into_iter().rev().map(|form| view! { <UnfinishedOne form=form /> }).collect_view();
            view! {
                <details class="older">
                    <summary>{fr::count(count, "autre brouillon", "autres brouillons")} <Chevron /></summary>
                    <div class="stack">{older}</div>
                </details>
            }
        });
        (newest, others)
    }
}

#[component]
fn UnfinishedOne(form: FormDraft) -> impl IntoView {
    let carnet = Carnet::open();
    let href = address_of(&form);
    let title = title_of(Some(&form.draft));
    let when = left_at(carnet, form.touched_at);
    let id = form.id;
    let which = format!(" ce brouillon{NNBSP}: {title}, {when}");
    let drop = move |_| {
        let before = form.clone();
        let work = carnet.port.with_value(|port| port.drop_draft(id));
        carnet.act(work, move |()| {
            let undo = Callback::new(move |()| {
                let work = carnet.port.with_value(|port| port.keep_draft(FormDraft { open: false, ..before.clone() }));
                carnet.act(work, move |()| carnet.say_undone());
            });
            carnet.say_deleted("Brouillon effacé.", undo);
        });
    };
    view! {
        // No landmark: of several all would have one name.
        <div class="notice" role="group" aria-labelledby=format!("b-{id}")>
            <Icon name="draft" />
            <div>
                <h2 id=format!("b-{id}")>"Brouillon à reprendre"</h2>
                <p>{title} " · " {when}</p>
            </div>
            <div class="actions">
                <a class="btn btn-small" href=href>
                    "Reprendre" <span class="sr-only">{which.clone()}</span>
                </a>
                <button type="button" class="btn btn-quiet btn-small" on:click=drop>
                    "Effacer" <span class="sr-only">{which}</span>
                </button>
            </div>
        </div>
    }
}
