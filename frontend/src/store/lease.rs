//! Since when nothing was heard of the server, as it stands in the notebook: what shows of it then depends on that.

use app::domain::lock::Lease;
use chrono::{DateTime, TimeDelta, Utc};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{Boxed, META_KEY, Store, schema::META};

/// Under which key of [`META`] it stands.
pub(super) const LEASE: &str = "lease";

/// As it was kept; none where nothing was ever noted.
pub(super) fn read(own: &JsValue) -> Option<Lease> {
    let parts: Vec<f64> = own.dyn_ref::<Array>()?.iter().filter_map(|part| part.as_f64()).collect();
    Lease::of(&parts)
}

impl Store {
    /// Notes how long the notebook was open since this was last noted, or that the server is heard of now. Where the lease
    /// was over before, the moment that it is at the earliest. Nothing is noted in a notebook that was emptied.
    pub(crate) fn note_lease(&self, now: DateTime<Utc>, open: Option<TimeDelta>) -> Boxed<'_, Option<DateTime<Utc>>> {
        Box::pin(async move {
            let transaction = self.durable(&[META]).await?;
            let (own, before) = (transaction.get(META, META_KEY)?, transaction.get(META, LEASE)?);
            if own.told().await?.is_undefined() {
                return Ok(None);
            }
            let before = read(&before.told().await?);
            let after = match (open, before) {
                (Some(open), Some(before)) => before.after(now, open),
                _ => Lease::heard(now),
            };
            let parts: Array = after.parts().into_iter().map(JsValue::from_f64).collect();
            transaction.put(META, &LEASE.into(), &parts)?;
            transaction.finish().await?;
            // As it was before: a clock that was set back is not hidden by what is noted after.
            Ok(before.and_then(|before| before.over_at(now)))
        })
    }
}
