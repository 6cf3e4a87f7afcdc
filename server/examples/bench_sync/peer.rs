//! The peer, driven by a script of its own (tools/bench-sync/peer.mjs).

use std::{path::Path, process::Stdio};

use anyhow::Context;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::entries::Text;

pub struct Peer {
    process: Child,
    words: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

#[derive(Deserialize)]
pub struct Bulk {
    pub push: f64,
    pub pull: f64,
    pub push_bare: f64,
}

#[derive(Deserialize)]
pub struct Single {
    pub times: Vec<f64>,
}

#[derive(Deserialize)]
pub struct Crowd {
    pub seconds: f64,
}

#[derive(Deserialize)]
pub struct Small {
    pub each_second: f64,
}

impl Peer {
    pub fn start(folder: &Path, texts: &[Text]) -> anyhow::Result<Self> {
        let list = folder.join("entries.json");
        std::fs::write(&list, serde_json::to_string(&texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>())?)?;
        let mut process = Command::new("node")
            .args(["tools/bench-sync/peer.mjs"])
            .arg(folder)
            .arg(list)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node, from the root of the repository")?;
        let words = process.stdin.take().context("a pipe")?;
        let answers = BufReader::new(process.stdout.take().context("a pipe")?).lines();
        Ok(Self { process, words, answers })
    }

    pub async fn does<T: DeserializeOwned>(&mut self, word: &str) -> anyhow::Result<T> {
        self.words.write_all(format!("{word}\n").as_bytes()).await?;
        let answer = self.answers.next_line().await?.context("the peer ended early (npm ci in tools/bench-sync?)")?;
        serde_json::from_str(&answer).with_context(|| answer)
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.words);
        self.process.wait().await?;
        Ok(())
    }
}
