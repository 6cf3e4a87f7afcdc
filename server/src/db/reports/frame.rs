//! What a report needs to know of a network before it counts anything.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use app::{
    api::report::{Choice, Choices},
    domain::{
        ids::{PromeneurId, StructureId, TerritoryId},
        label::Label,
        measure::RULES,
        period::Period,
        scope::Scope,
        staff::structure_name,
        time::Span,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Members, Tx,
    members::{ALWAYS, Spans, is_labelled, meet},
};

/// Most structures and promeneurs, together, that a page lists: of more the list would be most of the page.
const MOST_LISTED: usize = 200;

/// A network as its reports need it.
#[derive(Debug)]
pub struct Frame {
    /// In which days of the network begin.
    pub time_zone: String,
    /// Who belongs to the scope asked for.
    pub members: Members,
    /// The scopes to choose from, by name.
    pub choices: Choices,
    houses: HashMap<StructureId, House>,
    /// Who belonged to which structure, and when.
    stays: Vec<Stay>,
    /// School holidays.
    pub(super) holidays: Vec<Span>,
    /// The rules by which the projections were computed.
    pub(super) rules: Option<i32>,
    /// The last day of which anything is noted.
    pub(super) last_noted: Option<NaiveDate>,
}

/// What a structure is.
#[derive(Debug)]
struct House {
    kind: String,
    commune: String,
    territory: Option<TerritoryId>,
}

/// Somebody's time in a structure.
#[derive(Debug)]
struct Stay {
    structure: StructureId,
    promeneur: PromeneurId,
    span: Span,
}

/// Whether a structure is of a scope, as far as a scope is made of structures.
fn holds(scope: Scope, structure: StructureId, houses: &HashMap<StructureId, House>) -> bool {
    match scope {
        Scope::Network => true,
        Scope::Territory(id) => houses.get(&structure).is_some_and(|house| house.territory == Some(id)),
        Scope::Structure(id) => structure == id,
        Scope::Promeneur(_) => false,
    }
}

