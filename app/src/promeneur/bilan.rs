//! « Mon bilan »: one's own figures, from the records on this phone, by the functions that the server counts with.

use chrono::{Days, NaiveDate};
use leptos::prelude::*;

use super::{carnet::Carnet, frame::Frame, line::Line, port::FormDraft, statement, sync_line::SyncLine, way::Way};
use crate::{
    bilan::{self, Voice, csv, view},
    domain::{
        fr,
        ids::RecordId,
        indicators::{Sums, count_of},
        iso::Iso,
        period::Period,
        person::Me,
        record::{Draft, Record},
        tally::{counts_in, tally},
        time::Span,
    },
    sync::outbox::EntryState,
    ui::{
        empty::empty,
        icon::{Chevron, Icon},
    },
};

/// What a bilan counts, and what it does not.
#[derive(Default)]
pub struct Counted {
    /// Every sum.
    pub sums: Sums,
    /// Records of the period that are counted here and are not sent yet as they stand.
    pub waiting: i64,
    /// Records of the period that are incomplete or were refused: in no figure, here and at the coordination.
    pub left_out: i64,
    /// Drafts of the period, which no figure has either.
    pub drafts: i64,
}

/// Counts the phone's records of a period.
pub fn count(carnet: Carnet, period: Period) -> Counted {
    let today = carnet.clock.with_untracked(chrono::NaiveDateTime::date);
    let mut counted = Counted::default();
    let mut records: Vec<(RecordId, Record)> = Vec::new();
    // What counts on its own day needs not be read for another month: of years of entries that is nearly all. A day more at
    // each end, for what goes past midnight.
    let near = Span { from: period.first() - Days::new(1), until: Some(period.last() + Days::new(1)) };
    let may_count = |line: &Line| match &line.draft {
        Some(Draft::Statement(_)) => false,
        Some(Draft::Project(_) | Draft::AccountSnapshot(_)) => true,
        _ => near.contains(line.day()),
    };
    carnet.lines.with(|lines| {
        for (id, line) in lines.iter().filter(|(_, line)| !line.entry.deleted && may_count(line)) {
            let is_inside = period.span().contains(line.day());
            let record = line.draft.as_ref().and_then(|draft| draft.parse(today, !line.newer).ok());
            match record.filter(|_| line.entry.state != EntryState::Rejected) {
                Some(record) => {
                    counted.waiting += i64::from(line.entry.state != EntryState::Synced && counts_in(&record, period));
                    records.push((id, record));
                }
                None => counted.left_out += i64::from(is_inside),
            }
        }
    });
    let is_missing = |form: &&FormDraft| {
        let day = form.draft.day().unwrap_or_else(|| form.touched_at.date());
        form.is_new && !matches!(form.draft, Draft::Statement(_)) && period.span().contains(day)
    };
    let drafts = carnet.drafts.with(|drafts| drafts.iter().filter(is_missing).count());
    counted.drafts = count_of(drafts);
    // An alert is told of the whole network only (I18), and this may be printed and passed on.
    let sums = carnet.standing.with(|standing| tally(&records, period, standing.as_ref()));
    Counted { sums: sums.of_a_part(), ..counted }
}

/// What stands under the chooser: is it all, and what is not.
pub fn completeness(counted: &Counted) -> String {
    let waiting = (counted.waiting > 0).then(|| {
        let verb = fr::plural(
            counted.waiting,
            "comptée ici n’est pas encore envoyée",
            "comptées ici ne sont pas encore envoyées",
        );
        format!("{} {verb}.", fr::count(counted.waiting, "saisie", "saisies"))
    });
    let left_out = (counted.left_out > 0).then(|| {
        let words = fr::plural(
            counted.left_out,
            "à corriger ou illisible ne compte pas",
            "à corriger ou illisibles ne comptent pas",
        );
        format!("{} {words}.", fr::count(counted.left_out, "saisie", "saisies"))
    });
    let drafts = (counted.drafts > 0).then(|| {
        let words = fr::plural(counted.drafts, "ne compte pas encore", "ne comptent pas encore");
        format!("{} {words}\u{202f}: à finir depuis Ce soir.", fr::count(counted.drafts, "brouillon", "brouillons"))
    });
    waiting.into_iter().chain(left_out).chain(drafts).collect::<Vec<_>>().join(" ")
}

