//! What an open notebook should hear of at once: that a phone of its person was withdrawn. PostgreSQL tells every server
//! (`NOTIFY`, by a trigger), so that it does not matter which of them withdrew it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    api::error::{AppError, ErrorCode},
    domain::ids::AccountId,
};
use sqlx::postgres::PgListener;
use tokio::sync::{
    OnceCell,
    broadcast::{self, Receiver, error::RecvError},
};

use crate::db::{Db, failed};

/// The channel of the trigger `device_news`.
const CHANNEL: &str = "news";
/// How long a question is held where there is no news: less than the time in which any answer must come.
const LONGEST_HOLD: Duration = Duration::from_secs(25);
/// How many questions one server holds at once, and of one person: further ones are asked to come again.
const MOST_HELD: u32 = 5_000;
const MOST_OF_ONE: u32 = 8;
/// How many words may wait for somebody who does not listen just now; who misses one looks again.
const MOST_WORDS: usize = 64;
/// How long to wait before the database is listened to anew.
const BREATH: Duration = Duration::from_secs(1);

/// Whose phones have news.
#[derive(Clone, Debug)]
pub struct News(Arc<Heard>);

#[derive(Debug)]
struct Heard {
    db: Db,
    /// Somebody with news, or nobody: everybody had better look.
    words: broadcast::Sender<Option<AccountId>>,
    listening: OnceCell<()>,
    places: Places,
    closed: AtomicBool,
}

/// How many questions are held, and of whom.
#[derive(Debug, Default)]
struct Places(Mutex<(u32, HashMap<AccountId, u32>)>);

/// One of them.
struct Place<'a>(&'a Places, AccountId);

impl Places {
    fn take(&self, account: AccountId) -> Option<Place<'_>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, of_each) = &mut *held;
        let of_one = of_each.get(&account).copied().unwrap_or(0);
        if *all >= MOST_HELD || of_one >= MOST_OF_ONE {
            return None;
        }
        *all += 1;
        of_each.insert(account, of_one + 1);
        Some(Place(self, account))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut held = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, of_each) = &mut *held;
        *all = all.saturating_sub(1);
        let left = of_each.get(&self.1).map_or(0, |of_one| of_one.saturating_sub(1));
        if left == 0 {
            of_each.remove(&self.1);
        } else {
            of_each.insert(self.1, left);
        }
    }
}

/// A question that is held.
pub struct Held<'a> {
    news: &'a Heard,
    account: AccountId,
    words: Receiver<Option<AccountId>>,
    _place: Place<'a>,
}

impl News {
    /// News of a database, to which nobody listens before somebody wants to know.
    pub fn of(db: Db) -> Self {
        let (words, _) = broadcast::channel(MOST_WORDS);
        let (listening, places, closed) = (OnceCell::new(), Places::default(), AtomicBool::new(false));
        Self(Arc::new(Heard { db, words, listening, places, closed }))
    }

    /// Begins to listen for somebody: what happens from here on is heard by [`Held::wait`].
    pub async fn listen(&self, account: AccountId) -> Result<Held<'_>, AppError> {
        let place = self.0.places.take(account).ok_or(ErrorCode::Unavailable)?;
        self.0.listening.get_or_try_init(|| self.begin()).await.map_err(failed)?;
        Ok(Held { news: &self.0, account, words: self.0.words.subscribe(), _place: place })
    }

    /// Answers whoever waits, and holds nobody any more: the server is about to stop.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        let _ = self.0.words.send(None);
    }

    async fn begin(&self) -> Result<(), sqlx::Error> {
        let listener = listener(&self.0.db).await?;
        tokio::spawn(keep_listening(Arc::downgrade(&self.0), listener));
        Ok(())
    }
}

async fn listener(db: &Db) -> Result<PgListener, sqlx::Error> {
    let mut listener = db.listener().await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes on what the database tells, until nobody is left who could hear it. Whenever the connection was another one, anything may
/// have been said before: everybody looks, once it is listened to again.
async fn keep_listening(news: Weak<Heard>, mut heard: PgListener) {
    loop {
        let word = match heard.try_recv().await {
            Ok(word) => word.and_then(|word| word.payload().parse().ok()),
            Err(sqlx::Error::PoolClosed) => return,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database could not be listened to");
                drop(heard);
                let Some(fresh) = listen_anew(&news).await else { return };
                heard = fresh;
                None
            }
        };
        let Some(news) = news.upgrade() else { return };
        let _ = news.words.send(word);
    }
}

async fn listen_anew(news: &Weak<Heard>) -> Option<PgListener> {
    loop {
        tokio::time::sleep(BREATH).await;
        let db = news.upgrade()?.db.clone();
        match listener(&db).await {
            Ok(fresh) => return Some(fresh),
            Err(sqlx::Error::PoolClosed) => return None,
            Err(_) => {}
        }
    }
}

impl Held<'_> {
    /// Waits until there may be news, for a while.
    pub async fn wait(mut self) {
        let _ = tokio::time::timeout(LONGEST_HOLD, self.word()).await;
    }

    async fn word(&mut self) {
        while !self.news.closed.load(Ordering::Acquire) {
            match self.words.recv().await {
                Ok(Some(account)) if account != self.account => {}
                Ok(_) | Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    }
}
