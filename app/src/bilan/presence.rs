//! « Quand sommes-nous là ? »: hours of presence by weekday and moment (I7).

use super::{
    Chart, Section, Voice,
    fact::{Part, Wording, main_fact},
};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, Sums, hours_a_week},
        order::sort_short,
        time::TimeSlot,
    },
    ui::heat_map::HeatRow,
};

const WORDING: Wording = Wording {
    nothing: "Aucune heure de présence n’est notée sur cette période.",
    of_all: "de la présence",
    single: None,
    amount: hours,
};

/// « 45 min », « 1,5 heure », « 373 heures »: as exact as it is useful.
pub fn hours(minutes: i64) -> String {
    if minutes < 60 {
        return fr::duration(minutes);
    }
    let tenths = (minutes + 3) / 6;
    if tenths >= 100 || tenths % 10 == 0 {
        return fr::count(if tenths >= 100 { (minutes + 30) / 60 } else { tenths / 10 }, "heure", "heures");
    }
    format!("{},{} {}", tenths / 10, tenths % 10, fr::plural(tenths / 10, "heure", "heures"))
}

/// A row for every moment, and one for each that a newer release knows.
pub fn rows(sums: &Sums) -> Vec<HeatRow> {
    let minutes = |code: &str| {
        let mut week = [0; 7];
        for (day, sum) in (1..=7).zip(&mut week) {
            *sum = sums.minutes_in(day, code);
        }
        week
    };
    let known = TimeSlot::ALL.iter().map(|slot| HeatRow {
        name: slot.label().to_owned(),
        hours: slot.hours(),
        minutes: minutes(slot.code()),
    });
    let mut newer: Vec<&str> = Vec::new();
    for (_, code, _) in &sums.heat {
        if TimeSlot::from_code(code).is_none() && !newer.contains(&code.as_str()) {
            newer.push(code);
        }
    }
    sort_short(&mut newer, |a, b| a < b);
    let newer =
        newer.into_iter().map(|code| HeatRow { name: code.to_owned(), hours: String::new(), minutes: minutes(code) });
    known.chain(newer).collect()
}

/// When, in a sentence.
fn phrase(label: &str) -> String {
    match TimeSlot::ALL.iter().find(|slot| slot.label() == label) {
        None => format!("«{NNBSP}{label}{NNBSP}»"),
        Some(slot) => {
            let (from, until) = slot.bounds();
            format!("{} (de {from}{NNBSP}h à {until}{NNBSP}h)", slot.when())
        }
    }
}

/// The main fact, in a sentence.
pub fn fact(rows: &[HeatRow]) -> String {
    let mut amounts: Vec<(&str, i64)> = rows.iter().map(|row| (row.name.as_str(), row.minutes.iter().sum())).collect();
    sort_short(&mut amounts, |a, b| a.1 > b.1);
    let shares = fr::shares(&amounts.iter().map(|(_, minutes)| *minutes).collect::<Vec<_>>());
    let parts: Vec<Part> = amounts
        .into_iter()
        .zip(shares)
        .map(|((name, amount), share)| Part { phrase: phrase(name), amount, share })
        .collect();
    main_fact(&parts, &WORDING)
}

/// The total, and the busiest evening or morning where there is one.
pub fn total(rows: &[HeatRow]) -> Option<String> {
    let all: i64 = rows.iter().flat_map(|row| row.minutes).sum();
    if all == 0 {
        return None;
    }
    let said = format!("{} de présence", hours(all));
    let cells: Vec<(&HeatRow, u32, i64)> =
        rows.iter().flat_map(|row| (1..=7).zip(row.minutes).map(move |(day, minutes)| (row, day, minutes))).collect();
    let most = cells.iter().map(|cell| cell.2).max().unwrap_or(0);
    let busiest: Vec<_> = cells.iter().filter(|cell| cell.2 == most).collect();
    Some(match busiest.as_slice() {
        // Rounded to the same number, the part would read as the whole.
        [(row, day, minutes)] if hours(*minutes) != hours(all) => {
            let day = fr::weekday(*day);
            let when = TimeSlot::ALL
                .iter()
                .find(|slot| slot.label() == row.name)
                .map_or_else(|| format!("le {day} («{NNBSP}{}{NNBSP}»)", row.name), |slot| slot.when_on(day));
            format!("{said}, dont {} {when}.", hours(*minutes))
        }
        _ => format!("{said}."),
    })
}

/// I7, in a sentence; none where nobody counted or nothing was noted. Of a period that goes on by the days that have gone, as
/// wherever it is compared: of the days to come nobody has worked yet.
pub fn weekly(sums: &Sums, is_over: bool, voice: Voice) -> Option<String> {
    let of_all = sums.hours_per_person_week().filter(|_| sums.minutes() > 0)?;
    let (Voice::Office { days_gone } | Voice::Own { days_gone, .. }) = voice;
    let (hours, weeks) = match days_gone {
        _ if is_over => (of_all, ""),
        // A week of which a day or two have gone has no average yet.
        7.. => (hours_a_week(sums.minutes(), days_gone)?, ", jusqu’ici"),
        _ => return None,
    };
    let text = fr::decimal(hours, 1);
    let unit = if hours < 1.95 { "heure" } else { "heures" };
    let each = voice.pick("par promeneur·euse et par semaine", "par semaine");
    let agreed = match voice {
        Voice::Own { weekly_minutes: Some(minutes), .. } => format!(", pour {} convenues", fr::duration(minutes)),
        _ => String::new(),
    };
    Some(format!("{text} {unit} {each}{agreed}, avec les interventions hors présence{weeks}."))
}

