//! A transaction that reads for one page, with what pages keep between them.

use std::ops::{Deref, DerefMut};

use app::domain::ids::SchemeId;

use super::{Tx, reports::KeptNetworks};

/// A transaction for a page of many questions: it sees one moment of one network, and writes nothing.
#[derive(Debug)]
pub struct Page {
    pub(super) tx: Tx,
    pub(super) scheme: SchemeId,
    pub(super) kept: KeptNetworks,
}

impl Deref for Page {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
