//! The indicators of the bilan (`domain.md` C1 to C3), computed from sums, with the definition and the caveat that
//! must stand beside each.

use serde::{Deserialize, Serialize};

use super::{
    coded::{Code, codes},
    measure::Measure,
    taxonomy::{ChannelKind, Initiator, InterventionType, Outcome},
    time::TimeSlot,
};

/// Sums of the contributions of a scope over a period, and the stocks at its end. Everything shown is derived from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Measure's code, key and sum, in order. A sorted list and no map: a phone downloads the map's machinery, and a
    /// report has a hundred of these.
    pub by: Vec<(String, String, i64)>,
    /// ISO weekday (1 is Monday), slot's code and minutes of presence, in order.
    pub heat: Vec<(u32, String, i64)>,
    /// Minutes of presence when young people are available.
    pub available_minutes: i64,
    /// I1a: followers of all accounts at the end of the period.
    pub followers: i64,
    /// I1d: young people of the projects and pathways active in the period.
    pub accompanied: i64,
    /// Days on which promeneurs of the scope counted, summed over them.
    pub person_days: i64,
}

impl Sums {
    /// Leaves out what is told of the whole network only: alerts (I18) and genders (`domain.md` B7), which of one person or
    /// structure could point at a young person.
    #[must_use]
    pub fn of_a_part(mut self) -> Self {
        // The sums go and not their values: one of zero would still tell that there was an alert.
        let is_alert =
            |measure: &str, key: &str| measure == Measure::Outcomes.code() && key == Outcome::AlertMade.code();
        let genders = [Measure::WithGenders, Measure::Genders].map(Code::code);
        self.by.retain(|(measure, key, _)| !is_alert(measure, key) && !genders.contains(&measure.as_str()));
        self
    }

    fn place(&self, measure: &str, key: &str) -> Result<usize, usize> {
        self.by.binary_search_by(|(of, by, _)| (of.as_str(), by.as_str()).cmp(&(measure, key)))
    }

    /// Adds to a sum.
    pub fn add(&mut self, measure: &str, key: &str, value: i64) {
        match self.place(measure, key) {
            Ok(at) => self.by[at].2 += value,
            Err(at) => self.by.insert(at, (measure.to_owned(), key.to_owned(), value)),
        }
    }

    /// Adds minutes of presence.
    pub fn add_minutes(&mut self, weekday: u32, slot: &str, minutes: i64) {
        match self.heat.binary_search_by(|(day, of, _)| (*day, of.as_str()).cmp(&(weekday, slot))) {
            Ok(at) => self.heat[at].2 += minutes,
            Err(at) => self.heat.insert(at, (weekday, slot.to_owned(), minutes)),
        }
    }

    /// The sum of a measure over all keys.
    pub fn total(&self, measure: Measure) -> i64 {
        self.by.iter().filter(|(of, ..)| of == measure.code()).map(|(.., value)| value).sum()
    }

    /// The sum of a measure under one key.
    pub fn of(&self, measure: Measure, key: &str) -> i64 {
        self.place(measure.code(), key).map_or(0, |at| self.by[at].2)
    }

    /// The keys of a measure with their sums, those that are not zero.
    pub fn keys(&self, measure: Measure) -> Vec<(&str, i64)> {
        let of_measure = self.by.iter().filter(|(of, _, value)| of == measure.code() && *value != 0);
        of_measure.map(|(_, key, value)| (key.as_str(), *value)).collect()
    }

    /// Number of interventions.
    pub fn interventions(&self) -> i64 {
        self.total(Measure::Interventions)
    }

    /// I1b: young people in contact, each once a year and promeneur.
    pub fn distinct(&self) -> i64 {
        self.total(Measure::Distinct)
    }

    /// I1c: head counts of exchanges.
    pub fn contacts(&self) -> i64 {
        self.total(Measure::Contacts)
    }

    /// I2: every type in the domain's order with its count, zero included, then the codes of newer releases.
    pub fn types(&self) -> Vec<(&str, i64)> {
        let known =
            InterventionType::ALL.iter().map(|kind| (kind.code(), self.of(Measure::Interventions, kind.code())));
        let newer = self.keys(Measure::Interventions).into_iter();
        known.chain(newer.filter(|(code, _)| InterventionType::from_code(code).is_none())).collect()
    }

