//! What an open notebook should hear of at once: that a phone of its person was withdrawn. PostgreSQL tells every server
//! (`NOTIFY`, by a trigger), so that it does not matter which of them withdrew it.

use std::{
    sync::{
        Arc,
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
    OnceCell, Semaphore,
    broadcast::{self, Receiver, error::RecvError},
};

use crate::db::{Db, failed};

/// The channel of the trigger `device_news`.
const CHANNEL: &str = "news";
/// How long a question is held where there is no news: less than the time in which any answer must come.
const LONGEST_HOLD: Duration = Duration::from_secs(25);
/// How many questions one server holds at once; further ones are asked to come again.
const MOST_HELD: usize = 5_000;
/// How many words may wait for somebody who does not listen just now; who misses one looks again.
const MOST_WORDS: usize = 64;
/// How long to wait after the database could not be listened to.
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
    places: Semaphore,
    closed: AtomicBool,
}

/// A question that is held.
pub struct Held<'a> {
    news: &'a Heard,
    account: AccountId,
    words: Receiver<Option<AccountId>>,
    _place: tokio::sync::SemaphorePermit<'a>,
}

impl News {
    /// News of a database, to which nobody listens before somebody wants to know.
    pub fn of(db: Db) -> Self {
        let (words, _) = broadcast::channel(MOST_WORDS);
        let (listening, places, closed) = (OnceCell::new(), Semaphore::new(MOST_HELD), AtomicBool::new(false));
        Self(Arc::new(Heard { db, words, listening, places, closed }))
    }

    /// Begins to listen for somebody: what happens from here on is heard by [`Held::wait`].
    pub async fn listen(&self, account: AccountId) -> Result<Held<'_>, AppError> {
        let place = self.0.places.try_acquire().map_err(|_| ErrorCode::Unavailable)?;
        self.0.listening.get_or_try_init(|| self.keep_listening()).await.map_err(failed)?;
        Ok(Held { news: &self.0, account, words: self.0.words.subscribe(), _place: place })
    }

    /// Answers whoever waits, and holds nobody any more: the server is about to stop.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        let _ = self.0.words.send(None);
    }

    async fn keep_listening(&self) -> Result<(), sqlx::Error> {
        let mut listener = self.0.db.listener().await?;
        listener.listen(CHANNEL).await?;
        // Holds nothing but the words: it ends with the last who could hear them.
        let words = self.0.words.clone();
        let heard = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            while heard.strong_count() > 0 {
                let word = next(&mut listener).await;
                let _ = words.send(word);
            }
        });
        Ok(())
    }
}

/// The next word. While the connection was lost anything may have been said.
async fn next(listener: &mut PgListener) -> Option<AccountId> {
    match listener.try_recv().await {
        Ok(Some(word)) => word.payload().parse().ok(),
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database could not be listened to");
            tokio::time::sleep(BREATH).await;
            None
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
