//! « De quoi parle-t-on ? » and « Avec quelles suites ? »: breakdowns in which one intervention may stand several times
//! (I6, I8, I9), so that the shares are of the interventions and sum to more than 100 %.

use super::{Chart, Section, Voice};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, Sums},
        measure::Measure,
        order::sort_short,
        taxonomy::{Outcome, ReferralKind, Theme, label_of},
    },
    ui::bar_chart::Bar,
};

/// The bars of the themes noted, from the most frequent.
pub fn themes(sums: &Sums) -> Vec<Bar> {
    let parts = sums.keys(Measure::Themes).into_iter().map(|(code, count)| (label_of::<Theme>(code), count));
    Bar::of_base(parts, sums.interventions())
}

/// The bars of what came of the interventions, from the most frequent; « aucune suite » is none.
pub fn outcomes(sums: &Sums) -> Vec<Bar> {
    let parts = sums.keys(Measure::Outcomes).into_iter().filter(|(code, _)| *code != Outcome::None.code());
    Bar::of_base(parts.map(|(code, count)| (label_of::<Outcome>(code), count)), sums.interventions())
}

/// What leads, in a sentence: « Famille, parentalité dans 42 % des interventions, … ».
fn lead(bars: &[Bar], nothing: &str) -> String {
    let said: Vec<String> = bars
        .iter()
        .take(2)
        .map(|bar| format!("«{NNBSP}{}{NNBSP}» dans {} des interventions", bar.label, bar.share_text()))
        .collect();
    match said.as_slice() {
        [] => nothing.to_owned(),
        [one] => format!("{}.", fr::capital(one)),
        [one, other, ..] => format!("{}, {other}.", fr::capital(one)),
    }
}

/// I9, in a sentence; none without interventions.
pub fn initiative(sums: &Sums) -> Option<String> {
    let share = sums.young_initiated_share()?;
    Some(format!("{} des interventions viennent d’un jeune.", fr::percent(Some(share), 0)))
}