    /// I3: young people met face to face after an online contact.
    pub fn met(&self) -> i64 {
        self.total(Measure::Met)
    }

    /// I3': I3 over I1b; none without a base.
    pub fn met_rate(&self) -> Option<f64> {
        ratio(self.met(), self.distinct())
    }

    /// I4: projects born of the online presence and initiated in the period.
    pub fn projects_initiated(&self) -> i64 {
        self.total(Measure::ProjectsInitiated)
    }

    /// Minutes of presence.
    pub fn presence_minutes(&self) -> i64 {
        self.heat.iter().map(|(.., minutes)| minutes).sum()
    }

    /// I7: minutes of presence, and of interventions outside a presence.
    pub fn minutes(&self) -> i64 {
        self.presence_minutes() + self.total(Measure::OutsideMinutes)
    }

    /// Weeks for which promeneurs of the scope counted, summed over them.
    pub fn person_weeks(&self) -> f64 {
        float(self.person_days) / 7.0
    }

    /// I7: hours a week and promeneur; none where nobody counted.
    pub fn hours_per_person_week(&self) -> Option<f64> {
        hours_a_week(self.minutes(), self.person_days)
    }

    /// I7': share of presence when young people are available; none without presence.
    pub fn available_share(&self) -> Option<f64> {
        ratio(self.available_minutes, self.presence_minutes())
    }

    /// I8: interventions with at least one referral.
    pub fn referrals(&self) -> i64 {
        self.total(Measure::Referrals)
    }

    /// I9: share of interventions begun by a young person.
    pub fn young_initiated_share(&self) -> Option<f64> {
        ratio(self.of(Measure::Initiators, Initiator::YoungPerson.code()), self.interventions())
    }

    /// I10: share of new contacts among all.
    pub fn new_share(&self) -> Option<f64> {
        ratio(self.distinct(), self.contacts())
    }

    /// I11: share of exchanges with young people whose ages were noted.
    pub fn age_fill_rate(&self) -> Option<f64> {
        ratio(self.total(Measure::WithAges), self.total(Measure::WithYoung))
    }

    /// Share of exchanges with young people whose genders were noted (`domain.md` B7).
    pub fn gender_fill_rate(&self) -> Option<f64> {
        ratio(self.total(Measure::WithGenders), self.total(Measure::WithYoung))
    }

    /// I11: young people of 12 to 17, where ages were noted.
    pub fn aged_12_17(&self) -> i64 {
        self.of(Measure::Ages, "12_14") + self.of(Measure::Ages, "15_17")
    }

    /// I11: young people of 18 to 25, where ages were noted.
    pub fn aged_18_25(&self) -> i64 {
        self.of(Measure::Ages, "18_25")
    }

    /// I16: publications.
    pub fn publications(&self) -> i64 {
        self.of(Measure::Channels, ChannelKind::Publication.code())
    }

    /// I18: alerts made; shown at network level only.
    pub fn alerts(&self) -> i64 {
        self.of(Measure::Outcomes, Outcome::AlertMade.code())
    }

    /// Minutes of presence on a weekday, in the slot of a code.
    pub fn minutes_in(&self, weekday: u32, slot: &str) -> i64 {
        self.heat.iter().find(|(day, of, _)| *day == weekday && of == slot).map_or(0, |(.., minutes)| *minutes)
    }

    /// Minutes of presence in one cell of the heat map.
    pub fn cell(&self, weekday: u32, slot: TimeSlot) -> i64 {
        self.minutes_in(weekday, slot.code())
    }

    /// Whether no record falls in the period. Followers and people accompanied are stocks: they may be there all the same.
    pub fn nothing_recorded(&self) -> bool {
        self.presence_minutes() == 0 && self.by.iter().all(|(.., value)| *value == 0)
    }
}

/// Sums for the tests of what is said of them.
#[cfg(all(test, any(feature = "ssr", feature = "office", feature = "phone")))]
pub(crate) fn sums_of(entries: &[(Measure, &str, i64)]) -> Sums {
    let mut sums = Sums::default();
    for (measure, key, value) in entries {
        sums.add(measure.code(), key, *value);
    }
    sums
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| float(part) / float(whole))
}

