//! The stores of a person's database, in one list for both libraries: idb migrates, rexie opens at the same version.
//!
//! rexie deletes every store that a build does not list when it upgrades (`offline.md` 0.1), so it never upgrades: the
//! version is already reached when it opens.

use idb::{DatabaseEvent, Factory, IndexParams, KeyPath, ObjectStoreParams};
use rexie::{Index, ObjectStore, Rexie};
use wasm_bindgen::JsCast;

/// The version of the stores. A step to a new one only ever adds.
///
/// 2: rows may be closed under a lock. A build of before would take them for none.
pub(crate) const VERSION: u32 = 2;

pub(crate) const META: &str = "meta";
pub(crate) const DRAFTS: &str = "drafts";
pub(crate) const ENTRIES: &str = "entries";
pub(crate) const OUTBOX: &str = "outbox";
pub(crate) const RECEIPTS: &str = "receipts";
pub(crate) const REFS: &str = "refs";

/// A store: its name, the version that added it, and its indexes. Keys are given from outside.
struct Store {
    name: &'static str,
    since: u32,
    indexes: &'static [&'static str],
}

const STORES: &[Store] = &[
    Store { name: META, since: 1, indexes: &[] },
    Store { name: DRAFTS, since: 1, indexes: &["touched_at"] },
    Store { name: ENTRIES, since: 1, indexes: &["day", "state"] },
    Store { name: OUTBOX, since: 1, indexes: &["record", "next_try_at"] },
    Store { name: RECEIPTS, since: 1, indexes: &["at"] },
    Store { name: REFS, since: 1, indexes: &[] },
];

/// Brings a database to [`VERSION`]. Additive: no store that may hold unsent work is ever deleted. An upgrade waits for
/// tabs with an older build to let go, which `blocked` is told.
pub(crate) async fn migrate(name: &str, blocked: fn()) -> Result<idb::Database, idb::Error> {
    let mut request = Factory::new()?.open(name, Some(VERSION))?;
    request.on_blocked(move |_| blocked());
    request.on_upgrade_needed(|event| {
        if upgrade(&event).is_err() {
            // All stores or none: a version that lacks one would never be mended. The open request reports it.
            let raw: web_sys::IdbVersionChangeEvent = event.into();
            let request = raw.target().and_then(|target| target.dyn_into::<web_sys::IdbOpenDbRequest>().ok());
            if let Some(transaction) = request.and_then(|request| request.transaction()) {
                let _ = transaction.abort();
            }
        }
    });
    request.await
}

fn upgrade(event: &idb::event::VersionChangeEvent) -> Result<(), idb::Error> {
    let before = event.old_version()?;
    let database = event.database()?;
    for store in STORES.iter().filter(|store| store.since > before) {
        let created = database.create_object_store(store.name, ObjectStoreParams::new())?;
        for index in store.indexes {
            created.create_index(index, KeyPath::new_single(index), Some(IndexParams::new()))?;
        }
    }
    Ok(())
}

/// Opens a database that [`migrate`] has brought to [`VERSION`].
pub(crate) async fn open(name: &str) -> Result<Rexie, rexie::Error> {
    let stores = STORES.iter().map(|store| {
        let described = ObjectStore::new(store.name);
        store.indexes.iter().fold(described, |described, index| described.add_index(Index::new(index, index)))
    });
    stores.fold(Rexie::builder(name).version(VERSION), rexie::RexieBuilder::add_object_store).build().await
}
