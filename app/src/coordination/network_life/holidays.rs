//! « Vacances scolaires »: those of the network's zone, when young people are available all day (`domain.md` C2, I7').

use chrono::NaiveDate;
use leptos::prelude::*;

use crate::{
    coordination::{
        address::{NETWORK_HOLIDAYS, NETWORK_LIFE},
        notice::NoticeBox,
    },
    domain::{
        coded::{Code, codes},
        fr,
        typed::{Typed, day, text},
    },
    ui::fault::Refused,
};

codes! {
    /// What has just been done.
    HolidayDone {
        Added = "ajoute", "C’est enregistré. Les chiffres en tiennent compte dès maintenant, les téléphones dès qu’ils auront du réseau.";
        Removed = "retire", "Ces vacances sont retirées, des chiffres aussi.";
    }

    /// Why holidays are not taken.
    HolidayFault {
        Days = "holiday_days_missing", "Écrivez le premier et le dernier jour.";
        Order = "holiday_ends_before", "Le dernier jour vient avant le premier.";
        Long = "holiday_too_long", "Des vacances durent moins de cent jours.";
        Taken = "holiday_overlaps", "Ces jours touchent des vacances déjà notées.";
    }
}

/// Longest holidays, in days: those of a summer are nine weeks.
const LONGEST: i64 = 100;

/// Holidays: the first and the last day.
pub type Holiday = (NaiveDate, NaiveDate);

/// What was typed, read.
pub fn parse(typed: &Typed) -> Result<Holiday, HolidayFault> {
    let (Some(from), Some(until)) = (day(typed, "du"), day(typed, "au")) else { return Err(HolidayFault::Days) };
    match (until - from).num_days() {
        ..0 => Err(HolidayFault::Order),
        0..LONGEST => Ok((from, until)),
        _ => Err(HolidayFault::Long),
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Holidays {
    /// Those that are known, the newest first.
    pub known: Vec<Holiday>,
    /// What has just been done.
    pub done: Option<HolidayDone>,
    /// Why what was typed is not taken.
    pub fault: Option<HolidayFault>,
    /// What was typed.
    pub typed: Typed,
}

/// `/coordination/reseau/vacances`.
#[component]
pub fn HolidaysPage(
    /// What to show.
    page: Holidays,
) -> impl IntoView {
    let Holidays { known, done, fault, typed } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let list = if known.is_empty() {
        view! { <p class="quiet">"Aucune n’est notée\u{202f}: la présence qui tombe pendant des vacances compte pour l’instant comme celle des jours de classe."</p> }
            .into_any()
    } else {
        let items = known.into_iter().map(item).collect_view();
        view! { <ul class="phones helplines">{items}</ul> }.into_any()
    };
    let line = fault.map(|fault| Refused::of(fault).line("f-vacances".to_owned()));
    let field = |name: &'static str, label: &'static str| {
        view! {
            <div class="field">
                <label class="field-label" for=name>{label}</label>
                <input
                    class="input"
                    type="date"
                    id=name
                    name=name
                    required
                    value=text(&typed, name).to_owned()
                    aria-invalid=fault.map(|_| "true")
                    aria-describedby=fault.map(|_| "f-vacances")
                />
            </div>
        }
    };
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Vacances scolaires"</h1>
            <p class="quiet">
                "Celles de votre zone. Pendant les vacances les jeunes sont disponibles toute la journée\u{202f}: la part de la présence qui tombe quand ils le sont en tient compte."
            </p>
            {notice}
        </div>
        {list}
        <section class="form decision" aria-labelledby="ajouter">
            <h2 id="ajouter">"Ajouter des vacances"</h2>
            <form class="form" method="post" action=NETWORK_HOLIDAYS aria-labelledby="ajouter">
                <div class="field-pair">{field("du", "Premier jour")} {field("au", "Dernier jour")}</div>
                {line}
                <p><button class="btn btn-primary">"Ajouter"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn item((from, until): Holiday) -> AnyView {
    let days = format!("Du {} au {}", fr::date(from), fr::date(until));
    view! {
        <li>
            <p>{days.clone()}</p>
            <form method="post" action=format!("{NETWORK_HOLIDAYS}/retirer") aria-label=format!("Retirer\u{202f}: {}", fr::small(&days))>
                <input type="hidden" name="du" value=from.to_string() />
                <button class="btn btn-quiet btn-small btn-danger">
                    "Retirer" <span class="sr-only">{format!("\u{202f}: {}", fr::small(&days))}</span>
                </button>
            </form>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::typed::filled;

    #[test]
    fn holidays_have_two_days_in_their_order() {
        let parse = |from: &str, until: &str| parse(&filled([("du", from.to_owned()), ("au", until.to_owned())]));
        let read = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(parse("2026-10-17", "2026-11-01"), Ok((read("2026-10-17"), read("2026-11-01"))));
        assert_eq!(parse("2026-11-11", "2026-11-11").map(|(from, until)| until - from), Ok(chrono::TimeDelta::zero()));
        for (from, until, fault) in [
            ("", "2026-11-01", HolidayFault::Days),
            ("2026-10-17", "hier", HolidayFault::Days),
            ("2026-10-17", "2026-10-16", HolidayFault::Order),
            ("2026-07-04", "2026-10-12", HolidayFault::Long),
        ] {
            assert_eq!(parse(from, until), Err(fault), "{from} {until}");
        }
    }
}
