//! The lock of a notebook, as it stands in the notebook itself, and what is done with it. Whoever has the disk has the
//! lock too, and a code of six digits does not keep out who can try millions: what it keeps out is whoever finds the phone.

use std::rc::Rc;

use app::{
    domain::{
        ids::AccountId,
        lock::{LockCode, LockFault, MOST_TRIES},
    },
    promeneur::port::Trouble,
};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::{
    Boxed, Store, StoreFault, before,
    durable::{Asked, Durable},
    schema::{DRAFTS, ENTRIES, META, OUTBOX},
};

/// Under which key of [`META`] it stands.
pub(super) const LOCK: &str = "lock";

#[wasm_bindgen]
extern "C" {
    /// The lock of a notebook.
    #[derive(Clone)]
    pub(crate) type Lock;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn id(this: &Lock) -> String;

    /// The notebook's key, closed by the code; none once that was tried too often.
    #[wasm_bindgen(method, getter, js_name = byCode)]
    fn by_code(this: &Lock) -> JsValue;

    #[wasm_bindgen(method, setter, js_name = byCode)]
    fn set_by_code(this: &Lock, key: &JsValue);

    /// How often in a row the code was tried.
    #[wasm_bindgen(method, getter)]
    fn tries(this: &Lock) -> f64;

    #[wasm_bindgen(method, setter)]
    fn set_tries(this: &Lock, tries: f64);

    /// The notebook's key, closed by a passkey; none where it opens by its code only.
    #[wasm_bindgen(method, getter, js_name = byPasskey)]
    fn by_passkey(this: &Lock) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn salt(this: &Lock) -> JsValue;

    #[wasm_bindgen(method, setter)]
    fn set_salt(this: &Lock, salt: &JsValue);

    #[wasm_bindgen(method, getter)]
    fn rounds(this: &Lock) -> JsValue;

    #[wasm_bindgen(method, setter)]
    fn set_rounds(this: &Lock, rounds: &JsValue);
}

#[wasm_bindgen(module = "/boot/cipher.js")]
extern "C" {
    /// What the server shall keep for a new lock.
    #[wasm_bindgen(js_name = freshKept)]
    pub(crate) fn fresh_kept() -> String;

    #[wasm_bindgen(js_name = makeLock, catch)]
    async fn make_lock(id: &str, code: &str, kept: &str, owner: Option<String>) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = keyByCode, catch)]
    async fn key_by_code(lock: &Lock, code: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = keyByPasskey, catch)]
    async fn key_by_passkey(lock: &Lock) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = renewLock, catch)]
    async fn renew_lock(lock: &Lock, kept: &str, code: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = closeRows, catch)]
    async fn close_rows(key: &JsValue, rows: Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = openRows, catch)]
    async fn open_rows(key: &JsValue, rows: Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = openAllRows, catch)]
    async fn open_all_rows(key: &JsValue, rows: Array) -> Result<JsValue, JsValue>;
}

impl Lock {
    /// How many tries are left.
    pub(crate) fn tries_left(&self) -> u32 {
        let tries = (0..=MOST_TRIES).find(|tries| f64::from(*tries) >= self.tries()).unwrap_or(MOST_TRIES);
        if self.by_code().is_undefined() { 0 } else { MOST_TRIES - tries }
    }

    /// Whether a passkey opens it too.
    pub(crate) fn has_passkey(&self) -> bool {
        !self.by_passkey().is_undefined()
    }

    /// Another one to be changed: what was read is not.
    fn copy(&self) -> Self {
        Object::assign(&Object::new(), self.unchecked_ref()).unchecked_into()
    }
}

/// The key of a notebook that is open, which no script can read.
#[derive(Clone)]
pub(super) struct Cipher {
    /// The lock that it is the key of.
    id: Rc<str>,
    key: JsValue,
}

impl Cipher {
    fn of(lock: &Lock, key: JsValue) -> Self {
        Self { id: lock.id().into(), key }
    }

    /// Turns the texts of rows.
    fn turn(&self, rows: Vec<JsValue>, way: Way) -> Boxed<'static, Vec<JsValue>> {
        let key = self.key.clone();
        Box::pin(async move {
            let rows = Array::from_iter(rows);
            let rows = match way {
                Way::Close => close_rows(&key, rows).await?,
                Way::Open => open_rows(&key, rows).await?,
                Way::OpenAll => open_all_rows(&key, rows).await?,
            };
            Ok(rows.unchecked_into::<Array>().to_vec())
        })
    }
}

/// What opens a notebook.
pub(crate) enum Unlock {
    /// What was typed for its code, which counts as a try.
    Code(String),
    /// A passkey, which its person shows to the browser.
    Passkey,
    /// What the server has kept, under a new code.
    Kept(String, LockCode),
}

/// A lock that is on no notebook yet, and its key.
pub(crate) struct Made(Lock, JsValue);

