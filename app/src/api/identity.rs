//! Who is signed in.

use leptos::prelude::*;

use super::error::AppError;
use crate::domain::person::Me;

/// The signed-in person. Refuses with `signed_out`.
#[server(prefix = "/api", endpoint = "v1/me")]
pub async fn fetch_me() -> Result<Me, AppError> {
    let office = super::office::Office::of_request()?;
    let me = office.identity.me().await;
    office.settle(me)
}

/// Ends the session of this browser. Unsent entries stay on the phone.
#[server(prefix = "/api", endpoint = "v1/sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    let office = super::office::Office::of_request()?;
    let done = office.identity.sign_out().await;
    office.settle(done)
}
