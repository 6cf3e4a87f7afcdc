//! « Que faisons-nous ? »: interventions by type (I2).

use super::{
    Chart, Section, Voice,
    fact::{Wording, main_fact, parts_of},
};
use crate::{
    domain::{
        fr,
        indicators::{Indicator, Sums},
        taxonomy::{InterventionType, label_of},
    },
    ui::bar_chart::Bar,
};

/// The words of whatever divides the interventions.
pub(super) const WORDING: Wording = Wording {
    nothing: "Aucune intervention n’est notée sur cette période.",
    of_all: "des interventions",
    single: Some("Une seule intervention"),
    amount: |count| fr::count(count, "intervention", "interventions"),
};

/// The bars of all types, zero included, from the most frequent.
pub fn bars(sums: &Sums) -> Vec<Bar> {
    Bar::ranked(sums.types().into_iter().map(|(code, count)| (label_of::<InterventionType>(code), count)), None)
}

/// The main fact, in a sentence.
pub fn fact(bars: &[Bar]) -> String {
    main_fact(&parts_of(bars, fr::small), &WORDING)
}

/// The section.
pub fn section(sums: &Sums, voice: Voice) -> Section {
    let bars = bars(sums);
    let count = sums.interventions();
    let total = fr::count(count, "intervention, un seul type", "interventions, un seul type chacune");
    Section {
        id: "quoi",
        heading: voice.pick("Que faisons-nous\u{202f}?", "Quoi\u{202f}?"),
        fact: fact(&bars),
        quiet: (count > 0).then(|| format!("{total}.")).into_iter().collect(),
        indicators: vec![Indicator::I2],
        chart: Chart::of_bars("Interventions par type", "Type", bars, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{coded::Code, measure::Measure};

    fn sums(counts: &[(&str, i64)]) -> Sums {
        let mut sums = Sums::default();
        for (code, count) in counts {
            sums.add(Measure::Interventions.code(), code, *count);
        }
        sums
    }

    #[test]
    fn every_type_has_a_bar_and_so_has_one_of_a_newer_release() {
        let bars = bars(&sums(&[("listen", 3), ("hologram", 2)]));
        assert_eq!(bars.len(), 7);
        assert_eq!((bars[0].label.as_str(), bars[0].share), ("Offrir une écoute", 60));
        assert_eq!((bars[1].label.as_str(), bars[1].share), ("hologram", 40));
    }

    #[test]
    fn the_sentence_speaks_of_the_types() {
        let said = |counts: &[(&str, i64)]| fact(&bars(&sums(counts)));
        assert_eq!(said(&[]), "Aucune intervention n’est notée sur cette période.");
        assert_eq!(said(&[("listen", 1)]), "Une seule intervention\u{202f}: offrir une écoute.");
        assert_eq!(
            said(&[("listen", 2), ("inform", 2)]),
            "À égalité\u{202f}: communiquer une information et offrir une écoute, 2 interventions chaque fois."
        );
        assert_eq!(
            said(&[("listen", 6), ("inform", 3), ("reach_out", 1)]),
            "D’abord offrir une écoute\u{202f}: 60\u{202f}% des interventions\u{202f}; puis communiquer une information, 30\u{202f}%."
        );
    }
}
