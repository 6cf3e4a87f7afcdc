//! The binary as an operator meets it: what it says when it cannot start, what it does not make up, and how it stops.

use std::{str::FromStr, time::Duration};

use server::clock::fresh_id;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::{
    binary::{lanterne, site, started, stop, url},
    harness::{Office, PASSPHRASE},
};

/// Starts it where it cannot, and returns its last words: one sentence.
async fn refusal(mut command: Command) -> String {
    let done = command.output().await.expect("it ran");
    assert!(!done.status.success());
    let said = String::from_utf8(done.stderr).expect("text");
    let last = said.trim_end().lines().last().unwrap_or_default().to_owned();
    last.strip_prefix("lanterne: ").unwrap_or_else(|| panic!("{said}")).to_owned()
}

async fn database(owner: &PgConnectOptions) -> String {
    let name = format!("start_{}", fresh_id().simple());
    let mut connection = PgConnection::connect_with(owner).await.expect("the cluster");
    connection.execute(AssertSqlSafe(format!("create database {name}"))).await.expect("a database");
    name
}

fn cluster() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    PgConnectOptions::from_str(&url).expect("an address")
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_one_sentence_and_the_remedy() {
    // The role that migrations create belongs to the whole cluster: another test has it made before.
    Office::open().await;
    let options = cluster();
    let name = database(&options).await;
    let mut owner = PgConnection::connect_with(&options).await.expect("the cluster");
    let user = format!("weak_{}", fresh_id().simple());
    owner.execute(AssertSqlSafe(format!("create role {user} login"))).await.expect("a role");
    let site = site();
    let start = |url: &str| {
        let mut command = lanterne(url, &[]);
        command.env("LANTERNE_SITE", &site);
        command
    };

    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let mut command = start(&url(&options, "postgres", &name));
    command.env("LANTERNE_ADDR", format!("127.0.0.1:{port}"));
    let said = refusal(command).await;
    assert!(said.starts_with(&format!("port {port} is taken")) && said.contains("LANTERNE_ADDR="), "{said}");

    let said = refusal(start(&url(&options, "postgres", "nowhere"))).await;
    assert_eq!(
        said,
        "there is no database `nowhere`: run `createdb nowhere` as a PostgreSQL administrator, then start again."
    );
    let said = refusal(start(&url(&options, "nobody", &name))).await;
    assert!(said.starts_with("the database refuses the account `nobody`") && said.contains("DATABASE_URL"), "{said}");
    let said = refusal(start("postgres://localhost:1/x")).await;
    assert!(said.starts_with("no database answers at localhost:1") && said.contains("DATABASE_URL"), "{said}");
    let said = refusal(start("nonsense")).await;
    assert!(said.contains("no address of a PostgreSQL database"), "{said}");

    let said = refusal(start(&url(&options, &user, &name))).await;
    assert!(said.contains(&format!("grant create on schema public to {user}")), "{said}");
    let mut there = PgConnection::connect_with(&options.clone().database(&name)).await.expect("the database");
    there.execute(AssertSqlSafe(format!("grant create on schema public to {user}"))).await.expect("granted");
    let said = refusal(start(&url(&options, &user, &name))).await;
    assert!(said.contains(&format!("grant lanterne_app to {user}")), "{said}");
    // The remedy is one.
    there.execute(AssertSqlSafe(format!("grant lanterne_app to {user}"))).await.expect("granted");
    let (mut server, _) = started(start(&url(&options, &user, &name))).await;
    stop(&mut server).await;

    let mut command = start(&url(&options, "postgres", &name));
    command.env("LANTERNE_SITE", "/nowhere");
    let said = refusal(command).await;
    assert!(said.contains("the site in /nowhere is missing") && said.contains("make site"), "{said}");
}

