//! What the server functions need of the server: a few ports, handed over through Leptos' context.

use std::{future::Future, pin::Pin, sync::Arc};

use super::{
    error::{AppError, ErrorCode},
    report::Dashboard,
};
use crate::{
    domain::{
        access::{self, Act},
        lock_key::{KeepLock, LockKey, LockOf},
        period::Period,
        person::Me,
        scope::Scope,
        tally::Standing,
    },
    sync::messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest},
};

/// The future of a port.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send + 'a>>;

/// Who is calling. One for each request.
pub trait Identity: Send + Sync {
    /// The signed-in person, or `signed_out`.
    fn me(&self) -> Answer<'_, Me>;
    /// Whether they have just shown who they are, by their passphrase or a passkey.
    fn is_proven(&self) -> Answer<'_, bool>;
    /// Ends the session.
    fn sign_out(&self) -> Answer<'_, ()>;
    /// Sets the HTTP status of the answer.
    fn status(&self, status: u16);
}

/// The server's side of sync.
pub trait SyncDesk: Send + Sync {
    /// Takes operations into the ledger.
    fn push<'a>(&'a self, me: &'a Me, request: PushRequest) -> Answer<'a, PushAnswer>;
    /// Tells what changed.
    fn pull<'a>(&'a self, me: &'a Me, request: PullRequest) -> Answer<'a, PullAnswer>;
    /// Takes what a withdrawn phone still holds, for the coordination to decide.
    fn escrow<'a>(&'a self, me: &'a Me, request: PushRequest) -> Answer<'a, EscrowAnswer>;
    /// How many phones of the caller are withdrawn, once that is another number than `known`, or after a while.
    fn news(&self, me: &Me, known: u32) -> Answer<'_, u32>;
}

/// The keys of locked phones.
pub trait LockDesk: Send + Sync {
    /// Keeps one.
    fn keep<'a>(&'a self, me: &'a Me, lock: KeepLock) -> Answer<'a, ()>;
    /// Tells it, or `not_found`.
    fn tell<'a>(&'a self, me: &'a Me, lock: LockOf) -> Answer<'a, LockKey>;
    /// Forgets it.
    fn forget<'a>(&'a self, me: &'a Me, lock: LockOf) -> Answer<'a, ()>;
}

/// The figures.
pub trait Reports: Send + Sync {
    /// Everything that the dashboard shows. Without a period, the civil year of today.
    fn dashboard<'a>(&'a self, me: &'a Me, period: Option<Period>, scope: Scope) -> Answer<'a, Dashboard>;
    /// What a promeneur's own figures need beside their records.
    fn standing<'a>(&'a self, me: &'a Me) -> Answer<'a, Standing>;
}

/// The ports of one request.
#[derive(Clone)]
pub struct Office {
    /// Who is calling.
    pub identity: Arc<dyn Identity>,
    /// Sync.
    pub sync: Arc<dyn SyncDesk>,
    /// Keys of locked phones.
    pub locks: Arc<dyn LockDesk>,
    /// Figures.
    pub reports: Arc<dyn Reports>,
}

impl Office {
    /// The ports of the request being answered.
    pub fn of_request() -> Result<Self, AppError> {
        leptos::prelude::use_context().ok_or_else(|| ErrorCode::Internal.into())
    }

    /// The caller, when they may.
    pub async fn caller(&self, act: Act) -> Result<Me, AppError> {
        let me = self.identity.me().await?;
        if access::reach(&me.role, act).is_some() { Ok(me) } else { Err(ErrorCode::Forbidden.into()) }
    }

    /// What `work` comes to for the caller, when they may.
    pub async fn answer<T>(&self, act: Act, work: impl AsyncFnOnce(Me) -> Result<T, AppError>) -> Result<T, AppError> {
        let answer = match self.caller(act).await {
            Ok(me) => work(me).await,
            Err(error) => Err(error),
        };
        self.settle(answer)
    }

    /// The answer as it is, with the status that its error wants.
    pub fn settle<T>(&self, answer: Result<T, AppError>) -> Result<T, AppError> {
        if let Err(error) = &answer {
            self.identity.status(error.status());
        }
        answer
    }
}
