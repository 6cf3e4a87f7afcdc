//! E-mails, where the operator has named a server for them: what stands in the outbox is sent, one at a time, by whichever
//! instance comes to it. One that ends between a mail server's yes and its own note sends it a second time, under the same
//! id; one is never lost.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use app::api::error::AppError;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use tokio::sync::Notify;

use crate::{
    config::Secret,
    db::{
        Db, failed,
        mail_outbox::{self, Letter, Tried},
    },
};

/// How often an instance looks what is due, when nobody has told it.
const LOOK: Duration = Duration::from_secs(30);
/// How long a mail server may take for one answer, and for a whole message: less than the database waits for us
/// ([`mail_outbox::next`]).
const PATIENCE: Duration = Duration::from_secs(20);
const WHOLE_PATIENCE: Duration = Duration::from_mins(2);

/// Whether a text is an e-mail address of at most 254 characters.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<Address>().is_ok()
}

/// The way to the mail server.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Told when something was put into the outbox here.
    put: Arc<Notify>,
}

impl Mailer {
    /// The way by an address such as `smtps://name:password@mail.example.org`, in the name of `from`.
    pub fn new(url: &Secret, from: &str) -> anyhow::Result<Self> {
        // Not with the cause: it may quote the address, which holds a password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.0).ok();
        let transport = transport.context("LANTERNE_SMTP_URL is no address of a mail server")?;
        let from = from.parse().context("LANTERNE_MAIL_FROM is no e-mail address")?;
        Ok(Self { transport: transport.timeout(Some(PATIENCE)).build(), from, put: Arc::default() })
    }

    /// Something was put into the outbox: it need not wait.
    pub fn wake(&self) {
        self.put.notify_one();
    }

    /// Sends what is due, for as long as the server runs.
    pub async fn keep_running(self, db: Db) {
        loop {
            if let Err(error) = self.send_due(&db).await {
                tracing::error!(code = error.code.code(), "the outbox of e-mails could not be looked at");
            }
            // Whoever wakes it in the meantime is heard.
            let _ = tokio::time::timeout(LOOK, self.put.notified()).await;
        }
    }

    /// Sends everything that is due now; how many went.
    pub async fn send_due(&self, db: &Db) -> Result<usize, AppError> {
        let mut sent = 0;
        for scheme in mail_outbox::due(db).await.map_err(failed)? {
            loop {
                let mut tx = db.of(scheme).await.map_err(failed)?;
                let letter = mail_outbox::next(&mut tx).await.map_err(failed)?;
                let Some(letter) = letter else {
                    tx.commit().await.map_err(failed)?;
                    break;
                };
                let how = tokio::time::timeout(WHOLE_PATIENCE, self.send(&letter)).await.unwrap_or(Tried::Unreachable);
                mail_outbox::tried(&mut tx, &letter, how).await.map_err(failed)?;
                tx.commit().await.map_err(failed)?;
                tracing::info!(network.id = %scheme, message = %letter.id, tries = letter.tries + 1, ?how, "e-mail");
                sent += usize::from(how == Tried::Sent);
                // The others would wait as long for the same.
                if how == Tried::Unreachable {
                    break;
                }
            }
        }
        Ok(sent)
    }

    async fn send(&self, letter: &Letter) -> Tried {
        let Some(message) = self.message(letter) else { return Tried::Refused };
        match self.transport.send(message).await {
            Ok(_) => Tried::Sent,
            // Its words may name people, so only its number is told.
            Err(error) => {
                tracing::warn!(
                    status = error.status().map(tracing::field::display),
                    "a mail server did not take a message"
                );
                if error.is_permanent() { Tried::Refused } else { Tried::Unreachable }
            }
        }
    }

    /// None where the address is none.
    fn message(&self, letter: &Letter) -> Option<Message> {
        let address: Address = letter.address.parse().ok()?;
        let what = if letter.is_recovery { "Choisir une nouvelle phrase de passe" } else { "Votre accès au carnet" };
        let why = if letter.is_recovery {
            "Vous avez demandé à votre coordination de pouvoir choisir une nouvelle phrase de passe."
        } else {
            "La coordination du réseau vous ouvre un accès à Lanterne, le carnet des Promeneurs du Net."
        };
        let (name, network, link) = (&letter.name, &letter.network, &letter.link.0);
        let text = format!(
            "Bonjour {name},\n\n{why}\n\nCe lien s’ouvre une seule fois, pendant une semaine\u{202f}:\n{link}\n\n\
             Vous n’attendiez pas ce message\u{202f}? Ne faites rien\u{202f}: sans ce lien, personne n’entre. Prévenez votre coordination.\n\n\
             {network}\n"
        );
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(format!("{what} – Lanterne"))
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}
