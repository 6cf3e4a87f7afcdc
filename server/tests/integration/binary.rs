//! The real binary: how a test starts and stops it.

use std::{path::PathBuf, process::Stdio};

use server::clock::fresh_id;
use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A site that can be served, though it holds no files.
pub fn site() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lanterne-site-{}", fresh_id().simple()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let bundle = r#"{"css":"/pkg/a.css","js":"/pkg/a.js","wasm":"/pkg/a.wasm"}"#;
    let bundles = format!(r#""bundles":{{"phone":{bundle},"office":{bundle}}}"#);
    let names = format!(
        r#"{{"font":"/fonts/a.woff2",{bundles},"passkeys":"/pkg/passkey.js","ahead":{{"text":"","hash":""}},"precache":[]}}"#
    );
    std::fs::write(folder.join("assets.json"), names).expect("written");
    std::fs::write(folder.join("worker.js"), "").expect("written");
    folder
}

pub fn url(options: &PgConnectOptions, user: &str, database: &str) -> String {
    let host = options.get_socket().map_or_else(|| PathBuf::from(options.get_host()), Clone::clone);
    format!("postgres://{user}@localhost/{database}?host={}&port={}", host.display(), options.get_port())
}

pub fn lanterne(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanterne"));
    // What the operator of this machine has set is of no concern here.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LANTERNE_")) {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("LANTERNE_ADDR", "127.0.0.1:0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A server that runs, and its address.
pub async fn started(mut command: Command) -> (Child, String) {
    let mut server = command.spawn().expect("it runs");
    let mut lines = BufReader::new(server.stderr.take().expect("its words")).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await.expect("text") {
        if let Some((_, address)) = line.split_once("Lanterne: http://localhost:") {
            let address = format!("127.0.0.1:{}", address.trim());
            // Read on, so that the log never fills the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (server, address);
        }
        said.push(line);
    }
    panic!("it ended: {said:?}");
}

pub async fn stop(server: &mut Child) {
    let pid = server.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill").success());
    assert!(server.wait().await.expect("an end").success());
}
