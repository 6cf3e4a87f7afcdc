//! Spreadsheets of past activity: read, shown, taken whole or not at all, and known again.

use app::{domain::measure::Measure, sync::outbox::EntryState};
use axum::http::StatusCode;
use server::{
    clock,
    db::people,
    demo::{
        create_people,
        year::{Promeneur, SchoolYear},
    },
    import::sheet::LARGEST,
};

use crate::{
    forms::IMPORTS,
    harness::{Answer, Office},
    messages::{Person, meeting},
    phone::Phone,
    school_year::{Expected, compare, expected},
};

impl Office {
    async fn bring(&self, who: &Person, kind: &str, text: impl AsRef<[u8]>) -> Answer {
        self.upload_to(who, IMPORTS, &[("contenu", kind)], "fichier", "Suivi 2025.csv", text.as_ref()).await
    }

    /// Brings a file that can be read; its page.
    async fn read(&self, who: &Person, kind: &str, text: impl AsRef<[u8]>) -> String {
        let answer = self.bring(who, kind, text).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        answer.header("location").to_owned()
    }

    async fn preview(&self, who: &Person, page: &str) -> String {
        let answer = self.get(page, &who.cookie).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.text()
    }

    /// Says what columns and words are for; what is shown then.
    async fn say(&self, who: &Person, page: &str, answers: &[(&str, &str)]) -> String {
        let answer = self.submit(who, page, answers).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, format!("{page}#apercu").as_str())
        );
        self.preview(who, page).await
    }

    /// Takes a file as it is shown; what is then said of it.
    async fn take(&self, who: &Person, page: &str) -> String {
        let seal = seal(&self.preview(who, page).await).expect("it can be taken");
        let answer = self.submit(who, &format!("{page}/importer"), &[("apercu", &seal)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = self.preview(who, answer.header("location")).await;
        page.split("role=\"status\"")
            .nth(1)
            .and_then(|rest| rest.split("<p>").nth(1)?.split("</p>").next())
            .expect("a word")
            .to_owned()
    }
}

/// What stands for what was seen, where it can be taken.
fn seal(page: &str) -> Option<String> {
    Some(page.split("name=\"apercu\" value=\"").nth(1)?.split('"').next()?.to_owned())
}

/// The sentences above the preview.
fn ends(page: &str) -> Vec<String> {
    let list =
        page.split("<div class=\"form\"><ul class=\"bullets\">").nth(1).and_then(|rest| rest.split("</ul>").next());
    let list = list.expect("a list of ends");
    list.split("<li>").skip(1).map(|item| item.trim_end_matches("</li>").replace(['\u{202f}', '\u{a0}'], " ")).collect()
}

/// What is wrong: line, column, value, why.
fn faults(page: &str) -> Vec<[String; 4]> {
    let list = page.split("<ul class=\"faults\">").nth(1).and_then(|rest| rest.split("</ul>").next());
    let item = |item: &str| {
        let (place, rest) = item.strip_prefix("<p><b>Ligne ")?.split_once("</b>")?;
        let (line, column) = place.split_once(", ")?;
        let (value, why) = rest.split_once("</p><p>")?;
        let value = value.trim_matches([' ', '«', '»', '\u{202f}']);
        let why = why.trim_end_matches("</p></li>").replace('\u{202f}', " ");
        Some([line.to_owned(), column.to_owned(), value.to_owned(), why])
    };
    let items = list.unwrap_or_default().split("<li>").skip(1);
    items.map(|text| item(text).expect("a line, a column, a value, and why")).collect()
}

const FILES: [(&str, &str, &str); 5] = [
    ("presence", include_str!("../../src/demo/data/presences.csv"), "1 228"),
    ("intervention", include_str!("../../src/demo/data/interventions.csv"), "2 165"),
    ("meeting", include_str!("../../src/demo/data/meetings.csv"), "25"),
    ("project", include_str!("../../src/demo/data/projects.csv"), "28"),
    ("account_snapshot", include_str!("../../src/demo/data/account_snapshots.csv"), "303"),
];

/// What the words `p1` … `p10` of the files mean here.
fn words(promeneurs: &[Promeneur], ids: &[String]) -> Vec<(String, String)> {
    let mut answers: Vec<(String, String)> =
        promeneurs.iter().zip(ids).map(|(it, id)| (format!("mot-promeneur:{}", it.id), id.clone())).collect();
    answers.push(("fixe-stage".to_owned(), "realisation".to_owned()));
    answers
}

/// A school year that comes as five spreadsheets gives the figures of the separate program; so does it after it was taken
/// back and brought again; and brought twice it counts once.
#[tokio::test]
async fn a_school_year_of_spreadsheets_gives_the_expected_figures() {
    let mut office = Office::open().await;
    let year = SchoolYear::read().expect("the data");
    office.scheme = clock::fresh_scheme();
    let people = create_people(&office.db, office.scheme, &year).await.expect("people");
    let coordinator = office.coordinator().await;
    let ids: Vec<String> = people.iter().map(|me| me.promeneur.expect("a promeneur").to_string()).collect();
    let answers = words(&year.promeneurs, &ids);
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut pages = Vec::new();
    for (kind, text, count) in FILES {
        let page = office.read(&coordinator, kind, text).await;
        assert_eq!(seal(&office.preview(&coordinator, &page).await), None, "{kind}: nobody said who is who");
        let shown = office.say(&coordinator, &page, &answers).await;
        assert_eq!((faults(&shown), ends(&shown).len()), (Vec::new(), 1), "{kind}: {:?}", ends(&shown));
        let said = office.take(&coordinator, &page).await.replace('\u{202f}', " ");
        assert!(
            said.starts_with(&format!("Le fichier est dans le carnet : {count} saisies ajoutées")),
            "{kind}: {said}"
        );
        pages.push(page);
    }
    let check = async || {
        let mut compared = 0;
        for Expected { scope, address, periods } in expected(&office, &coordinator, &year).await {
            for (days, wanted) in periods {
                let dashboard = office.dashboard(&coordinator, &days, &address).await;
                compared += compare(&scope, &days, &wanted, &dashboard.sums);
            }
        }
        assert_eq!(compared, 7 * 6 * 28);
    };
    check().await;
    crate::recount::check(&office, &coordinator, "2025-2026").await;
    crate::recount::check_rebuild(&office).await;

    // The same files once more: everything is there.
    for (kind, text, count) in FILES {
        let page = office.read(&coordinator, kind, text).await;
        let shown = office.say(&coordinator, &page, &answers).await;
        assert_eq!(ends(&shown), [format!("{count} lignes sont déjà dans le carnet.")], "{kind}");
        assert_eq!(seal(&shown), None);
        office.submit(&coordinator, &format!("{page}/abandonner"), &[]).await;
    }
    assert_eq!(office.number("select count(*) from import_file where content is not null").await, 0);

    // Taken back, nothing is left in the figures; brought again, all of it is.
    for page in &pages[1..3] {
        let asked = office.preview(&coordinator, &format!("{page}/retirer")).await;
        assert!(asked.contains("saisies</button>"), "{asked}");
        office.submit(&coordinator, &format!("{page}/retirer"), &[]).await;
    }
    let sums = office.dashboard(&coordinator, "2025-2026", "reseau").await.sums;
    assert_eq!((sums.interventions(), sums.met()), (0, 0));
    for (kind, text, count) in &FILES[1..3] {
        let page = office.read(&coordinator, kind, text).await;
        office.say(&coordinator, &page, &answers).await;
        let said = office.take(&coordinator, &page).await.replace('\u{202f}', " ");
        assert!(said.contains(&format!("{count} saisies ajoutées")), "{said}");
    }
    check().await;
    crate::recount::check_rebuild(&office).await;

    // Whose they are has them on the phone, and may correct them.
    let phone = Phone::of(&office, office.sign_in_as(people[0].clone()).await);
    let round = phone.round().await;
    assert_eq!(round.fault, None);
    let own = year.promeneurs[0].records.iter().filter(|(_, body)| body.draft.kind() != "statement").count();
    assert_eq!(phone.store.entries().iter().filter(|entry| !entry.deleted).count(), own);
}

const MEETINGS: &str = "Réf;Qui;Date;Nb jeunes;Rencontrés;Commentaire\n\
     a;ANNE;02/11/2026;20;3;Stand au lycée\n\
     b;Anne;03/11/2026;20;2;Voir Léa Martin au 06 12 34 56 78\n";

/// One promeneur, her coordinator, and a file of two meetings that was taken.
async fn two_meetings() -> (Office, Person, Person, String) {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let page = office.read(&coordinator, "meeting", MEETINGS).await;
    let shown = office.preview(&coordinator, &page).await;
    assert_eq!(
        ends(&shown),
        [
            "2 lignes sont nouvelles.",
            "1 ligne est prise sans sa note : elle contient peut-être un nom, un numéro, un pseudo ou un lien."
        ]
    );
    let said = office.take(&coordinator, &page).await;
    assert!(said.contains("2 saisies ajoutées"), "{said}");
    (office, coordinator, anne, page)
}

#[tokio::test]
async fn a_file_that_was_corrected_corrects_what_nobody_has_touched() {
    let (office, coordinator, anne, _) = two_meetings().await;
    let met = async || office.dashboard(&coordinator, "2026", "reseau").await.sums.met();
    let bodies = "select count(*) from record where body::text like '%Martin%'";
    assert_eq!((met().await, office.number(bodies).await), (5, 0));
    // Anne corrects the second one herself, then the spreadsheet is corrected in both, and grows by one.
    let phone = Phone::of(&office, anne);
    phone.round().await;
    let entry = phone.store.entries().into_iter().find(|entry| entry.body.contains("2026-11-03")).expect("the second");
    phone.save(entry.id, entry.body.replace("\"met_after_online_count\":2", "\"met_after_online_count\":4"));
    assert_eq!(phone.round().await.settled, 1);
    assert_eq!(met().await, 7);
    let corrected = format!("{}c;Anne;05/11/2026;1;1;\n", MEETINGS.replace(";3;", ";6;").replace(";2;", ";9;"));
    let page = office.read(&coordinator, "meeting", corrected.as_bytes()).await;
    let shown = office.preview(&coordinator, &page).await;
    assert_eq!(
        ends(&shown),
        [
            "1 ligne est nouvelle.",
            "1 ligne corrige ce qu’un fichier avait apporté.",
            "1 ligne a été modifiée depuis dans le carnet : elle y reste telle quelle.",
        ]
    );
    assert!(office.take(&coordinator, &page).await.contains("1 saisie ajoutée, 1 corrigée, 1 ligne laissée de côté"));
    assert_eq!(met().await, 6 + 4 + 1);
    // The phone takes the correction in, and what Anne withdraws is not brought back.
    phone.round().await;
    let entries = phone.store.entries();
    assert!(entries.iter().all(|entry| entry.state == EntryState::Synced));
    let third = entries.iter().find(|entry| entry.body.contains("2026-11-05")).expect("the third");
    phone.withdraw(third.id);
    phone.round().await;
    let page = office.read(&coordinator, "meeting", corrected.as_bytes()).await;
    let shown = office.preview(&coordinator, &page).await;
    assert!(ends(&shown).contains(&"1 ligne a été retirée depuis dans le carnet : elle n’y revient pas.".to_owned()));
    assert_eq!((seal(&shown), met().await), (None, 10));
}

#[tokio::test]
async fn what_was_changed_since_stays_when_a_file_is_taken_back() {
    let (office, coordinator, anne, page) = two_meetings().await;
    let phone = Phone::of(&office, anne);
    phone.round().await;
    let entry = phone.store.entries().into_iter().find(|entry| entry.body.contains("2026-11-03")).expect("the second");
    phone.save(entry.id, entry.body.replace("\"met_after_online_count\":2", "\"met_after_online_count\":4"));
    phone.round().await;
    let asked = office.preview(&coordinator, &format!("{page}/retirer")).await;
    assert!(asked.contains("Retirer 1") && asked.contains("elle y reste"), "{asked}");
    office.submit(&coordinator, &format!("{page}/retirer"), &[]).await;
    let dashboard = office.dashboard(&coordinator, "2026", "reseau").await;
    assert_eq!(dashboard.sums.met(), 4);
    // Twice is once.
    let again = office.submit(&coordinator, &format!("{page}/retirer"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    // The other row may come again, the one that stayed is not doubled.
    let page = office.read(&coordinator, "meeting", MEETINGS).await;
    let shown = office.preview(&coordinator, &page).await;
    assert_eq!(
        ends(&shown)[..2],
        [
            "1 ligne est nouvelle.".to_owned(),
            "1 ligne a été modifiée depuis dans le carnet : elle y reste telle quelle.".to_owned()
        ]
    );
}

#[tokio::test]
async fn a_day_that_is_noted_already_is_asked_about() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let phone = Phone::of(&office, anne);
    let body = meeting(2);
    let day = body.split("\"occurred_on\":\"").nth(1).and_then(|rest| rest.get(..10)).expect("a day").to_owned();
    phone.save(crate::messages::fresh_record(), body);
    phone.round().await;
    let file = format!("promeneur,date,jeunes\nAnne,{day},2\nAnne,2025-03-04,5\n");
    let page = office.read(&coordinator, "meeting", file).await;
    let shown = office.preview(&coordinator, &page).await;
    assert_eq!((seal(&shown), ends(&shown).len()), (None, 1));
    assert!(shown.contains("d’une journée où la personne a déjà noté"), "{shown}");
    let skipping = office.say(&coordinator, &page, &[("meme-jour", "skip")]).await;
    assert!(skipping.contains("Importer 1\u{a0}saisie") || skipping.contains("Importer 1 saisie"), "{skipping}");
    let taking = office.say(&coordinator, &page, &[("meme-jour", "take")]).await;
    assert_ne!(seal(&skipping), seal(&taking));
    // What was seen before is not what would be taken now.
    let old = seal(&skipping).expect("a seal");
    let refused = office.submit(&coordinator, &format!("{page}/importer"), &[("apercu", &old)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("data-code=\"import_changed\""));
    office.say(&coordinator, &page, &[("meme-jour", "skip")]).await;
    assert!(office.take(&coordinator, &page).await.contains("1 saisie ajoutée, 1 ligne laissée de côté"));
    assert_eq!(office.dashboard(&coordinator, "2026", "reseau").await.sums.total(Measure::Meetings), 1);
    assert_eq!(office.dashboard(&coordinator, "2025", "reseau").await.sums.total(Measure::Meetings), 1);
}

/// A spreadsheet as one finds it: words of its own, columns that are lacking, faults in rows.
#[tokio::test]
async fn words_and_gaps_are_explained_and_faults_are_told_row_by_row() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne Martin").await);
    let file = "Qui;Date;Heure;Réseau;Thème;Type;Nb jeunes;Durée\n\
        MARTIN Anne;12/09/2025;21h10;Insta;Santé, Mal-être;Écoute;1;20 min\n\
        Anne M.;13/09/2025;;Snapchat;Sport;Informer;2;1h\n\
        TOTAL;;;;;;3;\n\
        MARTIN Anne;31/02/2025;25:00;Snapchat;Santé;Écoute;beaucoup;=2+2\n\
        MARTIN Anne;12/09/2035;;Snapchat;Santé;Écoute;-1;\n";
    let windows = encoding_of_windows(file);
    let page = office.read(&coordinator, "intervention", windows).await;
    let shown = office.preview(&coordinator, &page).await;
    for label in ["Forme de l’échange", "Individuel ou collectif", "À l’initiative de", "Public"] {
        assert!(shown.contains(&format!("<li>{label}</li>")), "{label}: {shown}");
    }
    let fixed = [
        ("fixe-channel", "private_message"),
        ("fixe-setting", "individual"),
        ("fixe-initiator", "young_person"),
        ("fixe-audience", "young"),
    ];
    let shown = office.say(&coordinator, &page, &fixed).await;
    let found = faults(&shown);
    let of = |line: &str| -> Vec<(&str, &str, &str)> {
        let rows = found.iter().filter(|row| row[0] == line);
        rows.map(|row| (row[1].as_str(), row[2].as_str(), row[3].as_str())).collect()
    };
    let unknown = "Ce mot n’est dans aucune liste du carnet : dites plus haut ce qu’il veut dire.";
    assert_eq!(of("2"), [("Réseau", "Insta", unknown)]);
    assert_eq!(of("3"), [("Qui", "Anne M.", "Personne de ce nom dans le réseau."), ("Thème", "Sport", unknown)]);
    assert_eq!(of("4")[0].0, "Qui");
    let told: Vec<&str> = of("5").iter().map(|(column, ..)| *column).collect();
    assert_eq!(told, ["Durée", "Nb jeunes", "Date", "Heure"]);
    let told: Vec<&str> = of("6").iter().map(|(_, _, why)| *why).collect();
    assert_eq!(told, ["Cette date est dans le futur.", "Ce nombre ne peut pas être négatif."]);

    let id = anne.me.promeneur.expect("a promeneur").to_string();
    let said = [
        ("mot-network:Insta", "instagram"),
        ("mot-themes:Sport", "leisure"),
        ("mot-promeneur:Anne M.", id.as_str()),
        ("mot-promeneur:TOTAL", "-"),
    ];
    let shown = office.say(&coordinator, &page, &said).await;
    let lines: Vec<String> = faults(&shown).into_iter().map(|[line, ..]| line).collect();
    assert!(lines.iter().all(|line| line == "5" || line == "6"), "{lines:?}");
    // As long as a row is wrong nothing is taken, whatever is asked.
    assert_eq!(seal(&shown), None);
    let forged = office.submit(&coordinator, &format!("{page}/importer"), &[("apercu", "")]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.number("select count(*) from record").await, 0);

    // The same without the rows that were wrong.
    let mut good = file.lines().take(4).collect::<Vec<_>>().join("\n");
    good.push('\n');
    let page = office.read(&coordinator, "intervention", good).await;
    let answers: Vec<(&str, &str)> = fixed.into_iter().chain(said).collect();
    let shown = office.say(&coordinator, &page, &answers).await;
    assert_eq!(ends(&shown), ["2 lignes sont nouvelles.", "1 ligne n’est à personne : laissée de côté."]);
    office.take(&coordinator, &page).await;
    let sums = office.dashboard(&coordinator, "2025", "reseau").await.sums;
    assert_eq!((sums.interventions(), sums.minutes(), sums.contacts()), (2, 80, 3));
    let themes: Vec<String> = sums.keys(Measure::Themes).into_iter().map(|(key, _)| key.to_owned()).collect();
    assert_eq!(themes, ["health", "ill_being", "leisure"]);
}

fn encoding_of_windows(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Latin")).collect()
}

/// Without a column for it, an intervention lies in the presence that was noted for its moment: its minutes count once.
#[tokio::test]
async fn an_intervention_lies_in_the_presence_of_its_moment() {
    let office = Office::open().await;
    let (coordinator, _) = (office.coordinator().await, office.promeneur("Anne").await);
    let presences = "qui;jour;de;à;réseau\nAnne;12/09/2025;21:00;0:30;Discord\n";
    let page = office.read(&coordinator, "presence", presences).await;
    office.take(&coordinator, &page).await;
    let head = "qui;date;heure;duree;type;reseau;canal;cadre;initiative;theme;public;jeunes";
    let rest = "Écoute;Discord;Message privé;Individuel;Le jeune;Santé;Jeune(s);1";
    let file = format!("{head}\nAnne;12/09/2025;21:10;15;{rest}\nAnne;12/09/2025;20:00;15;{rest}\n");
    let page = office.read(&coordinator, "intervention", file).await;
    office.take(&coordinator, &page).await;
    let sums = office.dashboard(&coordinator, "2025", "reseau").await.sums;
    assert_eq!((sums.presence_minutes(), sums.minutes()), (210, 225));
    // After midnight: a day beside a time is that of the evening, of a presence and of what is done in it; a day and a time in
    // one cell are the calendar's.
    let presences =
        "qui;jour;de;à;réseau\nAnne;19/09/2025;0:15;1:15;Discord\nAnne;26/09/2025;0:15;26/09/2025 1:15;Discord\n";
    let page = office.read(&coordinator, "presence", presences).await;
    assert!(office.preview(&coordinator, &page).await.contains("dans la nuit du 12 au 13"));
    office.take(&coordinator, &page).await;
    let file = format!("{head}\nAnne;19/09/2025;0:30;15;{rest}\nAnne;20/09/2025 0:45;;15;{rest}\n");
    let page = office.read(&coordinator, "intervention", file).await;
    office.take(&coordinator, &page).await;
    let sums = office.dashboard(&coordinator, "2025-09-20..2025-09-20", "reseau").await.sums;
    assert_eq!(sums.presence_minutes(), 60, "the night to the 20th");
    let sums = office.dashboard(&coordinator, "2025-09-19..2025-09-20", "reseau").await.sums;
    assert_eq!((sums.presence_minutes(), sums.minutes()), (60, 60), "what was done in it counts no minute of its own");
    let sums = office.dashboard(&coordinator, "2025-09-26..2025-09-26", "reseau").await.sums;
    assert_eq!(sums.presence_minutes(), 60, "an end with its day says that days are the calendar's");
    assert_eq!(office.dashboard(&coordinator, "2025-09-19..2025-09-19", "reseau").await.sums.interventions(), 2);
    // A presence that the file names must be there.
    let file = format!("{head};presence\nAnne;13/09/2025;21:10;15;{rest};pr9\n");
    let page = office.read(&coordinator, "intervention", file).await;
    let shown = office.preview(&coordinator, &page).await;
    assert_eq!(faults(&shown)[0][..3], ["2".to_owned(), "presence".to_owned(), "pr9".to_owned()]);
    assert_eq!(seal(&shown), None);
}

/// In whatever order the files come, what was done in a presence counts no minute beside it (I7); once a presence is corrected
/// it holds what lies in it then.
#[tokio::test]
async fn presences_that_come_after_what_was_done_in_them_hold_it() {
    let office = Office::open().await;
    let (coordinator, _) = (office.coordinator().await, office.promeneur("Anne").await);
    let head = "qui;date;heure;duree;type;reseau;canal;cadre;initiative;theme;public;jeunes";
    let rest = "Écoute;Discord;Message privé;Individuel;Le jeune;Santé;Jeune(s);1";
    let acts = format!("{head}\nAnne;12/09/2025;21:10;15;{rest}\nAnne;12/09/2025;20:00;15;{rest}\n");
    let minutes = async || {
        let sums = office.dashboard(&coordinator, "2025", "reseau").await.sums;
        crate::recount::check(&office, &coordinator, "2025").await;
        (sums.presence_minutes(), sums.minutes())
    };
    let page = office.read(&coordinator, "intervention", acts.as_str()).await;
    office.take(&coordinator, &page).await;
    assert_eq!(minutes().await, (0, 30));
    let presence =
        |from: &str, until: &str| format!("réf;qui;jour;de;à;réseau\np1;Anne;12/09/2025;{from};{until};Discord\n");
    let page = office.read(&coordinator, "presence", presence("21:00", "23:00")).await;
    let shown = ends(&office.preview(&coordinator, &page).await);
    assert!(shown.iter().any(|end| end.starts_with("1 intervention du carnet change de présence")), "{shown:?}");
    office.take(&coordinator, &page).await;
    assert_eq!(minutes().await, (120, 135));
    // What was put into it stands as the file wrote it, and is known again.
    let again = office.read(&coordinator, "intervention", acts.as_str()).await;
    assert_eq!(ends(&office.preview(&coordinator, &again).await), ["2 lignes sont déjà dans le carnet."]);
    let page = office.read(&coordinator, "presence", presence("19:30", "20:30")).await;
    office.take(&coordinator, &page).await;
    assert_eq!(minutes().await, (60, 75));

    // Where the file names presences, what names none took place outside, and so did what the hours deny; it settles, however
    // often.
    let acts = format!(
        "{head};presence\nAnne;19/09/2025;21:10;15;{rest};\nAnne;19/09/2025;20:00;15;{rest};p2\nAnne;19/09/2025;;15;{rest};\n"
    );
    let presence = "réf;qui;jour;de;à;réseau\np2;Anne;19/09/2025;21:00;23:00;Discord\n";
    let page = office.read(&coordinator, "presence", presence).await;
    office.take(&coordinator, &page).await;
    let page = office.read(&coordinator, "intervention", acts.as_str()).await;
    office.take(&coordinator, &page).await;
    assert_eq!(minutes().await, (180, 240));
    let again = office.read(&coordinator, "intervention", acts.as_str()).await;
    assert_eq!(ends(&office.preview(&coordinator, &again).await), ["3 lignes sont déjà dans le carnet."]);
}

#[tokio::test]
async fn a_hostile_file_is_refused_in_a_sentence_and_nothing_is_kept() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let large = vec![b'a'; LARGEST + 1];
    let larger = vec![b'a'; LARGEST + 1024 * 1024];
    let many = format!("a;b\n{}", "1;2\n".repeat(10_001));
    let wide = format!("{}\n1\n", "a;".repeat(61));
    let long = format!("a\n{}\n", "x".repeat(2_001));
    let refusals: [(&str, &[u8], u16, &str, &str); 13] = [
        ("meeting", b"", 400, "import_missing", ""),
        ("autre", b"a\n1\n", 400, "import_kind", ""),
        ("statement", b"a\n1\n", 400, "import_kind", ""),
        ("meeting", &large, 413, "import_too_large", ""),
        ("meeting", &larger, 413, "import_too_large", ""),
        ("meeting", many.as_bytes(), 400, "import_too_many_rows", ""),
        ("meeting", wide.as_bytes(), 400, "import_too_many_columns", ""),
        ("meeting", long.as_bytes(), 400, "import_long_cell", "Ligne 2"),
        ("meeting", b"PK\x03\x04\x14\0", 400, "import_workbook", ""),
        ("meeting", b"a;b\n\0\x01;2\n", 400, "import_not_text", ""),
        ("meeting", b"a;b\n1;\"2\n3;4\n", 400, "import_quote", "Ligne 2"),
        ("meeting", b"a;b\n1;2;3\n", 400, "import_uneven", "Ligne 2"),
        ("meeting", b"a;b\n", 400, "import_empty", ""),
    ];
    for (kind, bytes, status, code, line) in refusals {
        let answer = office.bring(&coordinator, kind, bytes).await;
        assert_eq!(answer.status.as_u16(), status, "{code}");
        let page = answer.text();
        assert!(page.contains(&format!("data-code=\"{code}\"")) && page.contains(line), "{code}: {page}");
    }
    assert_eq!(office.number("select count(*) from import_file").await, 0);

    // Formulas are no numbers, days or texts, and markup is no markup.
    office.promeneur("Anne").await;
    let file = "qui;date;jeunes;note\n\
        Anne;02/11/2026;3;\"=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\"\n\
        Anne;=TODAY();=1+1;bien\n\
        <script>alert(1)</script>;02/11/2026;3;@SUM(A1)\n";
    let page = office.read(&coordinator, "meeting", file).await;
    let shown = office.preview(&coordinator, &page).await;
    assert!(!shown.contains("<script>alert"), "{shown}");
    let told: Vec<(String, String)> = faults(&shown).into_iter().map(|[line, column, ..]| (line, column)).collect();
    let at = |line: &str, column: &str| told.contains(&(line.to_owned(), column.to_owned()));
    assert!(at("2", "note") && at("3", "date") && at("3", "jeunes") && at("4", "qui") && at("4", "note"), "{told:?}");
    // At most five files wait.
    for _ in 0..4 {
        office.read(&coordinator, "meeting", MEETINGS).await;
    }
    let sixth = office.bring(&coordinator, "meeting", MEETINGS).await;
    assert_eq!(sixth.status, StatusCode::CONFLICT);
    assert!(sixth.text().contains("data-code=\"import_many\""));
    // Nobody decides about them: after a week they are gone, with all that people had typed.
    let later = "update import_file set received_at = received_at - interval '8 days'";
    sqlx::query(later).execute(&mut office.owner().await).await.expect("a week");
    assert!(!office.preview(&coordinator, IMPORTS).await.contains("Suivi 2025.csv"));
    assert_eq!(office.number("select count(*) from import_file").await, 0);
    assert_eq!(office.number("select count(*) from record").await, 0);
}

#[tokio::test]
async fn a_file_is_its_networks_coordinators_and_taken_once() {
    let office = Office::open().await;
    let elsewhere = clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let (other, bruno) = (office.coordinator_of(elsewhere).await, office.promeneur_of(elsewhere, "Bruno").await);
    assert_eq!(office.bring(&anne, "meeting", MEETINGS).await.status, StatusCode::FORBIDDEN);
    let page = office.read(&coordinator, "meeting", MEETINGS).await;
    let seal = seal(&office.preview(&coordinator, &page).await).expect("a seal");
    for path in [page.clone(), format!("{page}/retirer")] {
        assert_eq!(office.get(&path, &other.cookie).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(office.get(&path, &anne.cookie).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for end in ["", "/importer", "/retirer"] {
        let path = format!("{page}{end}");
        assert_eq!(office.submit(&other, &path, &[("apercu", &seal)]).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(office.submit(&anne, &path, &[("apercu", &seal)]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Somebody of another network is nobody here.
    let id = bruno.me.promeneur.expect("a promeneur").to_string();
    let shown = office.say(&coordinator, &page, &[("mot-promeneur:ANNE", id.as_str())]).await;
    assert_eq!(faults(&shown).len(), 1, "{shown}");
    let shown = office.say(&coordinator, &page, &[("mot-promeneur:ANNE", "")]).await;
    let seal = self::seal(&shown).expect("a seal");
    // Two taps at once.
    let path = format!("{page}/importer");
    let fields = [("apercu", seal.as_str())];
    let (first, second) =
        tokio::join!(office.submit(&coordinator, &path, &fields), office.submit(&coordinator, &path, &fields));
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(office.number("select count(*) from record").await, 2);
    // The same file in two tabs: what was seen in the second is no longer so.
    let (one, two) = (
        office.read(&coordinator, "meeting", "qui;date;jeunes\nAnne;2025-01-02;1\n").await,
        async { office.read(&coordinator, "meeting", "qui;date;jeunes\nAnne;2025-01-02;1\n").await }.await,
    );
    let stale = self::seal(&office.preview(&coordinator, &two).await).expect("a seal");
    office.take(&coordinator, &one).await;
    let refused = office.submit(&coordinator, &format!("{two}/importer"), &[("apercu", &stale)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "all of it is there");
    assert_eq!(office.number("select count(*) from record").await, 3);
    // After it was taken, the page of a file says so.
    assert_eq!(office.get(&page, &coordinator.cookie).await.status, StatusCode::CONFLICT);
}

/// Spreadsheets that begin to count anew each month, or twice in one: no row is taken for another's correction.
#[tokio::test]
async fn a_reference_is_of_one_row_and_one_day() {
    let (office, coordinator, _, _) = two_meetings().await;
    let next = MEETINGS.replace("/11/2026", "/10/2026");
    let page = office.read(&coordinator, "meeting", next.as_bytes()).await;
    let shown = office.preview(&coordinator, &page).await;
    let told = faults(&shown);
    assert_eq!(
        told.iter().map(|[line, column, value, _]| [line, column, value].map(String::as_str)).collect::<Vec<_>>(),
        [["2", "Réf", "a"], ["3", "Réf", "b"]]
    );
    assert!(told[0][3].contains("d’un autre jour") && seal(&shown).is_none());
    // Without its references the file is what it says: two other meetings.
    let shown = office.say(&coordinator, &page, &[("colonne-0", "")]).await;
    assert_eq!(ends(&shown)[0], "2 lignes sont nouvelles.");
    let twice = format!("{MEETINGS}a;Anne;04/11/2026;20;1;\n");
    let page = office.read(&coordinator, "meeting", twice).await;
    let told = faults(&office.preview(&coordinator, &page).await);
    assert_eq!(told[0][3], "Cette référence est déjà celle de la ligne 2.");
}

/// Minutes of interventions count wherever their presence goes.
#[tokio::test]
async fn presences_that_are_taken_back_let_go_of_their_interventions() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let presences = "id;qui;jour;de;à;réseau\np;Anne;12/09/2025;21:00;22:00;Discord\n";
    let page = office.read(&coordinator, "presence", presences).await;
    office.take(&coordinator, &page).await;
    let head = "qui;date;heure;duree;type;reseau;canal;cadre;initiative;theme;public;jeunes";
    let rest = "15;Écoute;Discord;Message privé;Individuel;Le jeune;Santé;Jeune(s);1";
    let file = format!("{head}\nAnne;12/09/2025;21:10;{rest}\nAnne;12/09/2025;21:30;{rest}\n");
    let interventions = office.read(&coordinator, "intervention", &file).await;
    office.take(&coordinator, &interventions).await;
    let minutes = async || {
        let sums = office.dashboard(&coordinator, "2025", "reseau").await.sums;
        (sums.presence_minutes(), sums.minutes())
    };
    assert_eq!(minutes().await, (60, 60));
    // One of them is Anne's by now.
    let phone = Phone::of(&office, anne);
    phone.round().await;
    let entry = phone.store.entries().into_iter().find(|entry| entry.body.contains("21:30")).expect("the second");
    phone.save(entry.id, entry.body.replace("\"young_count\":1", "\"young_count\":2"));
    phone.round().await;
    office.submit(&coordinator, &format!("{page}/retirer"), &[]).await;
    assert_eq!(minutes().await, (0, 30));
    crate::recount::check_rebuild(&office).await;
    // The presences come again: what lies in them counts no minute beside them, and what Anne changed stays as she said.
    let page = office.read(&coordinator, "presence", presences).await;
    office.take(&coordinator, &page).await;
    let again = office.read(&coordinator, "intervention", &file).await;
    let shown = office.preview(&coordinator, &again).await;
    assert_eq!((ends(&shown).len(), seal(&shown)), (2, None), "{:?}", ends(&shown));
    assert_eq!(minutes().await, (60, 60));
    let sums = office.dashboard(&coordinator, "2025", "reseau").await.sums;
    assert_eq!((sums.interventions(), sums.contacts()), (2, 3));
    crate::recount::check_rebuild(&office).await;
}

#[tokio::test]
async fn two_of_one_name_and_many_words_find_their_answers() {
    let office = Office::open().await;
    let (coordinator, one) = (office.coordinator().await, office.promeneur("Anne Martin").await);
    office.promeneur("Anne Martin").await;
    let page = office.read(&coordinator, "meeting", "qui;date;jeunes\nMARTIN Anne;2025-01-02;1\n").await;
    let shown = office.preview(&coordinator, &page).await;
    let id = one.me.promeneur.expect("a promeneur").to_string();
    assert!(seal(&shown).is_none() && shown.contains(&format!("Anne Martin ({})", &id[32..])), "{shown}");
    let shown = office.say(&coordinator, &page, &[("mot-promeneur:MARTIN Anne", id.as_str())]).await;
    assert!(seal(&shown).is_some(), "{shown}");

    let rows: Vec<String> = (0..45).map(|at| format!("MARTIN Anne;2025-02-02;1;mot {at:02}")).collect();
    let page = office.read(&coordinator, "meeting", format!("qui;date;jeunes;theme\n{}\n", rows.join("\n"))).await;
    office.say(&coordinator, &page, &[("mot-promeneur:MARTIN Anne", id.as_str())]).await;
    let first: Vec<String> = (0..40).map(|at| format!("mot-themes:mot {at:02}")).collect();
    let answers: Vec<(&str, &str)> = first.iter().map(|name| (name.as_str(), "leisure")).collect();
    let shown = office.say(&coordinator, &page, &answers).await;
    assert!(shown.contains("mot-themes:mot 44"), "the rest is asked");
    let rest: Vec<String> = (40..45).map(|at| format!("mot-themes:mot {at:02}")).collect();
    let answers: Vec<(&str, &str)> = rest.iter().map(|name| (name.as_str(), "leisure")).collect();
    assert!(seal(&office.say(&coordinator, &page, &answers).await).is_some());
    // Of the words nothing is kept once it was taken.
    office.take(&coordinator, &page).await;
    let kept = "select count(*) from import_file where done_at is not null and mapping::text like '%MARTIN%'";
    assert_eq!(office.number(kept).await, 0);

    // A length that no calendar holds is told, and breaks nothing.
    for long in ["999999999999999", "999999999999"] {
        let file = format!("qui;debut;duree;reseau\nMARTIN Anne;2025-01-02 21:00;{long};Discord\n");
        let page = office.read(&coordinator, "presence", file).await;
        let shown = office.say(&coordinator, &page, &[("mot-promeneur:MARTIN Anne", id.as_str())]).await;
        assert_eq!(faults(&shown)[0][3], "Cette durée dépasse 24 heures.");
    }
}

#[tokio::test]
async fn rows_that_change_hands_are_told_before_they_count_twice() {
    let (office, coordinator, _, page) = two_meetings().await;
    office.promeneur("Bruno").await;
    let met = async || office.dashboard(&coordinator, "2026", "reseau").await.sums.met();
    let file = MEETINGS.replace("ANNE", "Bruno").replace("Anne", "Bruno");
    let other = office.read(&coordinator, "meeting", file.as_bytes()).await;
    let told = "2 lignes nouvelles disent mot pour mot ce qu’un fichier a apporté sous un autre nom. Si elles ont changé de personne, retirez d’abord ce fichier, sinon elles compteraient deux fois ; si ce sont deux activités, tout va bien.";
    assert!(ends(&office.preview(&coordinator, &other).await).contains(&told.to_owned()));
    // One row among others may well be the same by chance.
    let more = format!("{file}c;Bruno;05/11/2026;1;1;\nd;Bruno;06/11/2026;1;1;\n");
    let page_of_more = office.read(&coordinator, "meeting", more.as_bytes()).await;
    assert!(!office.preview(&coordinator, &page_of_more).await.contains("sous un autre nom"));
    // As it says: the first file goes, and the second one counts alone.
    office.submit(&coordinator, &format!("{page}/retirer"), &[]).await;
    assert_eq!(met().await, 0);
    let shown = office.preview(&coordinator, &other).await;
    assert_eq!(ends(&shown)[0], "2 lignes sont nouvelles.");
    assert!(!shown.contains("sous un autre nom"), "{shown}");
    office.take(&coordinator, &other).await;
    assert_eq!(met().await, 5);
}
