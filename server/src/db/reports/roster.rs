//! Who and what a network is made of, as its administration has noted it: kept between pages, since it seldom changes and of a
//! large network takes longer to read than any figure.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use app::{
    api::report::{Choice, Choices},
    domain::{
        ids::{PromeneurId, SchemeId, StructureId, TerritoryId},
        label::Label,
        scope::Scope,
        staff::structure_name,
        time::Span,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Tx, kept::Kept};

/// Who and what a network is made of.
#[derive(Debug)]
pub(super) struct Roster {
    /// In which days of the network begin.
    pub time_zone: String,
    /// When each promeneur counts, by name.
    pub labels: Arc<[Label]>,
    /// At which place among them each stands.
    places: BTreeMap<PromeneurId, usize>,
    /// The scopes to choose from, by name.
    pub choices: Choices,
    pub houses: BTreeMap<StructureId, House>,
    /// Who belonged to which structure, and when.
    pub stays: Vec<Stay>,
    /// School holidays.
    pub holidays: Vec<Span>,
}

/// What a structure is.
#[derive(Debug)]
pub(super) struct House {
    pub kind: String,
    pub commune: String,
    pub territory: Option<TerritoryId>,
}

/// Somebody's time in a structure.
#[derive(Debug)]
pub(super) struct Stay {
    pub structure: StructureId,
    pub promeneur: PromeneurId,
    pub span: Span,
}

/// The last act noted in a network's administration, by the hash of its line in the trail.
///
/// It names the state of all that a roster holds: triggers note each change of it within its own transaction, one transaction
/// after the other in a network, and each hash is made over the one before, so that none ever comes again.
pub(super) type LastAct = Option<Vec<u8>>;

/// The rosters of networks, each with the act after which it was read.
pub(super) type KeptRosters = Kept<SchemeId, LastAct, Roster, 128>;

impl Roster {
    /// Reads it. Lists come as columns, one array each.
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, sqlx::Error> {
        let row = sqlx::query!(
            r#"select network.time_zone,
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
        let names =
            row.house_names.iter().zip(&row.house_communes).map(|(name, commune)| structure_name(name, commune));
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
        Ok(Self {
            time_zone: row.time_zone,
            places: labels.iter().enumerate().map(|(place, label)| (label.promeneur, place)).collect(),
            labels,
            houses: row.house_ids.iter().map(|id| StructureId(*id)).zip(houses).collect(),
            stays: stays.collect(),
            choices: Choices {
                territories: choices_of(row.territory_ids, row.territory_names, TerritoryId),
                structures: choices_of(row.house_ids, names, StructureId),
                promeneurs: choices_of(row.person_ids, row.person_names, PromeneurId),
                is_part: false,
            },
            holidays: spans(row.holiday_firsts, row.holiday_lasts).collect(),
        })
    }

    /// The labels of some people, by name.
    pub(super) fn labels_of(&self, people: impl Iterator<Item = PromeneurId>) -> Arc<[Label]> {
        let mut places: Vec<usize> = people.filter_map(|id| self.places.get(&id).copied()).collect();
        places.sort_unstable();
        places.into_iter().map(|place| self.labels[place].clone()).collect()
    }

    /// Whether a scope exists.
    pub(super) fn has(&self, scope: Scope) -> bool {
        match scope {
            Scope::Network => true,
            Scope::Territory(id) => self.choices.territories.iter().any(|choice| choice.id == id),
            Scope::Structure(id) => self.houses.contains_key(&id),
            Scope::Promeneur(id) => self.places.contains_key(&id),
        }
    }
}

fn spans(firsts: Vec<NaiveDate>, lasts: Vec<NaiveDate>) -> impl Iterator<Item = Span> {
    firsts.into_iter().zip(lasts).map(|(from, until)| Span { from, until: Some(until) })
}

fn choices_of<T>(ids: Vec<Uuid>, names: impl IntoIterator<Item = String>, of: fn(Uuid) -> T) -> Vec<Choice<T>> {
    ids.into_iter().zip(names).map(|(id, name)| Choice { id: of(id), name }).collect()
}
