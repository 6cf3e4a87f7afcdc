//! Two versions of one record, of which the person keeps one.

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    details::initiator,
    entry_line::{meta_of, time_of, title_of},
    line::Line,
    way::Way,
};
use crate::domain::{
    coded::{Code, Coded},
    fr::{self, NNBSP},
    people::{AgeBands, Genders},
    record::{Body, Draft},
};

/// Two versions of one record, side by side: the person chooses.
#[component]
pub fn Choose(
    /// The record.
    line: Line,
) -> impl IntoView {
    let carnet = Carnet::open();
    let id = line.entry.id;
    let mine = line.draft.clone();
    let theirs = line.entry.theirs.clone();
    let their_draft = theirs
        .as_ref()
        .and_then(|theirs| theirs.body.as_deref())
        .and_then(|body| Body::from_json(body).ok())
        .map(|body| body.draft);
    let removed_elsewhere = theirs.as_ref().is_some_and(|theirs| theirs.deleted);
    let removed_here = line.entry.deleted;
    let by = theirs.and_then(|theirs| theirs.by);
    let changed = format!(
        "Cette saisie a été changée sur ce téléphone et {}. Choisissez celle que vous gardez{NNBSP}; l’autre ne comptera plus.",
        by.as_ref().map_or_else(|| "sur un autre appareil".to_owned(), |by| format!("par {by}"))
    );
    let where_else = by.map_or_else(|| "Sur l’autre appareil".to_owned(), |by| format!("Par {by}"));
    let way = Way::here();
    let leave = move || way.go("/app/journal", true);
    let kept = mine.clone();
    // The way back is the other version; of what was removed there is none but the notebook's own.
    let has_way_back = !removed_here && !removed_elsewhere;
    // What lies in a presence follows the hours that it has now (I7).
    let is_presence = matches!(mine, Some(Draft::Presence(_)));
    let fit = move || {
        if is_presence {
            carnet.fit(id);
        }
    };
    let done = move |other: Option<Draft>| {
        fit();
        leave();
        let set = move |draft: Draft| {
            carnet.act(carnet.set(id, draft, None), move |_| {
                fit();
                carnet.say_undone();
            });
        };
        let undo = other.filter(|_| has_way_back).map(|other| Callback::new(move |()| set(other.clone())));
        carnet.say("C’est choisi.", undo);
    };
    let (others, own) = (their_draft.clone(), mine.clone());
    // Knowingly, over what the other device wrote.
    let keep_mine = move |_| match (kept.clone(), others.clone()) {
        (Some(_), _) if removed_here => carnet.remove(&line, None, move |_| done(None)),
        (Some(draft), others) => carnet.act(carnet.set(id, draft, None), move |_| done(others)),
        (None, _) => {}
    };
    let take_theirs = move |_| {
        let (work, own) = (carnet.port.with_value(|port| port.accept_theirs(id)), own.clone());
        carnet.act(work, move |()| done(own));
    };
    let mine_words = if removed_here { "Supprimer quand même" } else { "Garder celle-ci" };
    let theirs_words = if removed_elsewhere { "La supprimer ici aussi" } else { "Prendre celle-ci" };
    view! {
        <div class="page-title"><h1>"Modifiée aussi ailleurs"</h1></div>
        <p>{changed}</p>
        <section class="stack">
            <h2>"Sur ce téléphone"</h2>
            <Version draft=mine.clone() other=their_draft.clone() removed=removed_here />
            <button type="button" class="btn btn-primary btn-wide" on:click=keep_mine>{mine_words}</button>
        </section>
        <section class="stack">
            <h2>{where_else}</h2>
            <Version draft=their_draft other=mine removed=removed_elsewhere />
            <button type="button" class="btn btn-wide" on:click=take_theirs>{theirs_words}</button>
        </section>
    }
}