/// All the time that counts, where some of it lies outside every presence: the hours of I7 are more than those of presence.
pub fn together(sums: &Sums) -> Option<String> {
    let outside = sums.minutes() - sums.presence_minutes();
    (outside > 0).then(|| match sums.presence_minutes() {
        0 => format!("{} d’interventions hors présence.", hours(outside)),
        _ => format!("{} en tout, dont {} d’interventions hors présence.", hours(sums.minutes()), hours(outside)),
    })
}

/// I7', in a sentence; none without presence.
pub fn available(sums: &Sums) -> Option<String> {
    let share = sums.available_share()?;
    Some(format!("{} de la présence tombe quand les jeunes sont disponibles.", fr::percent(Some(share), 0)))
}

/// The section. `is_over` says whether the period is.
pub fn section(sums: &Sums, voice: Voice, is_over: bool) -> Section {
    let rows = rows(sums);
    let quiet = [total(&rows), together(sums), weekly(sums, is_over, voice), available(sums)];
    Section {
        id: "quand",
        heading: voice.pick("Quand sommes-nous là\u{202f}?", "Quand\u{202f}?"),
        fact: fact(&rows),
        quiet: quiet.into_iter().flatten().collect(),
        indicators: vec![Indicator::I7, Indicator::I7Available],
        chart: (sums.presence_minutes() > 0).then_some(Chart::Heat(rows)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: Voice = Voice::Office { days_gone: 35 };

    fn sums(cells: &[(u32, &str, i64)]) -> Sums {
        let mut sums = Sums::default();
        for (day, slot, minutes) in cells {
            sums.add_minutes(*day, slot, *minutes);
        }
        sums
    }

    #[test]
    fn hours_are_as_exact_as_useful() {
        assert_eq!(hours(45), "45\u{202f}min");
        assert_eq!(hours(60), "1 heure");
        assert_eq!(hours(90), "1,5 heure");
        assert_eq!(hours(119), "2 heures");
        assert_eq!(hours(150), "2,5 heures");
        assert_eq!(hours(597), "10 heures");
        assert_eq!(hours(22_380), "373 heures");
    }

    #[test]
    fn nothing() {
        let rows = rows(&sums(&[]));
        assert_eq!(fact(&rows), "Aucune heure de présence n’est notée sur cette période.");
        assert_eq!(total(&rows), None);
        assert_eq!(weekly(&sums(&[]), true, OFFICE), None);
        assert_eq!(available(&sums(&[])), None);
    }

    #[test]
    fn one_evening() {
        let rows = rows(&sums(&[(4, "evening", 90)]));
        assert_eq!(fact(&rows), "Toujours en soirée (de 20\u{202f}h à 23\u{202f}h)\u{202f}: 1,5 heure.");
        assert_eq!(total(&rows).as_deref(), Some("1,5 heure de présence."));
    }

    #[test]
    fn equals_are_both_named() {
        let rows = rows(&sums(&[(4, "evening", 60), (2, "midday", 60)]));
        assert_eq!(
            fact(&rows),
            "À égalité\u{202f}: le midi (de 12\u{202f}h à 14\u{202f}h) et en soirée (de 20\u{202f}h à 23\u{202f}h), 1 heure chaque fois."
        );
        assert_eq!(total(&rows).as_deref(), Some("2 heures de présence."));
    }

    #[test]
    fn many() {
        let rows =
            rows(&sums(&[(4, "evening", 360), (2, "evening", 240), (3, "after_school", 300), (1, "twilight", 60)]));
        assert_eq!(rows.len(), 7);
        assert_eq!(rows[6].name, "twilight");
        assert_eq!(
            fact(&rows),
            "D’abord en soirée (de 20\u{202f}h à 23\u{202f}h)\u{202f}: 63\u{202f}% de la présence\u{202f}; puis après l’école (de 17\u{202f}h à 20\u{202f}h), 31\u{202f}%."
        );
        let total_of = |cell: (u32, &str, i64)| total(&super::rows(&sums(&[cell, (5, "evening", 30)])));
        assert_eq!(
            total_of((4, "morning", 300)).as_deref(),
            Some("5,5 heures de présence, dont 5 heures le jeudi matin.")
        );
        assert_eq!(
            total_of((6, "night", 300)).as_deref(),
            Some("5,5 heures de présence, dont 5 heures le samedi avant 6\u{202f}h ou après 23\u{202f}h.")
        );
        assert_eq!(total(&rows).as_deref(), Some("16 heures de présence, dont 6 heures le jeudi en soirée."));
    }

    #[test]
    fn hours_a_week_and_the_share_when_young_people_are_available() {
        let mut sums = sums(&[(4, "evening", 600), (1, "morning", 200)]);
        sums.available_minutes = 600;
        assert_eq!(weekly(&sums, true, OFFICE), None);
        sums.person_days = 28;
        assert_eq!(
            weekly(&sums, true, OFFICE).as_deref(),
            Some("3,3 heures par promeneur·euse et par semaine, avec les interventions hors présence.")
        );
        sums.person_days = 70;
        assert_eq!(
            weekly(&sums, false, OFFICE).as_deref(),
            Some("2,7 heures par promeneur·euse et par semaine, avec les interventions hors présence, jusqu’ici.")
        );
        // Beside what one has agreed to, the days that have gone.
        let own = Voice::Own { weekly_minutes: Some(180), days_gone: 14 };
        assert_eq!(
            weekly(&sums, false, own).as_deref(),
            Some("6,7 heures par semaine, pour 3\u{202f}h convenues, avec les interventions hors présence, jusqu’ici.")
        );
        assert_eq!(weekly(&sums, true, own).map(|said| said.contains("jusqu’ici")), Some(false));
        assert_eq!(
            available(&sums).as_deref(),
            Some("75\u{202f}% de la présence tombe quand les jeunes sont disponibles.")
        );
    }
}