/// I8, in a sentence: how many, how many of them to a partner, and to which most.
pub fn referrals(sums: &Sums) -> String {
    let mut kinds = sums.keys(Measure::ReferralKinds);
    sort_short(&mut kinds, |a, b| a.1 > b.1);
    let names: Vec<String> =
        kinds.iter().take(3).map(|(code, count)| format!("{} ({count})", label_of::<ReferralKind>(code))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (all, external) = (sums.referrals(), sums.of(Measure::Outcomes, Outcome::ReferredExternal.code()));
    let told = fr::count(all, "orientation", "orientations");
    // Colleagues are no partners: of these alone is known who they are.
    let whereto = match (all, external) {
        (0, _) => return "Aucune orientation.".to_owned(),
        (_, 0) => ", vers des collègues".to_owned(),
        (all, external) if all == external => ", vers un partenaire".to_owned(),
        _ => format!(", dont {} vers un partenaire", fr::integer(external)),
    };
    if names.is_empty() {
        return format!("{told}{whereto}.");
    }
    format!("{told}{whereto}, d’abord{NNBSP}: {}.", fr::list(&names))
}

/// What was talked about.
pub fn themes_section(sums: &Sums) -> Section {
    let bars = themes(sums);
    Section {
        id: "themes",
        heading: "De quoi parle-t-on\u{202f}?",
        fact: lead(&bars, "Aucune thématique n’est notée sur cette période."),
        quiet: Vec::new(),
        indicators: vec![Indicator::I6],
        chart: Chart::of_bars("Interventions par thématique", "Thématique", bars, false),
    }
}

/// Who began, and what came of it.
pub fn outcomes_section(sums: &Sums, voice: Voice) -> Section {
    let bars = outcomes(sums);
    Section {
        id: "suites",
        heading: voice.pick("Avec quelles suites\u{202f}?", "Et après\u{202f}?"),
        fact: lead(&bars, "Aucune suite n’est notée sur cette période, hors alertes et signalements."),
        quiet: [Some(referrals(sums)), initiative(sums)].into_iter().flatten().collect(),
        indicators: vec![Indicator::I8, Indicator::I9],
        chart: Chart::of_bars("Suites des interventions", "Suite", bars, false),
    }
}

/// I6 by group of themes: an intervention counts once in a group, however many of its themes it touches. Told by the
/// office alone.
#[cfg(any(feature = "ssr", feature = "office"))]
pub fn theme_groups_section(sums: &Sums) -> Option<Section> {
    use crate::domain::taxonomy::ThemeGroup;
    let groups = sums.keys(Measure::ThemeGroups).into_iter();
    let bars = Bar::of_base(groups.map(|(code, count)| (label_of::<ThemeGroup>(code), count)), sums.interventions());
    let fact = lead(&bars, "");
    Some(Section {
        id: "groupes",
        heading: "Et en plus large\u{202f}?",
        fact,
        quiet: vec!["Une intervention compte une fois dans chaque groupe que touchent ses thématiques.".to_owned()],
        indicators: vec![Indicator::I6],
        chart: Some(Chart::of_bars("Interventions par groupe de thématiques", "Groupe", bars, false)?),
    })
}

/// I9 by whom: who began the interventions; none without any. Told by the office alone.
#[cfg(any(feature = "ssr", feature = "office"))]
pub fn initiators_section(sums: &Sums) -> Option<Section> {
    use crate::domain::taxonomy::Initiator;
    let initiators = sums.keys(Measure::Initiators).into_iter();
    let bars = Bar::ranked(initiators.map(|(code, count)| (label_of::<Initiator>(code), count)), None);
    Some(Section {
        id: "initiative",
        heading: "Qui fait le premier pas\u{202f}?",
        fact: initiative(sums)?,
        quiet: Vec::new(),
        indicators: vec![Indicator::I9],
        chart: Some(Chart::of_bars("Interventions selon qui en a pris l’initiative", "Initiative", bars, true)?),
    })
}

/// I8 by theme, in a sentence: what was talked about where somebody was referred, to whomever; none where nobody was.
#[cfg(any(feature = "ssr", feature = "office"))]
pub fn referral_themes(sums: &Sums) -> Option<String> {
    let mut themes = sums.keys(Measure::ReferralThemes);
    themes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> = themes
        .iter()
        .take(5)
        .map(|(code, count)| format!("{} ({count})", fr::small(&label_of::<Theme>(code))))
        .collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    (!named.is_empty())
        .then(|| format!("Toutes orientations confondues, on parlait d’abord de{NNBSP}: {}.", fr::list(&named)))
}

/// I8 by whom one referred to, and about what where `tells_themes`; none where nobody was. Told by the office alone.
#[cfg(any(feature = "ssr", feature = "office"))]
pub fn referrals_section(sums: &Sums, tells_themes: bool) -> Option<Section> {
    let kinds = sums.keys(Measure::ReferralKinds).into_iter();
    let bars = Bar::of_base(
        kinds.map(|(code, count)| (label_of::<ReferralKind>(code), count)),
        sums.of(Measure::Outcomes, Outcome::ReferredExternal.code()),
    );
    let chart = Chart::of_bars("Orientations vers un partenaire, par destinataire", "Destinataire", bars, false);
    let themes = referral_themes(sums).filter(|_| tells_themes);
    let base =
        chart.is_some().then(|| "Parts des interventions suivies d’une orientation vers un partenaire.".to_owned());
    (chart.is_some() || themes.is_some()).then(|| Section {
        id: "vers-qui",
        heading: "Vers qui orientons-nous\u{202f}?",
        fact: referrals(sums),
        quiet: base.into_iter().chain(themes).collect(),
        indicators: vec![Indicator::I8],
        chart,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(measure: Measure, counts: &[(&str, i64)], total: i64) -> Sums {
        let mut sums = Sums::default();
        for (code, count) in counts {
            sums.add(measure.code(), code, *count);
        }
        sums.add(Measure::Interventions.code(), "listen", total);
        sums
    }

    #[test]
    fn shares_are_of_the_interventions() {
        let sums = sums(Measure::Themes, &[("family", 6), ("schooling", 5), ("hologram", 1)], 8);
        let bars = themes(&sums);
        let seen: Vec<(&str, i64, i64)> = bars.iter().map(|bar| (bar.label.as_str(), bar.value, bar.share)).collect();
        assert_eq!(seen, [("Famille, parentalité", 6, 75), ("Scolarité, orientation", 5, 63), ("hologram", 1, 13)]);
        assert_eq!(
            lead(&bars, "Rien."),
            "«\u{202f}Famille, parentalité\u{202f}» dans 75\u{202f}% des interventions, «\u{202f}Scolarité, orientation\u{202f}» dans 63\u{202f}% des interventions."
        );
        assert_eq!(lead(&[], "Rien."), "Rien.");
    }

    #[test]
    fn groups_of_themes_and_whom_one_referred_to_have_a_section_where_there_are_any() {
        let groups = sums(Measure::ThemeGroups, &[("health", 4), ("relations", 2)], 8);
        let section = theme_groups_section(&groups).unwrap();
        assert!(section.fact.starts_with("«\u{202f}Santé et bien-être\u{202f}» dans 50\u{202f}%"), "{}", section.fact);
        assert_eq!((theme_groups_section(&Sums::default()), referrals_section(&Sums::default(), true)), (None, None));
        let mut kinds = sums(Measure::ReferralKinds, &[("mission_locale", 3), ("health", 1)], 10);
        kinds.add(Measure::Outcomes.code(), "referred_external", 4);
        let Some(Chart::Bars(chart)) = referrals_section(&kinds, true).unwrap().chart else { panic!("bars") };
        assert_eq!(chart.bars.iter().map(|bar| bar.share).collect::<Vec<_>>(), [75, 25]);
    }

    #[test]
    fn no_outcome_is_no_bar() {
        let bars = outcomes(&sums(Measure::Outcomes, &[("none", 7), ("met_in_person", 2)], 10));
        assert_eq!(
            bars.iter().map(|bar| (bar.label.as_str(), bar.share)).collect::<Vec<_>>(),
            [("Rencontré·e en présentiel", 20)]
        );
    }

    #[test]
    fn referrals_name_where_most_went() {
        let mut sums = sums(Measure::ReferralKinds, &[("mission_locale", 3), ("health", 1)], 10);
        assert_eq!(referrals(&sums), "Aucune orientation.");
        sums.add(Measure::Referrals.code(), "", 4);
        assert_eq!(referrals(&self::sums(Measure::Referrals, &[("", 2)], 10)), "2 orientations, vers des collègues.");
        sums.add(Measure::Outcomes.code(), "referred_external", 4);
        let names = format!("Mission locale (3) et {} (1)", label_of::<ReferralKind>("health"));
        assert_eq!(referrals(&sums), format!("4 orientations, vers un partenaire, d’abord{NNBSP}: {names}."));
        sums.add(Measure::Referrals.code(), "", 50);
        assert_eq!(referrals(&sums), format!("54 orientations, dont 4 vers un partenaire, d’abord{NNBSP}: {names}."));
        assert_eq!(initiative(&sums).as_deref(), Some("0\u{202f}% des interventions viennent d’un jeune."));
    }
}
