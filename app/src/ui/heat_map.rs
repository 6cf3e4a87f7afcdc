//! Presence by weekday and moment: a table whose cells are windows, the more presence, the more light.

use super::html::{Html, html};
use crate::domain::fr::{self, NNBSP};

/// One moment of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatRow {
    /// Its name.
    pub name: String,
    /// The hours it covers; empty where they are not known.
    pub hours: String,
    /// Minutes from Monday to Sunday.
    pub minutes: [i64; 7],
}

/// From here on a tenth of an hour says nothing more.
const WHOLE_HOURS_FROM: i64 = 600;

/// Hours without their unit: whole ones beside large numbers, tenths beside small ones. Little is never nothing.
fn hours(minutes: i64, most: i64) -> String {
    let (tenths, least) =
        if most >= WHOLE_HOURS_FROM { ((minutes + 30) / 60 * 10, "1") } else { ((minutes + 3) / 6, "0,1") };
    match (minutes, tenths) {
        (0, _) => "0".to_owned(),
        (_, 0) => format!("<{NNBSP}{least}"),
        (_, tenths) if tenths % 10 == 0 => fr::integer(tenths / 10),
        (_, tenths) => format!("{},{}", fr::integer(tenths / 10), tenths % 10),
    }
}

/// The step of light, 1 to 5; none for nothing.
fn step(minutes: i64, most: i64) -> Option<i64> {
    (minutes > 0 && most > 0).then(|| ((minutes * 5 + most - 1) / most).clamp(1, 5))
}

/// Writes the table, with its scale. The moments go from morning to night.
pub fn heat_map(out: &mut Html, rows: &[HeatRow]) {
    let most = rows.iter().flat_map(|row| row.minutes).max().unwrap_or(0);
    html!(out; "<figure role=\"figure\" aria-label=\"Heures de présence par jour et par moment\">"
        "<figcaption>Heures de présence, par jour et par moment de la journée.</figcaption>"
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Heures de présence, tableau\">"
        "<table class=\"heatmap\"><caption class=\"sr-only\">Heures de présence par jour et par moment</caption>"
        "<thead><tr><td class=\"slot\"></td>");
    for number in 1..=7 {
        let name = fr::weekday(number);
        let (initial, rest) = name.split_at_checked(1).unwrap_or((name, ""));
        html!(out; "<th scope=\"col\"><abbr title=\"" (name) "\">" (initial) "<span>" (rest.get(..2).unwrap_or(rest))
            ".</span></abbr></th>");
    }
    html!(out; "</tr></thead><tbody>");
    for row in rows {
        html!(out; "<tr><th scope=\"row\">" (row.name) " <small>" (row.hours) "</small></th>");
        for minutes in row.minutes {
            match step(minutes, most) {
                Some(step) => {
                    html!(out; "<td data-heat=\"" (step.to_string()) "\">");
                }
                None => out.markup("<td>"),
            }
            html!(out; (hours(minutes, most)) "</td>");
        }
        html!(out; "</tr>");
    }
    html!(out; "</tbody></table></div><p class=\"scale\" aria-hidden=\"true\">0\u{202f}h"
        "<span></span><span></span><span></span><span></span><span></span><span></span>" (hours(most, most)) "\u{202f}h</p></figure>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_never_shown_as_nothing() {
        assert_eq!(hours(0, 6000), "0");
        assert_eq!(hours(20, 6000), "<\u{202f}1");
        assert_eq!(hours(30, 6000), "1");
        assert_eq!(hours(2280, 2280), "38");
        assert_eq!(hours(2, 90), "<\u{202f}0,1");
        assert_eq!(hours(90, 90), "1,5");
        assert_eq!(hours(60, 90), "1");
        assert_eq!(hours(597, 597), "10");
    }

    #[test]
    fn light_grows_in_five_steps_and_nothing_stays_dark() {
        assert_eq!(step(0, 100), None);
        assert_eq!(step(1, 100), Some(1));
        assert_eq!(step(20, 100), Some(1));
        assert_eq!(step(21, 100), Some(2));
        assert_eq!(step(100, 100), Some(5));
        assert_eq!(step(0, 0), None);
    }
}
