//! The door as somebody meets it: a passphrase, the form, and the cookies that one comes out with.

use axum::{
    body::Body,
    http::{Request, header},
};
use server::auth::password;

use crate::{
    harness::{Answer, Office, PASSPHRASE},
    messages::Person,
};

/// Gives an account the passphrase of the tests; its sign-in name.
pub async fn with_passphrase(office: &Office, who: &Person) -> String {
    let hash = password::hash(PASSPHRASE.to_owned()).await.expect("long enough");
    sqlx::query_scalar("update account set password_hash = $1 where id = $2 returning login")
        .bind(&hash)
        .bind(who.me.account.0)
        .fetch_one(&mut office.owner().await)
        .await
        .expect("an account")
}

/// Signs in from an address, with the cookies of a browser.
pub async fn sign_in(office: &Office, login: &str, phrase: &str, address: &str, cookies: &str) -> Answer {
    let body = serde_urlencoded::to_string([("identifiant", login), ("phrase", phrase)]).expect("a form");
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookies)
        .header(header::USER_AGENT, "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0")
        .header("x-forwarded-for", address);
    office.send(request, "/connexion", Body::from(body)).await
}

/// The cookies of an answer, as the next request sends them.
pub fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    all.collect::<Vec<_>>().join("; ")
}
