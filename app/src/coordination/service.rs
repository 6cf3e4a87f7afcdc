//! « Service »: how the server is, how long words are kept, what was erased, and what the notebook asks.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{AUDIT, NETWORK_LIFE, PHONES, SERVICE, TO_CHECK},
    notice::NoticeBox,
    phones::summary,
};
use crate::{
    api::phones::Phones,
    domain::{
        coded::{Code, codes},
        fr,
    },
    ui::fault::Refused,
};

codes! {
    /// Why a retention is not taken.
    RetentionFault {
        Texts = "text_months_out_of_range", "Les textes se gardent de 6 à 60 mois.";
        People = "departed_months_out_of_range", "Les accès des personnes parties se gardent de 1 à 36 mois.";
    }
}

/// How long words are kept, in months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Free text, counted from the evening that it is about.
    pub text_months: i16,
    /// The name and the access of somebody who left, counted from that day.
    pub departed_months: i16,
}

impl Retention {
    /// From what was typed.
    pub fn parse(texts: &str, people: &str) -> Result<Self, RetentionFault> {
        let months = |text: &str, least: i16, most: i16| {
            text.trim().parse::<i16>().ok().filter(|months| (least..=most).contains(months))
        };
        Ok(Self {
            text_months: months(texts, 6, 60).ok_or(RetentionFault::Texts)?,
            departed_months: months(people, 1, 36).ok_or(RetentionFault::People)?,
        })
    }
}

codes! {
    /// What has just been done, said above.
    Done {
        Kept = "enregistre", "C’est enregistré. L’effacement suivra la nuit prochaine.";
        Asked = "genre-demande", "C’est enregistré. Les carnets demanderont le genre dès qu’ils auront du réseau.";
        NotAsked = "genre-tu", "C’est enregistré. Les carnets ne demanderont plus le genre dès qu’ils auront du réseau ; ce qui est noté reste.";
    }
}

/// What a run of the erasing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// On which day.
    pub on: NaiveDate,
    /// Entries whose free text was erased.
    pub texts: i64,
    /// People who left, whose name and access were erased.
    pub people: i64,
    /// Invitations and decided entries of long ago.
    pub others: i64,
}

