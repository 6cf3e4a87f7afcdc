//! What this person usually chooses, so that it comes first. Computed from their own entries, on the phone.

use std::sync::Arc;

use leptos::prelude::*;

use super::{carnet::Carnet, line::Line};
use crate::{
    domain::{
        coded::{Code, Coded},
        intervention::InterventionDraft,
        order::sort_short,
        other::Other,
        record::Draft,
        taxonomy::{InterventionType, Network, Theme},
    },
    ui::chip_row::Choice,
};

/// How many of the newest entries make the habits of a person: some evenings. No more of them are read before the first
/// screen (frontend/boot/notebook.js).
const NEWEST: usize = 40;
/// Networks offered first.
pub const FIRST_NETWORKS: usize = 5;
/// How many earlier words for « Autre » are offered.
const MOST_EARLIER: usize = 4;
/// Themes offered first.
const FIRST_THEMES: usize = 6;

fn recent(carnet: Carnet) -> Vec<InterventionDraft> {
    carnet.lines.with_untracked(|lines| {
        let newest = lines.values().rev().take(NEWEST).filter(|line| !line.entry.deleted);
        newest.filter_map(|line| line.intervention().cloned()).collect()
    })
}

/// The values by how often they occur, in the domain's order where that is equal, then in the order of `defaults`.
fn ranked<T: Code>(seen: &[T], defaults: &[T], most: usize) -> Vec<T> {
    let count = |value: &T| seen.iter().filter(|other| *other == value).count();
    let mut by_use: Vec<(usize, T)> = T::ALL.iter().map(|value| (count(value), *value)).collect();
    by_use.retain(|(count, _)| *count > 0);
    sort_short(&mut by_use, |a, b| a.0 > b.0);
    let used = by_use.iter().map(|(_, value)| *value);
    let rest = defaults.iter().copied().filter(|value| !seen.contains(value));
    used.chain(rest).take(most).collect()
}

/// The networks to offer first, at most so many.
pub fn networks(carnet: Carnet, most: usize) -> Vec<Network> {
    let defaults = [Network::Instagram, Network::Snapchat, Network::Discord, Network::Whatsapp, Network::Tiktok];
    let mut seen: Vec<Network> =
        recent(carnet).into_iter().filter_map(|draft| draft.network.and_then(|code| code.known())).collect();
    carnet.lines.with_untracked(|lines| {
        let networks = lines.values().rev().take(NEWEST).filter_map(|line| line.presence());
        seen.extend(networks.flat_map(|presence| presence.networks.iter().filter_map(Coded::known)));
    });
    // Whoever is present somewhere now notes what happens there.
    let running = untrack(|| carnet.running());
    let mut first: Vec<Network> =
        running.iter().flat_map(|(_, presence)| presence.networks.iter().filter_map(Coded::known)).collect();
    let usual = ranked(&seen, &defaults, most).into_iter().filter(|network| !first.contains(network));
    let usual: Vec<Network> = usual.collect();
    first.extend(usual);
    first.truncate(most);
    first
}

/// The themes to offer first for a type.
fn themes(carnet: Carnet, kind: InterventionType) -> Vec<Theme> {
    let defaults: &[Theme] = match kind {
        InterventionType::Inform | InterventionType::PromoteStructure => {
            &[Theme::StructureLife, Theme::LocalEvents, Theme::Leisure, Theme::EmploymentTraining, Theme::Rights]
        }
        InterventionType::SupportProject => {
            &[Theme::Project, Theme::EmploymentTraining, Theme::Schooling, Theme::Mobility]
        }
        InterventionType::Listen => &[Theme::IllBeing, Theme::Family, Theme::Schooling, Theme::Violence],
        InterventionType::MaintainLink | InterventionType::ReachOut => {
            &[Theme::Informal, Theme::DailyLife, Theme::Leisure, Theme::Schooling]
        }
    };
    let used = recent(carnet).into_iter().filter(|draft| draft.kind.as_ref().is_some_and(|code| code.is(kind)));
    let seen: Vec<Theme> = used.flat_map(|draft| draft.themes.into_iter().filter_map(|code| code.known())).collect();
    let fallback =
        [Theme::Informal, Theme::DailyLife, Theme::Schooling, Theme::IllBeing, Theme::Family, Theme::Leisure];
    let all: Vec<Theme> =
        defaults.iter().chain(fallback.iter().filter(|theme| !defaults.contains(theme))).copied().collect();
    ranked(&seen, &all, FIRST_THEMES)
}

/// The themes as choices: those to offer first for a type, and the others.
pub fn theme_choices(carnet: Carnet, kind: InterventionType) -> (Vec<Choice>, Vec<Choice>) {
    let first = themes(carnet, kind);
    let chip = |theme: &Theme| (theme.code().to_owned(), theme.short_label().to_owned());
    let rest = Theme::ALL.iter().filter(|theme| !first.contains(theme)).map(chip).collect();
    (first.iter().map(chip).collect(), rest)
}

/// What « Autre » has meant, the latest first, each once.
pub fn earlier(carnet: Carnet, of: Other) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    carnet.lines.with_untracked(|lines| {
        // What may not be read again is not offered either.
        let readable = |line: &&Arc<Line>| !line.entry.deleted && untrack(|| carnet.may_read(line.day()));
        for line in lines.values().rev().filter(readable) {
            let [network, theme] = line.draft.as_ref().map(Draft::others).unwrap_or_default();
            let text = match of {
                Other::Network => network,
                Other::Theme => theme,
            };
            told.extend(text.filter(|text| !told.contains(text)).cloned());
            if told.len() == MOST_EARLIER {
                break;
            }
        }
    });
    told
}

/// The intervention noted last, whatever its type.
pub fn latest(carnet: Carnet) -> Option<InterventionDraft> {
    carnet.lines.with(|lines| {
        let mut newest_first = lines.values().rev().filter(|line| !line.entry.deleted && !line.newer);
        newest_first.find(|line| line.intervention().is_some() && carnet.may_read(line.day()))?.intervention().cloned()
    })
}

/// The last intervention of a type, for the defaults that are « as last time ».
pub fn last(carnet: Carnet, kind: InterventionType) -> Option<InterventionDraft> {
    recent(carnet).into_iter().find(|draft| draft.kind.as_ref().is_some_and(|code| code.is(kind)))
}
