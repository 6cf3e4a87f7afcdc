//! Brings a spreadsheet of past activity into the notebook: read, shown, then taken whole or not at all.
//!
//! Its records go into the ledger as any others do, in the name of whoever imports, on the file as their device: phones
//! receive them, their promeneur may correct them, and the figures count them. A row is known again when its file is
//! brought once more ([`rows::Key`]).

pub mod cell;
pub mod mapping;
pub mod rows;
pub mod sheet;
pub mod target;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use app::{
    api::{
        error::{AppError, ErrorCode},
        report::Choice,
    },
    coordination::{
        imports::{
            Column, Counts, ImportFault, Imported, Kind, Outcome, Preview, Question, RowFault, SameDay, Shown, people,
        },
        words,
    },
    domain::{
        coded::Code,
        fr,
        ids::{DeviceId, ImportId, OpId, PromeneurId, RecordId},
        person::Me,
        record::{Body, Draft, SCHEMA},
    },
    sync::{
        hash::BodyHash,
        messages::{Op, OpKind},
    },
};
use chrono::NaiveDate;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{
    auth::token::hex,
    batch::{self, Ask},
    clock::{self, fresh_id},
    db::{
        Db, Tx, failed, imports,
        imports::{Held, Stretch},
        ledger::By,
        people as network, reports,
    },
};
use mapping::{Mapping, NOTHING};
use rows::{Key, Line, People, Reading};
use sheet::{Sheet, Unreadable};
use target::{Cell, target_of, targets};

/// What is said of a reference that is known of another day.
const OTHER_DAY: &str = "Cette référence désigne déjà une saisie d’un autre jour. Si ce sont deux saisies, n’importez pas la colonne des références ; si la date a été corrigée, corrigez-la dans le carnet.";
/// Longest name of a file that is kept, in characters.
const NAME_LENGTH: usize = 120;
/// Most faults that are shown: whoever has more begins with these.
const FAULTS_SHOWN: usize = 50;
/// Most rows that are shown as they would be recorded.
const ROWS_SHOWN: usize = 12;
/// Most words of a field that are asked about at once.
const WORDS_ASKED: usize = 40;
/// Most values of a column that are shown, and most characters of each.
const SAMPLES: (usize, usize) = (3, 30);

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// For what it is, or what was said of it.
    #[error("the file is refused")]
    File(Unreadable),
    /// For now.
    #[error(transparent)]
    Server(#[from] AppError),
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Self {
        Self::File(unreadable)
    }
}

impl From<ImportFault> for Refused {
    fn from(fault: ImportFault) -> Self {
        Self::File(fault.into())
    }
}

/// Reads a file and keeps it until somebody decides.
pub async fn bring(db: &Db, me: &Me, kind: &str, name: &str, bytes: &[u8]) -> Result<ImportId, Refused> {
    let kind = Kind::from_code(kind).ok_or(ImportFault::Kind)?;
    let text = sheet::decode(bytes)?;
    let sheet = sheet::read(&text)?;
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_LENGTH).collect();
    let name = if name.trim().is_empty() { "fichier.csv".to_owned() } else { name };
    let mut tx = db.by(me).await.map_err(failed)?;
    let kept = imports::keep(&mut tx, me, kind, &name, &text, &Mapping::of(kind, &sheet)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, rows = sheet.rows.len(), kind = kind.code(), "spreadsheet read");
    kept.ok_or_else(|| ImportFault::Many.into())
}

/// A file that waits, read again.
struct Waiting {
    file: Imported,
    sheet: Sheet,
    mapping: Mapping,
}

impl Waiting {
    /// What the file calls the column of a field.
    fn column_of(&self, field: &str) -> String {
        let at = self.mapping.column(field);
        at.and_then(|at| self.sheet.names.get(at).cloned()).unwrap_or_default()
    }
}

async fn waiting(tx: &mut Tx, id: ImportId) -> Result<Waiting, Refused> {
    imports::forget(tx).await.map_err(failed)?;
    let kept = imports::waiting(tx, id).await.map_err(failed)?;
    let file = imports::file(tx, id).await.map_err(failed)?;
    match (file, kept) {
        (Some(file), Some((content, mapping))) => Ok(Waiting { file, sheet: sheet::read(&content)?, mapping }),
        (Some(_), None) => Err(ImportFault::Gone.into()),
        (None, _) => Err(AppError::new(ErrorCode::NotFound).into()),
    }
}

/// What would become of a file.
pub async fn preview(db: &Db, me: &Me, id: ImportId, fault: Option<ImportFault>) -> Result<Preview, Refused> {
    let mut tx = db.of(me.scheme).await.map_err(failed)?;
    let waiting = waiting(&mut tx, id).await?;
    let plan = plan(&mut tx, &waiting).await?;
    tx.commit().await.map_err(failed)?;
    Ok(show(waiting, plan, fault))
}

/// Keeps what a form says of a file.
pub async fn say(db: &Db, me: &Me, id: ImportId, answers: &[(String, String)]) -> Result<(), Refused> {
    let mut tx = db.by(me).await.map_err(failed)?;
    let Waiting { file, sheet, mapping } = waiting(&mut tx, id).await?;
    let mapping = mapping.answered(file.kind, &sheet, answers);
    imports::say(&mut tx, id, &mapping).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(())
}

