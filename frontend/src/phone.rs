//! The port of the promeneur's screens, over the store, the sender and the browser.

use app::{
    domain::{
        ids::RecordId,
        record::{Body, Draft},
    },
    promeneur::{
        carnet::Shown,
        port::{FormDraft, Local, PhonePort, Storage, Trouble},
    },
    sync::{
        engine::Surroundings,
        messages::OpKind,
        outbox::{Entry, Stamp, accept_theirs, save, withdraw},
        store::{PhoneStore, Touch},
    },
};
use chrono::{DateTime, NaiveDateTime, Utc};
use leptos::prelude::*;

use crate::{
    clock::Browser,
    pwa,
    sender::Sender,
    store::{self, Store, StoreFault},
    wire::Http,
};

/// This phone.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) store: Store,
    pub(crate) sender: Sender,
    pub(crate) shown: Shown,
}

fn stamp() -> Stamp {
    Stamp { op: Browser.op_id(), at: Browser.now() }
}

impl Phone {
    async fn write(
        self,
        touch: Touch,
        decide: impl FnOnce(&app::sync::store::Snapshot) -> app::sync::store::Change,
    ) -> Result<(), Trouble> {
        let written = self.store.transact(touch, |state| (decide(state), ())).await;
        written.map_err(|fault: StoreFault| fault.trouble())?;
        pwa::ask_to_persist();
        self.sender.show(self.shown.sending.with_untracked(|sending| sending.fault)).await;
        self.sender.ask();
        Ok(())
    }

    async fn refresh_drafts(&self) {
        if let Ok(drafts) = self.store.drafts().await {
            self.shown.drafts.set(drafts);
        }
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

    fn save(&self, record: RecordId, draft: Draft) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            let body = Body::new(draft).to_json();
            // Entry, operation and the end of the draft in one transaction: never one without the others.
            phone
                .clone()
                .write(Touch::record(record), move |state| {
                    let mut change = save(state, record, body, stamp());
                    change.remove_drafts.push(record);
                    change
                })
                .await?;
            phone.refresh_drafts().await;
            Ok(())
        })
    }

    fn withdraw(&self, record: RecordId) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            phone.write(Touch::record(record), move |state| withdraw(state, record, None, stamp())).await
        })
    }

    fn bring_back(&self, entry: Entry) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            let id = entry.id;
            phone
                .write(Touch::record(id), move |state| {
                    // A withdrawal that the server may know of is final: the record comes back under a new id (I10).
                    let may_be_known = state.rows_of(id).iter().any(|row| row.kind == OpKind::Delete && row.tries > 0);
                    let is_known = state.entry(id).is_some_and(|now| now.deleted) && state.rows_of(id).is_empty();
                    let target = if may_be_known || is_known { Browser.record_id() } else { id };
                    save(state, target, entry.body.clone(), stamp())
                })
                .await
        })
    }

    fn accept_theirs(&self, record: RecordId) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move { phone.write(Touch::record(record), move |state| accept_theirs(state, record)).await })
    }

    fn keep_draft(&self, draft: FormDraft) -> Local<Result<(), Trouble>> {
        let phone = self.clone();
        Box::pin(async move {
            phone.store.keep_draft(&draft).await.map_err(|fault| fault.trouble())?;
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

    fn sign_out(&self) -> Local<()> {
        Box::pin(async move {
            // Without network the cookie stays until the next sign-in; this phone no longer opens the notebook.
            let _ = Http.sign_out().await;
            let _ = store::forget_current().await;
            pwa::go("/connexion");
        })
    }

    fn update(&self) {
        pwa::apply_update();
    }
}
