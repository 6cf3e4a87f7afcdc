//! The phone's clock and its fresh ids: the one place of this crate that reads either.

use app::{
    domain::ids::{OpId, RecordId},
    sync::engine::Surroundings,
};
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use uuid::Uuid;

/// The browser's clock and random source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Browser;

impl Surroundings for Browser {
    fn now(&self) -> DateTime<FixedOffset> {
        let now = js_sys::Date::new_0();
        at(now.get_time()).with_timezone(&offset(&now))
    }

    fn op_id(&self) -> OpId {
        OpId(Uuid::now_v7())
    }
}

impl Browser {
    /// A fresh record id.
    #[expect(clippy::unused_self, reason = "the browser is asked, like for the time")]
    pub(crate) fn record_id(self) -> RecordId {
        RecordId(Uuid::now_v7())
    }

    /// The wall clock.
    pub(crate) fn wall_clock(self) -> NaiveDateTime {
        self.now().naive_local()
    }

    /// A moment on the wall clock, by the offset of that moment: summer entries keep summer time.
    #[expect(clippy::unused_self, reason = "the browser is asked, like for the time")]
    pub(crate) fn local(self, moment: DateTime<Utc>) -> NaiveDateTime {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
        let date = js_sys::Date::new(&(moment.timestamp_millis() as f64).into());
        moment.with_timezone(&offset(&date)).naive_local()
    }
}

fn at(milliseconds: f64) -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "a clock's milliseconds are whole and fit")]
    let milliseconds = milliseconds as i64;
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
}

fn offset(date: &js_sys::Date) -> FixedOffset {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of offset are whole and small")]
    let minutes_west = date.get_timezone_offset() as i32;
    FixedOffset::west_opt(minutes_west * 60).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}
