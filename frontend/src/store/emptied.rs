//! The notebook of a phone that was withdrawn, emptied.

use app::sync::outbox::Meta;

use super::{
    META_KEY, Store, StoreFault,
    row::read,
    schema::{DRAFTS, ENTRIES, META, OUTBOX, RECEIPTS},
};

impl Store {
    /// Empties it, if what was handed over is still all that it holds.
    pub(crate) async fn empty(&self) -> Result<(), StoreFault> {
        let transaction = self.durable(&[ENTRIES, OUTBOX, DRAFTS, RECEIPTS, META]).await?;
        let (own, drafts) = (transaction.get(META, META_KEY)?, transaction.get_all_keys(DRAFTS)?);
        let (own, drafts) = (own.told().await?, drafts.rows().await?);
        // Also what was typed and is no record yet: it is saved first, and handed over.
        if !drafts.is_empty() || !read::<Meta>(&own).is_some_and(|own| own.sealed) {
            return Err(StoreFault::Other("something was saved since".to_owned()));
        }
        for name in [ENTRIES, OUTBOX, DRAFTS, RECEIPTS, META] {
            transaction.clear(name)?;
        }
        transaction.finish().await?;
        self.removals.update(|count| count + 1);
        self.tell_tabs(false);
        Ok(())
    }
}
