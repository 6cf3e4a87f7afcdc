//! The port of the promeneur's screens, over the store, the sender and the browser.

use app::{
    domain::{
        coded::Code,
        ids::RecordId,
        lock::{LockCode, LockFault},
        record::Body,
        taxonomy::WithdrawalReason,
    },
    promeneur::{
        carnet::Shown,
        port::{FormDraft, Local, PhonePort, Save, SavedBy, Storage, Theme, Trouble},
    },
    sync::{
        acts::{accept_theirs, save, save_anew, save_over, withdraw},
        engine::Surroundings,
        messages::{OpKind, Refusal},
        outbox::{Entry, Stamp},
        rescue::rescue_file,
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};
use chrono::{DateTime, NaiveDateTime, Utc};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    clock::Browser,
    install, lock, marks, pwa,
    sender::Sender,
    store::{self, Store, StoreFault},
    theme,
    wire::Http,
};

/// This phone.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) store: Store,
    pub(crate) sender: Sender,
    pub(crate) shown: Shown,
}

/// What a save writes, and the id that the record has from then on.
fn decide_save(state: &Snapshot, saving: &Save) -> (RecordId, Change) {
    let id = saving.id;
    let body = Body::new(saving.draft.clone()).to_json();
    let entry = state.entry(id);
    if let (SavedBy::NewForm, Some(entry)) = (saving.by, entry) {
        // Another tab has made a record of this draft already. The same one is the same; another one is another.
        let other = entry.deleted || entry.body != body;
        let fresh = if other { Browser.record_id() } else { id };
        return (fresh, if other { save(state, fresh, body, stamp()) } else { Change::default() });
    }
    let problem = entry.and_then(|entry| entry.problem.as_ref());
    let gone = entry.and_then(|entry| entry.theirs.as_ref()).is_some_and(|theirs| theirs.deleted);
    if saving.seen.is_none() && gone || problem.is_some_and(|problem| problem.code.is(Refusal::Withdrawn)) {
        let fresh = Browser.record_id();
        return (fresh, save_anew(state, id, fresh, body, stamp()));
    }
    let change = match &saving.seen {
        Some(seen) => save_over(state, id, body, seen, stamp()),
        None => save(state, id, body, stamp()),
    };
    (id, change)
}

fn stamp() -> Stamp {
    Stamp { op: Browser.op_id(), at: Browser.now() }
}

/// What a write decides on what is there: what to write, and the id that the record has from then on.
type Decide = dyn Fn(&Snapshot) -> (Change, RecordId);

impl Phone {
    /// Writes a record and tries to send it; the id that it has from then on. Boxed, so that the wasm holds it once.
    fn write(
        self,
        touch: Touch,
        decide: impl Fn(&Snapshot) -> (Change, RecordId) + 'static,
    ) -> Local<Result<RecordId, Trouble>> {
        Box::pin(self.write_now(touch, Box::new(decide)))
    }

    async fn write_now(self, touch: Touch, decide: Box<Decide>) -> Result<RecordId, Trouble> {
        // The whole outbox is looked at, so that how sending stands is known without another look.
        let touch = Touch { outbox: true, ..touch };
        let decide = |state: &Snapshot| {
            let (change, record) = decide(state);
            let after = state.after(&change);
            (change, (record, after))
        };
        let mut written = self.store.transact(touch.clone(), &decide).await;
        if matches!(written, Err(StoreFault::Full)) && self.make_room().await {
            written = self.store.transact(touch, &decide).await;
        }
        let (record, (rows, meta)) = written.map_err(|fault: StoreFault| fault.trouble())?;
        pwa::ask_to_persist();
        pwa::ask_background();
        // No screen says « Tout est envoyé » after a save; for what else follows, whoever waits for the write need not wait.
        let waiting = self.sender.tell_line(&rows, &meta, self.shown.sending.with_untracked(|sending| sending.fault));
        spawn_local(async move {
            self.sender.note(waiting).await;
            self.sender.ask();
        });
        Ok(record)
    }

    /// Forgets what may be forgotten on a full phone; whether that went well enough to try again.
    fn make_room(&self) -> Local<bool> {
        let phone = self.clone();
        Box::pin(async move { phone.store.free_room(&phone.shown.build.get_value()).await.is_ok() })
    }

    fn refresh_drafts(&self) -> Local<()> {
        let phone = self.clone();
        Box::pin(async move {
            if let Ok(drafts) = phone.store.drafts().await {
                phone.shown.drafts.set(drafts);
            }
        })
    }
}

impl PhonePort for Phone {
    fn now(&self) -> NaiveDateTime {
        Browser.wall_clock()
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        Browser.local(at)
    }

    fn fresh_record(&self) -> RecordId {
        Browser.record_id()
    }

