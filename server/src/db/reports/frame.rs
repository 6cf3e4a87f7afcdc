//! What a report needs to know of a network before it counts anything.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use app::{
    api::report::{Choice, Choices},
    domain::{
        ids::{PromeneurId, StructureId, TerritoryId},
        indicators::count_of,
        measure::RULES,
        period::Period,
        scope::Scope,
        time::Span,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Members, Tx,
    members::{ALWAYS, Spans, is_labelled, meet},
    roster::{House, LastAct, Roster, Stay},
};
use crate::db::page::Page;

/// Most structures and promeneurs, together, that a page lists: of more the list would be most of the page.
const MOST_LISTED: usize = 200;

/// A network as its reports need it.
#[derive(Debug)]
pub struct Frame {
    /// Who belongs to the scope asked for.
    pub members: Members,
    roster: Arc<Roster>,
    pub(super) stand: Stand,
}

/// Whether a structure is of a scope, as far as a scope is made of structures.
fn holds(scope: Scope, structure: StructureId, houses: &BTreeMap<StructureId, House>) -> bool {
    match scope {
        Scope::Network => true,
        Scope::Territory(id) => houses.get(&structure).is_some_and(|house| house.territory == Some(id)),
        Scope::Structure(id) => structure == id,
        Scope::Promeneur(_) => false,
    }
}

/// When people belong to a scope; nothing to say of the network, to which everybody always does.
fn spans_of(scope: Scope, houses: &BTreeMap<StructureId, House>, stays: &[Stay]) -> Option<Spans> {
    match scope {
        Scope::Network => None,
        Scope::Promeneur(id) => Some(Spans::from([(id, vec![ALWAYS])])),
        Scope::Territory(_) | Scope::Structure(_) => {
            let mut spans = Spans::new();
            for stay in stays.iter().filter(|stay| holds(scope, stay.structure, houses)) {
                spans.entry(stay.promeneur).or_default().push(stay.span);
            }
            Some(spans)
        }
    }
}

fn members_of(roster: &Roster, scope: Scope, spans: Spans) -> Members {
    let labels = roster.labels_of(spans.keys().copied());
    Members { scope, spans: Some(spans), labels }
}

/// Where the projections of a network stand, and its administration.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub last_act: LastAct,
    /// The rules by which the projections were computed.
    pub rules: Option<i32>,
    /// In which state the numbers of its accounts are.
    pub followers_state: Option<Uuid>,
    /// In which state its statements are.
    pub statements_state: Option<Uuid>,
    /// The last day of which anything is noted.
    pub last_noted: Option<NaiveDate>,
}

async fn stand(tx: &mut Tx) -> Result<Stand, sqlx::Error> {
    sqlx::query_as!(
        Stand,
        r#"select (select hash from audit_event order by seq desc limit 1) as last_act,
                rules as "rules?", followers_state as "followers_state?", statements_state as "statements_state?",
                (select max(greatest(day, day)) from figure_day) as last_noted
         from network left join projection_rules on network_id = id"#
    )
    .fetch_one(&mut **tx)
    .await
}

/// Reads it, as the transaction sees it.
pub async fn frame(tx: &mut Tx, scope: Scope) -> Result<Frame, sqlx::Error> {
    let stand = stand(tx).await?;
    let roster = Arc::new(Roster::read(tx).await?);
    Ok(Frame::of(scope, roster, stand))
}

/// The same for a page, which sees one moment only: who the network is made of is read where that has changed.
pub async fn frame_of_page(page: &mut Page, scope: Scope) -> Result<Frame, sqlx::Error> {
    let stand = stand(page).await?;
    let scheme = page.scheme;
    let roster = match page.kept.rosters.get(&scheme, &stand.last_act) {
        Some(roster) => roster,
        None => {
            let roster = Roster::read(page).await?;
            page.kept.rosters.put(scheme, stand.last_act.clone(), roster)
        }
    };
    Ok(Frame::of(scope, roster, stand))
}

impl Frame {
    fn of(scope: Scope, roster: Arc<Roster>, stand: Stand) -> Self {
        let spans = spans_of(scope, &roster.houses, &roster.stays);
        let members = match spans {
            None => Members { scope, spans: None, labels: Arc::clone(&roster.labels) },
            Some(spans) => members_of(&roster, scope, spans),
        };
        Self { members, roster, stand }
    }

    /// In which days of the network begin.
    pub fn time_zone(&self) -> &str {
        &self.roster.time_zone
    }

    /// The scopes to choose from, by name.
    pub fn choices(&self) -> &Choices {
        &self.roster.choices
    }

    /// School holidays.
    pub(super) fn holidays(&self) -> &[Span] {
        &self.roster.holidays
    }

