//! « Relevés »: the statements of a month, by name and never by rank, and what is still to come.

use chrono::NaiveDate;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::address::{NEEDS, STATEMENTS};
use crate::{
    api::statements::{StatementLine, Statements},
    domain::{fr, period::Period, statement::Statement},
    ui::{
        facts::facts,
        html::in_textarea,
        icon::{Chevron, Icon},
        state::{StateKind, StateLabel},
    },
};

/// How many were received, and whose are missing: a list that can be read aloud, or copied into a message.
pub fn summary(statements: &Statements) -> String {
    let period = Period::month_of(statements.month);
    if statements.lines.is_empty() {
        return format!("Aucun relevé n’est attendu pour {}.", period.label());
    }
    let missing: Vec<&str> =
        statements.lines.iter().filter(|line| line.received_on.is_none()).map(|line| line.promeneur.as_str()).collect();
    let received = fr::count(
        statements.lines.len().saturating_sub(missing.len()).try_into().unwrap_or(0),
        "relevé reçu",
        "relevés reçus",
    );
    let received = format!("{received} sur {} pour {}", statements.lines.len(), period.label());
    match (missing.as_slice(), period.last() < statements.today) {
        ([], _) => format!("{received}."),
        (_, false) => format!("{received}\u{202f}; le mois n’est pas fini."),
        (missing, true) => format!("{received}\u{202f}; pas encore\u{202f}: {}.", fr::list(missing)),
    }
}

/// What has changed since a statement was handed over.
pub fn since(line: &StatementLine) -> Option<String> {
    Some(format!("Depuis la remise\u{202f}: {}.", line.handed.as_ref()?.figures.since(&line.now)?))
}

/// A message for whoever has not handed the month's statement over, the same for all of them so that nobody is named to
/// anybody; none while the month goes on, or where nothing is missing.
pub fn reminder(statements: &Statements) -> Option<String> {
    let period = Period::month_of(statements.month);
    let is_missing = statements.lines.iter().any(|line| line.received_on.is_none());
    (is_missing && period.last() < statements.today).then(|| {
        format!(
            "Bonjour,\n\nLe relevé {} ne nous est pas encore parvenu. Quand vous aurez un moment\u{202f}: dans Lanterne, «\u{202f}Mon bilan\u{202f}», puis le mois, puis «\u{202f}Remettre ce relevé\u{202f}». Cela marche aussi sans réseau.\n\nSi vous l’avez déjà remis, votre téléphone l’enverra dès qu’il retrouvera le réseau. Et si quelque chose vous en empêche, dites-le-nous\u{202f}: nous regarderons ensemble.\n\nMerci, et bonne soirée",
            fr::of(&period.label())
        )
    })
}

fn reminder_view(text: String, period: Period) -> AnyView {
    let subject = format!("Relevé {}", fr::of(&period.label()));
    let mail = format!("mailto:?subject={}&body={}", in_address(&subject), in_address(&text));
    view! {
        <details class="reminder">
            <summary>"Un rappel à envoyer" <Chevron /></summary>
            <div class="field">
                <label class="field-label" for="rappel">"Le même pour toutes et tous, à copier"</label>
                <textarea class="input" id="rappel" rows="12" readonly>
                    {in_textarea(&text)}
                </textarea>
                <p class="actions"><a class="btn btn-quiet" href=mail>"Ouvrir dans la messagerie"</a></p>
            </div>
        </details>
    }
    .into_any()
}

/// A text within an address of mail (RFC 6068), whose lines end with both marks.
fn in_address(text: &str) -> String {
    utf8_percent_encode(&text.replace('\n', "\r\n"), NON_ALPHANUMERIC).to_string()
}

/// The page.
#[component]
pub fn StatementsPage(
    /// What to show.
    statements: Statements,
) -> impl IntoView {
    let Statements { month, today, .. } = statements;
    let period = Period::month_of(month);
    let summary = summary(&statements);
    let reminder = reminder(&statements).map(|text| reminder_view(text, period));
    let after = period.last().succ_opt().filter(|next| *next <= today).map(Period::month_of);
    let link = |period: Period, rel: &'static str| {
        view! {
            <li>
                <a href=format!("{STATEMENTS}/{period}") rel=rel>{fr::capital(&period.label())}</a>
            </li>
        }
    };
    let items = statements.lines.iter().map(|line| item(line, today)).collect_view();
    view! {
        <div class="report-head">
            <h1>"Relevés " {fr::of(&period.label())}</h1>
            <p>
                <Icon name="journal" />
                <span>{summary}</span>
            </p>
            {reminder}
            <p class="quiet">
                "Chaque relevé dit les chiffres du mois au jour où il a été remis. Ce qui a été noté, corrigé ou supprimé depuis compte aussi, et se lit ici."
            </p>
            <nav aria-label="Mois">
                <ul class="actions">{link(period.before(), "prev")} {after.map(|after| link(after, "next"))}</ul>
            </nav>
            <p><a class="lone" href=NEEDS>"Ce que les relevés souhaitent et rencontrent, par sujet"</a></p>
        </div>
        <ul class="statements">{items}</ul>
    }
    .into_any()
}

