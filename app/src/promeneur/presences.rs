//! Presences and the interventions that were made in them: what lies in a presence is not counted once more (`domain.md`
//! I7).

use leptos::prelude::*;

use super::carnet::Carnet;
use crate::domain::{
    ids::RecordId,
    intervention::InterventionDraft,
    presence::PresenceDraft,
    record::{Body, Draft},
};

impl Carnet {
    /// The presence that goes on, the latest if there are several.
    pub fn running(self) -> Option<(RecordId, PresenceDraft)> {
        self.lines.with(|lines| {
            lines
                .iter()
                .rev()
                .filter(|(_, line)| !line.entry.deleted)
                .filter_map(|(id, line)| Some((id, line, line.presence().filter(|p| p.ended_at.is_none())?)))
                .find(|(_, line, _)| self.may_open(line))
                .map(|(id, _, p)| (id, p.clone()))
        })
    }

    /// The presence that holds an intervention, the latest where several do.
    fn presence_with(self, it: &InterventionDraft) -> Option<RecordId> {
        let now = self.port.with_value(|port| port.now());
        self.lines.with_untracked(|lines| {
            let mut presences = lines.iter().rev().filter(|(_, line)| !line.entry.deleted);
            presences.find_map(|(id, line)| line.presence()?.holds(it, now).then_some(id))
        })
    }

    /// The presence that an intervention belongs to: its own as long as that one holds it, else the one that does.
    pub fn presence_of(self, it: &InterventionDraft) -> Option<RecordId> {
        let now = self.port.with_value(|port| port.now());
        let own = it.presence.and_then(|id| self.lines.with_untracked(|lines| lines.get(id).cloned()));
        if own.is_none() && it.presence.is_some() {
            // Not here yet: it comes with the next pull.
            return it.presence;
        }
        let presence = own.as_ref().filter(|line| !line.entry.deleted).and_then(|line| line.presence());
        if presence.is_some_and(|presence| presence.holds(it, now)) { it.presence } else { self.presence_with(it) }
    }

    /// Sees to it that a presence holds the interventions that lie in it, and no others: the minutes of those count
    /// once (`domain.md` I7).
    pub fn fit(self, presence: RecordId) {
        let now = self.port.with_value(|port| port.now());
        let lines = self.lines.get_untracked();
        let Some(own) = lines.get(presence).and_then(|line| line.presence()) else { return };
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (id, line) in lines.iter().filter(|(_, line)| !line.entry.deleted && !line.newer) {
            let Some(it) = line.intervention() else { continue };
            let covers = own.holds(it, now);
            match it.presence {
                None if covers => inside.push((id, it.clone())),
                Some(of) if of == presence && !covers => outside.push((id, it.clone())),
                _ => {}
            }
        }
        self.attach(&inside, Some(presence));
        for (id, it) in outside {
            // Another presence may hold it.
            let other = self.presence_with(&it);
            self.attach(&[(id, it)], other);
        }
    }

    /// The interventions of a presence.
    pub fn interventions_of(self, presence: RecordId) -> Vec<(RecordId, InterventionDraft)> {
        self.lines.with_untracked(|lines| {
            lines
                .iter()
                .filter(|(_, line)| !line.entry.deleted)
                .filter_map(|(id, line)| line.intervention().map(|draft| (id, draft.clone())))
                .filter(|(_, draft)| draft.presence == Some(presence))
                .collect()
        })
    }

    /// Gives interventions a presence, or none.
    pub fn attach(self, interventions: &[(RecordId, InterventionDraft)], presence: Option<RecordId>) {
        for (id, draft) in interventions {
            let seen = Body::new(Draft::Intervention(Box::new(draft.clone()))).to_json();
            let moved = InterventionDraft { presence, ..draft.clone() };
            self.act(self.set(*id, Draft::Intervention(Box::new(moved)), Some(seen)), |_| {});
        }
    }
}
