//! The SQL of requests, one area a file (the operator's commands, copies and the cluster have their own). A query runs in a
//! transaction that names its network, under row-level security, or in one that sees what a secret in hand opens and no more.

pub mod accounts;
pub mod audit;
pub mod bilans;
pub mod devices;
pub mod helplines;
pub mod holidays;
pub mod imports;
pub mod invitations;
pub mod keys;
pub mod ledger;
pub mod lives;
pub mod lock_keys;
pub mod mail_outbox;
pub mod network_life;
pub mod objectives;
pub mod own_data;
pub mod page;
pub mod passkeys;
pub mod people;
pub mod projections;
pub mod pulls;
pub mod quarantine;
pub mod reports;
pub mod retention;
pub mod staff;
pub mod statements;
pub mod turn;

use std::time::Duration;

use app::{
    api::error::{AppError, ErrorCode},
    domain::{
        ids::{AccountId, SchemeId},
        person::Me,
    },
};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use self::{page::Page, reports::KeptNetworks};

/// A transaction of ours.
pub type Tx = Transaction<'static, Postgres>;

/// Oldest `PostgreSQL` that has what we use.
pub const OLDEST_POSTGRES: i32 = 150_000;

/// Longest wait for a first connection.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The database, entered as the role that no policy lets pass.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
    /// What pages need of each network and seldom changes.
    kept: KeptNetworks,
    /// One connection more, for what the database tells by itself; made when somebody listens.
    words: PgPool,
}

/// Why the database cannot be used, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DbFault {
    /// The server is too old.
    #[error(
        "PostgreSQL {found} is too old for Lanterne: install PostgreSQL 15 or newer, or point DATABASE_URL at one."
    )]
    TooOld {
        /// Its version.
        found: String,
    },
    /// The account may not create tables or roles.
    #[error(
        "The database account `{user}` may not {what}: run `{remedy}` as a PostgreSQL administrator, then start again."
    )]
    MissingRight {
        /// The account.
        user: String,
        /// What it may not do.
        what: &'static str,
        /// The statement that gives the right.
        remedy: String,
    },
    /// Nobody answers.
    #[error("no database answers at {place} ({cause}): is PostgreSQL running there, and is DATABASE_URL right?")]
    Unreachable {
        /// Where it was looked for.
        place: String,
        /// What was met.
        cause: String,
    },
    /// The account or its password is refused.
    #[error("the database refuses the account `{user}` ({cause}): check the name and the password in DATABASE_URL.")]
    Refused {
        /// The account.
        user: String,
        /// What it said.
        cause: String,
    },
    /// The database does not exist.
    #[error("there is no database `{name}`: run `createdb {name}` as a PostgreSQL administrator, then start again.")]
    NoDatabase {
        /// Its name.
        name: String,
    },
    /// Anything else.
    #[error("the database could not be prepared")]
    Sqlx(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Brings the schema to this release, as the owner.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), DbFault> {
    let mut connection = connect(options).await?;
    check_version(&mut connection).await?;
    check_rights(&mut connection).await?;
    // While a release rolls out, the one before may start again on the schema of the new one.
    let mut migrator = sqlx::migrate!();
    migrator.set_ignore_missing(true);
    migrator.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// A connection as the owner, or one sentence on why there is none.
pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection, DbFault> {
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let error = match tokio::time::timeout(LONGEST_CONNECT, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => return Ok(connection),
        Ok(Err(error)) => error,
        Err(_) => return Err(DbFault::Unreachable { place, cause: "no answer in 10 s".to_owned() }),
    };
    Err(match &error {
        sqlx::Error::Io(cause) => DbFault::Unreachable { place, cause: cause.to_string() },
        sqlx::Error::Tls(cause) => DbFault::Unreachable { place, cause: cause.to_string() },
        sqlx::Error::Database(cause) => match cause.code().as_deref() {
            Some("28P01" | "28000") => {
                DbFault::Refused { user: options.get_username().to_owned(), cause: cause.message().to_owned() }
            }
            Some("3D000") => DbFault::NoDatabase { name: options.get_database().unwrap_or_default().to_owned() },
            _ => error.into(),
        },
        _ => error.into(),
    })
}

async fn check_version(connection: &mut PgConnection) -> Result<(), DbFault> {
    let number: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut *connection).await?;
    let found: String = sqlx::query_scalar("select current_setting('server_version')").fetch_one(connection).await?;
    is_new_enough(number, found)
}

/// Whether a server of this number, such as 150018, has what we use.
fn is_new_enough(number: i32, found: String) -> Result<(), DbFault> {
    if number >= OLDEST_POSTGRES { Ok(()) } else { Err(DbFault::TooOld { found }) }
}

