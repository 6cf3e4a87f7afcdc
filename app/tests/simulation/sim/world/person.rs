//! What the people do on their phones.

use app::{
    domain::{ids::RecordId, meeting::MeetingDraft},
    sync::{
        acts::{accept_theirs, save, save_over, withdraw},
        outbox::{Entry, EntryState},
        store::{Change, Snapshot, Touch},
    },
};

use super::{FIELDS, Office, POISON, World, meeting, refused_as_withdrawn, text_of};

impl<O: Office> World<'_, O> {
    pub(super) fn pick(&self, seat: usize, which: u8, fits: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let entries = self.seats[seat].store.entries();
        if entries.is_empty() {
            return None;
        }
        Some(entries[usize::from(which) % entries.len()].clone()).filter(fits)
    }

    fn act(&self, seat: usize, record: RecordId, decide: impl FnOnce(&Snapshot) -> Change) -> bool {
        // A store that was handed over takes nothing more.
        !self.seats[seat].store.meta().sealed && self.seats[seat].store.act(Touch::record(record), decide)
    }

    /// Saves, and remembers what was written only when it was saved.
    pub(super) fn write(&mut self, seat: usize, record: RecordId, draft: MeetingDraft, field: u8) {
        let (draft, wrote) = self.changed(draft, field);
        if self.save(seat, record, draft) {
            self.remember(seat, record, wrote);
        }
    }

    pub(super) fn save(&self, seat: usize, record: RecordId, draft: MeetingDraft) -> bool {
        let (stamp, body) = (self.seats[seat].stamp(), text_of(draft));
        self.act(seat, record, |state| save(state, record, body, stamp))
    }

    fn remember(&mut self, seat: usize, record: RecordId, wrote: Option<(&'static str, String)>) {
        if let Some((field, value)) = wrote {
            self.written.insert((seat, record, field), value);
        }
    }

    fn changed(&mut self, mut draft: MeetingDraft, field: u8) -> (MeetingDraft, Option<(&'static str, String)>) {
        self.counter += 1;
        let Some(name) = FIELDS.get(usize::from(field)) else {
            // More met than present: refused by the office until it is corrected.
            draft.met_after_online_count = Some(if draft.met_after_online_count == Some(9) { 1 } else { 9 });
            return (draft, None);
        };
        let value = format!("w{}.", self.counter);
        draft.extra.insert((*name).to_owned(), value.clone().into());
        (draft, Some((name, value)))
    }

    fn forgive(&mut self, seat: usize, record: RecordId) {
        self.written.retain(|(who, of, _), _| (*who, *of) != (seat, record));
    }

    pub(super) fn change(&mut self, seat: usize, which: u8, field: u8) {
        if let Some(entry) = self.pick(seat, which, |entry| !entry.deleted) {
            if entry.state == EntryState::Conflict {
                self.answered.insert(entry.id);
            }
            self.write(seat, entry.id, meeting(&entry.body), field);
        }
    }

    pub(super) fn finish(&mut self, seat: usize, field: u8) {
        let Some((record, seen)) = self.seats[seat].form.take() else { return };
        let (draft, wrote) = self.changed(meeting(&seen), field);
        let (stamp, body) = (self.seats[seat].stamp(), text_of(draft));
        if self.seats[seat].store.entry(record).is_some_and(|entry| entry.deleted) {
            self.taken_up.insert(record);
        }
        if self.act(seat, record, |state| save_over(state, record, body, &seen, stamp)) {
            self.remember(seat, record, wrote);
        }
    }

    pub(super) fn withdraw(&mut self, seat: usize, entry: &Entry) {
        let stamp = self.seats[seat].stamp();
        if entry.state == EntryState::Conflict {
            self.answered.insert(entry.id);
        }
        if self.act(seat, entry.id, |state| withdraw(state, entry.id, None, stamp)) {
            self.forgive(seat, entry.id);
        }
    }

    pub(super) fn take_theirs(&mut self, seat: usize, record: RecordId) {
        self.answered.insert(record);
        if self.act(seat, record, |state| accept_theirs(state, record)) {
            self.forgive(seat, record);
        }
    }

    /// The people answer every question; then nothing is left open but what a withdrawal has closed.
    pub fn answer_everything(&mut self) {
        for _ in 0..6 {
            for seat in 0..self.seats.len() {
                for entry in self.seats[seat].store.entries() {
                    self.answer(seat, &entry);
                }
                self.settle();
            }
        }
    }

    fn answer(&mut self, seat: usize, entry: &Entry) {
        match entry.state {
            EntryState::Conflict if seat == 0 => self.take_theirs(seat, entry.id),
            EntryState::Conflict if !entry.deleted => {
                self.answered.insert(entry.id);
                self.save(seat, entry.id, meeting(&entry.body));
            }
            EntryState::Conflict => self.withdraw(seat, entry),
            EntryState::Pending if !entry.deleted && entry.body.contains(POISON) => {
                let mut draft = meeting(&entry.body);
                draft.extra.remove(POISON);
                self.save(seat, entry.id, draft);
            }
            EntryState::Rejected if !refused_as_withdrawn(entry) => {
                let mut draft = MeetingDraft { met_after_online_count: None, ..meeting(&entry.body) };
                draft.extra.remove(POISON);
                self.save(seat, entry.id, draft);
            }
            _ => {}
        }
    }
}
