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
    office.answer(Act::Notebook, async |me| office.reports.standing(&me).await).await
}