/// When people belong to a scope; nothing to say of the network, to which everybody always does.
fn spans_of(scope: Scope, houses: &HashMap<StructureId, House>, stays: &[Stay]) -> Option<Spans> {
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

/// Reads it. Lists come as columns, one array each.
pub async fn frame(tx: &mut Tx, scope: Scope) -> Result<Frame, sqlx::Error> {
    let row = sqlx::query!(
        r#"select network.time_zone, (select rules from projection_rules) as rules,
                  (select max(day + 0) from figure_day) as last_noted,
                  person.ids as "person_ids!", person.names as "person_names!",
                  person.labelled as "labelled!", person.gone as "gone!: Vec<Option<NaiveDate>>",
                  leave.ids as "leave_ids!", leave.firsts as "leave_firsts!", leave.lasts as "leave_lasts!",
                  holiday.firsts as "holiday_firsts!", holiday.lasts as "holiday_lasts!",
                  house.ids as "house_ids!", house.names as "house_names!", house.communes as "house_communes!",
                  house.territories as "house_territories!: Vec<Option<Uuid>>",
                  territory.ids as "territory_ids!", territory.names as "territory_names!",
                  house.types as "house_types!",
                  stay.houses as "stay_houses!", stay.ids as "stay_ids!", stay.firsts as "stay_firsts!",
                  stay.lasts as "stay_lasts!: Vec<Option<NaiveDate>>"
           from network,
               (select coalesce(array_agg(id), '{}') as ids, coalesce(array_agg(name), '{}') as names,
                       coalesce(array_agg(labelled_on), '{}') as labelled, coalesce(array_agg(left_on), '{}') as gone
                from (select * from promeneur order by name, id) as it) as person,
               (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(from_on), '{}') as firsts,
                       coalesce(array_agg(until_on), '{}') as lasts
                from promeneur_leave) as leave,
               (select coalesce(array_agg(from_on), '{}') as firsts, coalesce(array_agg(until_on), '{}') as lasts
                from holiday) as holiday,
               (select coalesce(array_agg(id), '{}') as ids, coalesce(array_agg(name), '{}') as names,
                       coalesce(array_agg(commune), '{}') as communes,
                       coalesce(array_agg(territory_id), '{}') as territories, coalesce(array_agg(type), '{}') as types
                from (select * from structure order by name, id) as it) as house,
               (select coalesce(array_agg(id), '{}') as ids, coalesce(array_agg(name), '{}') as names
                from (
                    select * from territory
                    where exists (select from structure where territory_id = territory.id) order by name, id
                ) as it) as territory,
               (select coalesce(array_agg(structure_id), '{}') as houses, coalesce(array_agg(promeneur_id), '{}') as ids,
                       coalesce(array_agg(from_on), '{}') as firsts, coalesce(array_agg(until_on), '{}') as lasts
                from affiliation) as stay"#
    )
    .fetch_one(&mut **tx)
    .await?;

    let mut leaves: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for (promeneur, span) in row.leave_ids.into_iter().zip(spans(row.leave_firsts, row.leave_lasts)) {
        leaves.entry(promeneur).or_default().push(span);
    }
    let label = |((id, labelled_on), left_on): ((&Uuid, &NaiveDate), &Option<NaiveDate>)| Label {
        promeneur: PromeneurId(*id),
        labelled_on: *labelled_on,
        left_on: *left_on,
        leaves: leaves.remove(id).unwrap_or_default(),
    };
    let labels: Arc<[Label]> = row.person_ids.iter().zip(&row.labelled).zip(&row.gone).map(label).collect();
    let names = row.house_names.iter().zip(&row.house_communes).map(|(name, commune)| structure_name(name, commune));
    let names: Vec<String> = names.collect();
    let houses = row.house_types.into_iter().zip(row.house_communes).zip(row.house_territories);
    let houses =
        houses.map(|((kind, commune), territory)| House { kind, commune, territory: territory.map(TerritoryId) });
    let stays = row.stay_houses.into_iter().zip(row.stay_ids).zip(row.stay_firsts).zip(row.stay_lasts);
    let stays = stays.map(|(((structure, promeneur), from), until)| Stay {
        structure: StructureId(structure),
        promeneur: PromeneurId(promeneur),
        span: Span { from, until },
    });
    let houses: HashMap<StructureId, House> = row.house_ids.iter().map(|id| StructureId(*id)).zip(houses).collect();
    let stays: Vec<Stay> = stays.collect();
    let mine = spans_of(scope, &houses, &stays);
    Ok(Frame {
        time_zone: row.time_zone,
        members: Members { scope, spans: mine, labels },
        houses,
        stays,
        choices: Choices {
            territories: choices_of(row.territory_ids, row.territory_names, TerritoryId),
            structures: choices_of(row.house_ids, names, StructureId),
            promeneurs: choices_of(row.person_ids, row.person_names, PromeneurId),
            is_part: false,
        },
        holidays: spans(row.holiday_firsts, row.holiday_lasts).collect(),
        rules: row.rules,
        last_noted: row.last_noted,
    })
}

fn spans(firsts: Vec<NaiveDate>, lasts: Vec<NaiveDate>) -> impl Iterator<Item = Span> {
    firsts.into_iter().zip(lasts).map(|(from, until)| Span { from, until: Some(until) })
}

fn choices_of<T>(ids: Vec<Uuid>, names: impl IntoIterator<Item = String>, of: fn(Uuid) -> T) -> Vec<Choice<T>> {
    ids.into_iter().zip(names).map(|(id, name)| Choice { id: of(id), name }).collect()
}

