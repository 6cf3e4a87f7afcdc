//! What the statements of a scope come to: how many were handed over of those expected, and what they wish for and meet with. Of a
//! network those of a year take longer to read than all its figures, and are kept until one of them changes.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use app::domain::{
    coded::Code,
    ids::{PromeneurId, SchemeId},
    indicators::count_of,
    needs::{NeedFigures, Subject},
    period::Period,
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Frame, Members, kept::Kept, roster::LastAct};
use crate::db::page::Page;

/// What the statements of a scope and a period come to.
#[derive(Debug)]
pub(super) struct Handed {
    /// How many were received of those expected.
    pub received: i64,
    /// How many are expected, for the months that are over.
    pub expected: i64,
    /// The months of which some are missing, and how many.
    pub missing: Vec<(NaiveDate, i64)>,
    /// What they wish for and meet with, most spoken of first.
    pub needs: Vec<NeedFigures>,
}

/// Those of networks on a day, which says of which months statements are expected; each with the state of its statements, and the
/// last act of its administration, which says of whom.
pub(super) type KeptHanded = Kept<(SchemeId, Period, NaiveDate), (Option<Uuid>, LastAct), Handed, 256>;

impl Handed {
    /// Of the members of a scope: `received` by whose they are and the first day of their month; of `texts` the codes of what each
    /// wish and each difficulty speaks of.
    pub(super) fn of(
        members: &Members,
        received: &HashSet<(Uuid, NaiveDate)>,
        texts: impl Iterator<Item = (PromeneurId, NaiveDate, [String; 2])>,
        period: Period,
        today: NaiveDate,
    ) -> Self {
        let (mut all_came, mut all, mut missing) = (0, 0, Vec::new());
        for (month, came, expected) in members.statements_by_month(received, period, today) {
            all_came += came;
            all += expected;
            if came < expected {
                missing.push((month, expected - came));
            }
        }
        Self { received: all_came, expected: all, missing, needs: needs(members, texts) }
    }
}

/// What the statements of the page's network come to.
pub(super) async fn handed_over(
    page: &mut Page,
    frame: &Frame,
    period: Period,
    today: NaiveDate,
) -> Result<Arc<Handed>, sqlx::Error> {
    let key = (page.scheme, period, today);
    let state = (frame.stand.statements_state, frame.stand.last_act.clone());
    if let Some(kept) = page.kept.handed.get(&key, &state) {
        return Ok(kept);
    }
    let row = sqlx::query!(
        r#"select coalesce(array_agg(promeneur_id), '{}') as "ids!", coalesce(array_agg(month), '{}') as "months!",
                  coalesce(array_agg(wishes), '{}') as "wishes!", coalesce(array_agg(difficulties), '{}') as "difficulties!"
           from statement where month = any($1)"#,
        &period.months()
    )
    .fetch_one(&mut ***page)
    .await?;
    let received = row.ids.iter().copied().zip(row.months.iter().copied()).collect();
    let texts = row.ids.into_iter().zip(row.months).zip(row.wishes).zip(row.difficulties);
    let texts = texts.filter(|((_, wishes), difficulties)| !wishes.is_empty() || !difficulties.is_empty());
    let texts = texts.map(|(((id, month), wishes), difficulties)| (PromeneurId(id), month, [wishes, difficulties]));
    let texts = texts.filter(|(_, month, _)| period.span().contains(*month));
    let handed = Handed::of(&frame.members, &received, texts, period, today);
    Ok(page.kept.handed.put(key, state, handed))
}

/// How many promeneurs speak of each subject, most spoken of first: who does so in several months counts once. What each text
/// speaks of stands in it by codes.
fn needs(members: &Members, texts: impl Iterator<Item = (PromeneurId, NaiveDate, [String; 2])>) -> Vec<NeedFigures> {
    let mut by_subject: BTreeMap<String, [HashSet<PromeneurId>; 2]> = BTreeMap::new();
    for (promeneur, month, said) in texts {
        if !members.has_within(promeneur, Period::month_of(month)) {
            continue;
        }
        for (at, subjects) in said.iter().enumerate() {
            for subject in subjects.split_whitespace() {
                by_subject.entry(subject.to_owned()).or_default()[at].insert(promeneur);
            }
        }
    }
    let count = |people: &HashSet<PromeneurId>| count_of(people.len());
    let figures = by_subject.into_iter().map(|(subject, [wishing, struggling])| NeedFigures {
        subject,
        wishing: count(&wishing),
        struggling: count(&struggling),
    });
    let mut figures: Vec<NeedFigures> = figures.collect();
    let most = |it: &NeedFigures| (it.wishing.max(it.struggling), it.wishing + it.struggling);
    figures.sort_by_key(|it| (it.subject == Subject::Other.code(), std::cmp::Reverse(most(it))));
    figures
}
