//! Projects and pathways that are accompanied over time (`domain.md` B10, I1d, I4).

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::{
    coded::Coded,
    fault::{Fault, FaultCode, Faults},
    fields::fields,
    other::{OTHER_LENGTH, Other},
    people::MOST_PEOPLE,
    record::NOTE_LENGTH,
    taxonomy::{ProjectKind, ProjectOrigin, ProjectStage, Setting, Theme},
    time::{Span, check_day},
};

/// Longest title.
pub const TITLE_LENGTH: usize = 80;
/// How many years ahead a project may be said to end.
const YEARS_AHEAD: i32 = 5;

/// A project as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectDraft {
    /// Project or pathway. On the wire `project_kind`, since `kind` names the kind of record.
    pub kind: Option<Coded<ProjectKind>>,
    /// Where it was born.
    pub origin: Option<Coded<ProjectOrigin>>,
    /// How far it has come.
    pub stage: Option<Coded<ProjectStage>>,
    /// A title without names.
    pub title: Option<String>,
    /// What it is about.
    pub theme: Option<Coded<Theme>>,
    /// Which one, when the theme is « Autre ».
    pub theme_other: Option<String>,
    /// One person, or several.
    pub setting: Option<Coded<Setting>>,
    /// How many young people.
    pub young_count: Option<i64>,
    /// The day it was initiated.
    pub initiated_on: Option<NaiveDate>,
    /// The day it ended or shall end; none while it goes on.
    pub ended_on: Option<NaiveDate>,
    /// What came of it, in a few words.
    pub note: Option<String>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(ProjectDraft { kind = "project_kind", origin, stage, title, theme, theme_other, setting, young_count, initiated_on, ended_on, note });

/// A project that keeps its invariants: it ends on or after the day it was initiated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Project or pathway.
    pub kind: Coded<ProjectKind>,
    /// Where it was born.
    pub origin: Coded<ProjectOrigin>,
    /// How far it has come.
    pub stage: Coded<ProjectStage>,
    /// A title without names.
    pub title: Option<String>,
    /// What it is about.
    pub theme: Coded<Theme>,
    /// How many young people.
    pub young_count: u32,
    /// From the day it was initiated to the day it ends.
    pub span: Span,
    /// What came of it.
    pub note: Option<String>,
}

impl ProjectDraft {
    /// The project, or what is wrong with it. `strict` refuses codes that this release does not know.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Project, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.known("project_kind", &self.kind, strict);
        faults.known("origin", &self.origin, strict);
        faults.known("stage", &self.stage, strict);
        faults.known("theme", &self.theme, strict);
        faults.known("setting", &self.setting, strict);
        let kind = faults.require("project_kind", self.kind.clone(), FaultCode::Missing);
        let origin = faults.require("origin", self.origin.clone(), FaultCode::Missing);
        let theme = faults.require("theme", self.theme.clone(), FaultCode::ChooseTheme);
        let initiated_on = faults.require("initiated_on", self.initiated_on, FaultCode::Missing);
        if let Some(day) = initiated_on {
            check_day(&mut faults, "initiated_on", day, today);
        }
        match (initiated_on, self.ended_on) {
            (Some(from), Some(until)) if until < from => faults.add("ended_on", FaultCode::EndBeforeStart),
            (_, Some(until)) if until.year() > today.year() + YEARS_AHEAD => {
                faults.add("ended_on", FaultCode::DateInFuture);
            }
            _ => {}
        }
        let young_count = faults.count("young_count", Some(self.young_count.unwrap_or(0)), MOST_PEOPLE);
        let title = faults.text("title", self.title.as_deref(), TITLE_LENGTH);
        faults.text(Other::Theme.field(), self.theme_other.as_deref(), OTHER_LENGTH);
        let note = faults.text("note", self.note.as_deref(), NOTE_LENGTH);
        let project = (|| {
            Some(Project {
                kind: kind?,
                origin: origin?,
                stage: self.stage.clone().unwrap_or(ProjectStage::Emergence.into()),
                title,
                theme: theme?,
                young_count: young_count?,
                span: Span { from: initiated_on?, until: self.ended_on },
                note,
            })
        })();
        faults.finish(project)
    }
}
