//! What the shell has asked of the disk before this program was there (frontend/boot/ahead.js). It is taken up once; whoever
//! finds nothing asks by themselves, in the same words (frontend/boot/notebook.js).

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, IdbDatabase};

use super::schema::VERSION;

#[wasm_bindgen]
extern "C" {
    /// Everything that a notebook opens with, as it was at one moment.
    #[wasm_bindgen(catch, js_name = readNotebook)]
    pub(super) fn read_notebook(database: &IdbDatabase) -> Result<Promise, JsValue>;

    /// A person's notebook, as it was opened ahead.
    pub(super) type Notebook;

    #[wasm_bindgen(method, getter)]
    pub(super) fn database(this: &Notebook) -> IdbDatabase;

    /// What [`read_notebook`] gave.
    #[wasm_bindgen(method, getter)]
    fn rows(this: &Notebook) -> Option<Array>;

    #[wasm_bindgen(method, setter)]
    fn set_rows(this: &Notebook, rows: Option<&Array>);

    /// The channel of its tabs, which notes their words until somebody else listens.
    #[wasm_bindgen(method, getter)]
    pub(super) fn tabs(this: &Notebook) -> BroadcastChannel;

    /// What other tabs have told since it is open, and that the browser has closed it.
    #[wasm_bindgen(method, getter)]
    pub(super) fn words(this: &Notebook) -> Array;
}

impl Notebook {
    /// What it opens with, once, and not where something was told since: another tab may have put a lock on meanwhile.
    /// Whatever is read from now on is later than what was told.
    pub(super) fn take_rows(&self) -> Option<Array> {
        let (rows, words) = (self.rows(), self.words());
        self.set_rows(None);
        let is_overtaken = words.length() > 0;
        words.set_length(0);
        rows.filter(|_| !is_overtaken)
    }
}

/// The rows of who uses the phone, where they were asked for.
pub(super) async fn people() -> Option<Array> {
    taken("people").await.map(JsCast::unchecked_into)
}

/// The notebook of a name, where it was opened and no other release has made its stores.
pub(super) async fn notebook(name: &str) -> Option<Notebook> {
    let found: Notebook = taken("notebook").await?.unchecked_into();
    let database = found.database();
    // Versions are whole numbers.
    let is_ours = (database.version() - f64::from(VERSION)).abs() < 0.5;
    if database.name() == name && is_ours {
        return Some(found);
    }
    database.close();
    found.tabs().close();
    None
}

async fn taken(part: &str) -> Option<JsValue> {
    let take: Function = Reflect::get(&js_sys::global(), &"takeAhead".into()).ok()?.dyn_into().ok()?;
    let asked = take.call1(&JsValue::UNDEFINED, &part.into()).ok()?;
    JsFuture::from(asked.unchecked_into::<Promise>()).await.ok().filter(|found| !found.is_undefined())
}
