//! From figures and texts to the document.

use super::{
    Cell, Chapter, Definition, Document, Grid, Key, Part, Subject, Written,
    grids::{of_bars, of_heat, of_people, of_table},
    log::log,
};
use crate::{
    api::{report::Dashboard, statements::Said},
    bilan::{
        self, Chart, Section, Voice, compare, figures, life, needs::GONE, objectives, people, places, shares, stages,
        team, trend,
    },
    coordination::{
        completeness,
        needs::{Group, fact, grouped},
    },
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, Sums, count_of},
        measure::Measure,
        network_life::NetworkEvent,
        period::Period,
        scope::Scope,
        small_numbers::{Masking, Shown, Years, is_settled, is_small, mask, may_be_parted, tells},
        statement::{DIFFICULTIES, TRAINING_WISHES},
    },
};

use people::UNKNOWN_AGE;

/// What of the figures may be told.
struct Teller<'a> {
    dashboard: &'a Dashboard,
    /// Under which numbers of people are masked; none in what stays within the structure.
    threshold: Option<i64>,
    /// Whether people and alerts are told in parts, as far as they are many.
    is_parted: bool,
    /// Whether what it tells may be another thing tomorrow: it is read anew every day, of a period that goes on.
    moves: bool,
    used: Vec<Indicator>,
}

/// The document of figures and texts. That of the network is for the Caf and the committee, and masks small numbers of people
/// under the threshold; that of a structure or a promeneur stays with them.
pub fn document(
    dashboard: &Dashboard,
    texts: &[(Chapter, Written)],
    said: &[Said],
    events: &[NetworkEvent],
    masking: Masking,
    is_live: bool,
) -> Document {
    let threshold = (dashboard.scope == Scope::Network).then_some(masking.threshold);
    let is_parted = may_be_parted(dashboard.period, masking.years, dashboard.today, is_live);
    let moves = threshold.is_some() && is_live && !is_settled(dashboard.period, dashboard.today);
    let mut teller = Teller { dashboard, threshold, is_parted, moves, used: Vec::new() };
    let chapters: Vec<Part> = (1..)
        .zip(Chapter::of(dashboard.scope))
        .map(|(number, chapter)| {
            let text = texts.iter().find(|(of, _)| *of == chapter).map(|(_, written)| written.clone());
            let figures = if chapter == Chapter::Synthesis { teller.figures() } else { Vec::new() };
            let subjects = match chapter {
                Chapter::Network => teller.network(),
                Chapter::Activity => teller.activity(),
                Chapter::Life => teller.life(events),
                Chapter::Support | Chapter::Partners | Chapter::Steering => log(chapter, events).into_iter().collect(),
                Chapter::Quality => needs(said, dashboard.scope, dashboard.words_are_gone),
                _ => Vec::new(),
            };
            let heading = format!("{number}. {}", heading(chapter, dashboard.period));
            Part { code: chapter.code().to_owned(), heading, text, figures, subjects }
        })
        .collect();
    let definition = |it: &Indicator| Definition {
        name: fr::spaced(it.label()),
        definition: fr::spaced(it.definition()),
        caveat: fr::spaced(it.caveat()),
    };
    teller.use_all(&[Indicator::I15]);
    Document {
        title: title(dashboard.period),
        network: dashboard.scheme_name.clone(),
        scope: fr::capital(&dashboard.scope_name),
        status: format!("Projet du {}", fr::date(dashboard.today)),
        on: dashboard.today,
        notes: notes(dashboard, threshold, masking.years, is_parted, moves),
        definitions: teller.used.iter().map(definition).collect(),
        chapters,
    }
}

/// The same, as a version that is published.
#[must_use]
pub fn published(mut document: Document, number: i32, by: &str) -> Document {
    document.status = format!("Version {number}, publiée le {} par {by}", fr::date(document.on));
    document
}

