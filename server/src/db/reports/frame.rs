//! What a report needs to know of a network before it counts anything.

use std::{collections::HashMap, sync::Arc};

use app::{
    api::report::{Choice, Choices},
    domain::{
        ids::{PromeneurId, StructureId, TerritoryId},
        label::Label,
        scope::Scope,
        staff::structure_name,
        time::Span,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Members, Tx, members::Spans, named};

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
    /// In which territory each structure is, in their order.
    within: Vec<Option<TerritoryId>>,
    /// School holidays.
    pub(super) holidays: Vec<Span>,
    /// The rules by which the projections were computed.
    pub(super) rules: Option<i32>,
    /// The last day of which anything is noted.
    pub(super) last_noted: Option<NaiveDate>,
}

/// Reads it. Lists come as columns, one array each.
pub async fn frame(tx: &mut Tx, scope: Scope) -> Result<Frame, sqlx::Error> {
    // To the network everybody belongs, always: nothing to ask.
    let (name, id) = if scope == Scope::Network { ("", None) } else { named(scope) };
    let row = sqlx::query!(
        r#"select network.time_zone, (select rules from projection_rules) as rules,
                  (select max(day) from figure_day) as last_noted,
                  person.ids as "person_ids!", person.names as "person_names!",
                  person.labelled as "labelled!", person.gone as "gone!: Vec<Option<NaiveDate>>",
                  leave.ids as "leave_ids!", leave.firsts as "leave_firsts!", leave.lasts as "leave_lasts!",
                  holiday.firsts as "holiday_firsts!", holiday.lasts as "holiday_lasts!",
                  house.ids as "house_ids!", house.names as "house_names!", house.communes as "house_communes!",
                  house.territories as "house_territories!: Vec<Option<Uuid>>",
                  territory.ids as "territory_ids!", territory.names as "territory_names!",
                  member.ids as "member_ids!", member.firsts as "member_firsts!", member.lasts as "member_lasts!"
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
                       coalesce(array_agg(territory_id), '{}') as territories
                from (select * from structure order by name, id) as it) as house,
               (select coalesce(array_agg(id), '{}') as ids, coalesce(array_agg(name), '{}') as names
                from (
                    select * from territory
                    where exists (select from structure where territory_id = territory.id) order by name, id
                ) as it) as territory,
               (select coalesce(array_agg(promeneur_id), '{}') as ids, coalesce(array_agg(from_on), '{}') as firsts,
                       coalesce(array_agg(until_on), '{}') as lasts
                from scope_member($1, $2)) as member"#,
        name,
        id
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
    let members = (scope != Scope::Network).then(|| {
        let mut members = Spans::new();
        for (promeneur, span) in row.member_ids.into_iter().zip(spans(row.member_firsts, row.member_lasts)) {
            members.entry(PromeneurId(promeneur)).or_default().push(span);
        }
        members
    });
    let houses = row.house_names.iter().zip(&row.house_communes).map(|(name, commune)| structure_name(name, commune));
    Ok(Frame {
        time_zone: row.time_zone,
        members: Members { scope, spans: members, labels },
        choices: Choices {
            territories: choices_of(row.territory_ids, row.territory_names, TerritoryId),
            structures: choices_of(row.house_ids, houses, StructureId),
            promeneurs: choices_of(row.person_ids, row.person_names, PromeneurId),
            is_part: false,
        },
        within: row.house_territories.into_iter().map(|id| id.map(TerritoryId)).collect(),
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
}

impl Frame {
    /// The scopes that a page lists: all of them, or where they are too many for a list those around the one that it shows.
    pub fn listed(self) -> Choices {
        let Self { members, choices: mut listed, within, .. } = self;
        if listed.structures.len() + listed.promeneurs.len() <= MOST_LISTED {
            return listed;
        }
        listed.is_part = true;
        let mine = members.spans.unwrap_or_default();
        listed.promeneurs.retain(|choice| mine.contains_key(&choice.id));
        if listed.structures.len() > MOST_LISTED && !listed.territories.is_empty() {
            let of = |id: StructureId| listed.structures.iter().position(|choice| choice.id == id);
            let shown = match members.scope {
                Scope::Territory(id) => Some(id),
                Scope::Structure(id) => of(id).and_then(|at| within[at]),
                // Those that are in none are in no list of a territory.
                Scope::Network | Scope::Promeneur(_) => None,
            };
            let mut within = within.into_iter();
            listed.structures.retain(|_| within.next().flatten() == shown);
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
