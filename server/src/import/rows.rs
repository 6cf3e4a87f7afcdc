//! From the rows of a file to records: what each says, and what is wrong with it. Nothing of it asks the database.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use app::{
    coordination::imports::{Kind, RowFault},
    domain::{
        coded::Code,
        fault::{Fault, FaultCode},
        fr, guard,
        ids::PromeneurId,
        record::{Body, Draft},
        taxonomy::Outcome,
        time::{evening_of, moment_of},
    },
};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    cell,
    mapping::{Mapping, NOTHING},
    sheet::{Row, Sheet},
    target::{Cell, Target, Values, code_of, target_of, targets},
};

/// Most characters of a cell that are shown beside what is wrong with it.
const SHOWN: usize = 40;

/// Most faults that are kept: a file of which every cell is wrong has a million.
const MOST_FAULTS: usize = 500;
/// Most values in one cell.
const MOST_VALUES: usize = 30;
/// Most words of a field that are asked about, and longest of these, in characters.
const MOST_WORDS: usize = 200;
const LONGEST_WORD: usize = 120;

/// By which a row is known again when its file is brought once more: by its reference, or by all that stands in it and
/// how many such rows came before it.
pub type Key = [u8; 32];

/// A row that is a record.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line of the file.
    pub line: u64,
    /// Whose it is.
    pub promeneur: PromeneurId,
    /// By which it is known again.
    pub key: Key,
    /// What the file calls it, where it names its rows.
    pub reference: Option<String>,
    /// What it says.
    pub draft: Draft,
    /// The presence in which it took place, by the key of that row.
    pub presence: Option<Key>,
    /// What the file calls that presence.
    pub presence_text: String,
    /// Whether a text of it is left out.
    pub drops_texts: bool,
}

/// What a file says.
#[derive(Debug, Default)]
pub struct Reading {
    /// The rows that are records.
    pub lines: Vec<Line>,
    /// What is wrong with the others, the first of it.
    pub faults: Vec<RowFault>,
    /// How many those others are.
    pub faulty: i64,
    /// Words that no list has: of which field, and the words.
    pub words: BTreeMap<&'static str, BTreeSet<String>>,
    /// Rows that are nobody's.
    pub skipped: i64,
}

/// Whom the names of a file may mean.
#[derive(Debug)]
pub struct People {
    /// A name that two of them have means neither.
    named: HashMap<String, Option<PromeneurId>>,
    all: HashSet<PromeneurId>,
}

impl People {
    /// The people of a network.
    pub fn of(names: impl IntoIterator<Item = (PromeneurId, String)>) -> Self {
        let mut people = Self { named: HashMap::new(), all: HashSet::new() };
        for (id, name) in names {
            people.all.insert(id);
            people.named.entry(spoken(&name)).and_modify(|known| *known = None).or_insert(Some(id));
        }
        people
    }

    fn named(&self, name: &str) -> Option<PromeneurId> {
        self.named.get(&spoken(name)).copied().flatten()
    }
}