/// The same, without the texts: the figures as they are today.
#[must_use]
pub fn figures_only(mut document: Document) -> Document {
    document.status = format!("Chiffres du {}", fr::date(document.on));
    for part in &mut document.chapters {
        part.text = None;
    }
    document.chapters.retain(|part| !part.figures.is_empty() || !part.subjects.is_empty());
    for (number, part) in (1..).zip(&mut document.chapters) {
        let name = part.heading.split_once(". ").map_or(part.heading.as_str(), |(_, name)| name);
        part.heading = format!("{number}. {name}");
    }
    document
}

/// The name of the document.
pub fn title(period: Period) -> String {
    match period {
        Period::Month(..) => format!("Bilan {}", fr::of(&period.label())),
        Period::Quarter(..) => format!("Bilan du {}", period.label()),
        Period::CivilYear(_) | Period::SchoolYear(_) => format!("Bilan de l’{}", period.label()),
        Period::Days(first, last) if first == last => format!("Bilan du {}", period.label()),
        Period::Days(..) => format!("Bilan {}", period.label()),
    }
}

fn heading(chapter: Chapter, period: Period) -> String {
    match (chapter, period) {
        (Chapter::Next, Period::CivilYear(year)) => format!("{} pour {}", chapter.label(), year + 1),
        (Chapter::Next, Period::SchoolYear(year)) => format!("{} pour {}-{}", chapter.label(), year + 1, year + 2),
        _ => chapter.label().to_owned(),
    }
}

fn notes(dashboard: &Dashboard, threshold: Option<i64>, years: Years, is_parted: bool, moves: bool) -> Vec<String> {
    let Dashboard { period, today, .. } = *dashboard;
    let mut notes = vec![completeness::sentence(&dashboard.completeness, period, today)];
    if period.last() >= today {
        notes.push(format!("La période n’est pas terminée{NNBSP}: chiffres arrêtés au {}.", fr::date(today)));
    }
    notes.push(match threshold {
        Some(_) if !is_parted => {
            let year = match years {
                Years::Civil => "civile",
                Years::School => "scolaire",
            };
            format!(
                "Les jeunes par âge ou par thématique, les jeunes accompagnés, les alertes et l’étape des projets ne sont donnés que pour une année {year} entière et close{NNBSP}: en rapprochant des périodes plus courtes ou qui se chevauchent, ou une même année lue deux jours, on pourrait calculer ce qui doit rester masqué. Tant qu’elle n’est pas publiée, une année est close deux mois après sa fin."
            )
        }
        Some(threshold) => format!(
            "Pour que personne ne puisse être reconnu, les nombres de jeunes par âge ou par thématique inférieurs à {threshold} sont masqués, ainsi que ceux par lesquels on pourrait les calculer. Les autres totaux ne sont croisés avec rien."
        ),
        None if matches!(dashboard.scope, Scope::Territory(_)) => {
            "Document interne à la coordination\u{202f}: les petits nombres n’y sont pas masqués.".to_owned()
        }
        None => "Document interne à la structure\u{202f}: les petits nombres n’y sont pas masqués.".to_owned(),
    });
    if moves {
        notes.push("Les thématiques, les suites et les orientations se lisent une fois l’année close depuis deux mois, ou dans un bilan publié\u{202f}: lues deux jours d’une année en cours, elles diraient ce qu’une seule intervention a été.".to_owned());
    }
    if dashboard.demo {
        notes.push("Réseau de démonstration\u{202f}: toutes ces données sont inventées.".to_owned());
    }
    notes
}