/// Makes a lock; with an `owner`, one that a passkey of theirs opens too, which the browser then asks for.
pub(crate) async fn made_lock(
    id: &str,
    code: &LockCode,
    kept: &str,
    owner: Option<AccountId>,
) -> Result<Made, LockFault> {
    let fault = if owner.is_some() { LockFault::NotShown } else { LockFault::Closed };
    let owner = owner.map(|owner| owner.to_string().replace('-', ""));
    let [lock, key] = pair(make_lock(id, code.digits(), kept, owner).await.map_err(|_| fault)?);
    let lock: Lock = lock.unchecked_into();
    lock.set_tries(0.0);
    Ok(Made(lock, key))
}

/// How rows are turned.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Closed.
    Close,
    /// Opened; one that does not open stays closed, like one that cannot be read.
    Open,
    /// Opened, all of them or none.
    OpenAll,
}

/// What the store says.
fn failed(fault: StoreFault) -> LockFault {
    match fault.trouble() {
        Trouble::Full => LockFault::Full,
        _ => LockFault::Closed,
    }
}

impl Store {
    /// The lock, where there is one.
    pub(crate) fn lock(&self) -> Boxed<'_, Option<Lock>> {
        Box::pin(async {
            let own = self.looking(&[META]).await?.get(META, LOCK)?.told().await?;
            Ok((!own.is_undefined()).then(|| own.unchecked_into()))
        })
    }

    /// Whether the notebook has a lock, which is open here.
    pub(crate) fn is_locked(&self) -> bool {
        self.cipher.borrow().is_some()
    }

    /// The lock as it stands on the disk, if it is not the one that is open here: then none is.
    pub(super) fn still_closed(&self, own: JsValue) -> Option<Lock> {
        let own = (!own.is_undefined()).then(|| own.unchecked_into::<Lock>());
        let id = own.as_ref().map(Lock::id);
        if self.cipher.borrow().as_ref().map(|cipher| &*cipher.id) == id.as_deref() {
            return None;
        }
        self.cipher.replace(None);
        own
    }

    /// Asks, within a transaction that writes, under which lock.
    pub(super) fn ask_lock(transaction: &Durable) -> Result<Asked, StoreFault> {
        transaction.get(META, LOCK)
    }

    /// The key of the lock that is open here.
    pub(super) fn cipher(&self) -> Option<Cipher> {
        self.cipher.borrow().clone()
    }

    /// Fails unless a transaction stands under the lock that was opened here: nothing is ever written under another one, nor
    /// in the clear once there is one.
    pub(super) fn under(asked: Asked, cipher: Option<&Cipher>) -> Boxed<'_, ()> {
        Box::pin(async move {
            let own = asked.told().await?;
            let id = (!own.is_undefined()).then(|| own.unchecked_into::<Lock>().id());
            if id.as_deref() == cipher.map(|cipher| &*cipher.id) {
                Ok(())
            } else {
                Err(StoreFault::Other("another lock".to_owned()))
            }
        })
    }

    /// Rows as they were before they were closed; read within a transaction, which then stays open.
    pub(super) fn opened<'a>(&self, rows: Vec<JsValue>, transaction: Option<&'a Durable>) -> Boxed<'a, Vec<JsValue>> {
        turned(self.cipher.borrow().as_ref(), rows, Way::Open, transaction)
    }

    /// Changes the lock in one transaction, if it is still that one: as it was before. Anything else that was done to it in
    /// another tab meanwhile stays.
    fn change_lock(&self, id: String, change: impl Fn(&Lock) + 'static) -> Boxed<'_, Lock> {
        let change: Box<dyn Fn(&Lock)> = Box::new(change);
        Box::pin(async move {
            let transaction = self.durable(&[META]).await?;
            let own = Self::ask_lock(&transaction)?.told().await?;
            let before: Lock = own.unchecked_into();
            if before.is_undefined() || before.id() != id {
                return Err(StoreFault::Other("another lock".to_owned()));
            }
            let lock = before.copy();
            change(&lock);
            transaction.put(META, &LOCK.into(), &lock)?;
            transaction.finish().await?;
            Ok(before)
        })
    }

    async fn lock_here(&self) -> Result<Lock, LockFault> {
        self.lock().await.map_err(failed)?.ok_or(LockFault::Closed)
    }

    /// The key by a code. The try is on the disk before it is made, so that no kill and no other tab gives it back.
    async fn try_code(&self, typed: &str) -> Result<Cipher, LockFault> {
        if !LockCode::may_be(typed) {
            return Err(LockFault::Short);
        }
        let id = self.lock_here().await?.id();
        let count = |lock: &Lock| {
            lock.set_tries(lock.tries() + 1.0);
            if lock.tries_left() == 0 {
                lock.set_by_code(&JsValue::UNDEFINED);
            }
        };
        let before = self.change_lock(id.clone(), count).await.map_err(failed)?;
        let left = before.tries_left();
        if left == 0 {
            return Err(LockFault::Spent);
        }
        let Ok(key) = key_by_code(&before, typed).await else {
            return Err(if left == 1 { LockFault::Spent } else { LockFault::Wrong });
        };
        let by_code = before.by_code();
        let known = move |lock: &Lock| {
            lock.set_tries(0.0);
            // Another tab may have given it a new code.
            if lock.by_code().is_undefined() {
                lock.set_by_code(&by_code);
            }
        };
        // The code was right whether or not the phone has room to note it.
        let _ = self.change_lock(id, known).await;
        Ok(Cipher::of(&before, key))
    }

    /// Opens the notebook.
    pub(crate) fn unlock(&self, by: Unlock) -> Boxed<'_, (), LockFault> {
        Box::pin(async move {
            let cipher = match by {
                Unlock::Code(typed) => self.try_code(&typed).await?,
                Unlock::Passkey => {
                    let lock = self.lock_here().await?;
                    let key = key_by_passkey(&lock).await.map_err(|_| LockFault::NotShown)?;
                    Cipher::of(&lock, key)
                }
                Unlock::Kept(kept, code) => {
                    let lock = self.lock_here().await?;
                    let renewed = renew_lock(&lock, &kept, code.digits()).await.map_err(|_| LockFault::Refused)?;
                    let [fresh, key] = pair(renewed);
                    let fresh: Lock = fresh.unchecked_into();
                    let change = move |lock: &Lock| {
                        lock.set_tries(0.0);
                        lock.set_by_code(&fresh.by_code());
                        lock.set_salt(&fresh.salt());
                        lock.set_rounds(&fresh.rounds());
                    };
                    self.change_lock(lock.id(), change).await.map_err(failed)?;
                    Cipher::of(&lock, key)
                }
            };
            self.cipher.replace(Some(cipher));
            Ok(())
        })
    }

    /// Puts a lock on the notebook that was made for it, and of which the server keeps its part already.
    pub(crate) fn put_lock(&self, made: Made) -> Boxed<'_, (), LockFault> {
        Box::pin(async move {
            let Made(lock, key) = made;
            let cipher = Cipher::of(&lock, key);
            // The others write down what is being typed there, and begin anew; once more when the lock is on.
            self.tell_tabs_of_lock();
            self.write_all_anew(&cipher, Some(&lock)).await.map_err(failed)?;
            self.cipher.replace(Some(cipher));
            self.tell_tabs_of_lock();
            // What stood there a second time before the stores changed is in the clear.
            before::forget_copies(&self.name).await.map_err(failed)
        })
    }

    /// Takes the lock off; its id.
    pub(crate) fn take_lock(&self, typed: String) -> Boxed<'_, String, LockFault> {
        Box::pin(async move {
            let cipher = self.try_code(&typed).await?;
            self.tell_tabs_of_lock();
            self.write_all_anew(&cipher, None).await.map_err(failed)?;
            self.cipher.replace(None);
            self.tell_tabs_of_lock();
            Ok(cipher.id.to_string())
        })
    }

    /// Every row anew, and the lock with them: closed under `lock`, or open and without one.
    fn write_all_anew<'a>(&'a self, cipher: &'a Cipher, lock: Option<&'a Lock>) -> Boxed<'a, ()> {
        Box::pin(async move {
            let transaction = self.durable(&[META, ENTRIES, OUTBOX, DRAFTS]).await?;
            // Another tab may have been faster.
            let here = if lock.is_some() { None } else { Some(cipher) };
            Self::under(Self::ask_lock(&transaction)?, here).await?;
            let way = if lock.is_some() { Way::Close } else { Way::OpenAll };
            for store in [ENTRIES, OUTBOX, DRAFTS] {
                let (keys, rows) = (transaction.get_all_keys(store)?, transaction.get_all(store)?);
                let (keys, rows) = (keys.rows().await?, rows.rows().await?);
                let rows = turned(Some(cipher), rows, way, Some(&transaction)).await?;
                for (key, row) in keys.iter().zip(rows) {
                    transaction.put(store, key, &row)?;
                }
            }
            match lock {
                Some(lock) => transaction.put(META, &LOCK.into(), lock)?,
                None => transaction.delete(META, &LOCK.into())?,
            }
            transaction.finish().await
        })
    }
}

fn pair(made: JsValue) -> [JsValue; 2] {
    let made: Array = made.unchecked_into();
    [made.get(0), made.get(1)]
}

/// Rows closed or opened; within a transaction, which stays open. One body for all who ask.
pub(super) fn turned<'a>(
    cipher: Option<&Cipher>,
    rows: Vec<JsValue>,
    way: Way,
    transaction: Option<&'a Durable>,
) -> Boxed<'a, Vec<JsValue>> {
    let turned = cipher.filter(|_| !rows.is_empty()).map(|cipher| cipher.turn(rows.clone(), way));
    Box::pin(async move {
        match (turned, transaction) {
            (None, _) => Ok(rows),
            (Some(turned), None) => turned.await,
            (Some(turned), Some(transaction)) => transaction.hold(turned).await,
        }
    })
}