/// The periods one tap away.
fn quick(today: NaiveDate) -> [(Period, &'static str); 5] {
    let (month, year) = (Period::month_of(today), Period::civil_year_of(today));
    [
        (month, "Ce mois"),
        (month.before(), "Le mois dernier"),
        (year, "Cette année"),
        (Period::school_year_of(today), "Année scolaire"),
        (year.before(), "L’an dernier"),
    ]
}

fn address(period: Period) -> String {
    format!("/app/bilan/{period}")
}

/// `/app/bilan`, this civil year, and `/app/bilan/<period>`.
#[component]
pub fn OwnBilan(
    /// The period of the address.
    period: Option<Period>,
) -> impl IntoView {
    let carnet = Carnet::open();
    let today = carnet.clock.with_untracked(chrono::NaiveDateTime::date);
    let period = period.unwrap_or_else(|| Period::civil_year_of(today));
    let is_over = period.last() < today;
    // What is said of completeness, and the report; none where nothing was noted.
    let shown = Memo::new(move |_| {
        let counted = count(carnet, period);
        let report = (!counted.sums.nothing_recorded()).then(|| {
            let weekly_minutes = carnet.standing.with(|standing| standing.as_ref().and_then(|it| it.weekly_minutes));
            let days_gone = carnet.standing.with(|standing| {
                let gone = Span { from: period.first(), until: Some(period.last().min(today)) };
                standing.as_ref().map_or(0, |standing| standing.label.days_in(gone))
            });
            let sections = bilan::sections(&counted.sums, Voice::Own { weekly_minutes, days_gone }, is_over);
            view::report(&bilan::figures::figures(&counted.sums), &sections)
        });
        (completeness(&counted), report)
    });
    // Each for itself: what is merely sent leaves the report as it stands, with what is unfolded in it.
    let said = Memo::new(move |_| shown.with(|(said, _)| said.clone()));
    let report = Memo::new(move |_| shown.with(|(_, report)| report.clone()));
    let links = quick(today)
        .into_iter()
        .map(|(choice, name)| {
            let current = (choice == period).then_some("true");
            view! {
                <li>
                    <a class="chip-link" href=address(choice) aria-current=current>{name}</a>
                </li>
            }
        })
        .collect_view();
    let body = move || match report.get() {
        None => empty(
            "bilan",
            "Rien de noté sur cette période",
            "Vos chiffres apparaîtront ici à mesure que vous notez, même sans réseau.",
            "/app",
            "Noter une première intervention",
        ),
        Some(report) => view! {
            <div class="report" inner_html=report></div>
            <div class="stack no-print">
                <button type="button" class="btn btn-quiet btn-wide" on:click=move |_| print()>
                    <Icon name="print" />
                    "Imprimer ou enregistrer en PDF"
                </button>
                <button type="button" class="btn btn-quiet btn-wide" on:click=move |_| export(carnet, period)>
                    <Icon name="journal" />
                    "Exporter pour un tableur"
                </button>
            </div>
        }
        .into_any(),
    };
    let who = carnet.me.with_value(Me::signature);
    view! {
        <Frame title="Mon bilan" class="bilan">
            <div class="page-title"><h1>"Mon bilan"</h1></div>
            <p class="quiet">{who} <br /> <b class="period">{fr::capital(&period.label())}</b></p>
            <nav class="no-print" aria-label="Périodes">
                <ul class="periods">{links}</ul>
            </nav>
            <OtherDates period=period />
            <SyncLine />
            {move || Some(said.get()).filter(|said| !said.is_empty()).map(|said| view! { <p class="quiet">{said}</p> })}
            {body}
            {statement::months(carnet, period)}
        </Frame>
    }
}

/// Any two days.
#[component]
fn OtherDates(period: Period) -> impl IntoView {
    let (first, last) = (RwSignal::new(period.first()), RwSignal::new(period.last()));
    let way = Way::here();
    let show = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (first, last) = (first.get_untracked(), last.get_untracked());
        // Whoever swaps them means the same days.
        way.go(&address(Period::Days(first.min(last), first.max(last))), false);
    };
    let field = |id: &'static str, label: &'static str, day: RwSignal<NaiveDate>| {
        let set = move |event| {
            if let Some(to) = NaiveDate::from_iso(&event_target_value(&event)) {
                day.set(to);
            }
        };
        view! {
            <div class="field">
                <label class="field-label" for=id>{label}</label>
                <input class="input" type="date" id=id required prop:value=move || day.get().to_string() on:change=set />
            </div>
        }
    };
    let open = matches!(period, Period::Days(..));
    view! {
        <details class="more no-print" open=open>
            <summary>"D’autres dates" <Chevron /></summary>
            <form class="form" on:submit=show>
                <div class="field-pair">{field("du", "Premier jour", first)} {field("au", "Dernier jour", last)}</div>
                <button class="btn btn-wide">"Afficher"</button>
            </form>
        </details>
    }
}

fn print() {
    // A browser that cannot print has said so itself.
    let _ = window().print();
}

fn export(carnet: Carnet, period: Period) {
    let counted = untrack(|| count(carnet, period));
    let about = |name: &str, text: String| [name.to_owned(), text, String::new()];
    let mut head = carnet.me.with_value(|me| {
        let structure = me.structure_name.clone().unwrap_or_default();
        vec![about("Promeneur·euse", me.name.clone()), about("Structure", structure)]
    });
    head.push(about("Période", period.label()));
    head.push(["Saisies pas encore envoyées".to_owned(), String::new(), counted.waiting.to_string()]);
    head.push(["Saisies non comptées".to_owned(), String::new(), counted.left_out.to_string()]);
    head.push(["Brouillons, qui ne comptent pas".to_owned(), String::new(), counted.drafts.to_string()]);
    let text = csv::file(csv::rows(head, &counted.sums));
    carnet.port.with_value(|port| port.hand_out(&format!("bilan-{period}.csv"), &text));
}
