//! What a promeneur's own figures need beside their records.

use leptos::prelude::*;

use super::error::AppError;
use crate::domain::tally::Standing;

/// The caller's standing. For promeneurs.
#[server(prefix = "/api", endpoint = "v1/standing")]
pub async fn fetch_standing() -> Result<Standing, AppError> {
    use super::office::Office;
    use crate::domain::access::Act;
    let office = Office::of_request()?;
    let answer = async {
        let me = office.caller(Act::Notebook).await?;
        office.reports.standing(&me).await
    };
    office.settle(answer.await)
}
