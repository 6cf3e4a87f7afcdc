//! What would become of the rows of a file: which are new, known or changed, and what is asked about them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use app::{
    api::{error::AppError, report::Choice},
    coordination::{
        imports::{Counts, Imported, Kind, RowFault, SameDay, Shown},
        words,
    },
    domain::{
        coded::Code,
        ids::{PromeneurId, RecordId},
        indicators::count_of,
        record::Body,
    },
    sync::{
        hash::BodyHash,
        messages::{Op, OpKind},
    },
};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{
    Refused, Waiting,
    mapping::Mapping,
    op,
    place::{self, Move},
    rows::{self, Key, Line, People, Reading},
};
use crate::{
    auth::token::hex,
    clock::{self, fresh_id},
    db::{Tx, failed, imports, imports::Held, people as network, reports},
};

/// What is said of a reference that is known of another day.
const OTHER_DAY: &str = "Cette référence désigne déjà une saisie d’un autre jour. Si ce sont deux saisies, n’importez pas la colonne des références\u{202f}; si la date a été corrigée, corrigez-la dans le carnet.";
/// Most rows that are shown as they would be recorded.
const ROWS_SHOWN: usize = 12;

/// A record to be written.
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) promeneur: PromeneurId,
    pub(super) record: RecordId,
    /// The version that it corrects.
    pub(super) base: Option<i64>,
    pub(super) body: String,
}

impl Write {
    pub(super) fn op(&self) -> Result<(PromeneurId, Op), AppError> {
        Ok((self.promeneur, op(OpKind::Upsert, self.record, self.base, Some(&self.body))?))
    }
}

/// What would become of the rows of a file.
pub(super) struct Plan {
    pub(super) writes: Vec<Write>,
    /// With a file of presences, interventions that lie elsewhere then.
    pub(super) moves: Vec<Move>,
    pub(super) counts: Counts,
    pub(super) faults: Vec<RowFault>,
    /// Rows that cannot be read.
    pub(super) faulty: i64,
    pub(super) words: BTreeMap<&'static str, BTreeSet<String>>,
    pub(super) missing: Vec<&'static str>,
    pub(super) shown: Vec<Shown>,
    pub(super) promeneurs: Vec<Choice<PromeneurId>>,
    pub(super) takes_same_day: bool,
    /// Whether it is not yet said what becomes of rows of a day that is noted already.
    pub(super) asks_same_day: bool,
}

impl Plan {
    /// Whether nothing is wrong and nothing is asked any more.
    pub(super) fn is_clear(&self) -> bool {
        self.faulty == 0 && self.missing.is_empty() && !self.asks_same_day
    }

