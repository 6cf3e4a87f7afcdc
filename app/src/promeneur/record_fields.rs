//! The fields of the records beside presences and interventions, over one draft with function pointers: a phone holds each
//! field once.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    carnet::Carnet,
    fields::{DateField, NOTE, Note, guard, specified, text_of},
    habits,
    line::Line,
    question::{Question, choices, codes, hint, only_if, others, toggle},
    sheet::FormDesk,
};
use crate::{
    domain::{
        account_snapshot::AccountSnapshotDraft,
        coded::{Code, Coded},
        fr,
        ids::RecordId,
        meeting::MeetingDraft,
        other::Other,
        project::{ProjectDraft, TITLE_LENGTH},
        record::Draft,
        taxonomy::{InterventionType, Network, ProjectKind, ProjectOrigin, ProjectStage, Setting},
        time::evening_of,
    },
    ui::{
        chip_row::Choice,
        fault::{FaultLine, described, invalid},
        stepper::Stepper,
    },
};

/// The form of one record.
#[derive(Clone, Copy)]
pub struct Form {
    /// The desk it stands on.
    pub desk: FormDesk,
    /// The record.
    pub draft: RwSignal<Draft>,
}

/// Beside a question without whose answer nothing is saved.
const NEEDED: &str = "à choisir";

/// A question's field, its words, and how it is read and answered.
struct Ask {
    field: &'static str,
    legend: &'static str,
    /// Quiet words beside it: that an answer is needed.
    hint: &'static str,
    first: Vec<Choice>,
    rest: Vec<Choice>,
    many: bool,
    read: fn(&Draft) -> Vec<String>,
    tap: fn(&mut Draft, &str),
}

impl Form {
    fn ask(self, ask: Ask) -> AnyView {
        let Ask { field, legend, hint, first, rest, many, read, tap } = ask;
        let Self { desk, draft } = self;
        view! {
            <Question draft=draft desk=desk field=field legend=legend hint=hint first=first rest=rest many=many read=read tap=tap />
        }
        .into_any()
    }

    fn count(
        self,
        field: &'static str,
        label: &'static str,
        part: bool,
        // Whether nobody having looked is something else than none.
        may_be_blank: bool,
        read: fn(&Draft) -> Option<i64>,
        set: fn(&mut Draft, i64),
    ) -> AnyView {
        let Self { desk, draft } = self;
        view! {
            <div class="steppers">
                <Stepper
                    field=field
                    label=label
                    part=part
                    value=Signal::derive(move || draft.with(read).unwrap_or(0))
                    set=move |count: i64| draft.update(|draft| set(draft, count))
                    faults=desk.faults.into()
                    blank=Signal::derive(move || may_be_blank && draft.with(read).is_none())
                />
            </div>
        }
        .into_any()
    }

    fn day(
        self,
        field: &'static str,
        label: &'static str,
        read: fn(&Draft) -> Option<NaiveDate>,
        set: fn(&mut Draft, Option<NaiveDate>),
    ) -> AnyView {
        let Self { desk, draft } = self;
        view! {
            <DateField
                field=field
                label=label
                value=Signal::derive(move || draft.with(read))
                needed=field != "ended_on"
                set=move |day| draft.update(|draft| set(draft, day))
                desk=desk
            />
        }
        .into_any()
    }

    fn note(self, label: (&'static str, &'static str), read: fn(&mut Draft) -> Option<&mut Option<String>>) -> AnyView {
        let Self { desk, draft } = self;
        let (value, set) = text_of(draft, read);
        view! { <Note value=value set=set label=label desk=desk /> }.into_any()
    }

    /// What specifies « Autre ».
    fn specified(self, of: Other) -> AnyView {
        let Self { desk, draft } = self;
        match of {
            Other::Network => {
                specified(desk, draft, of, |it| it.is_other(Other::Network), |it| it.other_mut(Other::Network))
            }
            Other::Theme => specified(desk, draft, of, |it| it.is_other(Other::Theme), |it| it.other_mut(Other::Theme)),
        }
    }

    /// The fields of a meeting.
    pub fn meeting(self) -> AnyView {
        let (first, rest) = habits::theme_choices(self.desk.carnet, InterventionType::MaintainLink);
        let counts = [
            self.count(
                "young_count",
                "Jeunes rencontrés",
                false,
                false,
                |it| meeting(it).and_then(|it| it.young_count),
                |it, count| edit_meeting(it, |it| it.young_count = Some(count)),
            ),
            self.count(
                "met_after_online_count",
                "dont pour la première fois cette année, après un contact en ligne",
                true,
                false,
                |it| meeting(it).and_then(|it| it.met_after_online_count),
                |it, count| edit_meeting(it, |it| it.met_after_online_count = Some(count)),
            ),
        ];
        let themes = self.ask(Ask {
            field: "themes",
            legend: "Thématiques",
            hint: "facultatives",
            first,
            rest,
            many: true,
            read: |it| meeting(it).map(|it| codes(&it.themes)).unwrap_or_default(),
            tap: |it, code| edit_meeting(it, |it| toggle(&mut it.themes, code)),
        });
        let day = self.day(
            "occurred_on",
            "Jour de la rencontre",
            |it| meeting(it).and_then(|it| it.occurred_on),
            |it, day| edit_meeting(it, |it| it.occurred_on = day),
        );
        let note = self.note(NOTE, |it| match it {
            Draft::Meeting(it) => Some(&mut it.note),
            _ => None,
        });
        (counts, hint(MET_ONCE_HERE), themes, self.specified(Other::Theme), day, note).into_any()
    }

