//! Whose turn it is to send: one at a time over all tabs and the service worker, by a Web Lock (`offline.md` 2.9).

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    rc::Rc,
    task::{Poll, Waker},
};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::scope;

/// Ends a work from outside, whatever it waits for.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Rc<Flag>);

#[derive(Default)]
struct Flag {
    is_set: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Cancel {
    /// Ends it.
    pub(crate) fn cancel(&self) {
        self.0.is_set.set(true);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }

    /// What `work` comes to; none when it was ended, and all that it held was let go.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = Box::pin(work);
        poll_fn(|context| {
            if self.0.is_set.get() {
                return Poll::Ready(None);
            }
            *self.0.waker.borrow_mut() = Some(context.waker().clone());
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

/// The turn; it ends when this is dropped.
pub(crate) struct Turn {
    release: Rc<Cell<Option<Function>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Takes the turn; none while another has it. `steal` takes it from whoever has it. Whoever it is taken from is ended
/// by `lost`.
pub(crate) async fn take(name: &str, steal: bool, lost: Cancel) -> Option<Turn> {
    let release: Rc<Cell<Option<Function>>> = Rc::default();
    // A browser without locks has no second tab worth guarding against: send all the same.
    let Some(locks) = scope::of_navigator("locks") else { return Some(Turn { release }) };
    let kept = release.clone();
    let mut work = None;
    let granted = Promise::new(&mut |granted, refused| {
        let kept = kept.clone();
        let held = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            if !lock.is_null() {
                let until = Promise::new(&mut |release, _| kept.set(Some(release)));
                let _ = granted.call1(&JsValue::NULL, &JsValue::TRUE);
                return until.into();
            }
            let _ = granted.call1(&JsValue::NULL, &JsValue::FALSE);
            JsValue::UNDEFINED
        });
        work = request(&locks, name, steal, &held).ok();
        if work.is_none() {
            let _ = refused.call0(&JsValue::NULL);
        }
    });
    let work = work?;
    spawn_local(async move {
        if JsFuture::from(work).await.is_err() {
            lost.cancel();
        }
    });
    let granted = JsFuture::from(granted).await.ok()?.is_truthy();
    granted.then_some(Turn { release })
}

fn request(locks: &JsValue, name: &str, steal: bool, work: &JsValue) -> Result<Promise, JsValue> {
    let options = Object::new();
    let how = if steal { "steal" } else { "ifAvailable" };
    Reflect::set(&options, &how.into(), &JsValue::TRUE)?;
    let request: Function = Reflect::get(locks, &"request".into())?.dyn_into()?;
    request.call3(locks, &name.into(), &options, work)?.dyn_into()
}