    /// What the scope is made of in a period, by name: structures with somebody in them then, or their promeneurs; each with its
    /// members.
    pub fn parts(&self, period: Period) -> Vec<(Scope, Members)> {
        let Members { scope, spans, .. } = &self.members;
        let of = |scope: Scope, spans: Spans| (scope, members_of(&self.roster, scope, spans));
        match scope {
            Scope::Promeneur(_) => Vec::new(),
            Scope::Structure(_) => {
                // What they did elsewhere is no part of this.
                let here = |id: PromeneurId| spans.as_ref()?.get(&id).filter(|spans| meet(spans, period));
                let people = self.roster.choices.promeneurs.iter().map(|choice| choice.id);
                let part = |id| Some(of(Scope::Promeneur(id), Spans::from([(id, here(id)?.clone())])));
                people.filter_map(part).collect()
            }
            Scope::Network | Scope::Territory(_) => {
                let mut lived: HashMap<StructureId, Spans> = HashMap::new();
                for stay in self.roster.stays.iter().filter(|stay| holds(*scope, stay.structure, &self.roster.houses)) {
                    lived.entry(stay.structure).or_default().entry(stay.promeneur).or_default().push(stay.span);
                }
                lived.retain(|_, spans| spans.values().any(|spans| meet(spans, period)));
                let structures = self.roster.choices.structures.iter().map(|choice| choice.id);
                structures.filter_map(|id| Some(of(Scope::Structure(id), lived.remove(&id)?))).collect()
            }
        }
    }

    /// Structures in which a promeneur labelled on a day is that day, by the code of their type, most first; the communes in which
    /// they are; and of how many territories.
    pub(super) fn places(&self, on: NaiveDate) -> (Vec<(String, i64)>, Vec<String>, i64) {
        let labels = self.members.labels.iter().filter(|label| is_labelled(label, on));
        let labelled: HashSet<PromeneurId> = labels.map(|label| label.promeneur).collect();
        let lived =
            self.roster.stays.iter().filter(|stay| stay.span.contains(on) && labelled.contains(&stay.promeneur));
        let lived: HashSet<StructureId> = lived.map(|stay| stay.structure).collect();
        let houses: Vec<&House> = lived.iter().filter_map(|id| self.roster.houses.get(id)).collect();
        let mut by_kind: BTreeMap<&str, i64> = BTreeMap::new();
        for house in &houses {
            *by_kind.entry(&house.kind).or_default() += 1;
        }
        let mut by_kind: Vec<(String, i64)> =
            by_kind.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        by_kind.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let communes: BTreeSet<&str> =
            houses.iter().map(|it| it.commune.as_str()).filter(|name| !name.is_empty()).collect();
        let territories: HashSet<TerritoryId> = houses.iter().filter_map(|it| it.territory).collect();
        (by_kind, communes.into_iter().map(str::to_owned).collect(), count_of(territories.len()))
    }

    /// Whether the projections are those of an earlier release, which an earlier server has just written: what they lack here would
    /// look like figures.
    pub fn is_behind(&self) -> bool {
        self.stand.rules.is_none_or(|rules| rules < RULES)
    }

    /// Whether the scope asked for exists in this network.
    pub fn has_scope(&self) -> bool {
        self.roster.has(self.members.scope)
    }

    /// The scopes that a page lists: all of them, or where they are too many for a list those around the one that it shows.
    pub fn listed(&self) -> Choices {
        let Roster { choices: all, houses, .. } = &*self.roster;
        if all.structures.len() + all.promeneurs.len() <= MOST_LISTED {
            return all.clone();
        }
        let of = |id: StructureId| houses.get(&id).and_then(|house| house.territory);
        let shown = match self.members.scope {
            Scope::Territory(id) => Some(id),
            Scope::Structure(id) => of(id),
            // Those that are in none are in no list of a territory.
            Scope::Network | Scope::Promeneur(_) => None,
        };
        let in_parts = all.structures.len() > MOST_LISTED && !all.territories.is_empty();
        let is_near = |choice: &&Choice<StructureId>| !in_parts || of(choice.id) == shown;
        let is_mine = |choice: &&Choice<PromeneurId>| {
            self.members.spans.as_ref().is_some_and(|mine| mine.contains_key(&choice.id))
        };
        Choices {
            territories: all.territories.clone(),
            structures: all.structures.iter().filter(is_near).cloned().collect(),
            promeneurs: all.promeneurs.iter().filter(is_mine).cloned().collect(),
            is_part: true,
        }
    }
}

/// Whether the scope exists in this network.
pub async fn exists(tx: &mut Tx, scope: Scope) -> Result<bool, sqlx::Error> {
    Ok(Roster::read(tx).await?.has(scope))
}

/// The scopes to choose from, by name.
pub async fn choices(tx: &mut Tx) -> Result<Choices, sqlx::Error> {
    Ok(Roster::read(tx).await?.choices)
}
