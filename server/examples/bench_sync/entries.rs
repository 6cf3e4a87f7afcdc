//! What is sent, the same to all: interventions of the demonstration's school year, with a note that makes each about
//! 450 bytes of JSON.

use std::sync::Arc;

use app::domain::record::{Body, Draft};
use server::demo::year::SchoolYear;

/// About as many bytes as an entry has.
pub const BYTES: usize = 450;

/// The text of an entry's body.
pub type Text = Arc<str>;

const NOTE: &str = "Conversation reprise après les vacances, l’orientation et la suite de l’année occupent tout le groupe ; \
    une sortie est proposée, et chacun viendra avec une idée de lieu, de date et de ce qu’il faudrait y préparer \
    ensemble pour que tout le monde puisse y prendre part.";

/// `count` entries.
pub fn entries(count: usize) -> anyhow::Result<Vec<Text>> {
    let year = SchoolYear::read()?;
    let drafts: Vec<Draft> = year
        .promeneurs
        .into_iter()
        .flat_map(|promeneur| promeneur.records)
        .filter_map(|(_, body)| match body.draft {
            Draft::Intervention(draft) => Some(Draft::Intervention(draft)),
            _ => None,
        })
        .collect();
    Ok(drafts.iter().cycle().take(count).map(|draft| noted(draft).into()).collect())
}

fn noted(draft: &Draft) -> String {
    let Draft::Intervention(draft) = draft else { return String::new() };
    let mut draft = draft.clone();
    // Of another presence than the demonstration's.
    draft.presence = None;
    let bare = Body::new(Draft::Intervention(draft.clone())).to_json().len();
    let room = BYTES.saturating_sub(bare + ",\"note\":\"\"".len());
    draft.note = Some(
        NOTE.chars()
            .scan(0, |used, c| {
                *used += c.len_utf8();
                (*used <= room).then_some(c)
            })
            .collect(),
    );
    Body::new(Draft::Intervention(draft)).to_json()
}
