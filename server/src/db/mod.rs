//! All SQL, one area a file. Every query runs in a transaction that names its network, under row-level security.

pub mod accounts;
pub mod devices;
pub mod ledger;
pub mod people;
pub mod projections;
pub mod pulls;
pub mod reports;

use std::time::Duration;

use app::{
    api::error::{AppError, ErrorCode},
    domain::ids::SchemeId,
};
use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// A transaction of ours.
pub type Tx = Transaction<'static, Postgres>;

/// Oldest `PostgreSQL` that has what we use.
pub const OLDEST_POSTGRES: i32 = 150_000;

/// The database, entered as the role that no policy lets pass.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
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
    /// Anything else.
    #[error("the database could not be reached or prepared: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Brings the schema to this release, as the owner.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), DbFault> {
    let mut connection = PgConnection::connect_with(options).await?;
    check_version(&mut connection).await?;
    check_rights(&mut connection).await?;
    crate::MIGRATOR.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

async fn check_version(connection: &mut PgConnection) -> Result<(), DbFault> {
    let number: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut *connection).await?;
    if number >= OLDEST_POSTGRES {
        return Ok(());
    }
    let found = sqlx::query_scalar("select current_setting('server_version')").fetch_one(connection).await?;
    Err(DbFault::TooOld { found })
}

async fn check_rights(connection: &mut PgConnection) -> Result<(), DbFault> {
    let (user, database, may_create, role_exists, may_create_role): (String, String, bool, bool, bool) =
        sqlx::query_as(
            "select current_user::text, current_database()::text,
                    has_schema_privilege('public', 'create'),
                    exists (select from pg_roles where rolname = 'lanterne_app'),
                    (select rolcreaterole or rolsuper from pg_roles where rolname = current_user)",
        )
        .fetch_one(connection)
        .await?;
    if !may_create {
        let remedy = format!("\\c {database}; grant create on schema public to {user}");
        return Err(DbFault::MissingRight { user, what: "create tables", remedy });
    }
    if !role_exists && !may_create_role {
        let remedy = format!("create role lanterne_app nologin; grant lanterne_app to {user}");
        return Err(DbFault::MissingRight { user, what: "create the role lanterne_app", remedy });
    }
    Ok(())
}

impl Db {
    /// Opens a pool whose connections work as `lanterne_app`.
    pub async fn open(options: PgConnectOptions, connections: u32) -> Result<Self, DbFault> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("set role lanterne_app").await?;
                    connection.execute("set statement_timeout = '30s'").await?;
                    connection.execute("set idle_in_transaction_session_timeout = '30s'").await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool })
    }

    /// A transaction that sees one network.
    pub async fn of(&self, scheme: SchemeId) -> Result<Tx, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        enter(&mut tx, "lanterne.network", &scheme.to_string()).await?;
        Ok(tx)
    }

    /// A transaction in which nobody is known yet: it sees no row but those that a secret in hand opens.
    pub async fn anonymous(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin().await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        self.pool.acquire().await?.ping().await
    }

    /// Closes the pool, waiting for what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Sets one of our settings for the rest of the transaction.
pub async fn enter(tx: &mut Tx, setting: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("select set_config($1, $2, true)", setting, value).fetch_one(&mut **tx).await?;
    Ok(())
}

/// A failure of the database on its way to a person: noted in the log with its cause, told without it.
pub fn failed(error: sqlx::Error) -> AppError {
    let transient = match &error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // Class 57 is operator intervention, 40 a rollback for concurrency, 53 a lack of resources.
        sqlx::Error::Database(cause) => {
            cause.code().is_some_and(|code| ["57", "40", "53", "08"].iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    };
    tracing::error!(error = &error as &dyn std::error::Error, transient, "database");
    drop(error);
    AppError::new(if transient { ErrorCode::Unavailable } else { ErrorCode::Internal })
}
