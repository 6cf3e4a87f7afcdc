//! What the operator decides, from the command line or the environment. `.env.example` has a paragraph for each.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Lanterne, the notebook of a *Promeneurs du Net* network.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// Where the data are.
    #[command(flatten)]
    pub data: Data,
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the application (the default).
    Serve(Serve),
    /// Acts of the operator, without the web.
    #[command(subcommand)]
    Admin(Operator),
}

/// Where the data are.
#[derive(Args, Clone)]
pub struct Data {
    /// A `PostgreSQL` database, 15 or newer. Without it a private cluster under the data folder is used.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Folder of the private cluster.
    #[arg(long, env = "LANTERNE_DATA", default_value = ".data", global = true)]
    pub data_dir: PathBuf,
    /// Most connections to the database.
    #[arg(long, env = "LANTERNE_DB_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..), global = true)]
    pub db_connections: u32,
}

impl Data {
    /// Whether the server keeps a cluster of its own. An address left empty names no database.
    pub fn is_private(&self) -> bool {
        self.database_url.as_ref().is_none_or(String::is_empty)
    }
}

// The address may hold a password: it must not reach a log through Debug.
impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Data")
            .field("database_url", &self.database_url.as_ref().map(|_| "…"))
            .field("data_dir", &self.data_dir)
            .field("db_connections", &self.db_connections)
            .finish()
    }
}

/// A text that reaches no log.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "LANTERNE_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Folder of the built site.
    #[arg(long, env = "LANTERNE_SITE", default_value = "target/site")]
    pub site: PathBuf,
    /// The address people use, when it is https: cookies are then `__Host-` and `Secure`.
    #[arg(long, env = "LANTERNE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// A proxy stands before the server and says in `X-Forwarded-For` from where a request comes.
    #[arg(long, env = "LANTERNE_BEHIND_PROXY", default_value_t = false)]
    pub behind_proxy: bool,
    /// With which token `/metrics` answers; without one it does not exist.
    #[arg(long, env = "LANTERNE_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<Secret>,
    /// The mail server by which invitations may go, such as `smtps://name:password@mail.example.org`; without one they go by
    /// whatever the coordinator copies them into.
    #[arg(long, env = "LANTERNE_SMTP_URL", hide_env_values = true, requires = "mail_from")]
    pub smtp_url: Option<Secret>,
    /// The address from which they come.
    #[arg(long, env = "LANTERNE_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Logs as JSON lines.
    #[arg(long, env = "LANTERNE_LOG_JSON", default_value_t = false)]
    pub log_json: bool,
}

impl Serve {
    /// Whether browsers reach us over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl Default for Serve {
    fn default() -> Self {
        // Parsed, so that the environment counts also when no sub-command is named.
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            serve: Serve,
        }
        Alone::parse_from(["lanterne"]).serve
    }
}

/// Those who read and do not write.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Reader {
    /// Whoever directs a structure: its figures and no others.
    StructureManager,
    /// The Caf: the network's figures, small numbers masked.
    Caf,
    /// A committee: as the Caf.
    Committee,
}

/// What the operator does.
#[derive(Debug, Subcommand)]
pub enum Operator {
    /// With the whole database, from outside of it.
    #[command(flatten)]
    Copy(Copy),
    /// Within it.
    #[command(flatten)]
    Act(Admin),
}

/// Copies, and coming back from one.
#[derive(Debug, Subcommand)]
pub enum Copy {
    /// Copy everything into a file, with what it holds in another one beside it. The server goes on meanwhile.
    Backup {
        /// The file; it is replaced once the new copy is whole.
        file: PathBuf,
    },
    /// Fill an empty database from a copy, check that all of it came, and begin a new life, so that phones give back what came
    /// after the copy.
    Restore {
        /// The file.
        file: PathBuf,
    },
}

/// Acts of the operator.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Create a network (a department's scheme).
    CreateNetwork {
        /// Its name, as people say it.
        #[arg(long)]
        name: String,
        /// Its department.
        #[arg(long)]
        department: String,
    },
    /// Create a coordinator's account; the passphrase is read from the standard input.
    CreateCoordinator {
        /// The network's name.
        #[arg(long)]
        network: String,
        /// Sign-in name, such as an e-mail address.
        #[arg(long)]
        login: String,
        /// What to call the person.
        #[arg(long)]
        name: String,
    },
    /// Create an account that reads and does not write: a structure's direction, the Caf, a committee; passphrase from the
    /// standard input.
    CreateReader {
        /// The network's name.
        #[arg(long)]
        network: String,
        /// Sign-in name, such as an e-mail address.
        #[arg(long)]
        login: String,
        /// What to call the person.
        #[arg(long)]
        name: String,
        /// As what.
        #[arg(long, value_enum)]
        role: Reader,
        /// The structure's name, for whoever directs one.
        #[arg(long, required_if_eq("role", "structure-manager"))]
        structure: Option<String>,
        /// The structure's commune.
        #[arg(long, default_value = "")]
        commune: String,
    },
    /// Create a structure, a promeneur labelled since a day, and their account; passphrase from the standard input.
    CreatePromeneur {
        /// The network's name.
        #[arg(long)]
        network: String,
        /// Sign-in name, such as an e-mail address.
        #[arg(long)]
        login: String,
        /// What to call the person.
        #[arg(long)]
        name: String,
        /// The structure's name; created when there is none of that name.
        #[arg(long)]
        structure: String,
        /// The structure's commune.
        #[arg(long, default_value = "")]
        commune: String,
        /// First day as a labelled promeneur.
        #[arg(long)]
        labelled_on: chrono::NaiveDate,
        /// Hours of presence a week that were agreed on.
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..=168))]
        weekly_hours: Option<u8>,
    },
    /// Set a new passphrase for an account that has lost its own, and end its sessions; passphrase from the standard
    /// input.
    SetPassphrase {
        /// The network's name.
        #[arg(long)]
        network: String,
        /// Sign-in name.
        #[arg(long)]
        login: String,
    },
    /// Begin a new life of the database after it was restored from a backup, so that phones give back what it lacks.
    NewEpoch,
    /// Withdraw a phone: it hands over what it still holds, and receives nothing any more.
    RevokeDevice {
        /// Its id, as the coordinator's page « Téléphones » has it in its address.
        device: app::domain::ids::DeviceId,
    },
    /// Build the projections anew from the ledger.
    Rebuild,
    /// Erase what is kept no longer, as it is done every night, and say what was.
    Erase,
    /// Check the trail of what was done in the administration, line by line.
    VerifyAudit,
}