impl Teller<'_> {
    fn sums(&self) -> &Sums {
        &self.dashboard.sums
    }

    fn mask(&self, parts: &[i64]) -> Shown {
        match self.threshold {
            None => Shown { parts: parts.iter().map(|part| Some(*part)).collect(), total: Some(parts.iter().sum()) },
            Some(threshold) if self.is_parted => mask(parts, threshold),
            Some(_) => Shown { parts: vec![None; parts.len()], total: None },
        }
    }

    fn use_all(&mut self, indicators: &[Indicator]) {
        for it in indicators {
            if !self.used.contains(it) {
                self.used.push(*it);
            }
        }
    }

    fn figures(&mut self) -> Vec<Key> {
        let young = self.project_young();
        let mut keys = Vec::new();
        for figure in figures::figures(self.sums()) {
            self.use_all(&figure.indicators);
            // Of masked young people the sentence would tell the sum.
            let is_told = young.total.is_some() || !figure.indicators.contains(&Indicator::I4);
            let said = figure.said.filter(|_| is_told);
            keys.push(Key { value: figure.value, name: figure.name.to_owned(), said });
        }
        keys
    }

    /// I13, I14.
    fn network(&mut self) -> Vec<Subject> {
        let team = self.dashboard.team.as_ref().map(team::section);
        let accounts = self.dashboard.life.as_ref().map(life::accounts_section);
        let mut subjects: Vec<Subject> =
            team.into_iter().map(|section| self.subject("L’équipe et les structures", section)).collect();
        subjects.extend(accounts.map(|section| self.subject("Les comptes professionnels", section)));
        subjects
    }

    /// I12, and what took place.
    fn life(&mut self, events: &[NetworkEvent]) -> Vec<Subject> {
        let section = self.dashboard.life.as_ref().map(life::events_section);
        let mut subjects: Vec<Subject> =
            section.into_iter().map(|section| self.subject("Les actions de la coordination", section)).collect();
        subjects.extend(log(Chapter::Life, events));
        subjects
    }

    fn activity(&mut self) -> Vec<Subject> {
        let Dashboard { period, today, .. } = *self.dashboard;
        let is_over = period.last() < today;
        let mut subjects = vec![self.funnel()];
        let dashboard = self.dashboard;
        let aims =
            objectives::section((period, is_over), &dashboard.objectives, self.sums(), dashboard.comparison.as_ref());
        subjects.extend(aims.map(|section| self.subject("Les objectifs", section)));
        // A small number of alerts is masked wherever it would stand, among the outcomes too.
        let sums = if self.hides_alerts() { self.sums().clone().of_a_part() } else { self.sums().clone() };
        let sections = bilan::sections(&sums, Voice::Office { days_gone: dashboard.days_gone() }, is_over);
        let moves = self.moves;
        for section in sections.into_iter().filter(|section| !moves || !["themes", "suites"].contains(&section.id)) {
            let name = match section.id {
                "quand" => "Les heures de présence",
                "quoi" => "Les types d’interventions",
                "ou" => "Les réseaux",
                "themes" => "Les thématiques",
                _ => "Les suites données",
            };
            subjects.push(self.subject(name, section));
        }
        let groups = shares::theme_groups_section(self.sums()).filter(|_| !self.moves);
        subjects.extend(groups.map(|section| self.subject("Les groupes de thématiques", section)));
        let spaces = places::spaces_section(self.sums());
        subjects.push(self.subject("Les espaces", spaces));
        // A theme beside a referral may be one person's story: it stays within the structure.
        let kinds = shares::referrals_section(self.sums(), self.threshold.is_none()).filter(|_| !self.moves);
        subjects.extend(kinds.map(|section| self.subject("Les orientations vers les partenaires", section)));
        let initiators = shares::initiators_section(self.sums());
        subjects.extend(initiators.map(|section| self.subject("L’initiative des échanges", section)));
        let public = self.public();
        subjects.push(public);
        subjects.extend(self.ages());
        subjects.extend(self.projects());
        // A pathway is one young person: of a year that can be read every day each step would be told on its day.
        if self.threshold.is_none() || self.is_parted {
            let stages = stages::section(&self.dashboard.stages);
            subjects.push(self.subject("L’avancement des projets", stages));
        }
        let months = trend::section(period, today, &dashboard.months, &dashboard.completeness.missing);
        subjects.extend(months.map(|section| self.subject("L’activité au fil des mois", section)));
        let hours = trend::hours_section(period, today, &dashboard.months);
        subjects.extend(hours.map(|section| self.subject("Les heures au fil des mois", section)));
        let beside = self.dashboard.comparison.as_ref().and_then(|comparison| compare::section(period, comparison));
        subjects.extend(beside.map(|section| self.subject("D’une période à l’autre", section)));
        subjects
    }

    fn subject(&mut self, heading: &str, section: Section) -> Subject {
        self.use_all(&section.indicators);
        let grid = section.chart.map(|chart| match chart {
            Chart::Bars(chart) => of_bars(chart),
            Chart::Heat(rows) => of_heat(rows),
            Chart::Table(table) => of_table(table),
        });
        let facts = std::iter::once(section.fact).chain(section.quiet).map(|said| fr::spaced(&said)).collect();
        Subject { heading: heading.to_owned(), facts, grid }
    }

    /// Whether nothing is told of alerts: they are few, or of a period of which nothing is told in parts.
    fn hides_alerts(&self) -> bool {
        self.threshold.is_some_and(|threshold| !self.is_parted || is_small(self.sums().alerts(), threshold))
    }

    /// Whether the young people accompanied would tell how many a masked project has.
    fn hides_accompanied(&self) -> bool {
        let young = self.young_by_theme();
        // Of two days of a year that goes on, or of two periods that overlap, the difference would tell how many a project has.
        self.threshold.is_some_and(|threshold| !self.is_parted || tells(self.sums().accompanied, &young, threshold))
    }

    /// I1, from the widest circle to the narrowest.
    fn funnel(&mut self) -> Subject {
        self.use_all(&[Indicator::I1a, Indicator::I1b, Indicator::I1c, Indicator::I1d]);
        let sums = self.sums();
        let rows = [
            (Indicator::I1a, sums.followers),
            (Indicator::I1c, sums.contacts()),
            (Indicator::I1b, sums.distinct()),
            (Indicator::I3, sums.met()),
            (Indicator::I1d, sums.accompanied),
        ];
        Subject {
            heading: "Les jeunes connectés".to_owned(),
            facts: vec![figures::meeting_rate(sums)],
            grid: Some(Grid {
                caption: "De l’audience des comptes à l’accompagnement".to_owned(),
                columns: vec!["Ce qui est compté".to_owned(), "Nombre".to_owned()],
                rows: rows
                    .map(|(it, count)| {
                        let is_hidden = it == Indicator::I1d && self.hides_accompanied();
                        (fr::spaced(it.label()), vec![if is_hidden { Cell::Masked } else { Cell::Count(count) }])
                    })
                    .into(),
                is_drawn: false,
            }),
        }
    }

    /// With whom, without the ages, which have their own table, and with alerts masked like people.
    fn public(&mut self) -> Subject {
        let sums = self.sums();
        let alerts = match self.threshold {
            Some(_) if !self.is_parted => None,
            Some(threshold) if self.hides_alerts() => Some(format!("Moins de {threshold} alertes ou signalements.")),
            _ => people::alerts(sums, self.dashboard.scope),
        };
        let section = people::section_with(sums, None, alerts);
        self.subject("Le public", section)
    }

    /// I11: young people by age, where ages were noted; none where none were.
    fn ages(&self) -> Option<Subject> {
        let sums = self.sums();
        let rate = sums.age_fill_rate()?;
        let ages = people::age_counts(sums);
        let counts: Vec<i64> = ages.iter().map(|(.., count)| *count).collect();
        let shown = self.mask(&counts);
        let mut columns = vec!["Âge".to_owned(), "Contacts-jeunes".to_owned()];
        let mut rows = of_people(ages.iter().map(|(_, label, _)| (*label).to_owned()), &shown);
        let filled = fr::percent(Some(rate), 0);
        let mut facts = vec![format!("Les âges sont notés pour {filled} des échanges avec des jeunes.")];
        // Where one is masked, shares of the known ages would tell how many are known.
        if !shown.is_masked() {
            facts = people::ages(sums).into_iter().collect();
            columns.push("Part des âges connus".to_owned());
            let known: Vec<i64> =
                ages.iter().filter(|(code, ..)| *code != UNKNOWN_AGE).map(|(.., count)| *count).collect();
            let mut shares = fr::shares(&known).into_iter();
            for ((_, cells), (code, ..)) in rows.iter_mut().zip(&ages) {
                let share = shares.next().filter(|_| *code != UNKNOWN_AGE);
                cells.push(share.map_or_else(|| Cell::Said("–".to_owned()), Cell::Share));
            }
            if let Some((_, cells)) = rows.last_mut() {
                cells.push(Cell::Said("–".to_owned()));
            }
        }
        let grid = (sums.total(Measure::WithAges) > 0).then(|| Grid {
            caption: "Contacts-jeunes par tranche d’âge, là où les âges sont notés".to_owned(),
            columns,
            rows,
            is_drawn: false,
        });
        Some(Subject { heading: "Les âges".to_owned(), facts, grid })
    }

    /// Young people of the projects initiated, theme by theme.
    fn young_by_theme(&self) -> Vec<i64> {
        figures::projects(self.sums()).iter().map(|(.., young)| *young).collect()
    }

    /// The same, as they may be shown.
    fn project_young(&self) -> Shown {
        self.mask(&self.young_by_theme())
    }

    /// I4, by theme, as the bilan asks for; none without a project.
    fn projects(&mut self) -> Option<Subject> {
        let projects = figures::projects(self.sums());
        if projects.is_empty() {
            return None;
        }
        let young = self.project_young();
        let rows = projects.into_iter().zip(&young.parts).map(|((theme, count, _), young)| {
            (theme, vec![Cell::Count(count), young.map_or(Cell::Masked, Cell::Count)])
        });
        let told = young.total.is_some().then(|| figures::project_people(self.sums()));
        Some(Subject {
            heading: "Les projets initiés".to_owned(),
            facts: told.into_iter().collect(),
            grid: Some(Grid {
                caption: "Projets initiés par thématique".to_owned(),
                columns: ["Thématique", "Projets", "Jeunes"].map(str::to_owned).into(),
                rows: rows.collect(),
                is_drawn: false,
            }),
        })
    }
}