    fn save(&self, saving: Save) -> Local<Result<RecordId, Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            let (ends_draft, given) = (saving.by != SavedBy::Tap, saving.id);
            // Entry, operation and the end of the draft in one transaction: never one without the others.
            let id = phone
                .clone()
                .write(Touch::record(saving.id), move |state| {
                    let (id, mut change) = decide_save(state, &saving);
                    if ends_draft {
                        change.remove_drafts.push(saving.id);
                    }
                    (change, id)
                })
                .await?;
            if ends_draft && phone.shown.drafts.with_untracked(|drafts| drafts.iter().any(|draft| draft.id == given)) {
                phone.shown.drafts.update(|drafts| drafts.retain(|draft| draft.id != given));
            }
            Ok(id)
        })
    }

    fn withdraw(&self, record: RecordId, reason: Option<WithdrawalReason>) -> Local<Result<(), Trouble>> {
        let written = self.clone().write(Touch::record(record), move |state| {
            let reason = reason.map(|reason| reason.code().to_owned());
            (withdraw(state, record, reason, stamp()), record)
        });
        Box::pin(async move { written.await.map(drop) })
    }

    fn bring_back(&self, entry: Entry) -> Local<Result<RecordId, Trouble>> {
        let id = entry.id;
        self.clone().write(Touch::record(id), move |state| {
            // A withdrawal that the server may know of is final: the record comes back under a new id (I10).
            let may_be_known = state.rows_of(id).iter().any(|row| row.kind == OpKind::Delete && row.tries > 0);
            let is_known = state.entry(id).is_some_and(|now| now.deleted) && state.rows_of(id).is_empty();
            let target = if may_be_known || is_known { Browser.record_id() } else { id };
            (save(state, target, entry.body.clone(), stamp()), target)
        })
    }

    fn accept_theirs(&self, record: RecordId) -> Local<Result<(), Trouble>> {
        let written = self.clone().write(Touch::record(record), move |state| (accept_theirs(state, record), record));
        Box::pin(async move { written.await.map(drop) })
    }

    fn keep_draft(&self, draft: FormDraft) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            let mut kept = phone.store.keep_draft(&draft).await;
            if matches!(kept, Err(StoreFault::Full)) && phone.make_room().await {
                kept = phone.store.keep_draft(&draft).await;
            }
            kept.map_err(|fault| fault.trouble())?;
            phone.refresh_drafts().await;
            Ok(())
        })
    }

    fn drop_draft(&self, id: RecordId) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            phone.store.drop_draft(id).await.map_err(|fault| fault.trouble())?;
            phone.refresh_drafts().await;
            Ok(())
        })
    }

    fn send(&self) {
        self.sender.ask_afresh();
    }

    fn storage(&self) -> Local<Storage> {
        Box::pin(pwa::storage())
    }

    fn persist(&self) -> Local<Storage> {
        Box::pin(pwa::persist())
    }

    fn rescue(&self) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            let unreadable = phone.store.unreadable().await.map_err(|fault| fault.trouble())?;
            let (me, build) = (phone.shown.me.get_value(), phone.shown.build.get_value());
            let made = phone.store.transact(Touch::everything(), |state| {
                let (change, file) = rescue_file(state, me.account, &build, Browser.now(), unreadable);
                (change, serde_json::to_string(&file).unwrap_or_default())
            });
            let text = made.await.map_err(|fault: StoreFault| fault.trouble())?;
            let day = Browser.wall_clock().date();
            pwa::hand_out(&format!("lanterne-{}-{day}.json", me.name.replace(' ', "-")), &text);
            Ok(())
        })
    }

    fn hand_out(&self, name: &str, text: &str) {
        pwa::hand_out(name, text);
    }

    fn sign_out(&self) -> Local<()> {
        Box::pin(async move {
            // First here, so that it holds whatever the network does; the server hears of it now or at the next start.
            let _ = store::sign_out_here().await;
            if Http.sign_out().await.is_ok() {
                let _ = store::sign_out_is_known().await;
            }
            pwa::go("/connexion");
        })
    }

    fn is_locked(&self) -> bool {
        self.store.is_locked()
    }

    fn put_lock(&self, code: LockCode, passkey: bool) -> Local<Result<(), LockFault>> {
        let owner = passkey.then(|| self.shown.me.with_value(|me| me.account));
        lock::put(self.store.clone(), code, owner)
    }

    fn take_lock(&self, typed: String) -> Local<Result<(), LockFault>> {
        lock::take(self.store.clone(), typed)
    }

    fn lock_now(&self) {
        lock::close(&self.store);
    }

    fn update(&self) {
        pwa::apply_update();
    }

    fn theme(&self) -> Theme {
        theme::chosen()
    }

    fn set_theme(&self, theme: Theme) {
        theme::choose(theme);
    }

    fn install(&self) {
        install::ask(self.shown);
    }

    fn install_later(&self) {
        self.shown.install_later.set(true);
        marks::refuse_install();
    }

    fn loss_is_known(&self) {
        self.shown.loss.set(None);
        self.shown.me.with_value(|me| marks::loss_is_known(me.account));
    }
}
