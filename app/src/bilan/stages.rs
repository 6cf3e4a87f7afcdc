//! « Où en sont les projets ? »: projects and pathways under way, by stage (I1d, I4).

use super::{Chart, Section};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::Indicator,
        taxonomy::{ProjectStage, label_of},
    },
    ui::bar_chart::Bar,
};

/// Every stage in the domain's order, those without a project too, then the codes of newer releases.
pub fn in_order(stages: &[(String, i64)]) -> Vec<(String, i64)> {
    by_stage(stages).into_iter().map(|(code, count)| (label_of::<ProjectStage>(&code), count)).collect()
}

/// The same by the codes of the stages.
pub fn by_stage(stages: &[(String, i64)]) -> Vec<(String, i64)> {
    let of = |code: &str| stages.iter().find(|(stage, _)| stage == code).map_or(0, |(_, count)| *count);
    let known = ProjectStage::ALL.iter().map(|stage| (stage.code().to_owned(), of(stage.code())));
    let newer = stages.iter().filter(|(code, _)| ProjectStage::from_code(code).is_none());
    known.chain(newer.cloned()).collect()
}

fn fact(parts: &[(String, i64)]) -> String {
    let all: i64 = parts.iter().map(|(_, count)| count).sum();
    let most = parts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let names: Vec<String> =
        parts.iter().filter(|(_, count)| *count == most).map(|(label, _)| fr::small(label)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match (all, names.as_slice()) {
        (0, _) => "Aucun projet ni suivi de parcours n’a été mené sur la période.".to_owned(),
        (1, names) => format!("Un seul projet ou suivi de parcours mené sur la période{NNBSP}: {}.", fr::list(names)),
        (all, [name]) => format!(
            "{} projets et suivis de parcours menés sur la période{NNBSP}; le plus souvent{NNBSP}: {name}, {}.",
            fr::integer(all),
            fr::integer(most)
        ),
        (all, names) => format!(
            "{} projets et suivis de parcours menés sur la période{NNBSP}; à égalité{NNBSP}: {}, {} chaque fois.",
            fr::integer(all),
            fr::list(names),
            fr::integer(most)
        ),
    }
}

/// The section, of the stages with how many projects and pathways of the period are at each.
pub fn section(stages: &[(String, i64)]) -> Section {
    let parts = in_order(stages);
    let fact = fact(&parts);
    let bars = Bar::in_order(parts);
    Section {
        id: "projets",
        heading: "Où en sont les projets\u{202f}?",
        fact,
        quiet: (!bars.is_empty())
            .then(|| "L’étape est celle que dit la saisie aujourd’hui.".to_owned())
            .into_iter()
            .collect(),
        indicators: vec![Indicator::I1d, Indicator::I4],
        chart: Chart::of_bars("Projets et suivis par étape", "Étape", bars, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(stages: &[(&str, i64)]) -> Vec<(String, i64)> {
        stages.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
    }

    #[test]
    fn stages_stand_in_their_order_and_newer_ones_after_them() {
        let section = section(&stages(&[("realisation", 3), ("dormant", 1), ("emergence", 2)]));
        assert_eq!(
            section.fact,
            "6 projets et suivis de parcours menés sur la période\u{202f}; le plus souvent\u{202f}: réalisation, 3."
        );
        let Some(Chart::Bars(chart)) = section.chart else { panic!("bars") };
        let seen: Vec<(&str, i64)> = chart.bars.iter().map(|bar| (bar.label.as_str(), bar.value)).collect();
        assert_eq!(
            seen,
            [
                ("Émergence", 2),
                ("Formalisation", 0),
                ("Réalisation", 3),
                ("Abouti", 0),
                ("Abandonné", 0),
                ("dormant", 1)
            ]
        );
    }

    #[test]
    fn none_one_and_equals() {
        let said = |counts: &[(&str, i64)]| section(&stages(counts)).fact;
        assert_eq!(said(&[]), "Aucun projet ni suivi de parcours n’a été mené sur la période.");
        assert_eq!(
            said(&[("completed", 1)]),
            "Un seul projet ou suivi de parcours mené sur la période\u{202f}: abouti."
        );
        assert_eq!(
            said(&[("completed", 2), ("emergence", 2)]),
            "4 projets et suivis de parcours menés sur la période\u{202f}; à égalité\u{202f}: émergence et abouti, 2 chaque fois."
        );
    }
}
