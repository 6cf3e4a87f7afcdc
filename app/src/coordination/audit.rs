//! « Actes d’administration »: what was done in the network's administration, by whom and when, as the trail keeps it.

use chrono::NaiveDateTime;
use leptos::prelude::*;

use super::address::{AUDIT, SERVICE};
use crate::domain::{
    coded::{Code, Coded, codes},
    fr,
};

codes! {
    /// What was done.
    Doing {
        Insert = "insert", "a ajouté";
        Update = "update", "a modifié";
        Delete = "delete", "a retiré";
        Export = "export", "a exporté";
    }

    /// To what: a table of the database, or a file that left the office.
    Subject {
        Network = "network", "les réglages du réseau";
        Structure = "structure", "une structure";
        Territory = "territory", "un territoire";
        Promeneur = "promeneur", "un·e promeneur·euse";
        Affiliation = "affiliation", "un rattachement";
        Leave = "promeneur_leave", "une absence";
        Holiday = "holiday", "des vacances scolaires";
        Account = "account", "un accès";
        Invitation = "invitation", "une invitation";
        Mail = "mail_outbox", "un e-mail d’invitation";
        Key = "access_key", "une clé d’accès aux chiffres";
        Device = "device", "un téléphone";
        Passkey = "passkey", "une clé pour entrer";
        Quarantine = "quarantine", "une saisie à vérifier";
        Helpline = "helpline", "un numéro utile";
        Objective = "objective", "un objectif";
        NetworkEvent = "network_event", "une action du journal du réseau";
        AccountCheck = "account_check", "un contrôle de compte professionnel";
        ImportFile = "import_file", "un import";
        RescueFile = "rescue_file", "un fichier de secours";
        BilanText = "bilan_text", "un texte de bilan";
        BilanVersion = "bilan_version", "une version de bilan";
        Dashboard = "dashboard", "un tableau de bord";
        Bilan = "bilan", "un bilan";
        Figures = "figures", "des chiffres, par une clé d’accès";
        OwnData = "own_data", "ses propres données";
    }

    /// Which part of it: those that say more than the subject does.
    Part {
        Name = "name", "nom";
        Kind = "type", "type";
        Commune = "commune", "commune";
        TerritoryId = "territory_id", "territoire";
        LabelledOn = "labelled_on", "labellisation";
        LeftOn = "left_on", "départ";
        UntilOn = "until_on", "fin";
        WeeklyMinutes = "weekly_minutes", "temps convenu";
        DisabledAt = "disabled_at", "fermeture";
        Login = "login", "identifiant";
        Passphrase = "password_hash", "phrase de passe";
        UsedAt = "used_at", "utilisation";
        EnrolAfter = "enrol_after", "nouveaux téléphones";
        RevokedAt = "revoked_at", "retrait";
        WithdrawnAt = "withdrawn_at", "retrait";
        UndoneAt = "undone_at", "import repris";
        DoneAt = "done_at", "import fait";
        SmallNumbers = "small_numbers", "seuil des petits nombres";
        ToldYears = "told_years", "années dont le détail se lit";
        AsksGender = "asks_gender", "question du genre";
        TextMonths = "text_months", "conservation des textes";
        DepartedMonths = "departed_months", "conservation après un départ";
        Resolution = "resolution", "décision";
        AskedAt = "asked_at", "question";
        Value = "value", "valeur";
        OnDay = "on_day", "date";
        Words = "words", "libellé";
    }
}

/// How many lines a page shows.
pub const LINES: i64 = 100;

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the network.
    pub seq: i64,
    /// When, as the clocks show it there.
    pub at: NaiveDateTime,
    /// Whether only the day is told.
    pub is_by_day: bool,
    /// Who; nobody where the account is gone.
    pub actor: Option<String>,
    /// Whether no account did it, but whoever runs the server or the service by itself.
    pub is_operator: bool,
    /// What was done.
    pub doing: Coded<Doing>,
    /// To what.
    pub subject: Coded<Subject>,
    /// Which one.
    pub key: String,
    /// Whom it is about.
    pub about: Option<String>,
    /// Which fields.
    pub fields: Vec<String>,
}

