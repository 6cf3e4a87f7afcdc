//! E-mails: what stands in the outbox reaches a mail server, once, whatever happens on the way, and its link nobody else.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use server::{
    config::Secret,
    db::mail_outbox,
    mail::{Mailer, is_address},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    harness::{Answer, Office},
    messages::Person,
};

/// A mail server that takes messages, or says no.
struct Post {
    address: String,
    got: Arc<Mutex<Vec<String>>>,
    says: Arc<Mutex<&'static str>>,
}

impl Post {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (got, says) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new("250 taken")));
        let (box_, word) = (got.clone(), says.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (box_, word) = (box_.clone(), word.clone());
                tokio::spawn(async move { serve(stream, &box_, &word).await });
            }
        });
        Self { address, got, says }
    }

    fn mailer(&self) -> Mailer {
        let url = Secret(format!("smtp://{}", self.address));
        Mailer::new(&url, "Lanterne <lanterne@exemple.fr>").expect("a way")
    }

    fn say(&self, word: &'static str) {
        *self.says.lock().expect("a word") = word;
    }

    /// The messages that it took, with their lines joined again.
    fn got(&self) -> Vec<String> {
        self.got.lock().expect("messages").iter().map(|text| text.replace("=\r\n", "").replace("=3D", "=")).collect()
    }
}

async fn serve(stream: TcpStream, got: &Mutex<Vec<String>>, says: &Mutex<&'static str>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut say = async |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).await.is_ok();
    say("220 here").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let said = match word.as_str() {
            "RCPT" => {
                let word = *says.lock().expect("a word");
                say(word).await
            }
            "DATA" => {
                say("354 go on").await;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push_str("\r\n");
                }
                got.lock().expect("messages").push(text);
                say("250 taken").await
            }
            "QUIT" => {
                say("221 bye").await;
                return;
            }
            _ => say("250 yes").await,
        };
        if !said {
            return;
        }
    }
}

async fn office_with(mailer: Option<Mailer>) -> Office {
    let office = Office::open().await;
    match mailer {
        Some(mailer) => office.mailing(mailer).await,
        None => office,
    }
}

/// Invites somebody; the page, its link, and where it is sent by e-mail.
async fn invited(office: &Office, coordinator: &Person) -> (String, String, String) {
    let fields = [("personne", "Anne Caf"), ("role", "caf")];
    let page = office.submit(coordinator, "/coordination/equipe/invitations", &fields).await.text();
    let part = |before: &str| {
        let rest = page.split_once(before).unwrap_or_else(|| panic!("{before} is missing from {page}")).1;
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let link = part("id=\"lien\" readonly value=\"");
    let form = if page.contains("/envoyer#mail") {
        part("method=\"post\" action=\"/coordination/equipe/invitations/")
    } else {
        String::new()
    };
    (page.clone(), link, format!("/coordination/equipe/invitations/{}", form.trim_end_matches("#mail")))
}

async fn mail(office: &Office, coordinator: &Person, path: &str, link: &str, address: &str) -> Answer {
    office.submit(coordinator, path, &[("lien", link), ("adresse", address)]).await
}

const SECRETS: &str = "select count(*) from mail_outbox where link is not null";

#[tokio::test]
async fn an_invitation_goes_by_mail_once_and_its_link_is_then_forgotten() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    let answer = mail(&office, &coordinator, &path, &link, "anne@caf.exemple.fr").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.text().contains("anne@caf.exemple.fr\u{202f}: il part dès que"), "{}", answer.text());
    assert!(answer.text().contains(&link), "the link is still there to be copied");
    // Another one, as if this server had ended before it came to it.
    assert_eq!(post.mailer().send_due(&office.db).await.expect("sent"), 1);
    assert_eq!(post.mailer().send_due(&office.db).await.expect("nothing left"), 0);
    let got = post.got();
    assert_eq!(got.len(), 1);
    for said in ["To: anne@caf.exemple.fr", "From: Lanterne <lanterne@exemple.fr>", "Message-ID: <", &link] {
        assert!(got[0].contains(said), "{said} is missing from {}", got[0]);
    }
    assert_eq!(office.number(SECRETS).await, 0);
    let page = office.get("/coordination/equipe", &coordinator.cookie).await.text();
    assert!(page.contains("E-mail parti à anne@caf.exemple.fr."), "{page}");
    // It opens.
    let opened = office
        .get(
            link.rsplit_once("/invitation").map(|(_, rest)| format!("/invitation{rest}")).expect("a link").as_str(),
            "",
        )
        .await;
    assert_eq!(opened.status, StatusCode::OK);
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_again_and_one_that_refuses_is_not() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    mail(&office, &coordinator, &path, &link, "anne@caf.exemple.fr").await;
    post.say("451 later");
    assert_eq!(post.mailer().send_due(&office.db).await.expect("tried"), 0);
    assert_eq!(office.number(SECRETS).await, 1);
    assert_eq!(office.number("select count(*) from mail_outbox where next_try_at > now()").await, 1, "later");
    // Nobody listens there.
    let nowhere = Mailer::new(&Secret("smtp://127.0.0.1:1".to_owned()), "a@exemple.fr").expect("a way");
    let due = "update mail_outbox set next_try_at = now()";
    sqlx::query(due).execute(&mut office.owner().await).await.expect("due");
    assert_eq!(nowhere.send_due(&office.db).await.expect("tried"), 0);
    sqlx::query(due).execute(&mut office.owner().await).await.expect("due");
    post.say("250 taken");
    assert_eq!(post.mailer().send_due(&office.db).await.expect("sent"), 1);

    post.say("550 nobody of that name");
    mail(&office, &coordinator, &path, &link, "ane@caf.exemple.fr").await;
    assert_eq!(post.mailer().send_due(&office.db).await.expect("refused"), 0);
    assert_eq!(office.number(SECRETS).await, 0);
    let page = office.get("/coordination/equipe", &coordinator.cookie).await.text();
    assert!(page.contains("E-mail refusé pour ane@caf.exemple.fr"), "{page}");
}

