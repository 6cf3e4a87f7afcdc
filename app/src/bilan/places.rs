//! « Où ? »: online interventions by network (I5).

use super::{
    Chart, Section,
    fact::{Wording, main_fact, parts_of},
};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, Sums},
        measure::Measure,
        taxonomy::{ChannelKind, Network, label_of},
    },
    ui::bar_chart::Bar,
};

const WORDING: Wording = Wording {
    nothing: "Aucune intervention en ligne n’est notée sur cette période.",
    of_all: "des interventions en ligne",
    single: Some("Une seule intervention en ligne"),
    amount: |count| fr::count(count, "intervention en ligne", "interventions en ligne"),
};

/// Interventions that took place face to face, on no network.
pub fn in_person(sums: &Sums) -> i64 {
    sums.of(Measure::Channels, ChannelKind::InPerson.code())
}

/// Where, in a sentence.
fn phrase(label: &str) -> String {
    let network = Network::ALL.iter().copied().find(|network| network.label() == label);
    match network {
        Some(Network::OnlineGame) => "dans un jeu en ligne".to_owned(),
        Some(Network::Forum) => "sur un forum".to_owned(),
        Some(Network::Blog) => "sur un blog ou un site".to_owned(),
        Some(Network::Email) => "par courriel".to_owned(),
        Some(Network::SmsPhone) => "par SMS ou téléphone".to_owned(),
        Some(Network::VideoCall) => "en visio".to_owned(),
        Some(Network::Other) => "sur un autre réseau".to_owned(),
        Some(known) => format!("sur {}", known.label()),
        None => format!("sur «{NNBSP}{label}{NNBSP}»"),
    }
}

/// The bars of the networks in use, from the most frequent, and what was online without a network.
pub fn bars(sums: &Sums) -> Vec<Bar> {
    let networks = sums.keys(Measure::Networks);
    let known: i64 = networks.iter().map(|(_, count)| count).sum();
    let unknown = sums.interventions() - in_person(sums) - known;
    Bar::ranked(
        networks.into_iter().map(|(code, count)| (label_of::<Network>(code), count)),
        Some(("Non précisé".to_owned(), unknown)),
    )
}

/// The main fact, in a sentence.
pub fn fact(bars: &[Bar]) -> String {
    main_fact(&parts_of(bars, phrase), &WORDING)
}

/// The section.
pub fn section(sums: &Sums) -> Section {
    let bars = bars(sums);
    let met = in_person(sums);
    let elsewhere = (met > 0).then(|| {
        let count = fr::count(
            met,
            "intervention en présentiel n’est pas comptée",
            "interventions en présentiel ne sont pas comptées",
        );
        format!("{count} ici.")
    });
    Section {
        id: "ou",
        heading: "Où\u{202f}?",
        fact: fact(&bars),
        quiet: elsewhere.into_iter().collect(),
        indicators: vec![Indicator::I5],
        chart: Chart::of_bars("Interventions en ligne par réseau", "Réseau", bars, true),
    }
}

/// I5 by space, private, group or public: in what form the interventions took place. Told by the office alone.
#[cfg(any(feature = "ssr", feature = "office"))]
pub fn spaces_section(sums: &Sums) -> Section {
    use super::acts;
    use crate::domain::{coded::Code, taxonomy::Space};
    let forms = sums.keys(Measure::Channels).into_iter().map(|(code, count)| (label_of::<ChannelKind>(code), count));
    let bars = Bar::ranked(forms, None);
    let named = |label: &str| format!("«{NNBSP}{label}{NNBSP}»");
    let online = |space: Space| -> i64 {
        let forms = sums.keys(Measure::Channels).into_iter();
        forms
            .filter(|(code, _)| ChannelKind::from_code(code).and_then(ChannelKind::space) == Some(space))
            .map(|it| it.1)
            .sum()
    };
    let by_space = [online(Space::Private), online(Space::Group), online(Space::Public)];
    let spaces = (by_space.iter().sum::<i64>() > 0).then(|| {
        let shares = fr::shares(&by_space);
        let told: Vec<String> = shares.iter().zip(by_space).map(|(share, count)| fr::share(*share, count)).collect();
        format!("En ligne{NNBSP}: {} en privé, {} en groupe, {} en public.", told[0], told[1], told[2])
    });
    Section {
        id: "espaces",
        heading: "Sous quelle forme\u{202f}?",
        fact: super::fact::main_fact(&parts_of(&bars, named), &acts::WORDING),
        quiet: spaces.into_iter().collect(),
        indicators: vec![Indicator::I5Space],
        chart: Chart::of_bars("Interventions par espace", "Espace", bars, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::bar_chart::BarKind;

    fn sums(networks: &[(&str, i64)], total: i64, in_person: i64) -> Sums {
        let mut sums = Sums::default();
        for (code, count) in networks {
            sums.add(Measure::Networks.code(), code, *count);
        }
        sums.add(Measure::Interventions.code(), "listen", total);
        sums.add(Measure::Channels.code(), "in_person", in_person);
        sums
    }

    #[test]
    fn what_is_online_without_a_network_is_shown_as_not_known() {
        let bars = bars(&sums(&[("snapchat", 2), ("instagram", 5), ("minitel", 1)], 12, 2));
        let seen: Vec<(&str, i64, BarKind)> =
            bars.iter().map(|bar| (bar.label.as_str(), bar.share, bar.kind)).collect();
        assert_eq!(
            seen,
            [
                ("Instagram", 50, BarKind::Main),
                ("Snapchat", 20, BarKind::Plain),
                ("minitel", 10, BarKind::Plain),
                ("Non précisé", 20, BarKind::Unknown),
            ]
        );
    }

    #[test]
    fn the_sentence_speaks_of_the_networks() {
        let said = |networks: &[(&str, i64)], total| fact(&bars(&sums(networks, total, 0)));
        assert_eq!(said(&[], 0), "Aucune intervention en ligne n’est notée sur cette période.");
        assert_eq!(said(&[("sms_phone", 1)], 1), "Une seule intervention en ligne\u{202f}: par SMS ou téléphone.");
        assert_eq!(said(&[("discord", 4)], 4), "Toujours sur Discord\u{202f}: 4 interventions en ligne.");
        assert_eq!(
            said(&[("discord", 4), ("minitel", 4)], 8),
            "À égalité\u{202f}: sur Discord et sur «\u{202f}minitel\u{202f}», 4 interventions en ligne chaque fois."
        );
        assert_eq!(
            said(&[("discord", 1), ("instagram", 6), ("online_game", 3)], 10),
            "D’abord sur Instagram\u{202f}: 60\u{202f}% des interventions en ligne\u{202f}; puis dans un jeu en ligne, 30\u{202f}%."
        );
    }
}