/// One of two versions: what it is, and what it holds besides that the other does not.
#[component]
fn Version(draft: Option<Draft>, other: Option<Draft>, removed: bool) -> impl IntoView {
    let day = draft.as_ref().and_then(Draft::day).map(fr::date);
    let (mut others, other_note) = details_of(other.as_ref());
    others.extend(time_of(other.as_ref()));
    let (mut own, note) = details_of(draft.as_ref());
    own.extend(time_of(draft.as_ref()));
    own.retain(|text| !others.contains(text));
    let note = note.filter(|note| other_note.as_ref() != Some(note));
    view! {
        <div>
            <p>
                {if removed { "Supprimée".to_owned() } else { title_of(draft.as_ref()) }} " · " {day} " · "
                {meta_of(draft.as_ref())}
            </p>
            {told(&own, note)}
        </div>
    }
}

/// What else a record holds, under its title.
pub(super) fn told(parts: &[String], note: Option<String>) -> AnyView {
    let parts = (!parts.is_empty()).then(|| view! { <p class="quiet">{parts.join(" · ")}</p> });
    let note = note.map(|note| view! { <p class="quiet words-text"><q>{note}</q></p> });
    (parts, note).into_any()
}

fn add<'a, T: Code>(parts: &mut Vec<String>, values: impl IntoIterator<Item = &'a Coded<T>>) {
    for value in values {
        parts.push(value.label().to_owned());
    }
}

fn met(count: Option<i64>) -> Option<String> {
    count.filter(|count| *count > 0).map(|count| format!("Rencontrés pour la première fois{NNBSP}: {count}"))
}

/// What a record holds besides its title and the line under it, each in words; and its note.
pub(super) fn details_of(draft: Option<&Draft>) -> (Vec<String>, Option<String>) {
    let mut parts: Vec<String> = Vec::new();
    let note = match draft {
        Some(Draft::Intervention(it)) => {
            let ages = it.age_bands.iter().flat_map(AgeBands::each).filter(|(_, _, count)| *count > 0);
            add(&mut parts, &it.themes);
            add(&mut parts, &it.outcomes);
            add(&mut parts, &it.channel);
            add(&mut parts, &it.setting);
            add(&mut parts, &it.detail);
            add(&mut parts, &it.reach);
            add(&mut parts, &it.known_from);
            add(&mut parts, &it.referral_kinds);
            parts.extend(it.initiator.iter().map(|by| format!("À l’initiative de{NNBSP}: {}", initiator(by))));
            let first = it.first_this_year_count.filter(|count| *count > 0);
            parts.extend(first.map(|count| format!("Première fois cette année{NNBSP}: {count}")));
            parts.extend(met(it.met_after_online_count));
            parts.extend(it.audience.iter().filter(|_| !it.counts_young()).map(|audience| audience.label().to_owned()));
            let genders = it.gender.iter().flat_map(Genders::each).filter(|(_, _, count)| *count > 0);
            parts.extend(ages.chain(genders).map(|(_, label, count)| format!("{label}{NNBSP}: {count}")));
            &it.note
        }
        Some(Draft::Presence(it)) => &it.note,
        Some(Draft::Meeting(it)) => {
            parts.extend(met(it.met_after_online_count));
            add(&mut parts, &it.themes);
            &it.note
        }
        Some(Draft::Project(it)) => {
            parts.extend(it.title.clone());
            add(&mut parts, &it.kind);
            add(&mut parts, &it.theme);
            add(&mut parts, &it.origin);
            add(&mut parts, &it.setting);
            parts.extend(it.ended_on.map(|day| format!("Terminé le {}", fr::date(day))));
            &it.note
        }
        Some(Draft::Statement(it)) => {
            parts.extend([&it.difficulties, &it.training_wishes].into_iter().flatten().cloned());
            &it.highlight
        }
        Some(Draft::AccountSnapshot(_)) | None => &None,
    };
    parts.extend(draft.iter().flat_map(|draft| draft.others()).flatten().cloned());
    (parts, note.clone())
}