    /// The fields of a project or pathway.
    pub fn project(self) -> AnyView {
        let (first, rest) = habits::theme_choices(self.desk.carnet, InterventionType::SupportProject);
        let radio = |field, legend, first, read, tap| Ask {
            field,
            legend,
            hint: NEEDED,
            first,
            rest: Vec::new(),
            many: false,
            read,
            tap,
        };
        let kind = self.ask(radio(
            "project_kind",
            "Nature",
            choices(ProjectKind::ALL),
            |it| project(it).map(|it| codes(&it.kind)).unwrap_or_default(),
            |it, code| edit_project(it, |it| it.kind = Some(code.into())),
        ));
        let stage = self.ask(radio(
            "stage",
            "Où il en est",
            choices(ProjectStage::ALL),
            |it| project(it).map(|it| codes(&it.stage)).unwrap_or_default(),
            |it, code| edit_project(it, |it| it.stage = Some(code.into())),
        ));
        self.end_with_its_stage();
        let theme = self.ask(Ask {
            rest,
            ..radio(
                "theme",
                "Thématique",
                first,
                |it| project(it).map(|it| codes(&it.theme)).unwrap_or_default(),
                |it, code| edit_project(it, |it| it.theme = Some(code.into())),
            )
        });
        let young = self.count(
            "young_count",
            "Jeunes",
            false,
            false,
            |it| project(it).and_then(|it| it.young_count),
            |it, count| edit_project(it, |it| it.young_count = Some(count)),
        );
        let origin = self.ask(radio(
            "origin",
            "Origine",
            choices(ProjectOrigin::ALL),
            |it| project(it).map(|it| codes(&it.origin)).unwrap_or_default(),
            |it, code| edit_project(it, |it| it.origin = Some(code.into())),
        ));
        let setting = self.ask(radio(
            "setting",
            "Cadre",
            choices(Setting::ALL),
            |it| project(it).map(|it| codes(&it.setting)).unwrap_or_default(),
            |it, code| edit_project(it, |it| it.setting = Some(code.into())),
        ));
        let from = self.day(
            "initiated_on",
            "Commencé le",
            |it| project(it).and_then(|it| it.initiated_on),
            |it, day| edit_project(it, |it| it.initiated_on = day),
        );
        let until = self.day(
            "ended_on",
            "Terminé le",
            |it| project(it).and_then(|it| it.ended_on),
            |it, day| edit_project(it, |it| it.ended_on = day),
        );
        // The outcome of `domain.md` B10.
        let note = self.note(("Note sur ce qui en est sorti", "facultative"), |it| match it {
            Draft::Project(it) => Some(&mut it.note),
            _ => None,
        });
        let Self { desk, draft } = self;
        // Said to be over, and going on until a day to come (I1d).
        let goes_on = Memo::new(move |_| {
            let today = desk.carnet.clock.get().date();
            draft.with(|it| {
                project(it).is_some_and(|it| {
                    it.stage.as_ref().and_then(Coded::known).is_some_and(ProjectStage::is_over)
                        && it.ended_on > Some(today)
                })
            })
        });
        let dates = view! {
            <div class="field-pair">{from} {until}</div>
            {only_if(goes_on, || hint(STILL_COUNTS))}
        };
        (kind, self.title(), stage, (theme, self.specified(Other::Theme)), young, (origin, setting, dates, note))
            .into_any()
    }

    /// A project that is brought to an end has ended by today: without a day, or with one that was planned, it would go on
    /// (I1d). Taken up again it is as planned before; whatever day stood there comes back with its stage.
    fn end_with_its_stage(self) {
        let Self { desk, draft } = self;
        let is_over = Memo::new(move |_| {
            let stage = draft.with(|it| project(it).and_then(|it| it.stage.as_ref()?.known()));
            stage.is_some_and(ProjectStage::is_over)
        });
        let other = StoredValue::new(None::<NaiveDate>);
        Effect::new(move |before: Option<bool>| {
            let now = is_over.get();
            if before.is_some_and(|before| before != now) {
                let today = evening_of(desk.carnet.port.with_value(|port| port.now()));
                let stood = draft.with_untracked(|it| project(it).and_then(|it| it.ended_on));
                let was = other.get_value();
                let gone = |day: &NaiveDate| *day <= today;
                let ended_on = if now {
                    stood.filter(gone).or(was.filter(gone)).or(Some(today))
                } else {
                    was.filter(|day| !gone(day))
                };
                other.set_value(stood);
                draft.update(|it| edit_project(it, |it| it.ended_on = ended_on));
            }
            now
        });
    }

