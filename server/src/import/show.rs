//! A file that waits, as its page shows it.

use app::{
    coordination::imports::{Column, ImportFault, Preview, Question, SameDay, people},
    domain::{coded::Code, fr, indicators::count_of},
};

use super::{
    Waiting,
    mapping::NOTHING,
    plan::Plan,
    sheet::Sheet,
    target::{Cell, target_of, targets},
};

/// Most faults that are shown: whoever has more begins with these.
const FAULTS_SHOWN: usize = 50;
/// Most words of a field that are asked about at once.
const WORDS_ASKED: usize = 40;
/// Most values of a column that are shown, and most characters of each.
const SAMPLES: (usize, usize) = (3, 30);

/// What the page of a file shows.
pub(super) fn show(waiting: Waiting, plan: Plan, fault: Option<ImportFault>) -> Preview {
    let Waiting { file, sheet, mapping } = waiting;
    let kind = file.kind;
    let seal = plan.seal(&mapping);
    let people = people(&plan.promeneurs);
    let Plan { counts, mut faults, faulty, words, missing, shown, .. } = plan;
    let columns = sheet.names.iter().enumerate().map(|(at, name)| Column {
        name: name.clone(),
        samples: samples(&sheet, at),
        chosen: mapping.columns.get(at).cloned().flatten().unwrap_or_default(),
    });
    // Where every row tells it there is nothing to ask.
    let has_gap = |field: &str| {
        let is_empty = |at: usize| sheet.rows.iter().any(|row| row.cells.get(at).is_none_or(String::is_empty));
        mapping.fixed.contains_key(field) || mapping.column(field).is_none_or(is_empty)
    };
    let fixed = targets(kind).iter().filter(|target| target.needed && has_gap(target.field)).filter_map(|target| {
        let options = match target.cell {
            Cell::Who => people.clone(),
            Cell::One(values) | Cell::Many(values) => owned(values()),
            _ => return None,
        };
        let chosen = mapping.fixed.get(target.field).cloned().unwrap_or_default();
        Some(Question {
            name: format!("fixe-{}", target.field),
            label: target.label.to_owned(),
            chosen,
            options,
            none: "Rien",
        })
    });
    // Those that were answered stay below, so that an answer can be taken back.
    let asked = words.iter().flat_map(|(field, words)| words.iter().map(move |word| (*field, word)).take(WORDS_ASKED));
    let answered =
        mapping.words.iter().flat_map(|(field, answers)| answers.keys().map(move |word| (field.as_str(), word)));
    let answered = answered.filter(|(field, word)| !words.get(field).is_some_and(|asked| asked.contains(*word)));
    let questions = asked.chain(answered.take(5 * WORDS_ASKED));
    let questions = questions.filter_map(|(field, word)| Some((target_of(kind, field)?, word.clone())));
    let questions = questions.map(|(target, word)| {
        let (mut options, nothing) = match target.cell {
            Cell::Who => (people.clone(), "À personne : laisser ces lignes de côté"),
            _ => (target.values().map(|values| owned(values())).unwrap_or_default(), "Rien de tout cela"),
        };
        options.push((NOTHING.to_owned(), fr::spaced(nothing)));
        let chosen = mapping.words.get(target.field).and_then(|words| words.get(&word)).cloned().unwrap_or_default();
        Question {
            name: format!("mot-{}:{word}", target.field),
            label: format!("«\u{202f}{word}\u{202f}» ({})", fr::small(target.label)),
            chosen,
            options,
            none: "À dire",
        }
    });
    let words = questions.collect();
    faults.sort_by_key(|fault| fault.line);
    faults.truncate(FAULTS_SHOWN);
    let same_day = (counts.same_day > 0).then(|| mapping.same_day.as_deref().and_then(SameDay::from_code));
    Preview {
        rows: count_of(sheet.rows.len()),
        columns: columns.collect(),
        targets: targets(kind).iter().map(|target| (target.field, target.label)).collect(),
        fixed: fixed.collect(),
        words,
        same_day,
        missing,
        faults,
        faulty_rows: faulty,
        shown,
        counts,
        seal,
        fault,
        file,
    }
}

fn owned(values: Vec<(&'static str, &'static str)>) -> Vec<(String, String)> {
    values.into_iter().map(|(code, label)| (code.to_owned(), label.to_owned())).collect()
}

/// The first different values of a column.
fn samples(sheet: &Sheet, at: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for cell in sheet.rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty()) {
        let sample: String = cell.chars().take(SAMPLES.1).collect();
        if !samples.contains(&sample) {
            samples.push(sample);
        }
        if samples.len() == SAMPLES.0 {
            break;
        }
    }
    samples
}