/// A name as it is said, in whatever order: « MARTIN Léa » and « Léa Martin ».
fn spoken(name: &str) -> String {
    let plain = fr::plain(name);
    let mut words: Vec<&str> =
        plain.split(|letter: char| !letter.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Reads every row.
pub fn read(kind: Kind, sheet: &Sheet, mapping: &Mapping, people: &People, today: NaiveDate) -> Reading {
    let mut reading = Reading::default();
    let mut seen = Seen::default();
    for row in &sheet.rows {
        let mut reader = Reader { kind, sheet, mapping, people, row, faults: Vec::new(), words: &mut reading.words };
        match reader.read(today, &mut seen) {
            Found::Line(line) => reading.lines.push(*line),
            Found::Nobody => reading.skipped += 1,
            Found::Faults => {
                reading.faulty += 1;
                if reading.faults.len() < MOST_FAULTS {
                    reading.faults.append(&mut reader.faults);
                }
            }
        }
    }
    reading
}

/// What came before a row.
#[derive(Default)]
struct Seen {
    /// How many rows had the same in all their cells.
    alike: HashMap<Key, u64>,
    /// The line of each reference.
    references: HashMap<Key, u64>,
}

enum Found {
    Line(Box<Line>),
    Nobody,
    Faults,
}

/// Whose a row is.
enum Owner {
    Of(PromeneurId),
    Nobody,
    Unknown,
}

struct Reader<'a> {
    kind: Kind,
    sheet: &'a Sheet,
    mapping: &'a Mapping,
    people: &'a People,
    row: &'a Row,
    faults: Vec<RowFault>,
    words: &'a mut BTreeMap<&'static str, BTreeSet<String>>,
}

impl Reader<'_> {
    fn read(&mut self, today: NaiveDate, seen: &mut Seen) -> Found {
        let promeneur = match self.owner() {
            Owner::Of(promeneur) => Some(promeneur),
            Owner::Nobody => return Found::Nobody,
            Owner::Unknown => None,
        };
        let object = self.object();
        let draft = Draft::from_object(object);
        let Ok(mut draft) = draft else {
            self.blame("", FaultCode::MalformedBody.label());
            return Found::Faults;
        };
        let drops_texts = drop_texts(&mut draft);
        // Where a cell could not be read the record lacks it: that is told once.
        let has_faults = !self.faults.is_empty();
        match Body::new(draft.clone()).parse(today) {
            Err(faults) if !has_faults => self.blame_all(&faults),
            _ => {}
        }
        let key = promeneur.and_then(|promeneur| self.key(promeneur, seen));
        match promeneur.zip(key) {
            Some((promeneur, key)) if self.faults.is_empty() => {
                let text = self.text("presence");
                Found::Line(Box::new(Line {
                    line: self.row.line,
                    promeneur,
                    key,
                    reference: self.text("reference").map(str::to_owned),
                    draft,
                    presence: text.map(|text| reference(Kind::Presence, promeneur, text)),
                    presence_text: shortened(text.unwrap_or_default()),
                    drops_texts,
                }))
            }
            _ => Found::Faults,
        }
    }

    fn owner(&mut self) -> Owner {
        let field = "promeneur";
        let given = self.text(field).map(str::to_owned);
        let answer = match &given {
            Some(name) => match self.answer(field, name) {
                Some(answer) => Some(answer),
                None => match self.people.named(name) {
                    Some(id) => return Owner::Of(id),
                    None => None,
                },
            },
            None => self.mapping.fixed.get(field).map(String::as_str),
        };
        match answer {
            Some(NOTHING) => return Owner::Nobody,
            // Ids of another network are nobody's here.
            Some(id) => {
                if let Some(id) = id.parse().ok().map(PromeneurId).filter(|id| self.people.all.contains(id)) {
                    return Owner::Of(id);
                }
            }
            None => {}
        }
        match given {
            Some(name) => {
                self.ask(field, &name);
                self.blame(field, "Personne de ce nom dans le réseau.");
            }
            None => self.blame(field, "Il manque de qui est cette ligne."),
        }
        Owner::Unknown
    }

    /// The fields of the record, as they go over the wire.
    fn object(&mut self) -> Map<String, Value> {
        let mut object = Map::from_iter([("kind".to_owned(), Value::from(self.kind.code()))]);
        for target in targets(self.kind) {
            let text = self.given(target);
            let Some(text) = text else { continue };
            if let Some(value) = self.value(target, &text) {
                match target.field.split_once('.') {
                    None => {
                        object.insert(target.field.to_owned(), value);
                    }
                    Some((group, member)) => {
                        let group = object.entry(group).or_insert_with(|| Map::new().into());
                        if let Value::Object(group) = group {
                            group.insert(member.to_owned(), value);
                        }
                    }
                }
            }
        }
        match self.kind {
            Kind::Presence => self.time_presence(&mut object),
            Kind::Intervention => {
                self.time_intervention(&mut object);
                say_met(&mut object);
            }
            Kind::Meeting | Kind::Project | Kind::AccountSnapshot => {}
        }
        object
    }

    /// What stands in a field's cell, or what to take where nothing does.
    fn given(&self, target: &Target) -> Option<String> {
        let text = self.text(target.field).or_else(|| self.mapping.fixed.get(target.field).map(String::as_str))?;
        Some(text.to_owned())
    }

    /// What stands in a field's cell.
    fn text(&self, field: &str) -> Option<&str> {
        let text = self.row.cells.get(self.mapping.column(field)?)?.as_str();
        (!text.is_empty()).then_some(text)
    }

    fn answer(&self, field: &str, word: &str) -> Option<&str> {
        self.mapping.words.get(field)?.get(word).map(String::as_str)
    }

    fn value(&mut self, target: &'static Target, text: &str) -> Option<Value> {
        let (value, fault) = match target.cell {
            // Read apart.
            Cell::Who | Cell::Reference | Cell::Presence => return None,
            _ if self.is_read_apart(target) => return None,
            // A time beside the day is no more than that.
            Cell::Day | Cell::Moment => {
                (cell::moment(text).map(|(day, _)| json(day)), "Ce n’est pas une date\u{202f}: écrivez 24/09/2025.")
            }
            Cell::Time => (cell::time(text).map(json), "Ce n’est pas une heure\u{202f}: écrivez 22:08."),
            Cell::Minutes => {
                (cell::minutes(text).map(Value::from), "Ce n’est pas une durée\u{202f}: écrivez des minutes, ou 1h30.")
            }
            Cell::Count => (cell::count(text).map(Value::from), "Ce n’est pas un nombre entier."),
            Cell::Text if text.starts_with(['=', '@']) => (None, "C’est une formule, pas un texte."),
            // What our own files put before such letters, so that no spreadsheet computes them.
            Cell::Text => (Some(text.strip_prefix('\'').unwrap_or(text).into()), ""),
            Cell::One(values) => return self.one(target, values, text).map(Value::from),
            Cell::Many(values) => return Some(self.many(target, values, text)),
        };
        if value.is_none() {
            self.blame(target.field, fault);
        }
        value
    }

    /// Moments of presences and interventions are made of several cells.
    fn is_read_apart(&self, target: &Target) -> bool {
        match self.kind {
            Kind::Presence => matches!(target.cell, Cell::Day | Cell::Moment | Cell::Minutes),
            Kind::Intervention => matches!(target.cell, Cell::Moment | Cell::Time),
            Kind::Meeting | Kind::Project | Kind::AccountSnapshot => false,
        }
    }

    fn one(&mut self, target: &'static Target, values: Values, text: &str) -> Option<&'static str> {
        let answer = self.answer(target.field, text).map(str::to_owned);
        match answer.as_deref() {
            Some(NOTHING) => return None,
            Some(code) => {
                if let Some((code, _)) = values().into_iter().find(|(known, _)| *known == code) {
                    return Some(code);
                }
            }
            None => {}
        }
        if let Some(code) = code_of(values, text) {
            return Some(code);
        }
        self.ask(target.field, text);
        self.blame_with(
            target.field,
            text,
            "Ce mot n’est dans aucune liste du carnet\u{202f}: dites plus haut ce qu’il veut dire.",
        );
        None
    }

    /// Asks what a word means.
    fn ask(&mut self, field: &'static str, word: &str) {
        let words = self.words.entry(field).or_default();
        if words.len() < MOST_WORDS && word.chars().count() <= LONGEST_WORD {
            words.insert(word.to_owned());
        }
    }

    /// Labels have commas of their own: a text that is one value is not divided.
    fn many(&mut self, target: &'static Target, values: Values, text: &str) -> Value {
        let is_one = |text: &str| self.answer(target.field, text).is_some() || code_of(values, text).is_some();
        let divided = |marks: &[char]| -> Vec<String> {
            text.split(marks).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let mut parts = if is_one(text) { vec![text.to_owned()] } else { divided(&['|', ';', '\n', '/', '+']) };
        if parts.len() == 1 && !is_one(text) && text.contains(',') {
            parts = divided(&[',']);
        }
        if parts.len() > MOST_VALUES {
            self.blame(target.field, FaultCode::TooMany.label());
            return Value::Array(Vec::new());
        }
        let codes = parts.iter().filter_map(|part| self.one(target, values, part));
        codes.map(Value::from).collect()
    }

    fn time_presence(&mut self, object: &mut Map<String, Value>) {
        let day = match self.text("day").map(cell::day) {
            Some(None) => return self.blame("day", "Ce n’est pas une date\u{202f}: écrivez 24/09/2025."),
            day => day.flatten(),
        };
        let Some(start) = self.at("started_at", day) else { return };
        // A day beside a time of its own is that of the evening, as for what is done in it.
        // An end with a day of its own says that days are the calendar's.
        let is_evening = self.is_time("started_at") && (self.text("ended_at").is_none() || self.is_time("ended_at"));
        let start = if is_evening { moment_of(start.date(), start.time()) } else { start };
        object.insert("started_at".to_owned(), json(start));
        let end = match self.text("ended_at") {
            Some(_) => self.at("ended_at", Some(start.date())).map(|end| after(start, end, self.is_time("ended_at"))),
            None => match self.text("duration").map(cell::minutes) {
                Some(Some(minutes)) => TimeDelta::try_minutes(minutes).and_then(|long| start.checked_add_signed(long)),
                Some(None) => {
                    return self.blame("duration", "Ce n’est pas une durée\u{202f}: écrivez des minutes, ou 1h30.");
                }
                None => return self.blame("ended_at", "Il manque la fin, ou la durée."),
            },
        };
        match end {
            Some(end) => {
                object.insert("ended_at".to_owned(), json(end));
            }
            // A presence without an end would be one that goes on.
            None if self.faults.is_empty() => self.blame("duration", FaultCode::TooLong.label()),
            None => {}
        }
    }

    fn time_intervention(&mut self, object: &mut Map<String, Value>) {
        if let Some(text) = self.text("occurred_on") {
            match cell::moment(text) {
                Some((day, time)) => {
                    // What is after midnight belongs to the evening before, as on the phone.
                    let evening = time.map_or(day, |time| evening_of(day.and_time(time)));
                    object.insert("occurred_on".to_owned(), json(evening));
                    if let Some(time) = time {
                        object.insert("started_at".to_owned(), json(time));
                    }
                }
                None => {
                    let sentence = "Ce n’est pas une date\u{202f}: écrivez 24/09/2025, ou 24/09/2025 22:08.";
                    self.blame("occurred_on", sentence);
                }
            }
        }
        if let Some(text) = self.text("started_at") {
            match cell::time(text) {
                Some(time) => {
                    object.insert("started_at".to_owned(), json(time));
                }
                None => self.blame("started_at", "Ce n’est pas une heure\u{202f}: écrivez 22:08."),
            }
        }
    }

    fn is_time(&self, field: &str) -> bool {
        self.text(field).is_some_and(|text| cell::time(text).is_some())
    }

    /// A moment of one cell, or of a time and the day that another cell gives.
    fn at(&mut self, field: &str, day: Option<NaiveDate>) -> Option<NaiveDateTime> {
        let Some(text) = self.text(field) else {
            self.blame(field, FaultCode::Missing.label());
            return None;
        };
        let (day, time): (Option<NaiveDate>, Option<NaiveTime>) = match (cell::time(text), cell::moment(text)) {
            (Some(time), _) => (day, Some(time)),
            (None, Some((day, time))) => (Some(day), time),
            (None, None) => (None, None),
        };
        let at = day.zip(time).map(|(day, time)| day.and_time(time));
        if at.is_none() {
            self.blame(field, "Il faut un jour et une heure\u{202f}: 24/09/2025 22:08, ou l’heure seule et le jour dans une autre colonne.");
        }
        at
    }

    fn blame(&mut self, field: &str, sentence: &str) {
        let value = self.text(field).unwrap_or_default().to_owned();
        self.blame_with(field, &value, sentence);
    }

    fn blame_with(&mut self, field: &str, value: &str, sentence: &str) {
        let column = self.mapping.column(field).and_then(|at| self.sheet.names.get(at).cloned());
        let label = || target_of(self.kind, field).map(|target| target.label.to_owned());
        let value = shortened(value);
        let column = column.or_else(label).unwrap_or_default();
        let sentence = fr::spaced(sentence);
        self.faults.push(RowFault { line: self.row.line, column, value, sentence });
    }

    fn blame_all(&mut self, faults: &[Fault]) {
        for fault in faults {
            let sentence = fault.code.known().map_or("Cette valeur est à corriger.", Code::label);
            // A group is told at its first number that the file has.
            let group = format!("{}.", fault.field);
            let of_group =
                targets(self.kind).iter().find(|it| it.field.starts_with(&group) && self.text(it.field).is_some());
            let field = of_group.map_or(fault.field.as_str(), |target| target.field).to_owned();
            self.blame(&field, sentence);
        }
    }

    /// By which it is known again; none where its reference is another row's too.
    fn key(&mut self, promeneur: PromeneurId, seen: &mut Seen) -> Option<Key> {
        let Some(text) = self.text("reference") else {
            let cells = self.row.cells.iter().map(String::as_str);
            return Some(nth(hash(self.kind, promeneur, "row", cells), &mut seen.alike));
        };
        let key = reference(self.kind, promeneur, text);
        if let Some(line) = seen.references.insert(key, self.row.line) {
            self.blame("reference", &format!("Cette référence est déjà celle de la ligne {line}."));
            return None;
        }
        Some(key)
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN { text.to_owned() } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

/// The first of several alike is known by what they have in common, and each later one by its number too.
fn nth(key: Key, seen: &mut HashMap<Key, u64>) -> Key {
    let count = seen.entry(key).or_default();
    *count += 1;
    if *count == 1 {
        return key;
    }
    Sha256::new().chain_update(key).chain_update(count.to_be_bytes()).finalize().into()
}

fn reference(kind: Kind, promeneur: PromeneurId, text: &str) -> Key {
    hash(kind, promeneur, "reference", [text])
}

fn hash<'a>(kind: Kind, promeneur: PromeneurId, by: &str, texts: impl IntoIterator<Item = &'a str>) -> Key {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    add(kind.code());
    add(&promeneur.to_string());
    add(by);
    texts.into_iter().for_each(add);
    hash.finalize().into()
}

/// The end after a start. One that is only a time of day is of the night that follows where it would come before.
fn after(start: NaiveDateTime, end: NaiveDateTime, is_time: bool) -> NaiveDateTime {
    if is_time && end < start { end.checked_add_days(Days::new(1)).unwrap_or(end) } else { end }
}

/// A text that may name somebody is not taken: nobody is there to look at each of them.
fn drop_texts(draft: &mut Draft) -> bool {
    let texts: Vec<&mut Option<String>> = match draft {
        Draft::Presence(draft) => vec![&mut draft.note],
        Draft::Intervention(draft) => vec![&mut draft.note],
        Draft::Meeting(draft) => vec![&mut draft.note],
        Draft::Project(draft) => vec![&mut draft.note, &mut draft.title],
        Draft::AccountSnapshot(_) | Draft::Statement(_) => Vec::new(),
    };
    // Each of them, also after one was found.
    let dropped = texts.into_iter().filter_map(|text| text.take_if(|text| may_name(text))).count();
    dropped > 0
}

/// Whether a text may name somebody, as people write names into spreadsheets: in capitals, with a comma, after « M. ».
fn may_name(text: &str) -> bool {
    let quiet = |word: &str| {
        let is_loud = word.chars().filter(|letter| letter.is_alphabetic()).count() > 2
            && word.chars().all(|letter| letter.is_uppercase() || !letter.is_alphabetic());
        if is_loud { fr::capital(&word.to_lowercase()) } else { word.to_owned() }
    };
    let words = text.split(|letter: char| letter.is_whitespace() || letter == ',').filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(quiet).collect();
    let follows = |pair: &[String]| {
        matches!(pair[0].as_str(), "M." | "Mr" | "Mme" | "Mlle") && pair[1].starts_with(char::is_uppercase)
    };
    guard::trace(text).is_some() || guard::trace(&words.join(" ")).is_some() || words.windows(2).any(follows)
}

/// A spreadsheet has a column of those who were met and nothing to tick: their number says that they were.
fn say_met(object: &mut Map<String, Value>) {
    if object.get("met_after_online_count").and_then(Value::as_i64).is_none_or(|met| met <= 0) {
        return;
    }
    let met = Value::from(Outcome::MetInPerson.code());
    // « Aucune suite » says that they were not: the row is for its person to put right.
    let none = Value::from(Outcome::None.code());
    if let Value::Array(outcomes) = object.entry("outcomes").or_insert_with(|| Vec::<Value>::new().into())
        && !outcomes.contains(&met)
        && !outcomes.contains(&none)
    {
        outcomes.push(met);
    }
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_noticed_as_spreadsheets_write_them() {
        for text in [
            "Échange avec Léa MARTIN",
            "Vu DUPONT",
            "MARTIN Léa",
            "Martin, Léa",
            "Léa\u{a0}Martin",
            "Léa\nMartin",
            "vu M. Martin",
        ] {
            assert!(may_name(text), "{text:?}");
        }
        for text in ["Stand au lycée", "Atelier CV, jobs d’été", "Point avec la Mission Locale", "Rappel à 18 h"]
        {
            assert!(!may_name(text), "{text:?}");
        }
    }

    #[test]
    fn a_number_of_those_met_says_that_they_were() {
        for (given, wanted) in [
            (json!({ "met_after_online_count": 2 }), json!(["met_in_person"])),
            (
                json!({ "met_after_online_count": 2, "outcomes": ["project_started"] }),
                json!(["project_started", "met_in_person"]),
            ),
            (json!({ "met_after_online_count": 1, "outcomes": ["met_in_person"] }), json!(["met_in_person"])),
            (json!({ "met_after_online_count": 2, "outcomes": ["none"] }), json!(["none"])),
            (json!({ "met_after_online_count": 0 }), Value::Null),
            (json!({}), Value::Null),
        ] {
            let Value::Object(mut object) = given else { unreachable!("an object") };
            say_met(&mut object);
            assert_eq!(object.get("outcomes").cloned().unwrap_or_default(), wanted);
        }
    }
}