    /// A title without names.
    fn title(self) -> AnyView {
        let Self { desk, draft } = self;
        let faults = desk.faults.into();
        let (value, set) = text_of(draft, |it| match it {
            Draft::Project(it) => Some(&mut it.title),
            _ => None,
        });
        view! {
            <div class="field">
                <label class="field-label" for="title">"Titre " <span class="quiet">"sans nom de personne"</span></label>
                <input
                    class="input"
                    id="title"
                    name="title"
                    maxlength=TITLE_LENGTH.to_string()
                    aria-invalid=invalid(faults, "title")
                    aria-describedby=described(faults, "title")
                    prop:value=value
                    on:input=move |event| set.run(event_target_value(&event))
                />
                <FaultLine faults=faults field="title" />
                {guard(value, set)}
            </div>
        }
        .into_any()
    }

    /// The fields of an account's followers.
    pub fn followers(self) -> AnyView {
        let first = habits::networks(self.desk.carnet, habits::FIRST_NETWORKS);
        let network = self.ask(Ask {
            field: "network",
            legend: "Compte professionnel",
            hint: NEEDED,
            rest: others(&first),
            first: choices(&first),
            many: false,
            read: |it| snapshot(it).map(|it| codes(&it.network)).unwrap_or_default(),
            tap: |it, code| edit_snapshot(it, |it| it.network = Some(code.into())),
        });
        let count = self.count(
            "followers",
            "Abonnés ou «\u{202f}amis\u{202f}»",
            false,
            true,
            |it| snapshot(it).and_then(|it| it.followers),
            |it, count| edit_snapshot(it, |it| it.followers = Some(count)),
        );
        let day = self.day(
            "as_of",
            "Relevé le",
            |it| snapshot(it).and_then(|it| it.as_of),
            |it, day| edit_snapshot(it, |it| it.as_of = day),
        );
        let Self { desk, draft } = self;
        let last = Memo::new(move |_| {
            let network = draft.with(|it| snapshot(it)?.network.clone())?;
            last_followers(desk.carnet, desk.id, &network)
        });
        let before = move || {
            last.get().map(|last| view! { <p class="hint">"La dernière fois\u{202f}: " {fr::integer(last)}</p> })
        };
        let is_other = Memo::new(move |_| draft.with(|it| it.is_other(Other::Network)));
        let one_only = only_if(is_other, || hint(ONE_OTHER));
        (network, self.specified(Other::Network), one_only, count, before, day).into_any()
    }
}

/// A project ends on a day, whatever its stage.
const STILL_COUNTS: &str = "La fin est dans le futur\u{202f}: jusque-là, il compte parmi les projets en cours.";

/// Accounts are told apart by their network, and of what is on no list one is as « other » as the next (I1a).
const ONE_OTHER: &str =
    "Sous «\u{202f}Autre\u{202f}», un seul compte est compté\u{202f}: si vous en avez plusieurs, notez leur somme.";

/// A meeting counts where it is noted, in each place (I3).
const MET_ONCE_HERE: &str = "Si vous avez coché «\u{202f}Rencontré·e en présentiel\u{202f}» pour ces jeunes dans une intervention, ils y comptent déjà.";

/// The number last read on an account, by another record than `own`.
fn last_followers(carnet: Carnet, own: RecordId, network: &Coded<Network>) -> Option<i64> {
    carnet.lines.with(|lines| {
        let is_other = |line: &&Arc<Line>| line.entry.id != own && !line.entry.deleted && carnet.may_read(line.day());
        let read = lines.values().filter(is_other);
        let snapshots = read.filter_map(|line| match &line.draft {
            Some(Draft::AccountSnapshot(it)) if it.network.as_ref() == Some(network) => Some(it),
            _ => None,
        });
        snapshots.max_by_key(|it| it.as_of).and_then(|it| it.followers)
    })
}

fn meeting(draft: &Draft) -> Option<&MeetingDraft> {
    if let Draft::Meeting(it) = draft { Some(it) } else { None }
}

fn edit_meeting(draft: &mut Draft, edit: impl FnOnce(&mut MeetingDraft)) {
    if let Draft::Meeting(it) = draft {
        edit(it);
    }
}

fn project(draft: &Draft) -> Option<&ProjectDraft> {
    if let Draft::Project(it) = draft { Some(it) } else { None }
}

fn edit_project(draft: &mut Draft, edit: impl FnOnce(&mut ProjectDraft)) {
    if let Draft::Project(it) = draft {
        edit(it);
    }
}

fn snapshot(draft: &Draft) -> Option<&AccountSnapshotDraft> {
    if let Draft::AccountSnapshot(it) = draft { Some(it) } else { None }
}

fn edit_snapshot(draft: &mut Draft, edit: impl FnOnce(&mut AccountSnapshotDraft)) {
    if let Draft::AccountSnapshot(it) = draft {
        edit(it);
    }
}