/// Takes a file whole, as it was shown under this seal; or nothing of it.
pub async fn take(db: &Db, me: &Me, id: ImportId, seal: &str) -> Result<Outcome, Refused> {
    let mut tx = db.for_push_by(me).await.map_err(failed)?;
    let waiting = waiting(&mut tx, id).await?;
    let plan = plan(&mut tx, &waiting).await?;
    match plan.seal(&waiting.mapping) {
        None if plan.is_clear() => return Err(ImportFault::Changed.into()),
        None => return Err(ImportFault::Faults.into()),
        Some(current) if current != seal => return Err(ImportFault::Changed.into()),
        Some(_) => {}
    }
    let asks = asks(me, id, plan.writes.iter().map(Write::op))?;
    batch::take_whole(&mut tx, me.scheme, &asks).await?;
    let added: Vec<(Key, RecordId)> =
        plan.writes.iter().filter(|write| write.base.is_none()).map(|write| (write.key, write.record)).collect();
    let counts = plan.counts;
    let left = if plan.takes_same_day { 0 } else { counts.same_day };
    let outcome = Outcome {
        added: counts.fresh,
        corrected: counts.corrected,
        left: counts.known + counts.changed + counts.withdrawn + counts.skipped + left,
        is_undone: false,
    };
    imports::take(&mut tx, me, id, &added, outcome).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, import = %id, added = outcome.added, corrected = outcome.corrected, "spreadsheet taken");
    Ok(outcome)
}

/// What would be withdrawn if a file were taken back, and how many records stay because they were changed since.
pub async fn undoing(db: &Db, me: &Me, id: ImportId) -> Result<(Imported, i64, i64), Refused> {
    let mut tx = db.by(me).await.map_err(failed)?;
    let file = done(&mut tx, id).await?;
    let added = imports::added(&mut tx, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let (untouched, touched): (Vec<_>, Vec<_>) = added.into_iter().partition(|record| record.is_untouched);
    Ok((file, number(untouched.len()), number(touched.len())))
}

/// Withdraws what a file added, but for what was changed since.
pub async fn undo(db: &Db, me: &Me, id: ImportId) -> Result<i64, Refused> {
    let mut tx = db.for_push_by(me).await.map_err(failed)?;
    done(&mut tx, id).await?;
    let mut added = imports::added(&mut tx, id).await.map_err(failed)?;
    added.retain(|record| record.is_untouched);
    let ops = added.iter().map(|it| Ok((it.promeneur, op(OpKind::Delete, it.record, Some(it.version), None)?)));
    let mut asks = asks(me, id, ops)?;
    let withdrawn: Vec<RecordId> = added.iter().map(|record| record.record).collect();
    asks.extend(let_go(&mut tx, me, id, &withdrawn).await?);
    batch::take_whole(&mut tx, me.scheme, &asks).await?;
    imports::undo(&mut tx, id, &withdrawn).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, import = %id, withdrawn = withdrawn.len(), "spreadsheet taken back");
    Ok(number(withdrawn.len()))
}

/// Takes interventions out of presences that are withdrawn, as a phone does: else their minutes would count nowhere (I7).
/// Those that stand as a file wrote them remain so, for the file to put them back when it comes again.
async fn let_go(tx: &mut Tx, me: &Me, id: ImportId, presences: &[RecordId]) -> Result<Vec<Ask>, AppError> {
    let children = imports::within(tx, presences).await.map_err(failed)?;
    let (of_files, of_phones): (Vec<_>, Vec<_>) = children.into_iter().partition(|(added, _)| added.is_untouched);
    let mut all = Vec::new();
    for (children, device) in [(of_files, id), (of_phones, ImportId(fresh_id()))] {
        let ops = children.into_iter().filter_map(|(added, body)| {
            let Draft::Intervention(mut draft) = Body::from_json(&body).ok()?.draft else { return None };
            draft.presence = None;
            let body = Body::new(Draft::Intervention(draft)).to_json();
            Some(op(OpKind::Upsert, added.record, Some(added.version), Some(&body)).map(|op| (added.promeneur, op)))
        });
        all.extend(asks(me, device, ops)?);
    }
    Ok(all)
}

async fn done(tx: &mut Tx, id: ImportId) -> Result<Imported, Refused> {
    let file = imports::file(tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound).map_err(AppError::new)?;
    if file.done.is_some_and(|outcome| !outcome.is_undone) { Ok(file) } else { Err(ImportFault::Gone.into()) }
}

/// A record to be written.
struct Write {
    key: Key,
    promeneur: PromeneurId,
    record: RecordId,
    /// The version that it corrects.
    base: Option<i64>,
    body: String,
}

impl Write {
    fn op(&self) -> Result<(PromeneurId, Op), AppError> {
        Ok((self.promeneur, op(OpKind::Upsert, self.record, self.base, Some(&self.body))?))
    }
}

