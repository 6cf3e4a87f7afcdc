//! What the coordinator does by plain forms, and what a phone that was withdrawn hands over.

use app::sync::messages::{EscrowAnswer, Op, PushRequest};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::value::RawValue;

use crate::{
    harness::{Answer, Office},
    messages::{Person, message, raw},
};

pub const TO_CHECK: &str = "/coordination/a-verifier";
pub const PHONES: &str = "/coordination/telephones";
pub const HELPLINES: &str = "/coordination/numeros";
pub const IMPORTS: &str = "/coordination/import";
pub const RESCUE: &str = "/coordination/fichier-de-secours";

impl Office {
    /// Sends a form as somebody who is signed in.
    pub async fn submit(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &who.cookie);
        self.send(request, path, Body::from(body)).await
    }

    /// Sends a file as a browser's form does.
    pub async fn upload(&self, who: &Person, name: &str, file: &[u8]) -> Answer {
        self.upload_to(who, RESCUE, &[], name, "a.json", file).await
    }

    /// Sends a file and fields to any form.
    pub async fn upload_to(
        &self,
        who: &Person,
        path: &str,
        fields: &[(&str, &str)],
        name: &str,
        file_name: &str,
        file: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let field = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(field.as_bytes());
        }
        let head = format!(
            "--line\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend([head.as_bytes(), file, b"\r\n--line--\r\n"].concat());
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
            .header(header::COOKIE, &who.cookie);
        self.send(request, path, Body::from(body)).await
    }

    /// Withdraws a phone that has spoken.
    pub async fn withdraw(&self, coordinator: &Person, who: &Person) {
        let answer = self.submit(coordinator, &format!("{PHONES}/{}/retirer", who.device), &[]).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/coordination/telephones?fait=retire")
        );
    }

    pub async fn escrow_raw(&self, who: &Person, ops: Vec<Box<RawValue>>) -> Answer {
        let body = message(PushRequest { heartbeat: who.heartbeat(), epoch: None, ops });
        self.post_json("/api/v1/sync_escrow", &who.cookie, body).await
    }

    /// Hands operations over; each must be held.
    pub async fn escrow(&self, who: &Person, ops: &[Op]) {
        let answer = self.escrow_raw(who, ops.iter().map(raw).collect()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer: EscrowAnswer = answer.json();
        assert_eq!(answer.held, ops.iter().map(|op| op.op).collect::<Vec<_>>());
    }

    /// The list of what waits, and how many cards it has.
    pub async fn to_check(&self, coordinator: &Person) -> (String, usize) {
        let answer = self.get(TO_CHECK, &coordinator.cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let page = answer.text();
        let cards = page.matches("<li class=\"card\"").count();
        (page, cards)
    }

    /// Decides, and returns what the list then says was done.
    pub async fn decide(
        &self,
        coordinator: &Person,
        op: impl std::fmt::Display,
        act: &str,
        fields: &[(&str, &str)],
    ) -> String {
        let answer = self.submit(coordinator, &format!("{TO_CHECK}/{op}/{act}"), fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        answer.header("location").trim_start_matches("/coordination/a-verifier?fait=").to_owned()
    }
}

/// Opens the bilan of a period and a scope, and publishes it as it was shown.
pub async fn publish(office: &Office, who: &Person, period: &str, scope: &str, number: &str) -> Answer {
    let seal = seal(office, who, period, scope).await;
    let fields = [("periode", period), ("perimetre", scope), ("numero", number), ("vu", &seal)];
    office.submit(who, "/coordination/bilans/publier", &fields).await
}

/// What the page of a bilan says that it showed.
pub async fn seal(office: &Office, who: &Person, period: &str, scope: &str) -> String {
    let draft = format!("/coordination/bilans/ecrire?periode={period}&perimetre={scope}");
    let page = office.get(&draft, &who.cookie).await.text();
    let seal = page.split("name=\"vu\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    seal.unwrap_or_else(|| panic!("{page}")).to_owned()
}