    /// What was seen, in short: nothing else is taken. None while it cannot be taken.
    pub(super) fn seal(&self, mapping: &Mapping) -> Option<String> {
        if self.writes.is_empty() || !self.is_clear() {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(serde_json::to_vec(mapping).unwrap_or_default());
        for write in &self.writes {
            hash.update(write.key);
            hash.update(write.base.unwrap_or_default().to_be_bytes());
            hash.update(&write.body);
        }
        for it in &self.moves {
            hash.update(it.seen());
        }
        Some(hex(&hash.finalize()))
    }
}

/// Looks what would become of a file's rows.
pub(super) async fn plan(tx: &mut Tx, waiting: &Waiting) -> Result<Plan, Refused> {
    let Waiting { file, sheet, mapping } = waiting;
    let kind = file.kind;
    let today = clock::today_in(&network::scheme(tx).await.map_err(failed)?.time_zone);
    let promeneurs = reports::choices(tx).await.map_err(failed)?.promeneurs;
    let missing = mapping.missing(kind);
    let mut plan = Plan {
        writes: Vec::new(),
        moves: Vec::new(),
        counts: Counts::default(),
        faults: Vec::new(),
        faulty: 0,
        words: BTreeMap::new(),
        missing,
        shown: Vec::new(),
        promeneurs,
        takes_same_day: mapping.same_day.as_deref() == Some(SameDay::Take.code()),
        asks_same_day: false,
    };
    // A field that nothing tells would be told as missing of every row.
    if !plan.missing.is_empty() {
        return Ok(plan);
    }
    let names = People::of(plan.promeneurs.iter().map(|choice| (choice.id, choice.name.clone())));
    let Reading { mut lines, mut faults, words, skipped, faulty } = rows::read(kind, sheet, mapping, &names, today);
    plan.faulty = faulty;
    let whose: HashSet<PromeneurId> = lines.iter().map(|line| line.promeneur).collect();
    let whose: Vec<PromeneurId> = whose.into_iter().collect();
    if kind == Kind::Intervention {
        let before = lines.len();
        place::rows(tx, waiting, &whose, &mut lines, &mut faults).await?;
        plan.faulty += count_of(before - lines.len());
    }
    plan.counts.skipped = skipped;
    plan.words = words;
    plan.faults = faults;
    settle(tx, waiting, &whose, lines, &mut plan, today).await?;
    if kind == Kind::Presence {
        plan.moves = place::moves(tx, &plan.writes).await?;
        plan.counts.moved = count_of(plan.moves.len());
    }
    Ok(plan)
}

/// Decides of each row whether it is new, known, or changed.
async fn settle(
    tx: &mut Tx,
    waiting: &Waiting,
    whose: &[PromeneurId],
    lines: Vec<Line>,
    plan: &mut Plan,
    today: NaiveDate,
) -> Result<(), AppError> {
    let Waiting { file: Imported { kind, .. }, mapping, .. } = waiting;
    let kind = *kind;
    let keys: Vec<Key> = lines.iter().map(|line| line.key).collect();
    let held = imports::held(tx, kind, &keys).await.map_err(failed)?;
    let own: HashSet<RecordId> = held.values().map(|held| held.record).collect();
    let noted: HashSet<(PromeneurId, NaiveDate)> = imports::days(tx, kind, whose)
        .await
        .map_err(failed)?
        .into_iter()
        .filter(|(.., record)| !own.contains(record))
        .map(|(promeneur, day, _)| (promeneur, day))
        .collect();
    let elsewhere = imports::elsewhere(tx, kind).await.map_err(failed)?;
    let names: HashMap<PromeneurId, String> =
        plan.promeneurs.iter().map(|choice| (choice.id, choice.name.clone())).collect();
    let counts = &mut plan.counts;
    for line in lines {
        let body = Body::new(line.draft.clone()).to_json();
        let base = match held.get(&line.key) {
            None => {
                let is_noted = line.draft.day().is_some_and(|day| noted.contains(&(line.promeneur, day)));
                counts.same_day += i64::from(is_noted);
                if is_noted && !plan.takes_same_day {
                    plan.asks_same_day |= mapping.same_day.as_deref() != Some(SameDay::Skip.code());
                    continue;
                }
                counts.fresh += 1;
                let others = elsewhere.get(&BodyHash::of(&body)).map_or(&[][..], Vec::as_slice);
                counts.elsewhere += i64::from(!others.is_empty() && !others.contains(&line.promeneur));
                None
            }
            Some(Held { deleted: true, .. }) => {
                counts.withdrawn += 1;
                continue;
            }
            Some(held) if held.hash == BodyHash::of(&body) => {
                counts.known += 1;
                continue;
            }
            // Spreadsheets begin to count anew with each month: that is another entry, not this one corrected.
            Some(held) if line.reference.is_some() && held.day != line.draft.day() => {
                plan.faulty += 1;
                plan.faults.push(RowFault {
                    line: line.line,
                    column: waiting.column_of("reference"),
                    value: line.reference.unwrap_or_default(),
                    sentence: OTHER_DAY.to_owned(),
                });
                continue;
            }
            Some(held) if held.is_untouched => {
                counts.corrected += 1;
                Some((held.record, held.version))
            }
            Some(_) => {
                counts.changed += 1;
                continue;
            }
        };
        counts.texts += i64::from(line.drops_texts);
        if plan.shown.len() < ROWS_SHOWN {
            plan.shown.push(Shown {
                line: line.line,
                who: names.get(&line.promeneur).cloned().unwrap_or_default(),
                title: words::title(&line.draft, today),
                facts: words::facts(&line.draft),
            });
        }
        let record = base.map_or_else(|| RecordId(fresh_id()), |(record, _)| record);
        let base = base.map(|(_, version)| version);
        plan.writes.push(Write { key: line.key, promeneur: line.promeneur, record, base, body });
    }
    if 2 * counts.elsewhere <= counts.fresh {
        counts.elsewhere = 0;
    }
    Ok(())
}
