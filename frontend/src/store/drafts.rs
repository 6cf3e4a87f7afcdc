//! What is typed and not saved.

use app::{
    domain::{ids::RecordId, order::sort_short},
    promeneur::port::FormDraft,
};
use wasm_bindgen::JsValue;

use super::{
    Store, StoreFault,
    lock::{Way, turned},
    row::{draft_row, read_all},
    schema::{DRAFTS, META},
};

impl Store {
    /// Every draft, the oldest first.
    pub(crate) async fn drafts(&self) -> Result<Vec<FormDraft>, StoreFault> {
        let mut drafts = read_all(self.all(DRAFTS).await?);
        by_time(&mut drafts);
        Ok(drafts)
    }

    /// Keeps a draft.
    pub(crate) async fn keep_draft(&self, draft: &FormDraft) -> Result<(), StoreFault> {
        let cipher = self.cipher();
        let row = turned(cipher.as_ref(), vec![draft_row(draft)?], Way::Close, None).await?;
        let transaction = self.durable(&[DRAFTS, META]).await?;
        // Both at once: a page that goes writes what it has asked for, and may not hear of it.
        let lock = Self::ask_lock(&transaction)?;
        transaction.put(DRAFTS, &JsValue::from_str(&draft.id.to_string()), &row[0])?;
        Self::under(lock, cipher.as_ref()).await?;
        transaction.finish().await?;
        self.tell_tabs(false);
        Ok(())
    }

    /// Waits until what was being written is written: a write that begins now is done after it.
    pub(crate) async fn settled(&self) -> Result<(), StoreFault> {
        self.durable(&[DRAFTS, META]).await?.finish().await
    }

    /// Forgets a draft.
    pub(crate) async fn drop_draft(&self, id: RecordId) -> Result<(), StoreFault> {
        let transaction = self.durable(&[DRAFTS]).await?;
        transaction.delete(DRAFTS, &JsValue::from_str(&id.to_string()))?;
        transaction.finish().await?;
        self.tell_tabs(false);
        Ok(())
    }
}

/// Puts drafts in order, the oldest first.
pub(super) fn by_time(drafts: &mut [FormDraft]) {
    sort_short(drafts, |a, b| a.touched_at < b.touched_at);
}