/// I7: hours a week of minutes on so many days, summed over people; none without a day.
pub fn hours_a_week(minutes: i64, days: i64) -> Option<f64> {
    (days > 0).then(|| float(minutes) * 7.0 / (60.0 * float(days)))
}

/// How many things there are, as figures count.
pub fn count_of(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// Counts stay far below 2^52, where an `f64` is exact.
#[expect(clippy::cast_precision_loss, reason = "counts of acts and people are far below 2^52")]
pub fn float(count: i64) -> f64 {
    count as f64
}

codes! {
    /// The figures that carry a definition. The label is the figure's name.
    Indicator {
        I1a = "I1a", "Abonnés et « amis » des comptes";
        I1b = "I1b", "Jeunes connectés";
        I1c = "I1c", "Contacts-jeunes";
        I1d = "I1d", "Jeunes accompagnés";
        I2 = "I2", "Types d’interventions";
        I3 = "I3", "Jeunes rencontrés après un contact sur Internet";
        I4 = "I4", "Projets initiés";
        I5 = "I5", "Répartition par réseau";
        I5Space = "I5'", "Répartition par forme d’échange";
        I6 = "I6", "Thématiques";
        I7 = "I7", "Heures de présence en ligne";
        I7Available = "I7'", "Présence quand les jeunes sont disponibles";
        I8 = "I8", "Orientations";
        I9 = "I9", "Initiative des jeunes";
        I10 = "I10", "Nouveaux contacts";
        I11 = "I11", "Public";
        I12 = "I12", "Vie du réseau";
        I13 = "I13", "Réseau";
        I14 = "I14", "Comptes professionnels";
        I15 = "I15", "Complétude";
        I16 = "I16", "Publications";
        I17 = "I17", "Besoins exprimés";
        I18 = "I18", "Alertes et signalements";
    }
}

impl Indicator {
    /// What it counts (`domain.md` C). A phone does not hold what only the office tells.
    pub fn definition(self) -> &'static str {
        match self {
            Self::I1a => {
                "Somme, sur chaque compte professionnel, du dernier nombre d’abonnés relevé avant la fin de la période."
            }
            Self::I1b => {
                "Jeunes avec qui au moins un échange a eu lieu : somme des « première fois cette année » des interventions auprès de jeunes, l’année étant l’année civile. C’est le chiffre retenu pour « jeunes connectés »."
            }
            Self::I1c => {
                "Somme du nombre de jeunes présents à chaque échange, hors publications. Un même jeune compte à chaque échange."
            }
            Self::I1d => "Jeunes des projets et suivis de parcours en cours à un moment de la période.",
            Self::I2 => {
                "Nombre et part des interventions par type principal ; chaque intervention a un seul type, les parts font 100 %."
            }
            Self::I3 => {
                "Jeunes rencontrés en personne, pour la première fois dans l’année civile, à la suite d’un contact en ligne."
            }
            Self::I4 => {
                "Projets nés d’un contact en ligne et initiés pendant la période ; les suivis de parcours n’y sont pas."
            }
            Self::I5 => "Part de chaque réseau dans les interventions en ligne.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I5Space => {
                "Part de chaque forme d’échange dans toutes les interventions ; et, de celles en ligne, la part en privé (messages, appels), en groupe (discussions, directs, ateliers) et en public (commentaires, publications)."
            }
            Self::I6 => "Part des interventions qui abordent chaque thématique ; une intervention en a une à trois.",
            Self::I7 => {
                "Durée des présences, et des interventions notées hors présence ; divisée par les semaines de la période, jusqu’à ce jour, où chaque promeneur·euse était labellisé·e et non absent·e."
            }
            Self::I7Available => {
                "Part des minutes de présence passées le midi, après l’école, en soirée, le mercredi après-midi, le week-end ou pendant les vacances scolaires."
            }
            Self::I8 => {
                "Interventions à la suite desquelles quelqu’un a été orienté vers un collègue ou un partenaire."
            }
            Self::I9 => "Part des interventions à l’initiative d’un jeune.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I10 => "Jeunes vus pour la première fois cette année, sur l’ensemble des contacts-jeunes.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I11 => {
                "Interventions par public, individuelles ou collectives ; contacts-jeunes par tranche d’âge, là où les âges sont notés, avec la part des échanges où ils le sont."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I12 => {
                "Actions notées par la coordination, par nature ; aux réunions, formations et échanges de pratiques, présences sur promeneurs·euses en activité ces jours-là."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I14 => {
                "Comptes des promeneurs·euses labellisé·es à la fin de la période, par réseau ; part de ceux où l’on voit le prénom, la structure et une photo."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I13 => {
                "Promeneurs·euses labellisé·es le dernier jour de la période, ou aujourd’hui tant qu’elle dure, et structures où ils et elles sont ce jour-là, par type, avec leurs communes ; arrivées et départs pendant la période."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I16 => "Nombre de publications, et somme des vues ou réactions déclarées.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I17 => {
                "Promeneurs·euses dont un relevé de la période écrit un souhait de formation, ou une difficulté, par sujet ; qui en parle chaque mois compte une fois."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I18 => "Nombre d’interventions suivies d’une alerte ou d’un signalement.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I15 => {
                "Relevés d’activité transmis sur relevés attendus : un par mois pour chaque promeneur·euse labellisé·e et non absent·e."
            }
            #[cfg(not(any(feature = "ssr", feature = "office")))]
            _ => "",
        }
    }

    /// What one must know before quoting it.
    pub fn caveat(self) -> &'static str {
        match self {
            Self::I1a => {
                "Ce ne sont pas des personnes différentes d’un réseau à l’autre. Sous « Autre », une personne n’a qu’un compte."
            }
            Self::I1b => {
                "Un jeune connu de deux promeneurs·euses compte deux fois. « Cette année » est l’année civile : sur moins d’une année, ce sont les jeunes vus pour la première fois cette année-là pendant la période ; sur une année scolaire, qui en touche deux, un jeune vu à l’automne puis après janvier compte deux fois."
            }
            Self::I1c => "Ce n’est pas un nombre de jeunes différents.",
            Self::I1d => "Un jeune engagé dans deux projets compte deux fois.",
            Self::I2 => "Une intervention peut relever de plusieurs types ; seul le principal est compté.",
            Self::I3 => {
                "Repose sur ce que chaque promeneur·euse a noté ; une rencontre sans contact en ligne préalable n’est pas comptée. La première rencontre est celle de l’année civile : une année scolaire en touche deux."
            }
            Self::I4 => "Un projet né dans la structure, même accompagné en ligne, n’est pas compté ici.",
            Self::I5 => "Les interventions en présentiel ne sont pas comptées.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I5Space => "Une intervention a une seule forme : celle où l’essentiel s’est passé.",
            Self::I6 => "La somme des parts dépasse 100 %.",
            Self::I7 => "Une présence commencée et non terminée n’a pas encore de durée.",
            Self::I7Available => "Ces moments sont une convention : ils ne disent pas quand tel jeune est disponible.",
            Self::I8 => "Une intervention peut avoir plusieurs suites, ou aucune : la somme des parts n’est pas 100 %.",
            Self::I9 => "Repose sur ce que chaque promeneur·euse a noté.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I10 => "Un jeune déjà connu compte à chaque échange ; la part baisse donc au fil de l’année.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I11 => "L’âge se note quand on le connaît : la tranche de qui ne l’a pas dit reste inconnue.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I12 => "Ce que personne n’a noté n’y est pas.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I14 => "Un compte que personne n’a vérifié ne passe pas pour conforme.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I13 => "Qui est absent·e pour un temps reste labellisé·e.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I16 => "Déclaratif ; une même personne peut voir plusieurs publications.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I17 => {
                "Les sujets se reconnaissent aux mots des relevés : un texte peut en avoir plusieurs, ou aucun de connu."
            }
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I18 => "Donné pour le réseau entier seulement, jamais par structure, commune ou promeneur·euse.",
            #[cfg(any(feature = "ssr", feature = "office"))]
            Self::I15 => "Une saisie restée sur un téléphone n’est dans aucun chiffre tant qu’elle n’est pas envoyée.",
            #[cfg(not(any(feature = "ssr", feature = "office")))]
            _ => "",
        }
    }
}