/// What the account of the schema's owner may do.
#[expect(clippy::struct_excessive_bools, reason = "each is one answer of the catalogue")]
#[derive(sqlx::FromRow)]
struct Rights {
    user: String,
    database: String,
    may_create: bool,
    role_exists: bool,
    is_member: bool,
    may_create_role: bool,
    may_join: bool,
}

/// Until 15 whoever may create roles may also join them; since 16 only those that they administer.
const RIGHTS: &str = "
    select rolname::text as user, current_database()::text as database,
           has_schema_privilege('public', 'create') as may_create,
           exists (select from pg_roles where rolname = 'lanterne_app') as role_exists,
           exists (select from pg_roles where rolname = 'lanterne_app' and pg_has_role(oid, 'member')) as is_member,
           rolcreaterole or rolsuper as may_create_role,
           rolsuper
               or (rolcreaterole and current_setting('server_version_num')::int < 160000)
               or exists (
                   select from pg_auth_members join pg_roles as app on app.oid = roleid
                   where app.rolname = 'lanterne_app' and pg_auth_members.member = me.oid and admin_option) as may_join
    from pg_roles as me where rolname = current_user";

async fn check_rights(connection: &mut PgConnection) -> Result<(), DbFault> {
    let rights: Rights = sqlx::query_as(RIGHTS).fetch_one(connection).await?;
    let user = rights.user;
    let (what, remedy) = if !rights.may_create {
        ("create tables", format!("\\c {}; grant create on schema public to {user}", rights.database))
    } else if !rights.role_exists && !rights.may_create_role {
        let remedy = format!("create role lanterne_app nologin; grant lanterne_app to {user}");
        ("create the role lanterne_app", remedy)
    } else if rights.role_exists && !rights.is_member && !rights.may_join {
        ("work as the role lanterne_app", format!("grant lanterne_app to {user}"))
    } else {
        return Ok(());
    };
    Err(DbFault::MissingRight { user, what, remedy })
}

impl Db {
    /// Opens a pool whose connections work as `lanterne_app`.
    pub async fn open(options: PgConnectOptions, connections: u32) -> Result<Self, DbFault> {
        let entered = || {
            PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("set role lanterne_app").await?;
                    // To compile a statement takes longer than any of ours.
                    connection.execute("set jit = off").await?;
                    connection.execute("set statement_timeout = '30s'").await?;
                    // One network that is being rebuilt must not hold all connections and with them the others.
                    connection.execute("set lock_timeout = '3s'").await?;
                    connection.execute("set idle_in_transaction_session_timeout = '30s'").await?;
                    Ok(())
                })
            })
        };
        let words = entered().max_connections(1).connect_lazy_with(options.clone());
        // `first` finds those that have died.
        let pool = entered().max_connections(connections).test_before_acquire(false).connect_with(options).await?;
        Ok(Self { pool, kept: KeptNetworks::default(), words })
    }

    /// A transaction that sees one network.
    pub async fn of(&self, scheme: SchemeId) -> Result<Tx, sqlx::Error> {
        self.begin(scheme, "").await
    }

    /// A transaction of somebody in their network: what it changes in the administration is noted as theirs (`audit`).
    pub async fn by(&self, me: &Me) -> Result<Tx, sqlx::Error> {
        self.begin(me.scheme, &acting(me.account)).await
    }

    /// A transaction that sees one network and holds its counter, so that one at a time gives versions in it. What it
    /// asks next sees all that was written before: a statement that had itself waited for the counter would not. Its
    /// statements are small: planned once a connection.
    pub async fn for_push(&self, scheme: SchemeId) -> Result<Tx, sqlx::Error> {
        let mut tx = self.begin(scheme, "set local plan_cache_mode = force_generic_plan").await?;
        ledger::lock(&mut tx, scheme).await?;
        Ok(tx)
    }

    /// As [`Db::for_push`], of somebody: what it changes in the administration is noted as theirs.
    pub async fn for_push_by(&self, me: &Me) -> Result<Tx, sqlx::Error> {
        let mut tx = self.for_push(me.scheme).await?;
        act_as(&mut tx, me.account).await?;
        Ok(tx)
    }

    /// A transaction that sees one network, for pages of many questions that are always the same: planned once a
    /// connection, since planning them took longer than answering. All of them see the same moment: figures of one page
    /// that were of two would not add up.
    pub async fn for_page(&self, scheme: SchemeId) -> Result<Page, sqlx::Error> {
        let settings = "set local plan_cache_mode = force_generic_plan";
        let tx = self.begin_as("begin isolation level repeatable read, read only", scheme, settings).await?;
        Ok(Page { tx, scheme, kept: self.kept.clone() })
    }

    /// A transaction that sees one network and whose end need not be waited for: a power cut may undo it.
    pub async fn relaxed(&self, scheme: SchemeId) -> Result<Tx, sqlx::Error> {
        self.begin(scheme, "set local synchronous_commit = off").await
    }

    /// Beginning and entering are one message: nothing in it can fail but the connection, and an id is no text of
    /// anybody's. What can fail belongs after it: the pool would keep a connection whose BEGIN was never answered for,
    /// in a transaction that is aborted.
    async fn begin(&self, scheme: SchemeId, settings: &str) -> Result<Tx, sqlx::Error> {
        self.begin_as("begin", scheme, settings).await
    }

    async fn begin_as(&self, begin: &str, scheme: SchemeId, settings: &str) -> Result<Tx, sqlx::Error> {
        let statement = format!("{begin}; select set_config('lanterne.network', '{scheme}', true); {settings}");
        // In a box: it is part of the future of everything that asks the database.
        Box::pin(self.first(|pool| pool.begin_with(AssertSqlSafe(statement.clone())))).await
    }

    /// Does the first thing on a connection, which must change nothing. One that comes out of the pool may have died
    /// while it rested there: then the next one is taken, which costs less than asking each whether it lives.
    pub async fn first<'a, T, Asked>(&'a self, ask: impl Fn(&'a PgPool) -> Asked) -> Result<T, sqlx::Error>
    where
        Asked: Future<Output = Result<T, sqlx::Error>>,
    {
        let mut tries = self.pool.options().get_max_connections();
        loop {
            match ask(&self.pool).await {
                Err(error) if is_cut(&error) && tries > 0 => tries -= 1,
                done => return done,
            }
        }
    }

    /// A transaction in which nobody is known yet: it sees no row but those that a secret in hand opens.
    pub async fn anonymous(&self) -> Result<Tx, sqlx::Error> {
        self.first(PgPool::begin).await
    }

    /// How many connections there are, and how many of them rest.
    pub fn connections(&self) -> (i64, i64) {
        (i64::from(self.pool.size()), i64::try_from(self.pool.num_idle()).unwrap_or(i64::MAX))
    }

    /// A connection that hears what the database tells (`NOTIFY`).
    pub async fn listener(&self) -> Result<PgListener, sqlx::Error> {
        PgListener::connect_with(&self.words).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        self.first(async |pool: &PgPool| pool.acquire().await?.ping().await).await
    }

    /// Closes the pool, waiting for what is under way.
    pub async fn close(&self) {
        self.words.close().await;
        self.pool.close().await;
    }
}

