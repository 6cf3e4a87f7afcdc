//! Figures as a file for a spreadsheet: RFC 4180 with the separator that a French one expects, a mark that says UTF-8,
//! and no cell that it would take for a formula.

use crate::domain::{
    coded::Code,
    fr::{self, NNBSP},
    indicators::{Indicator, Sums},
    measure::Measure,
    taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Network, Outcome, ReferralKind, Theme, label_of},
    time::TimeSlot,
};

/// One cell.
fn cell(text: &str) -> String {
    // A spreadsheet would run it.
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([';', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The file of some rows, its first line the names of the columns.
pub fn file<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut text = "\u{feff}".to_owned();
    for row in rows {
        text.push_str(&row.as_ref().iter().map(|text| cell(text)).collect::<Vec<String>>().join(";"));
        text.push_str("\r\n");
    }
    text
}

/// Of these one always says what they are not (`domain.md` C1).
const CAVEATS: [Indicator; 4] = [Indicator::I1a, Indicator::I1b, Indicator::I1d, Indicator::I6];

/// Every figure of a report: the heading, what is counted, how many. `about` stands before them.
pub fn rows(about: Vec<[String; 3]>, sums: &Sums) -> Vec<[String; 3]> {
    let mut rows = vec![["Rubrique", "Détail", "Nombre"].map(str::to_owned)];
    rows.extend(about);
    rows.extend(CAVEATS.map(|it| {
        [
            "À savoir".to_owned(),
            format!("{}{NNBSP}: {}", fr::spaced(it.label()), fr::spaced(it.caveat())),
            String::new(),
        ]
    }));
    let mut add = |heading: &str, detail: String, value: String| rows.push([heading.to_owned(), detail, value]);
    for (indicator, value) in [
        (Indicator::I1a, sums.followers),
        (Indicator::I1b, sums.distinct()),
        (Indicator::I1c, sums.contacts()),
        (Indicator::I1d, sums.accompanied),
        (Indicator::I3, sums.met()),
        (Indicator::I4, sums.projects_initiated()),
        (Indicator::I8, sums.referrals()),
    ] {
        add(&fr::spaced(indicator.label()), String::new(), value.to_string());
    }
    add("Interventions", String::new(), sums.interventions().to_string());
    // A number and not « 2 h 30 »: a spreadsheet counts with it.
    add("Minutes de présence", String::new(), sums.presence_minutes().to_string());
    add("Minutes de présence quand les jeunes sont disponibles", String::new(), sums.available_minutes.to_string());
    let outside = sums.total(Measure::OutsideMinutes);
    add("Minutes d’intervention hors présence", String::new(), outside.to_string());
    for (measure, label) in [
        (Measure::Interventions, label_of::<InterventionType> as fn(&str) -> String),
        (Measure::Networks, label_of::<Network>),
        (Measure::Channels, label_of::<ChannelKind>),
        (Measure::Themes, label_of::<Theme>),
        (Measure::Audiences, label_of::<Audience>),
        (Measure::Initiators, label_of::<Initiator>),
        (Measure::Outcomes, label_of::<Outcome>),
        (Measure::ReferralKinds, label_of::<ReferralKind>),
        (Measure::ProjectsInitiated, label_of::<Theme>),
        (Measure::ProjectYoung, label_of::<Theme>),
    ] {
        for (code, value) in sums.keys(measure) {
            add(measure.label(), label(code), value.to_string());
        }
    }
    for (day, slot, minutes) in sums.heat.iter().filter(|(.., minutes)| *minutes != 0) {
        let detail = format!("{}, {}", fr::weekday(*day), fr::small(&label_of::<TimeSlot>(slot)));
        add("Minutes de présence, par moment", detail, minutes.to_string());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_reads_what_was_written_and_runs_nothing() {
        let rows = [["a;b", "=1+1", "say \"no\""], ["-3", "@x", "é\nf"]].map(|row| row.map(str::to_owned));
        assert_eq!(file(&rows), "\u{feff}\"a;b\";'=1+1;\"say \"\"no\"\"\"\r\n'-3;'@x;\"é\nf\"\r\n");
    }

    #[test]
    fn every_breakdown_is_in_the_file() {
        let mut sums = Sums { followers: 12, ..Sums::default() };
        sums.add(Measure::Themes.code(), "family", 3);
        sums.add(Measure::Interventions.code(), "listen", 4);
        sums.add(Measure::Initiators.code(), "young_person", 2);
        sums.add(Measure::ProjectsInitiated.code(), "housing", 1);
        sums.available_minutes = 90;
        sums.add_minutes(4, "evening", 90);
        let rows = rows(vec![["Période".to_owned(), "année 2026".to_owned(), String::new()]], &sums);
        let caveats: Vec<&str> =
            rows.iter().filter(|row| row[0] == "À savoir").filter_map(|row| row[1].split('\u{202f}').next()).collect();
        assert_eq!(caveats.len(), 4, "{rows:?}");
        for row in [
            ["Période", "année 2026", ""],
            ["Abonnés et «\u{202f}amis\u{202f}» des comptes", "", "12"],
            ["Interventions, par type", "Offrir une écoute", "4"],
            ["Interventions, par initiative", "Le jeune", "2"],
            ["Projets initiés, par thématique", "Logement", "1"],
            ["Minutes de présence quand les jeunes sont disponibles", "", "90"],
            ["Interventions, par thématique", "Famille, parentalité", "3"],
            ["Minutes de présence, par moment", "jeudi, soirée", "90"],
        ] {
            assert!(rows.contains(&row.map(str::to_owned)), "{row:?} is missing from {rows:?}");
        }
    }
}
