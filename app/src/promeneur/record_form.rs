//! The forms of the three records beside presences and interventions: a meeting after an online contact, a project or
//! pathway, the followers of an account.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    add::back,
    carnet::Carnet,
    record_fields::Form,
    resumed::resumable,
    sheet::{FormDesk, Opened, Sheet},
};
use crate::{
    domain::{
        account_snapshot::AccountSnapshotDraft,
        meeting::MeetingDraft,
        project::ProjectDraft,
        record::Draft,
        taxonomy::{ProjectKind, ProjectOrigin, ProjectStage, Setting},
        time::evening_of,
    },
    ui::icon::Icon,
};

/// A record that these forms make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Meeting face to face.
    Meeting,
    /// Project or pathway.
    Project,
    /// Followers of an account.
    Followers,
}

impl Kind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Meeting, Self::Project, Self::Followers];

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Meeting => "rencontre",
            Self::Project => "projet",
            Self::Followers => "abonnes",
        }
    }

    /// Its name, and its icon.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Meeting => ("Rencontre", "meeting"),
            Self::Project => ("Projet ou parcours", "support_project"),
            Self::Followers => ("Abonnés", "device"),
        }
    }

    /// The kind of a draft.
    fn of(draft: &Draft) -> Option<Self> {
        match draft {
            Draft::Meeting(_) => Some(Self::Meeting),
            Draft::Project(_) => Some(Self::Project),
            Draft::AccountSnapshot(_) => Some(Self::Followers),
            Draft::Presence(_) | Draft::Intervention(_) | Draft::Statement(_) => None,
        }
    }

    /// A new record of a day.
    fn fresh(self, day: NaiveDate) -> Draft {
        match self {
            Self::Meeting => Draft::Meeting(MeetingDraft {
                occurred_on: Some(day),
                young_count: Some(1),
                met_after_online_count: Some(1),
                ..MeetingDraft::default()
            }),
            Self::Project => Draft::Project(ProjectDraft {
                kind: Some(ProjectKind::Project.into()),
                origin: Some(ProjectOrigin::OnlineContact.into()),
                stage: Some(ProjectStage::Emergence.into()),
                setting: Some(Setting::Individual.into()),
                young_count: Some(1),
                initiated_on: Some(day),
                ..ProjectDraft::default()
            }),
            Self::Followers => {
                Draft::AccountSnapshot(AccountSnapshotDraft { as_of: Some(day), ..AccountSnapshotDraft::default() })
            }
        }
    }
}

/// `/app/nouveau/<word>`, and `/app/nouveau/<word>/<day>`: a new record, or the one that was being noted.
#[component]
pub fn NewRecord(
    /// What it is.
    kind: Kind,
    /// Its day, where it is not this one.
    day: Option<NaiveDate>,
) -> impl IntoView {
    let carnet = Carnet::open();
    let unfinished = carnet.unfinished(|form| {
        let is_asked = Kind::of(&form.draft) == Some(kind) && (day.is_none() || form.draft.day() == day);
        is_asked.then(|| (form.touched_at, form.id, form.draft.clone()))
    });
    let fresh = move || {
        let now = carnet.port.with_value(|port| port.now());
        kind.fresh(day.unwrap_or_else(|| evening_of(now)))
    };
    resumable(carnet, unfinished, fresh, move |id, draft, notice| {
        record_form(FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: back(day) }), draft, notice)
    })
}

/// The form of a record that it fits; above its fields what there is to say of it.
pub fn record_form(desk: FormDesk, initial: Draft, notice: Option<AnyView>) -> AnyView {
    let kind = Kind::of(&initial).unwrap_or(Kind::Meeting);
    let draft = RwSignal::new(initial);
    desk.autosave(draft.into());
    let form = Form { desk, draft };
    let fields = match kind {
        Kind::Meeting => form.meeting(),
        Kind::Project => form.project(),
        Kind::Followers => form.followers(),
    };
    view! {
        <Sheet desk=desk title=kind.name().0 draft=draft.into()>
            {notice}
            {fields}
        </Sheet>
    }
    .into_any()
}

/// The links to these forms, of a day that is not this one or of this one.
pub fn kinds(day: Option<NaiveDate>) -> AnyView {
    let of_day = day.map(|day| format!("/{day}")).unwrap_or_default();
    let links = Kind::ALL
        .map(|kind| {
            let (name, icon) = kind.name();
            view! {
                <li>
                    <a class="chip-link" href=format!("/app/nouveau/{}{of_day}", kind.word())>
                        <Icon name=icon />
                        {name}
                    </a>
                </li>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <section class="others" aria-labelledby="autres">
            <h2 id="autres">"Et aussi"</h2>
            <ul class="periods">{links}</ul>
        </section>
    }
    .into_any()
}
