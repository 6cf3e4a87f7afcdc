//! The notebook of a phone that was withdrawn, emptied.

use app::sync::outbox::Meta;
use wasm_bindgen::JsValue;

use super::{
    META_KEY, Store, StoreFault,
    row::read,
    schema::{DRAFTS, ENTRIES, META, OUTBOX, RECEIPTS},
};

impl Store {
    /// Empties it, if what was handed over is still all that it holds.
    pub(crate) async fn empty(&self) -> Result<(), StoreFault> {
        let transaction = self.durable(&[ENTRIES, OUTBOX, DRAFTS, RECEIPTS, META]).await?;
        let own = transaction.store(META)?.get(JsValue::from_str(META_KEY))?.await?;
        if !own.as_ref().and_then(read::<Meta>).is_some_and(|own| own.sealed) {
            return Err(StoreFault::Other("something was saved since".to_owned()));
        }
        for name in [ENTRIES, OUTBOX, DRAFTS, RECEIPTS, META] {
            transaction.store(name)?.clear()?;
        }
        transaction.finish().await?;
        self.tell_tabs(false);
        Ok(())
    }
}