/// What the statements wish for and meet with (I17): how many speak of it, and no word of theirs. One promeneur is no number.
fn needs(said: &[Said], scope: Scope, words_are_gone: bool) -> Vec<Subject> {
    // Of one structure it would be one promeneur more often than not, and it goes to who employs them.
    if !matches!(scope, Scope::Network | Scope::Territory(_)) {
        return Vec::new();
    }
    let subject = |about: &str, caption: &str| {
        let groups = grouped(said, about);
        let count = |number: usize| Cell::Count(count_of(number));
        let row = |group: &Group<'_>| {
            (group.subject.label().to_owned(), vec![count(group.people()), count(group.texts.len())])
        };
        (!groups.is_empty()).then(|| Subject {
            heading: about.to_owned(),
            facts: std::iter::once(fact(&groups, "")).chain(words_are_gone.then(|| GONE.to_owned())).collect(),
            grid: Some(Grid {
                caption: caption.to_owned(),
                columns: ["Sujet", "Promeneurs·euses", "Relevés"].map(str::to_owned).into(),
                rows: groups.iter().map(row).collect(),
                is_drawn: true,
            }),
        })
    };
    let wishes = subject(TRAINING_WISHES, "Souhaits de formation écrits dans les relevés, par sujet");
    let difficulties = subject(DIFFICULTIES, "Difficultés écrites dans les relevés, par sujet");
    wishes.into_iter().chain(difficulties).collect()
}