fn item(line: &StatementLine, today: NaiveDate) -> AnyView {
    let (kind, state) = match line.received_on {
        Some(on) => (StateKind::Sent, format!("Reçu le {}", fr::near_date(on, today))),
        None => (StateKind::Phone, "Pas encore reçu".to_owned()),
    };
    let figures = facts(&line.handed.as_ref().map_or(line.now, |statement| statement.figures).each());
    let texts: Vec<(&str, String)> = line.handed.iter().flat_map(Statement::texts).collect();
    let since = since(line).map(|text| view! { <p class="since">{text}</p> });
    let note = line.handed.is_none().then(|| view! { <p class="quiet">"Ce qui est arrivé jusqu’ici\u{202f}:"</p> });
    let structure = line.structure.clone().map(|name| view! { <p class="quiet">{name}</p> });
    view! {
        <li>
            <div>
                <h2>{line.promeneur.clone()}</h2>
                {structure}
                <StateLabel kind=kind text=state />
            </div>
            <div>
                {note}
                <dl class="facts" inner_html=figures></dl>
                {since}
                <dl class="words" inner_html=facts(&texts)></dl>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statement::Handed;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn line(name: &str, received: bool) -> StatementLine {
        let statement = Statement {
            month: date(10, 1),
            figures: Handed { interventions: 4, ..Handed::default() },
            highlight: Some("Un atelier <photo> en direct.".to_owned()),
            difficulties: None,
            training_wishes: None,
        };
        StatementLine {
            promeneur: name.to_owned(),
            structure: None,
            now: Handed { interventions: 5, ..Handed::default() },
            received_on: received.then(|| date(11, 3)),
            handed: received.then_some(statement),
        }
    }

    fn october(lines: Vec<StatementLine>, today: NaiveDate) -> Statements {
        Statements { month: date(10, 1), today, lines }
    }

    #[test]
    fn the_sentence_names_whose_are_missing_once_the_month_is_over() {
        let said =
            |today| summary(&october(vec![line("Anne", true), line("Bilal", false), line("Chloé", false)], today));
        assert_eq!(
            said(date(11, 25)),
            "1 relevé reçu sur 3 pour octobre 2026\u{202f}; pas encore\u{202f}: Bilal et Chloé."
        );
        assert_eq!(said(date(10, 25)), "1 relevé reçu sur 3 pour octobre 2026\u{202f}; le mois n’est pas fini.");
        assert_eq!(summary(&october(vec![line("Anne", true)], date(11, 25))), "1 relevé reçu sur 1 pour octobre 2026.");
        assert_eq!(summary(&october(Vec::new(), date(11, 25))), "Aucun relevé n’est attendu pour octobre 2026.");
    }

    #[test]
    fn a_reminder_is_for_months_that_are_over_and_names_nobody() {
        let missing = |today| reminder(&october(vec![line("Anne", true), line("Bilal", false)], today));
        assert_eq!(missing(date(10, 25)), None);
        assert_eq!(reminder(&october(vec![line("Anne", true)], date(11, 25))), None);
        let text = missing(date(11, 25)).unwrap();
        assert!(text.contains("Le relevé d’octobre 2026 ne nous est pas encore parvenu."), "{text}");
        assert!(!text.contains("Bilal") && !text.contains("Anne"));
        assert_eq!(in_address("Relevé d’\u{e9}t\u{e9} ?\n&"), "Relev%C3%A9%20d%E2%80%99%C3%A9t%C3%A9%20%3F%0D%0A%26");
    }

    #[test]
    fn what_came_later_and_what_was_written_is_on_the_page() {
        let statements = october(vec![line("Anne", true), line("Bilal", false)], date(11, 25));
        let page = Owner::new().with(|| view! { <StatementsPage statements=statements /> }.to_html());
        assert!(page.contains("Depuis la remise\u{202f}: 1 intervention de plus."), "{page}");
        assert!(page.contains("Un atelier &lt;photo&gt; en direct."), "{page}");
        assert!(page.contains("Reçu le 3\u{a0}novembre") && page.contains("Pas encore reçu"), "{page}");
        assert!(page.contains("/coordination/releves/2026-09") && page.contains("/coordination/releves/2026-11"));
    }
}
