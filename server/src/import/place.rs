//! Which interventions lie in which presences: what lies in one is not counted beside it (`domain.md` I7), in whatever order
//! the files come.

use std::collections::HashMap;

use app::{
    api::error::AppError,
    coordination::imports::{Kind, RowFault},
    domain::{
        fr,
        ids::{ImportId, PromeneurId, RecordId},
        person::Me,
        record::{Body, Draft},
    },
    sync::messages::OpKind,
};
use chrono::NaiveDateTime;

use super::{
    Waiting, asks, op,
    plan::Write,
    rows::{Key, Line},
};
use crate::{
    batch::Ask,
    clock::fresh_id,
    db::{
        Tx, failed, imports,
        imports::{Added, Stretch},
    },
};

/// The presences of some people, to look in which of them something lies.
struct Presences(HashMap<PromeneurId, Vec<Stretch>>);

impl Presences {
    async fn read(tx: &mut Tx, whose: &[PromeneurId]) -> Result<Self, AppError> {
        let mut of: HashMap<PromeneurId, Vec<Stretch>> = HashMap::new();
        for stretch in imports::presences(tx, whose).await.map_err(failed)? {
            of.entry(stretch.promeneur).or_default().push(stretch);
        }
        Ok(Self(of))
    }

    /// The presence of somebody at a moment.
    fn at(&self, whose: PromeneurId, moment: Option<NaiveDateTime>) -> Option<RecordId> {
        let (moment, stretches) = (moment?, self.0.get(&whose)?);
        stretches.iter().find(|it| it.from <= moment && moment <= it.until).map(|it| it.record)
    }
}

/// Puts the interventions of a file into the presences in which they took place.
pub(super) async fn rows(
    tx: &mut Tx,
    waiting: &Waiting,
    whose: &[PromeneurId],
    lines: &mut Vec<Line>,
    faults: &mut Vec<RowFault>,
) -> Result<(), AppError> {
    if waiting.mapping.column("presence").is_some() {
        let keys: Vec<Key> = lines.iter().filter_map(|line| line.presence).collect();
        let held = imports::held(tx, Kind::Presence, &keys).await.map_err(failed)?;
        lines.retain_mut(|line| {
            let Some(key) = line.presence else { return true };
            let found = held.get(&key).filter(|held| !held.deleted).map(|held| held.record);
            if found.is_none() {
                let sentence =
                    "Aucune présence de cette référence n’est dans le carnet\u{202f}: importez d’abord les présences.";
                faults.push(RowFault {
                    line: line.line,
                    column: waiting.column_of("presence"),
                    value: line.presence_text.clone(),
                    sentence: fr::spaced(sentence),
                });
            }
            put(&mut line.draft, found);
            found.is_some()
        });
        return Ok(());
    }
    let presences = Presences::read(tx, whose).await?;
    for line in lines {
        let Draft::Intervention(draft) = &line.draft else { continue };
        let found = presences.at(line.promeneur, draft.moment());
        put(&mut line.draft, found);
    }
    Ok(())
}

fn put(draft: &mut Draft, presence: Option<RecordId>) {
    if let Draft::Intervention(draft) = draft {
        draft.presence = presence;
    }
}

/// After a file of presences: puts into them the interventions that lie in them and in no other, and takes out of those that
/// were corrected what lies in them no longer, as a phone does.
pub(super) async fn fit(tx: &mut Tx, me: &Me, id: ImportId, written: &[Write]) -> Result<Vec<Ask>, AppError> {
    let mut whose: Vec<PromeneurId> = written.iter().map(|write| write.promeneur).collect();
    whose.sort_unstable();
    whose.dedup();
    let records: Vec<RecordId> = written.iter().map(|write| write.record).collect();
    let presences = Presences::read(tx, &whose).await?;
    let children = imports::within(tx, &records, &whose).await.map_err(failed)?;
    again(me, id, children, |added, draft| {
        let Draft::Intervention(it) = draft else { return None };
        // Without an hour one cannot say that it lies elsewhere.
        it.moment()?;
        Some(presences.at(added.promeneur, it.moment()))
    })
}

/// Takes interventions out of presences that are withdrawn, as a phone does: else their minutes would count nowhere (I7).
pub(super) async fn let_go(tx: &mut Tx, me: &Me, id: ImportId, presences: &[RecordId]) -> Result<Vec<Ask>, AppError> {
    let children = imports::within(tx, presences, &[]).await.map_err(failed)?;
    again(me, id, children, |_, _| Some(None))
}

/// Writes interventions again that shall lie elsewhere. Those that stand as a file wrote them remain so, for the file to put
/// them back when it comes again.
fn again(
    me: &Me,
    id: ImportId,
    children: Vec<(Added, String)>,
    place: impl Fn(&Added, &Draft) -> Option<Option<RecordId>>,
) -> Result<Vec<Ask>, AppError> {
    let (of_files, of_phones): (Vec<_>, Vec<_>) = children.into_iter().partition(|(added, _)| added.is_untouched);
    let mut all = Vec::new();
    for (children, device) in [(of_files, id), (of_phones, ImportId(fresh_id()))] {
        let ops = children.into_iter().filter_map(|(added, body)| {
            let mut draft = Body::from_json(&body).ok()?.draft;
            let presence = place(&added, &draft)?;
            let Draft::Intervention(before) = &draft else { return None };
            if before.presence == presence {
                return None;
            }
            put(&mut draft, presence);
            let body = Body::new(draft).to_json();
            Some(op(OpKind::Upsert, added.record, Some(added.version), Some(&body)).map(|op| (added.promeneur, op)))
        });
        all.extend(asks(me, device, ops)?);
    }
    Ok(all)
}