impl Line {
    /// When, in words.
    fn when(&self) -> String {
        let day = fr::date(self.at.date());
        if self.is_by_day { day } else { format!("{day}, {}", fr::time(self.at.time())) }
    }

    /// Who did what, as a sentence.
    pub fn sentence(&self) -> String {
        let who = match (&self.actor, self.is_operator) {
            (Some(name), _) => name.as_str(),
            (None, true) => "Le service",
            (None, false) => "Un accès qui n’existe plus",
        };
        // Of the others the key is ids and codes, which tell a person nothing.
        let is_said = self.subject.is(Subject::Helpline);
        let which = self
            .about
            .as_deref()
            .or_else(|| is_said.then_some(self.key.as_str()))
            .map_or_else(String::new, |which| format!(" : {which}"));
        let mut parts: Vec<&str> =
            self.fields.iter().filter_map(|field| Part::from_code(field)).map(Code::label).collect();
        parts.dedup();
        let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        let sentence = format!("{who} {} {}{which}{parts}", self.doing.label(), self.subject.label());
        fr::spaced(&sentence)
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The lines, the newest first.
    pub lines: Vec<Line>,
    /// Whether there are older ones.
    pub more: bool,
}

/// `/coordination/service/actes`.
#[component]
pub fn TrailPage(
    /// What to show.
    page: Trail,
) -> impl IntoView {
    let Trail { lines, more } = page;
    let older = lines.last().filter(|_| more).map(|last| {
        view! { <p><a class="btn" href=format!("{AUDIT}?avant={}", last.seq)>"Plus anciens"</a></p> }
    });
    let list = if lines.is_empty() {
        view! { <p class="quiet">"Rien n’a encore été fait."</p> }.into_any()
    } else {
        let items = lines
            .iter()
            .map(|line| {
                view! {
                    <li>
                        <p class="quiet">{line.when()}</p>
                        <p>{line.sentence()}</p>
                    </li>
                }
            })
            .collect_view();
        view! { <ol class="phones trail" reversed="">{items}</ol> }.into_any()
    };
    view! {
        <div class="report-head">
            <p><a href=SERVICE>"Service et données"</a></p>
            <h1>"Actes d’administration"</h1>
            <p class="quiet">
                "Qui a changé quoi, et ce qui a été exporté. La base écrit chaque ligne elle-même, avec l’acte, et les enchaîne\u{202f}: une ligne changée ou ôtée se voit. Ce que contenaient les champs n’y est pas."
            </p>
        </div>
        {list}
        {older}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn line() -> Line {
        Line {
            seq: 3,
            at: NaiveDate::from_ymd_opt(2026, 11, 29).unwrap().and_hms_opt(17, 12, 40).unwrap(),
            is_by_day: false,
            actor: Some("Claire".to_owned()),
            is_operator: false,
            doing: Doing::Update.into(),
            subject: Subject::Structure.into(),
            key: "0190a000-0000-7000-8000-000000000001".to_owned(),
            about: Some("MJC".to_owned()),
            fields: vec!["commune".to_owned(), "name".to_owned(), "withdrawn_at".to_owned(), "written_at".to_owned()],
        }
    }

    #[test]
    fn a_line_says_who_did_what_to_whom() {
        assert_eq!(line().sentence(), "Claire a modifié une structure\u{202f}: MJC (commune, nom, retrait)");
        assert_eq!(line().when(), "29\u{a0}novembre 2026, 17\u{202f}h\u{202f}12");
        let by_service = Line { actor: None, is_operator: true, about: None, fields: Vec::new(), ..line() };
        assert_eq!(by_service.sentence(), "Le service a modifié une structure");
        let number = Line { subject: Subject::Helpline.into(), key: "0465710043".to_owned(), ..by_service };
        assert_eq!(number.sentence(), "Le service a modifié un numéro utile\u{202f}: 0465710043");
    }

    #[test]
    fn of_somebody_in_the_field_the_day_is_told_and_not_the_hour() {
        assert_eq!(Line { is_by_day: true, ..line() }.when(), "29\u{a0}novembre 2026");
    }
}
