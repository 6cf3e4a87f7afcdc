//! `POST /api/v1/standing`: a promeneur's own, and nobody else's.

use app::domain::{period::Period, tally::Standing};

use crate::harness::Office;

#[tokio::test]
async fn it_is_the_callers_own() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    assert_eq!(office.post_json("/api/v1/standing", "", "").await.refusal(), (401, "signed_out".to_owned()));
    let coordinator = office.coordinator().await;
    let answer = office.post_json("/api/v1/standing", &coordinator.cookie, "").await;
    assert_eq!(answer.refusal(), (403, "forbidden".to_owned()));
    for who in [&anne, &bruno] {
        let standing: Standing = office.post_json("/api/v1/standing", &who.cookie, "").await.json();
        assert_eq!(Some(standing.label.promeneur), who.me.promeneur);
        // Labelled on 1 September 2024, on leave from 11 to 21 October.
        assert_eq!(standing.label.days_in(Period::Month(2024, 10).span()), 20);
        assert_eq!(standing.weekly_minutes, Some(180));
    }
}
