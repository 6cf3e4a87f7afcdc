//! Rows that cannot be read (`offline.md` F41): a disk fault, or a release that wrote what this one does not know. They
//! stay where they are, the others go on without them, and their texts can be shown and handed over.

use app::{
    promeneur::port::FormDraft,
    sync::outbox::{Entry, OutboxRow},
};
use wasm_bindgen::JsValue;

use super::{
    Store, StoreFault,
    row::{read, text_of},
    schema::{DRAFTS, ENTRIES, META, OUTBOX},
};

/// Under which key of [`META`] a row of the phone's own facts is put aside that could not be read.
pub(super) const META_ASIDE: &str = "unreadable";

/// Whether a row can be read.
type Judge = fn(&JsValue) -> bool;

impl Store {
    /// The texts of all rows that cannot be read, those that wait to be sent first.
    pub(crate) async fn unreadable(&self) -> Result<Vec<String>, StoreFault> {
        let is_good: [(&str, Judge); 3] = [
            (OUTBOX, |row| read::<OutboxRow>(row).is_some()),
            (ENTRIES, |row| read::<Entry>(row).is_some()),
            (DRAFTS, |row| read::<FormDraft>(row).is_some()),
        ];
        let mut texts = Vec::new();
        for (store, is_good) in is_good {
            texts.extend(self.all(store).await?.iter().filter(|row| !is_good(row)).map(text_of));
        }
        let aside = self.looking(&[META]).await?.get(META, META_ASIDE)?.told().await?;
        texts.extend((!aside.is_undefined()).then(|| text_of(&aside)));
        Ok(texts)
    }
}