fn op(kind: OpKind, record: RecordId, base: Option<i64>, body: Option<&str>) -> Result<Op, AppError> {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).map_err(|_| AppError::new(ErrorCode::Internal));
    Ok(Op {
        op: OpId(fresh_id()),
        seq: 0,
        kind,
        record,
        base,
        after: None,
        schema: SCHEMA,
        at: clock::now().fixed_offset(),
        body: body.map(raw).transpose()?,
        reason: None,
        refill: false,
        hash: BodyHash::of(body.unwrap_or_default()),
    })
}

/// The operations, promeneur by promeneur, as made on the file.
fn asks(
    me: &Me,
    file: ImportId,
    ops: impl Iterator<Item = Result<(PromeneurId, Op), AppError>>,
) -> Result<Vec<Ask>, AppError> {
    let mut of: BTreeMap<PromeneurId, Vec<Op>> = BTreeMap::new();
    for (seq, next) in (1..).zip(ops) {
        let (promeneur, op) = next?;
        of.entry(promeneur).or_default().push(Op { seq, ..op });
    }
    let ask = |(promeneur, ops)| Ask {
        by: By::of(me, promeneur, DeviceId(file.0)),
        heartbeat: None,
        may_enrol: false,
        epoch: None,
        ops,
    };
    Ok(of.into_iter().map(ask).collect())
}

/// What would become of the rows of a file.
struct Plan {
    writes: Vec<Write>,
    counts: Counts,
    faults: Vec<RowFault>,
    /// Rows that cannot be read.
    faulty: i64,
    words: BTreeMap<&'static str, BTreeSet<String>>,
    missing: Vec<&'static str>,
    shown: Vec<Shown>,
    promeneurs: Vec<Choice<PromeneurId>>,
    takes_same_day: bool,
    /// Whether it is not yet said what becomes of rows of a day that is noted already.
    asks_same_day: bool,
}

impl Plan {
    /// Whether nothing is wrong and nothing is asked any more.
    fn is_clear(&self) -> bool {
        self.faulty == 0 && self.missing.is_empty() && !self.asks_same_day
    }

    /// What was seen, in short: nothing else is taken. None while it cannot be taken.
    fn seal(&self, mapping: &Mapping) -> Option<String> {
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
        Some(hex(&hash.finalize()))
    }
}

async fn plan(tx: &mut Tx, waiting: &Waiting) -> Result<Plan, Refused> {
    let Waiting { file, sheet, mapping } = waiting;
    let kind = file.kind;
    let today = clock::today_in(&network::scheme(tx).await.map_err(failed)?.time_zone);
    let promeneurs = reports::choices(tx).await.map_err(failed)?.promeneurs;
    let missing = mapping.missing(kind);
    let mut plan = Plan {
        writes: Vec::new(),
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
        place(tx, waiting, &whose, &mut lines, &mut faults).await?;
        plan.faulty += number(before - lines.len());
    }
    plan.counts.skipped = skipped;
    plan.words = words;
    plan.faults = faults;
    settle(tx, waiting, &whose, lines, &mut plan, today).await?;
    Ok(plan)
}

/// Puts interventions into the presences in which they took place: what lies in one is not counted beside it (I7).
async fn place(
    tx: &mut Tx,
    waiting: &Waiting,
    whose: &[PromeneurId],
    lines: &mut Vec<Line>,
    faults: &mut Vec<RowFault>,
) -> Result<(), AppError> {
    if waiting.mapping.column("presence").is_some() {
        let keys: Vec<Key> = lines.iter().filter_map(|line| line.presence).collect();
        let held = imports::held(tx, Kind::Presence, &keys).await.map_err(failed)?;
        lines.retain_mut(|line| {
            let Some(key) = line.presence else { return true };
            let found = held.get(&key).filter(|held| !held.deleted).map(|held| held.record);
            if found.is_none() {
                let sentence =
                    "Aucune présence de cette référence n’est dans le carnet\u{202f}: importez d’abord les présences.";
                faults.push(RowFault {
                    line: line.line,
                    column: waiting.column_of("presence"),
                    value: line.presence_text.clone(),
                    sentence: fr::spaced(sentence),
                });
            }
            put(&mut line.draft, found);
            found.is_some()
        });
        return Ok(());
    }
    let mut of: HashMap<PromeneurId, Vec<Stretch>> = HashMap::new();
    for stretch in imports::presences(tx, whose).await.map_err(failed)? {
        of.entry(stretch.promeneur).or_default().push(stretch);
    }
    for line in lines {
        let Draft::Intervention(draft) = &line.draft else { continue };
        let moment = draft.moment();
        let stretches = of.get(&line.promeneur).map_or(&[][..], Vec::as_slice);
        let found = moment.and_then(|at| stretches.iter().find(|it| it.from <= at && at <= it.until));
        let found = found.map(|stretch| stretch.record);
        put(&mut line.draft, found);
    }
    Ok(())
}

fn put(draft: &mut Draft, presence: Option<RecordId>) {
    if let Draft::Intervention(draft) = draft {
        draft.presence = presence;
    }
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

fn show(waiting: Waiting, plan: Plan, fault: Option<ImportFault>) -> Preview {
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
        rows: number(sheet.rows.len()),
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

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
