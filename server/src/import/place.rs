//! Which interventions lie in which presences: what lies in one is not counted beside it (`domain.md` I7), in whatever order
//! the files come.

use std::collections::HashMap;

use app::{
    api::error::AppError,
    coordination::imports::{Kind, RowFault},
    domain::{
        fr,
        ids::{ImportId, PromeneurId, RecordId},
        intervention::InterventionDraft,
        person::Me,
        presence::PresenceDraft,
        record::{Body, Draft, SCHEMA},
    },
    sync::messages::OpKind,
};

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
        let mut presences = Self(HashMap::new());
        imports::presences(tx, whose).await.map_err(failed)?.into_iter().for_each(|stretch| presences.put(stretch));
        Ok(presences)
    }

    /// Puts one in the place that it has in time.
    fn put(&mut self, stretch: Stretch) {
        let all = self.0.entry(stretch.promeneur).or_default();
        all.retain(|other| other.record != stretch.record);
        let at = all.partition_point(|other| (other.from, other.record) < (stretch.from, stretch.record));
        all.insert(at, stretch);
    }

    fn remove(&mut self, records: &[RecordId]) {
        self.0.values_mut().for_each(|all| all.retain(|it| !records.contains(&it.record)));
    }

    /// The presence that an intervention lies in, as on a phone: its own as long as that one holds it, else the latest that
    /// does.
    fn holding(&self, whose: PromeneurId, it: &InterventionDraft) -> Option<RecordId> {
        let all = self.0.get(&whose)?;
        let holds = |stretch: &&Stretch| {
            let (started_at, ended_at) = (Some(stretch.from), Some(stretch.until));
            PresenceDraft { started_at, ended_at, ..PresenceDraft::default() }.holds(it, stretch.until)
        };
        let mut latest_first = all.iter().rev().filter(holds);
        let own = it.presence.filter(|own| latest_first.clone().any(|stretch| stretch.record == *own));
        own.or_else(|| latest_first.next().map(|stretch| stretch.record))
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
    }
    let presences = Presences::read(tx, whose).await?;
    // Where the file names presences, what names none took place outside.
    let names = waiting.mapping.column("presence").is_some();
    for line in lines.iter_mut().filter(|line| !names || line.presence.is_some()) {
        let Draft::Intervention(draft) = &line.draft else { continue };
        let found = presences.holding(line.promeneur, draft);
        put(&mut line.draft, found);
    }
    Ok(())
}

fn put(draft: &mut Draft, presence: Option<RecordId>) {
    if let Draft::Intervention(draft) = draft {
        draft.presence = presence;
    }
}

/// An intervention that lies elsewhere once a file is taken, or taken back.
pub(super) struct Move {
    added: Added,
    draft: Draft,
    presence: Option<RecordId>,
}

impl Move {
    /// Where it says that it lies.
    fn before(&self) -> Option<RecordId> {
        if let Draft::Intervention(it) = &self.draft { it.presence } else { None }
    }

    /// What of it is seen and shall not have changed: which record, in which version.
    pub(super) fn seen(&self) -> [u8; 24] {
        let mut seen = [0; 24];
        seen[..16].copy_from_slice(self.added.record.0.as_bytes());
        seen[16..].copy_from_slice(&self.added.version.to_be_bytes());
        seen
    }
}

/// With a file of presences: what lies in them and in no other is put into them, and what those that are corrected hold no longer
/// is taken out, as on a phone.
pub(super) async fn moves(tx: &mut Tx, written: &[Write]) -> Result<Vec<Move>, AppError> {
    let mut whose: Vec<PromeneurId> = written.iter().map(|write| write.promeneur).collect();
    whose.sort_unstable();
    whose.dedup();
    let mut presences = Presences::read(tx, &whose).await?;
    for write in written {
        presences.remove(&[write.record]);
        let Ok(Draft::Presence(it)) = Body::from_json(&write.body).map(|body| body.draft) else { continue };
        if let (Some(from), Some(until)) = (it.started_at, it.ended_at) {
            presences.put(Stretch { promeneur: write.promeneur, record: write.record, from, until });
        }
    }
    let records: Vec<RecordId> = written.iter().map(|write| write.record).collect();
    let mut moves = moved(imports::within(tx, &records, &whose).await.map_err(failed)?, &presences);
    // What lies in another one than these is none of this file's matter.
    let is_of_these = |presence: Option<RecordId>| presence.is_some_and(|presence| records.contains(&presence));
    moves.retain(|it| is_of_these(it.presence) || is_of_these(it.before()));
    Ok(moves)
}

/// Takes interventions out of presences that are withdrawn, as a phone does: else their minutes would count nowhere (I7).
pub(super) async fn let_go(tx: &mut Tx, withdrawn: &[RecordId]) -> Result<Vec<Move>, AppError> {
    let children = imports::within(tx, withdrawn, &[]).await.map_err(failed)?;
    let whose: Vec<PromeneurId> = children.iter().map(|(added, _)| added.promeneur).collect();
    let mut presences = Presences::read(tx, &whose).await?;
    presences.remove(withdrawn);
    Ok(moved(children, &presences))
}

/// Those of the interventions that lie elsewhere than they say. What a newer release wrote is left as it is, as on a phone.
fn moved(children: Vec<(Added, String)>, presences: &Presences) -> Vec<Move> {
    let moves = children.into_iter().filter_map(|(added, body)| {
        let body = Body::from_json(&body).ok().filter(|body| body.schema <= SCHEMA)?;
        let Draft::Intervention(it) = &body.draft else { return None };
        let presence = presences.holding(added.promeneur, it);
        (it.presence != presence).then_some(Move { added, draft: body.draft, presence })
    });
    moves.collect()
}

/// Writes them where they lie. Those that stand as a file wrote them remain so, for the file to know them when it comes again.
pub(super) fn again(me: &Me, id: ImportId, moves: Vec<Move>) -> Result<Vec<Ask>, AppError> {
    let (of_files, of_phones): (Vec<_>, Vec<_>) = moves.into_iter().partition(|it| it.added.is_untouched);
    let mut all = Vec::new();
    for (moves, device) in [(of_files, id), (of_phones, ImportId(fresh_id()))] {
        let ops = moves.into_iter().map(|Move { added, mut draft, presence }| {
            put(&mut draft, presence);
            let body = Body::new(draft).to_json();
            Ok((added.promeneur, op(OpKind::Upsert, added.record, Some(added.version), Some(&body))?))
        });
        all.extend(asks(me, device, ops)?);
    }
    Ok(all)
}