impl Frame {
    /// What the scope is made of in a period, by name: structures with somebody in them then, or their promeneurs; each with its
    /// members.
    pub fn parts(&self, period: Period) -> Vec<(Scope, Members)> {
        let Members { scope, spans, labels } = &self.members;
        let of =
            |scope: Scope, spans: Spans| (scope, Members { scope, spans: Some(spans), labels: Arc::clone(labels) });
        match scope {
            Scope::Promeneur(_) => Vec::new(),
            Scope::Structure(_) => {
                // What they did elsewhere is no part of this.
                let here = |id: PromeneurId| spans.as_ref()?.get(&id).filter(|spans| meet(spans, period));
                let people = self.choices.promeneurs.iter().map(|choice| choice.id);
                let part = |id| Some(of(Scope::Promeneur(id), Spans::from([(id, here(id)?.clone())])));
                people.filter_map(part).collect()
            }
            Scope::Network | Scope::Territory(_) => {
                let mut lived: HashMap<StructureId, Spans> = HashMap::new();
                for stay in self.stays.iter().filter(|stay| holds(*scope, stay.structure, &self.houses)) {
                    lived.entry(stay.structure).or_default().entry(stay.promeneur).or_default().push(stay.span);
                }
                lived.retain(|_, spans| spans.values().any(|spans| meet(spans, period)));
                let structures = self.choices.structures.iter().map(|choice| choice.id);
                structures.filter_map(|id| Some(of(Scope::Structure(id), lived.remove(&id)?))).collect()
            }
        }
    }

    /// Structures in which a promeneur labelled on a day is that day, by the code of their type, most first; and in how many
    /// communes they are.
    pub(super) fn places(&self, on: NaiveDate) -> (Vec<(String, i64)>, i64) {
        let labels = self.members.labels.iter().filter(|label| is_labelled(label, on));
        let labelled: HashSet<PromeneurId> = labels.map(|label| label.promeneur).collect();
        let lived = self.stays.iter().filter(|stay| stay.span.contains(on) && labelled.contains(&stay.promeneur));
        let lived: HashSet<StructureId> = lived.map(|stay| stay.structure).collect();
        let houses: Vec<&House> = lived.iter().filter_map(|id| self.houses.get(id)).collect();
        let mut by_kind: BTreeMap<&str, i64> = BTreeMap::new();
        for house in &houses {
            *by_kind.entry(&house.kind).or_default() += 1;
        }
        let mut by_kind: Vec<(String, i64)> =
            by_kind.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        by_kind.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let communes: HashSet<&str> =
            houses.iter().map(|it| it.commune.as_str()).filter(|name| !name.is_empty()).collect();
        (by_kind, i64::try_from(communes.len()).unwrap_or(i64::MAX))
    }

    /// Whether the projections are those of an earlier release, which an earlier server has just written: what they lack here would
    /// look like figures.
    pub fn is_behind(&self) -> bool {
        self.rules.is_none_or(|rules| rules < RULES)
    }

    /// Whether the scope asked for exists in this network.
    pub fn has_scope(&self) -> bool {
        self.has(self.members.scope)
    }

    fn has(&self, scope: Scope) -> bool {
        match scope {
            Scope::Network => true,
            Scope::Territory(id) => self.choices.territories.iter().any(|choice| choice.id == id),
            Scope::Structure(id) => self.choices.structures.iter().any(|choice| choice.id == id),
            Scope::Promeneur(id) => self.choices.promeneurs.iter().any(|choice| choice.id == id),
        }
    }

    /// The scopes that a page lists: all of them, or where they are too many for a list those around the one that it shows.
    pub fn listed(self) -> Choices {
        let Self { members, choices: mut listed, houses, .. } = self;
        if listed.structures.len() + listed.promeneurs.len() <= MOST_LISTED {
            return listed;
        }
        listed.is_part = true;
        let mine = members.spans.unwrap_or_default();
        listed.promeneurs.retain(|choice| mine.contains_key(&choice.id));
        if listed.structures.len() > MOST_LISTED && !listed.territories.is_empty() {
            let of = |id: StructureId| houses.get(&id).and_then(|house| house.territory);
            let shown = match members.scope {
                Scope::Territory(id) => Some(id),
                Scope::Structure(id) => of(id),
                // Those that are in none are in no list of a territory.
                Scope::Network | Scope::Promeneur(_) => None,
            };
            listed.structures.retain(|choice| of(choice.id) == shown);
        }
        listed
    }
}

/// Whether the scope exists in this network.
pub async fn exists(tx: &mut Tx, scope: Scope) -> Result<bool, sqlx::Error> {
    Ok(frame(tx, Scope::Network).await?.has(scope))
}

/// The scopes to choose from, by name.
pub async fn choices(tx: &mut Tx) -> Result<Choices, sqlx::Error> {
    frame(tx, Scope::Network).await.map(|frame| frame.choices)
}