/// With a database of one's own nothing is made up, and everything is had by commands.
#[tokio::test]
async fn with_a_database_of_its_own_nothing_is_made_up() {
    Office::open().await;
    let options = cluster();
    let name = database(&options).await;
    let url = url(&options, "postgres", &name);
    let site = site();
    let mut command = lanterne(&url, &[]);
    command.env("LANTERNE_SITE", &site);
    let (mut server, address) = started(command).await;
    let mut owner = PgConnection::connect_with(&options.clone().database(&name)).await.expect("the database");
    let count: i64 = sqlx::query_scalar("select (select count(*) from network) + (select count(*) from account)")
        .fetch_one(&mut owner)
        .await
        .expect("a number");
    assert_eq!(count, 0);

    let admin = async |arguments: &[&str], typed: &str| {
        let mut act = lanterne(&url, arguments).spawn().expect("it runs");
        act.stdin.take().expect("stdin").write_all(typed.as_bytes()).await.expect("typed");
        let done = act.wait_with_output().await.expect("an end");
        (done.status.success(), String::from_utf8(done.stderr).expect("text").trim().to_owned())
    };
    let coordinator = ["admin", "create-coordinator", "--network", "Essai", "--login", "anne@essai", "--name", "Anne"];
    let (done, said) = admin(&coordinator, PASSPHRASE).await;
    assert!(!done && said.contains("create it with `lanterne admin create-network`"), "{said}");
    let network = ["admin", "create-network", "--name", "Essai", "--department", "Haute-Loire"];
    assert_eq!(admin(&network, "").await, (true, "network « Essai » created".to_owned()));
    assert!(!admin(&network, "").await.0, "only one of a name");
    let (done, said) = admin(&coordinator, "trop court\n").await;
    assert!(!done && said.contains("12 caractères"), "{said}");
    assert!(admin(&coordinator, &format!("{PASSPHRASE}\n")).await.0);
    let (done, said) = admin(&coordinator, PASSPHRASE).await;
    assert!(!done && said.contains("is taken"), "{said}");

    let body = serde_urlencoded::to_string([("identifiant", "anne@essai"), ("phrase", PASSPHRASE)]).expect("a form");
    let request = format!(
        "POST /connexion HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(&address).await.expect("it listens");
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /coordination"), "{answer}");
    stop(&mut server).await;
}

/// Somebody who never ends their request does not hold a server that was asked twice to stop.
#[tokio::test]
async fn a_second_word_stops_it_at_once() {
    Office::open().await;
    let options = cluster();
    let name = database(&options).await;
    let site = site();
    let mut command = lanterne(&url(&options, "postgres", &name), &[]);
    command.env("LANTERNE_SITE", &site);
    let (mut server, address) = started(command).await;
    let mut endless = TcpStream::connect(&address).await.expect("it listens");
    endless.write_all(b"POST /connexion HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await.expect("begun");
    let pid = server.id().expect("it runs").to_string();
    let term = async || assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill").success());
    term().await;
    // It no longer listens: the first word was heard.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    term().await;
    // Far from the time that one word leaves to those who are being answered.
    let end = tokio::time::timeout(Duration::from_secs(5), server.wait()).await.expect("at once");
    assert!(end.expect("an end").success());
    drop(endless);
}

/// A notebook that is open and waits for news does not hold it up, and is answered.
#[tokio::test]
async fn whoever_waits_for_news_is_answered_when_it_stops() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    let site = site();
    let name = office.options.get_database().expect("a name");
    let mut command = lanterne(&url(&office.options, "postgres", name), &[]);
    command.env("LANTERNE_SITE", &site);
    let (mut server, address) = started(command).await;
    let mut waiting = TcpStream::connect(&address).await.expect("it listens");
    let (cookie, body) = (&anne.cookie, r#"{"known":0}"#);
    let request = format!(
        "POST /api/v1/sync_news HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    waiting.write_all(request.as_bytes()).await.expect("sent");
    let listens = "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'";
    while office.number(listens).await == 0 {
        tokio::task::yield_now().await;
    }
    let end = tokio::time::timeout(Duration::from_secs(8), stop(&mut server));
    end.await.expect("before those who are answered for too long are left");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with('0'), "{answer}");
    std::fs::remove_dir_all(site).expect("removed");
}