#[tokio::test]
async fn what_opens_nothing_any_more_is_not_sent() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    mail(&office, &coordinator, &path, &link, "anne@caf.exemple.fr").await;
    office.submit(&coordinator, &path.replace("/envoyer", "/retirer"), &[]).await;
    assert_eq!(post.mailer().send_due(&office.db).await.expect("nothing"), 0);
    assert_eq!((post.got().len(), office.number(SECRETS).await), (0, 0));
    // Nor is its form of use.
    assert_eq!(mail(&office, &coordinator, &path, &link, "anne@caf.exemple.fr").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_servers_send_one_message_once() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    for name in ["a", "b", "c"] {
        mail(&office, &coordinator, &path, &link, &format!("{name}@exemple.fr")).await;
    }
    let (first, second) = (post.mailer(), post.mailer());
    let (one, other) = tokio::join!(first.send_due(&office.db), second.send_due(&office.db));
    assert_eq!(one.expect("sent") + other.expect("sent"), 3);
    assert_eq!(post.got().len(), 3);
}

#[tokio::test]
async fn what_was_typed_is_an_address_and_a_link_of_ours() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    for wrong in ["", "anne", "anne@", "a@b\r\nBcc: c@d.fr", &format!("{}@exemple.fr", "a".repeat(300))] {
        let answer = mail(&office, &coordinator, &path, &link, wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(
            answer.text().contains("Écrivez une adresse e-mail") && answer.text().contains(&link),
            "{}",
            answer.text()
        );
        assert!(!is_address(wrong));
    }
    for forged in ["", "https://ailleurs.example/invitation/abc", &format!("{link}x")] {
        assert_eq!(mail(&office, &coordinator, &path, forged, "a@exemple.fr").await.status, StatusCode::NOT_FOUND);
    }
    // Another site's name around the right secret: what is sent is ours.
    let secret = link.rsplit('/').next().expect("a secret");
    mail(&office, &coordinator, &path, &format!("https://ailleurs.example/{secret}"), "a@exemple.fr").await;
    post.mailer().send_due(&office.db).await.expect("sent");
    assert!(post.got()[0].contains(&link) && !post.got()[0].contains("ailleurs"), "{:?}", post.got());
    for _ in 0..4 {
        assert_eq!(mail(&office, &coordinator, &path, &link, "a@exemple.fr").await.status, StatusCode::OK);
    }
    let answer = mail(&office, &coordinator, &path, &link, "a@exemple.fr").await;
    assert!(answer.text().contains("Cinq e-mails sont partis"), "{}", answer.text());
}

#[tokio::test]
async fn without_a_mail_server_nothing_speaks_of_mail() {
    let office = office_with(None).await;
    let coordinator = office.coordinator().await;
    let (page, link, _) = invited(&office, &coordinator).await;
    assert!(page.contains(&link) && !page.contains("e-mail"), "{page}");
}

#[tokio::test]
async fn nobody_reads_the_outbox_of_another_network() {
    let post = Post::open().await;
    let office = office_with(Some(post.mailer())).await;
    let coordinator = office.coordinator().await;
    let (_, link, path) = invited(&office, &coordinator).await;
    mail(&office, &coordinator, &path, &link, "anne@caf.exemple.fr").await;
    // Which networks have something is told to the sender, and no more than that.
    assert_eq!(mail_outbox::due(&office.db).await.expect("networks"), [office.scheme]);
    let mut tx = office.db.anonymous().await.expect("a transaction");
    let seen: i64 = sqlx::query_scalar("select count(*) from mail_outbox").fetch_one(&mut *tx).await.expect("a count");
    assert_eq!(seen, 0);
}
