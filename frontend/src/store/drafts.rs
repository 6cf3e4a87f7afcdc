//! What is typed and not saved.

use app::{
    domain::{ids::RecordId, order::sort_short},
    promeneur::port::FormDraft,
};
use wasm_bindgen::JsValue;

use super::{
    Store, StoreFault,
    row::{draft_row, read_all},
    schema::DRAFTS,
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
        let row = draft_row(draft)?;
        let transaction = self.durable(&[DRAFTS]).await?;
        transaction.put(DRAFTS, &JsValue::from_str(&draft.id.to_string()), &row)?;
        transaction.finish().await?;
        self.tell_tabs(false);
        Ok(())
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