impl Run {
    fn words(self) -> String {
        let erased: Vec<String> = [
            (self.texts, "saisie sans ses textes", "saisies sans leurs textes"),
            (self.people, "nom de personne partie", "noms de personnes parties"),
            (self.others, "ancienne décision ou invitation", "anciennes décisions ou invitations"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| fr::count(count, one, many))
        .collect();
        let erased = if erased.is_empty() { "rien à effacer".to_owned() } else { erased.join(", ") };
        format!("{} : {erased}", fr::date(self.on))
    }
}

/// How the chain of the trail was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Whole: so many lines, and the beginning of the last one's hash.
    Whole(i64, String),
    /// Broken from this line on.
    Broken(i64),
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Service {
    /// The release that answers.
    pub version: &'static str,
    /// Which `PostgreSQL` answers.
    pub database: String,
    /// When everything was last copied.
    pub backup_on: Option<NaiveDate>,
    /// The phones, and the build of the notebook that they get.
    pub phones: Phones,
    /// How many entries wait for a decision.
    pub to_check: i64,
    /// The trail.
    pub chain: Chain,
    /// How long words are kept.
    pub retention: Retention,
    /// What was erased of late, the newest first.
    pub runs: Vec<Run>,
    /// What was typed and not taken, and why.
    pub refused: Option<(String, String, RetentionFault)>,
    /// Whether the notebook asks for the gender of young people (`domain.md` B7).
    pub asks_gender: bool,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/coordination/service`.
#[component]
pub fn ServicePage(
    /// What to show.
    page: Service,
) -> impl IntoView {
    let notice = page.done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let backup = page.backup_on.map_or_else(
        || "Aucune sauvegarde n’est connue : demandez à qui tient le serveur.".to_owned(),
        |on| format!("Le {}.", fr::date(on)),
    );
    let (chain, is_broken) = match &page.chain {
        Chain::Whole(0, _) => ("Aucun acte n’est encore noté.".to_owned(), false),
        Chain::Whole(lines, head) => {
            let noted = fr::count(*lines, "acte noté", "actes notés");
            (format!("{noted} ; la chaîne est entière. Empreinte du dernier : {head}."), false)
        }
        Chain::Broken(at) => (
            format!("La ligne {at} a été changée ou manque : prévenez qui tient le serveur, et gardez une copie."),
            true,
        ),
    };
    let Retention { text_months, departed_months } = page.retention;
    let (texts, people, fault) = match page.refused {
        Some((texts, people, fault)) => (texts, people, Some(fault)),
        None => (text_months.to_string(), departed_months.to_string(), None),
    };
    let runs = if page.runs.is_empty() {
        view! { <p class="quiet">"Rien n’a encore été effacé."</p> }.into_any()
    } else {
        let items = page.runs.iter().map(|run| view! { <li>{fr::spaced(&run.words())}</li> }).collect_view();
        view! { <ul class="bullets">{items}</ul> }.into_any()
    };
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Service et données"</h1>
            <p class="quiet">"Comment va le serveur, combien de temps les textes sont gardés, et qui a fait quoi."</p>
            {notice}
        </div>
        <dl class="facts service">
            <div><dt>"Version"</dt><dd>{format!("{}, carnet {}", page.version, page.phones.build)}</dd></div>
            <div><dt>"Base de données"</dt><dd>{page.database}</dd></div>
            <div><dt>"Dernière sauvegarde"</dt><dd>{fr::spaced(&backup)}</dd></div>
            <div><dt>"Sur les téléphones"</dt><dd>{summary(&page.phones)} " " <a href=PHONES>"Voir les téléphones"</a></dd></div>
            <div><dt>"À vérifier"</dt><dd>{fr::count(page.to_check, "saisie", "saisies")} " " <a href=TO_CHECK>"Voir ce qui attend"</a></dd></div>
            <div>
                <dt>"Actes d’administration"</dt>
                <dd data-alarm=is_broken.then_some("")>{fr::spaced(&chain)} " " <a href=AUDIT>"Voir les actes"</a></dd>
            </div>
        </dl>
        <section class="form decision" aria-labelledby="garder">
            <h2 id="garder">"Combien de temps"</h2>
            <p class="quiet">
                "Chaque nuit, ce qui dépasse est effacé du serveur\u{202f}; les téléphones suivent à leur prochaine connexion. Les chiffres restent."
            </p>
            <form class="form" method="post" action=SERVICE aria-labelledby="garder">
                {months("textes", "Notes, titres et textes des relevés, en mois", texts, fault.filter(|it| *it == RetentionFault::Texts), (6, 60))}
                {months("departs", "Nom et accès de qui a quitté le réseau, en mois", people, fault.filter(|it| *it == RetentionFault::People), (1, 36))}
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
        </section>
        <section class="form decision" aria-labelledby="demander">
            <h2 id="demander">"Ce que le carnet demande"</h2>
            <form class="form" method="post" action=format!("{SERVICE}/genre") aria-labelledby="demander">
                <div class="field">
                    <label class="check">
                        <input type="checkbox" name="genre" value="1" checked=page.asks_gender aria-describedby="a-genre" />
                        "Le genre des jeunes, en plus de leur âge"
                    </label>
                    <p class="quiet" id="a-genre">
                        "Toujours facultatif, en nombres\u{202f}: filles ou femmes, garçons ou hommes, autre ou non précisé. Le cahier des charges ne le demande pas. Il se lit au tableau de bord, du réseau entier seulement\u{202f}; ni la Caf, ni le comité, ni les structures ne le reçoivent."
                    </p>
                </div>
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
        </section>
        <section class="reading" aria-labelledby="efface">
            <h2 id="efface">"Ce qui a été effacé"</h2>
            {runs}
            <p><a class="lone" href="/donnees">"Ce que Lanterne garde, et pourquoi"</a></p>
        </section>
    }
    .into_any()
}

fn months(
    name: &'static str,
    label: &'static str,
    value: String,
    fault: Option<RetentionFault>,
    (least, most): (i64, i64),
) -> AnyView {
    let line = fault.map(|fault| Refused::of(fault).line(format!("f-{name}")));
    view! {
        <div class="field">
            <label class="field-label" for=name>{label} " " <span class="quiet">{format!("de {least} à {most}")}</span></label>
            <input
                class="input narrow"
                id=name
                name=name
                inputmode="numeric"
                required
                value=value
                aria-invalid=fault.map(|_| "true")
                aria-describedby=fault.map(|_| format!("f-{name}"))
            />
            {line}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_within_bounds() {
        assert_eq!(Retention::parse(" 24 ", "12"), Ok(Retention { text_months: 24, departed_months: 12 }));
        for (texts, people, fault) in [
            ("5", "12", RetentionFault::Texts),
            ("", "12", RetentionFault::Texts),
            ("61", "0", RetentionFault::Texts),
            ("24", "0", RetentionFault::People),
            ("24", "37", RetentionFault::People),
            ("24", "douze", RetentionFault::People),
        ] {
            assert_eq!(Retention::parse(texts, people), Err(fault), "{texts} {people}");
        }
    }

    #[test]
    fn a_run_says_what_it_erased() {
        let run = Run { on: NaiveDate::from_ymd_opt(2026, 11, 29).unwrap(), texts: 1, people: 0, others: 2 };
        assert_eq!(
            run.words(),
            "29\u{a0}novembre 2026 : 1 saisie sans ses textes, 2 anciennes décisions ou invitations"
        );
        assert!(Run { texts: 0, others: 0, ..run }.words().ends_with("rien à effacer"));
    }
}