/// Sets one of our settings for the rest of the transaction.
pub async fn enter(tx: &mut Tx, setting: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("select set_config($1, $2, true)", setting, value).fetch_one(&mut **tx).await?;
    Ok(())
}

/// What is changed in the administration from here on is noted as of this account.
pub async fn act_as(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    enter(tx, "lanterne.account", &account.to_string()).await
}

/// The same as a statement. An id is no text of anybody's.
fn acting(account: AccountId) -> String {
    format!("select set_config('lanterne.account', '{account}', true)")
}

/// Which database it is.
pub async fn version(tx: &mut Tx) -> Result<String, sqlx::Error> {
    let number =
        sqlx::query_scalar!(r#"select current_setting('server_version') as "is!""#).fetch_one(&mut **tx).await?;
    Ok(format!("PostgreSQL {number}"))
}

/// Whether the connection itself has ended.
fn is_cut(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // Class 57P: its server was stopped, or it was sent away; 25P03: it rested too long in a transaction.
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| code.starts_with("57P") || code == "25P03"),
        _ => false,
    }
}

/// Whether a statement was refused by the constraint or unique index of this name.
pub fn breaks(error: &sqlx::Error, constraint: &str) -> bool {
    matches!(error, sqlx::Error::Database(cause) if cause.constraint() == Some(constraint))
}

/// A failure of the database on its way to a person: noted in the log with its cause, told without it.
pub fn failed(error: sqlx::Error) -> AppError {
    let transient = match &error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // Class 57 is operator intervention, 40 a rollback for concurrency, 53 a lack of resources, 55 a lock.
        sqlx::Error::Database(cause) => {
            cause.code().is_some_and(|code| ["57", "40", "53", "55", "08"].iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    };
    tracing::error!(error = &error as &dyn std::error::Error, transient, "database");
    drop(error);
    AppError::new(if transient { ErrorCode::Unavailable } else { ErrorCode::Internal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_named_with_the_remedy() {
        assert!(is_new_enough(150_000, "15.0".to_owned()).is_ok());
        let fault = is_new_enough(140_012, "14.12 (Debian 14.12-1)".to_owned()).expect_err("too old");
        assert_eq!(
            fault.to_string(),
            "PostgreSQL 14.12 (Debian 14.12-1) is too old for Lanterne: install PostgreSQL 15 or newer, or point DATABASE_URL at one."
        );
    }
}
