//! « Besoins »: what the statements of a period wish for and what they meet with, by subject (`domain.md` I17, C34, C35).

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{address::NEEDS, choice::period_field, completeness::CompletenessLine};
use crate::{
    api::{report::Completeness, statements::Said},
    bilan::needs::GONE,
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::count_of,
        needs::{Subject, subjects},
        period::Period,
        statement::{DIFFICULTIES, TRAINING_WISHES},
    },
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Needs {
    /// Of which statements.
    pub period: Period,
    /// Today.
    pub today: NaiveDate,
    /// What they say.
    pub said: Vec<Said>,
    /// How complete that is.
    pub completeness: Completeness,
    /// Whether texts of the period may be erased already, and what they said with them.
    pub words_are_gone: bool,
}

/// One subject, and the texts that are about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// The subject.
    pub subject: Subject,
    /// The texts, in the order of their months.
    pub texts: Vec<&'a Said>,
}

/// Texts about one thing, by subject: those that most people speak of first. A text of two subjects stands under both.
pub fn grouped<'a>(said: &'a [Said], about: &str) -> Vec<Group<'a>> {
    let texts = || said.iter().filter(|said| said.about == about);
    let of = |subject: Subject| texts().filter(|said| subjects(&said.text).contains(&subject)).collect::<Vec<_>>();
    let groups = Subject::ALL.iter().map(|subject| Group { subject: *subject, texts: of(*subject) });
    let mut groups: Vec<Group<'_>> = groups.filter(|group| !group.texts.is_empty()).collect();
    groups.sort_by_key(|group| (group.subject == Subject::Other, std::cmp::Reverse(group.people())));
    groups
}

impl Group<'_> {
    /// How many promeneurs speak of it: one who does so every month counts once.
    pub fn people(&self) -> usize {
        self.texts.iter().map(|said| said.whose).collect::<std::collections::HashSet<_>>().len()
    }

    /// « 3 promeneurs·euses, 5 textes ».
    pub fn count(&self) -> String {
        format!(
            "{}, {}",
            fr::count(count_of(self.people()), "promeneur·euse", "promeneurs·euses"),
            fr::count(count_of(self.texts.len()), "texte", "textes")
        )
    }
}

/// The main fact, in a sentence.
pub fn fact(groups: &[Group<'_>], nothing: &str) -> String {
    let named: Vec<String> = groups
        .iter()
        .filter(|group| group.subject != Subject::Other)
        .take(3)
        .map(|group| format!("{} ({})", fr::small(group.subject.label()), group.people()))
        .collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    match (groups.is_empty(), named.is_empty()) {
        (true, _) => nothing.to_owned(),
        (false, true) => "Ces textes parlent d’autre chose que des sujets connus.".to_owned(),
        (false, false) => format!("D’abord{NNBSP}: {}.", fr::list(&named)),
    }
}

/// The page.
#[component]
pub fn NeedsPage(
    /// What to show.
    needs: Needs,
) -> impl IntoView {
    let Needs { period, today, said, completeness, words_are_gone } = needs;
    let gone = words_are_gone.then(|| view! { <p>{GONE}</p> });
    let (no_wish, no_difficulty) = if words_are_gone {
        (
            "Aucun souhait de formation n’est écrit dans les textes encore gardés.",
            "Aucune difficulté n’est écrite dans les textes encore gardés.",
        )
    } else {
        (
            "Aucun souhait de formation n’est écrit dans les relevés de cette période.",
            "Aucune difficulté n’est écrite dans les relevés de cette période.",
        )
    };
    view! {
        <div class="report-head">
            <h1>"Besoins"</h1>
            <p class="quiet">
                "Ce que les relevés souhaitent et rencontrent, par sujet. Un texte qui parle de deux choses est rangé sous les deux. Personne n’y est classé."
            </p>
            <CompletenessLine completeness=completeness period=period today=today />
            {gone}
            <form class="form" method="get" action=NEEDS aria-label="Période">
                {period_field(period, today)}
                <p><button class="btn">"Afficher"</button></p>
            </form>
        </div>
        {part(&said, TRAINING_WISHES, "souhaits", no_wish)}
        {part(&said, DIFFICULTIES, "difficultes", no_difficulty)}
    }
    .into_any()
}

fn part(said: &[Said], about: &'static str, id: &'static str, nothing: &str) -> AnyView {
    let groups = grouped(said, about);
    let fact = fact(&groups, nothing);
    let items = groups
        .iter()
        .map(|group| {
            let texts = group
                .texts
                .iter()
                .map(|said| {
                    let whose = format!("{}, {}", said.promeneur, Period::month_of(said.month).label());
                    view! {
                        <li>
                            <p class="words-text">{said.text.clone()}</p>
                            <p class="quiet">{whose}</p>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <section class="need">
                    <h3>{group.subject.label()}</h3>
                    <p class="quiet">{group.count()}</p>
                    <ul>{texts}</ul>
                </section>
            }
        })
        .collect_view();
    view! {
        <section class="needs" aria-labelledby=id>
            <h2 id=id>{about}</h2>
            <p>{fact}</p>
            {items}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::PromeneurId;

    fn said(promeneur: &str, text: &str) -> Said {
        Said {
            about: TRAINING_WISHES,
            whose: PromeneurId(Uuid::from_u128(promeneur.bytes().map(u128::from).sum())),
            promeneur: promeneur.to_owned(),
            month: "2026-10-01".parse().unwrap(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_most_people_ask_for_comes_first_and_each_person_counts_once() {
        let texts = [
            said("Anne", "Discord"),
            said("Anne", "Encore Discord"),
            said("Anne", "Le droit à l’image sur Instagram"),
            said("Bruno", "Le droit"),
            said("Bruno", "???"),
            Said { about: DIFFICULTIES, ..said("Chloé", "Discord") },
        ];
        let groups = grouped(&texts, TRAINING_WISHES);
        let seen: Vec<(Subject, usize, usize)> =
            groups.iter().map(|group| (group.subject, group.people(), group.texts.len())).collect();
        assert_eq!(seen, [(Subject::Law, 2, 2), (Subject::Tools, 1, 3), (Subject::Other, 1, 1)]);
        assert_eq!(groups[1].count(), "1 promeneur·euse, 3 textes");
        assert_eq!(
            fact(&groups, ""),
            "D’abord\u{202f}: droit du numérique, données, image (2) et réseaux sociaux et outils (1)."
        );
        assert_eq!(fact(&[], "Rien."), "Rien.");
    }
}
