//! The annual bilan: filled from the figures, written, published once and for all, and handed over as files that say the same.

use std::{collections::BTreeMap, io::Cursor};

use app::domain::{
    fr,
    period::Period,
    small_numbers::{Years, may_be_parted},
    taxonomy::{ChannelKind, InterventionType, Network, ReferralKind, Theme, label_of},
};
use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use chrono::Datelike;
use serde_json::Value;
use server::db::people::Place;

use crate::{
    forms,
    harness::Office,
    messages::{Person, exchange, exchanges_of_all_ages, fresh_record},
    phone::Phone,
};

pub const BILANS: &str = "/coordination/bilans";

fn draft_of(file: &str, period: &str, scope: &str) -> String {
    let query = serde_urlencoded::to_string([("periode", period), ("perimetre", scope)]).expect("a query");
    format!("{BILANS}/ecrire{file}?{query}")
}

async fn bytes(office: &Office, who: &Person, path: &str) -> Vec<u8> {
    let answer = office.get(path, &who.cookie).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.body.to_vec()
}

/// The numbers of a workbook: by the caption of their table and the name of their row, the first of the row.
fn numbers(workbook: Vec<u8>) -> BTreeMap<(String, String), f64> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).expect("a workbook");
    let mut numbers = BTreeMap::new();
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).expect("a sheet");
        let mut caption = name.clone();
        for row in sheet.rows() {
            let Some(Data::String(first)) = row.first() else { continue };
            match row.get(1) {
                Some(Data::Float(number)) => {
                    numbers.insert((caption.clone(), first.clone()), *number);
                }
                None | Some(Data::Empty) => caption.clone_from(first),
                Some(_) => {}
            }
        }
    }
    numbers
}

/// Whatever a workbook says in words, a cell a line.
fn sentences(workbook: Vec<u8>) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).expect("a workbook");
    let mut said = String::new();
    for name in book.sheet_names() {
        for cell in book.worksheet_range(&name).expect("a sheet").cells() {
            if let (.., Data::String(text)) = cell {
                said.push_str(text);
                said.push('\n');
            }
        }
    }
    said
}

/// What the bilan says in a sentence of the figures wanted that have no table of their own. Of a period that goes on an average a
/// week is of the days that have gone, which is not what is wanted. What is given has four decimals, and may be `off` by half of
/// the last.
fn told(period: &str, wanted: &BTreeMap<String, Value>, off: f64) -> Vec<(&'static str, String)> {
    let is_over = period.parse::<Period>().expect("a period").last() < server::clock::now().date_naive();
    let share = |key: &str, places| fr::percent(wanted[key].as_f64().map(|share| share + off), places);
    let count = |key: &str| wanted[key].as_i64().expect("a count");
    let hours = wanted["I7_hours_per_person_week"].as_f64().unwrap_or_default();
    let (publications, reach) = (count("I16_publications"), count("I16_reach"));
    let all = [
        // By its counts: what is given has four decimals.
        ("I3_rate", {
            let of = |key: &str| wanted[key].as_f64().expect("a count");
            format!("{} des jeunes connectés.", fr::percent(Some(of("I3_met") / of("I1b_distinct")), 1))
        }),
        (
            "I7_hours_per_person_week",
            format!(
                "{} {} par promeneur·euse et par semaine",
                fr::decimal(hours, 1),
                fr::plural(if hours < 1.95 { 1 } else { 2 }, "heure", "heures")
            ),
        ),
        ("I7b_share_available", format!("{} de la présence tombe quand", share("I7b_share_available", 0))),
        (
            "I8_referrals",
            match count("I8_referrals") {
                0 => "Aucune orientation.".to_owned(),
                count => fr::count(count, "orientation", "orientations"),
            },
        ),
        (
            "I9_share_young_initiated",
            format!("{} des interventions viennent d’un jeune.", share("I9_share_young_initiated", 0)),
        ),
        ("I10_share_new", format!("{} des contacts-jeunes sont des jeunes vus", share("I10_share_new", 0))),
        (
            "I16_reach",
            if publications == 0 {
                "Aucune publication.".to_owned()
            } else {
                format!(
                    "{}, {}.",
                    fr::count(publications, "publication", "publications"),
                    fr::count(reach, "vue ou réaction déclarée", "vues ou réactions déclarées")
                )
            },
        ),
    ];
    let is_wanted =
        |key: &str| !wanted[key].is_null() && (key != "I7_hours_per_person_week" || (is_over && hours > 0.0));
    all.into_iter().filter(|(key, _)| is_wanted(key)).collect()
}

/// The workbook of a period and a scope holds the figures wanted. Returns how many were compared.
pub async fn check(
    office: &Office,
    coordinator: &Person,
    period: &str,
    scope: &str,
    wanted: &BTreeMap<String, Value>,
) -> usize {
    let workbook = bytes(office, coordinator, &draft_of("/bilan.xlsx", period, scope)).await;
    let (numbers, said) = (numbers(workbook.clone()), sentences(workbook));
    let (least, most) = (told(period, wanted, -0.000_05), told(period, wanted, 0.000_05));
    for ((key, sentence), (_, other)) in least.iter().zip(&most) {
        // « 2 orientations » is none of « 12 orientations ».
        let stands = |(at, _): (usize, &str)| {
            let before = said[..at].chars().next_back();
            !before.is_some_and(|before| before.is_ascii_digit() || matches!(before, ',' | '\u{202f}'))
        };
        let is_said = [sentence, other].iter().any(|text| said.match_indices(text.as_str()).any(stands));
        assert!(is_said, "{scope} {period} {key}: « {sentence} » is not in {said}");
    }
    let mut compared = least.len();
    let mut same = |key: &str, caption: &str, row: &str, wanted: &Value| {
        let found = numbers.get(&(caption.to_owned(), row.to_owned())).copied().unwrap_or(0.0);
        assert_eq!(wanted.as_f64(), Some(found), "{scope} {period} {key}: {caption}, {row}");
        compared += 1;
    };
    let funnel = "De l’audience des comptes à l’accompagnement";
    for (key, row) in [
        ("I1a_followers", "Abonnés et «\u{202f}amis\u{202f}» des comptes"),
        ("I1b_distinct", "Jeunes connectés"),
        ("I1c_contacts", "Contacts-jeunes"),
        ("I1d_accompanied", "Jeunes accompagnés"),
        ("I3_met", "Jeunes rencontrés après un contact sur Internet"),
    ] {
        // Of other periods than whole years that are over it would tell how many a masked project has.
        let today = server::clock::today_in("Europe/Paris");
        let is_hidden = key == "I1d_accompanied"
            && scope == "reseau"
            && !may_be_parted(period.parse().expect("a period"), Years::Civil, today, false);
        if is_hidden {
            assert!(!numbers.contains_key(&(funnel.to_owned(), row.to_owned())), "{period} {key} is told");
        } else {
            same(key, funnel, row, &wanted[key]);
        }
    }
    for (key, caption, label) in [
        ("I2_types", "Interventions par type", label_of::<InterventionType> as fn(&str) -> String),
        ("I5_networks", "Interventions en ligne par réseau", label_of::<Network>),
        ("I5_channels", "Interventions par espace", label_of::<ChannelKind>),
        ("I6_themes", "Interventions par thématique", label_of::<Theme>),
        ("I8_external_by_kind", "Orientations vers un partenaire, par destinataire", label_of::<ReferralKind>),
    ] {
        for (code, count) in wanted[key].as_object().expect("a table") {
            same(key, caption, &label(code), count);
        }
    }
    compared
}

async fn keep(office: &Office, who: &Person, since: &str, text: &str) -> (StatusCode, String) {
    let fields =
        [("periode", "2025"), ("perimetre", "reseau"), ("partie", "steering"), ("depuis", since), ("texte", text)];
    let answer = office.submit(who, &format!("{BILANS}/texte"), &fields).await;
    let said =
        if answer.status == StatusCode::SEE_OTHER { answer.header("location").to_owned() } else { answer.text() };
    (answer.status, said)
}

/// What the form of the chapter on steering says that it was made from.
async fn since(office: &Office, who: &Person) -> String {
    let page = office.get(&draft_of("", "2025", "reseau"), &who.cookie).await.text();
    let form = page.split("name=\"partie\" value=\"steering\"").nth(1).expect("the form");
    form.split("name=\"depuis\" value=\"").nth(1).expect("a moment").split('"').next().expect("its end").to_owned()
}

async fn publish(office: &Office, who: &Person, period: &str, scope: &str, number: &str) -> String {
    let answer = forms::publish(office, who, period, scope, number).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").split('?').next().expect("an address").to_owned()
}

#[tokio::test]
async fn texts_are_kept_with_their_author_and_nobody_overwrites_unseen() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let (status, to) = keep(&office, &coordinator, "", "Copil le 12 mars.\r\n\r\nDouze présents.").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(
        to,
        format!(
            "{}&fait=ecrit&partie=steering#t-steering",
            draft_of("", "2025", "reseau").replace("&perimetre=reseau", "")
        )
    );
    let page = office.get(&draft_of("", "2025", "reseau"), &coordinator.cookie).await.text();
    assert!(page.contains("<p>Copil le 12 mars.</p><p>Douze présents.</p>"), "{page}");
    assert!(page.contains(&format!("{}, le ", coordinator.me.name)), "{page}");

    // Somebody who opened the page before that does not know the text.
    let (status, page) = keep(&office, &coordinator, "", "Un autre</textarea><b>texte</b>.").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Quelqu’un d’autre a écrit ici entre-temps")
            && page.contains("Un autre&lt;/textarea&gt;&lt;b&gt;texte"),
        "{page}"
    );
    let seen = since(&office, &coordinator).await;
    assert_eq!(keep(&office, &coordinator, &seen, "Copil les 12 mars et 4 octobre.").await.0, StatusCode::SEE_OTHER);
    // The same again changes nothing, and what was written before is still there.
    assert_eq!(keep(&office, &coordinator, "", "Copil les 12 mars et 4 octobre.").await.0, StatusCode::SEE_OTHER);
    assert_eq!(office.number("select count(*) from bilan_text").await, 2);

    let (status, page) = keep(&office, &coordinator, &since(&office, &coordinator).await, &"é".repeat(8001)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("dépasse 8") && page.contains(&"é".repeat(8001)), "the text is lost");
    // What could point at somebody is noticed, and kept all the same.
    let seen = since(&office, &coordinator).await;
    assert_eq!(keep(&office, &coordinator, &seen, "Appeler le 06 12 34 56 78.").await.0, StatusCode::SEE_OTHER);
    let page = office.get(&draft_of("", "2025", "reseau"), &coordinator.cookie).await.text();
    assert!(page.contains("Ce texte contient un numéro de téléphone"), "{page}");
}

#[tokio::test]
async fn what_is_published_never_changes() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), exchange(7, None));
    assert_eq!(phone.round().await.fault, None);
    let first = publish(&office, &coordinator, "2025", "reseau", "1").await;
    // A second tap on the same button shows the same version.
    assert_eq!(publish(&office, &coordinator, "2025", "reseau", "1").await, first);
    let page = office.get(&first, &coordinator.cookie).await.text();
    assert!(page.contains("Bilan de l’année 2025") && page.contains("Version 1, publiée le"), "{page}");

    phone.save(fresh_record(), exchange(20, None));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!(office.get(&first, &coordinator.cookie).await.text(), page);
    let contacts = ("De l’audience des comptes à l’accompagnement".to_owned(), "Contacts-jeunes".to_owned());
    let of = |workbook: Vec<u8>| numbers(workbook)[&contacts].to_string();
    assert_eq!(of(bytes(&office, &coordinator, &format!("{first}/bilan.xlsx")).await), "7");
    assert_eq!(of(bytes(&office, &coordinator, &draft_of("/bilan.xlsx", "2025", "reseau")).await), "27");
    let second = publish(&office, &coordinator, "2025", "reseau", "2").await;
    assert_eq!(of(bytes(&office, &coordinator, &format!("{second}/bilan.xlsx")).await), "27");
    // Whoever comes by the old link is told.
    let old = office.get(&first, &coordinator.cookie).await.text();
    assert!(old.contains(&format!("href=\"{second}\"")) && old.contains("La version 2 l’a remplacée"), "{old}");
    assert!(!office.get(&second, &coordinator.cookie).await.text().contains("remplacée"));
    let list = office.get(BILANS, &coordinator.cookie).await.text();
    assert_eq!(list.matches("remplacé par la version 2").count(), 1, "{list}");
    let answer =
        office.submit(&coordinator, &format!("{BILANS}/publier"), &[("periode", "2025"), ("numero", "9")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer =
        office.submit(&coordinator, &format!("{BILANS}/publier"), &[("periode", "2190"), ("numero", "1")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("Cette période n’a pas commencé"), "{}", answer.text());
    // What nobody has seen is not published: neither a figure of a year that is over, nor a text.
    let seen = forms::seal(&office, &coordinator, "2025", "reseau").await;
    phone.save(fresh_record(), exchange(20, None));
    assert_eq!(phone.round().await.fault, None);
    let third = |seal: String| {
        let (office, coordinator) = (&office, &coordinator);
        async move {
            let fields = [("periode", "2025"), ("perimetre", "reseau"), ("numero", "3"), ("vu", &seal)];
            office.submit(coordinator, &format!("{BILANS}/publier"), &fields).await
        }
    };
    let answer = third(seen).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("data-code=\"bilan_moved\""), "{}", answer.text());
    let seen = forms::seal(&office, &coordinator, "2025", "reseau").await;
    let (status, said) = keep(&office, &coordinator, "", "Un texte venu entre-temps.").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert_eq!(third(seen).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.number("select count(*) from bilan_version").await, 2);

    // Typeset, tagged, in French.
    let answer = office.get(&format!("{first}/bilan.pdf"), &coordinator.cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        (answer.header("content-type"), answer.header("content-disposition")),
        ("application/pdf", "attachment; filename=\"lanterne-bilan-2025-v1.pdf\"")
    );
    let pdf = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(pdf.starts_with("%PDF-"), "a PDF");
    // The table after the notes is the first of the document.
    let csv = office.get(&format!("{first}/tableau-1.csv"), &coordinator.cookie).await;
    assert!(csv.text().starts_with("\u{feff}"), "{}", csv.text());
    for missing in ["tableau-0.csv", "tableau-99.csv", "tableau-x.csv", "bilan.exe", "..%2Fbilan.pdf"] {
        let answer = office.get(&format!("{first}/{missing}"), &coordinator.cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn small_numbers_of_people_do_not_leave_the_coordination() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let own = format!("promeneur:{}", anne.me.promeneur.expect("a promeneur"));
    let phone = Phone::of(&office, anne);
    for body in exchanges_of_all_ages() {
        phone.save(fresh_record(), body);
    }
    assert_eq!(phone.round().await.fault, None);
    let ages = async |scope: &str| {
        let numbers = numbers(bytes(&office, &coordinator, &draft_of("/bilan.xlsx", "2025", scope)).await);
        let caption = "Contacts-jeunes par tranche d’âge, là où les âges sont notés";
        ["12–14 ans", "15–17 ans", "18–25 ans", "Ensemble"]
            .map(|band| numbers.get(&(caption.to_owned(), band.to_owned())).copied())
    };
    // Two are few; from the sum they could be computed, were nine not masked too.
    assert_eq!(ages("reseau").await, [None, None, Some(30.0), Some(41.0)]);
    assert_eq!(ages(&own).await, [Some(2.0), Some(9.0), Some(30.0), Some(41.0)]);
    let page = office.get(&draft_of("", "2025", "reseau"), &coordinator.cookie).await.text();
    assert!(page.contains("<td>masqué</td>") && page.contains("inférieurs à 5 sont masqués"), "{page}");
    assert!(!page.contains("de 12 à 17 ans"), "a sentence tells what the table masks: {page}");
    let page = office.get(&draft_of("", "2025", &own), &coordinator.cookie).await.text();
    assert!(page.contains("les petits nombres n’y sont pas masqués"), "{page}");

    let told = async |threshold: &str, years: &str| {
        let fields = [("seuil", threshold), ("annees", years)];
        let answer = office.submit(&coordinator, &format!("{BILANS}/seuil"), &fields).await;
        (answer.status, answer.text())
    };
    let set = async |threshold: &str| told(threshold, "civil").await;
    for wrong in ["2", "21", "", "cinq", "-5", "99999999999"] {
        let (status, page) = set(wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.contains("Le seuil va de 3 à 20"), "{page}");
    }
    assert_eq!(set("10").await.0, StatusCode::SEE_OTHER);
    // Under ten, two and nine are few, and each too easily told from their sum.
    assert_eq!(ages("reseau").await, [None, None, None, Some(41.0)]);
    // Of three only what is under it is few: two.
    assert_eq!(set("3").await.0, StatusCode::SEE_OTHER);
    assert_eq!(ages("reseau").await, [None, None, Some(30.0), Some(41.0)]);

    // From a school year that overlaps it one could compute what a civil year masks: people are told in parts of one kind.
    let page = async |period: &str| office.get(&draft_of("", period, "reseau"), &coordinator.cookie).await.text();
    let school = page("2024-2025").await;
    assert!(school.contains("que pour une année civile entière et close") && !school.contains(">30<"), "{school}");
    assert_eq!(told("3", "years").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(told("3", "school").await.0, StatusCode::SEE_OTHER);
    assert!(page("2024-2025").await.contains(">30<"));
    assert_eq!(ages("reseau").await, [None; 4]);
    assert!(page("2025").await.contains("que pour une année scolaire entière et close"));
    // Once somebody else can read of a kind, or one is published, the other kind stays untold.
    office.account_of(office.scheme, "Caf", Place::Caf).await;
    let (status, said) = told("3", "civil").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("data-code=\"years_read\""), "{said}");
    publish(&office, &coordinator, "2024-2025", "reseau", "1").await;
    let (status, said) = told("3", "civil").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(said.contains("data-code=\"years_published\""), "{said}");
    assert_eq!(told("4", "school").await.0, StatusCode::SEE_OTHER);
}

/// A pathway is one young person: of a year that can be read every day its step would be told on its day.
#[tokio::test]
async fn steps_of_projects_are_told_of_years_that_are_over() {
    let office = Office::open().await;
    let (coordinator, caf) = (office.coordinator().await, office.account_of(office.scheme, "Caf", Place::Caf).await);
    let year = server::clock::now().date_naive().year();
    let chapter = "L’avancement des projets";
    let figures = format!("{BILANS}/chiffres?periode={year}&perimetre=reseau");
    let page = office.get(&figures, &caf.cookie).await.text();
    assert!(page.contains("l’étape des projets") && !page.contains(chapter), "{page}");
    let over =
        office.get(&format!("{BILANS}/chiffres?periode={}&perimetre=reseau", year - 2), &caf.cookie).await.text();
    assert!(over.contains(chapter), "{over}");
    let own = office.get(&draft_of("", &year.to_string(), "reseau"), &coordinator.cookie).await.text();
    assert!(!own.contains(chapter), "what is drawn up goes to the Caf: {own}");
}

#[tokio::test]
async fn a_bilan_is_of_its_network_and_for_its_coordinator() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let other = office.coordinator_of(elsewhere).await;
    let foreign = format!("promeneur:{}", office.promeneur_of(elsewhere, "Bruno").await.me.promeneur.expect("one"));
    assert_eq!(office.get(BILANS, "").await.header("location"), "/connexion?retour=%2Fcoordination%2Fbilans");
    let version = publish(&office, &coordinator, "2025", "reseau", "1").await;
    for path in [BILANS.to_owned(), draft_of("", "2025", "reseau"), version.clone(), format!("{version}/bilan.pdf")] {
        assert_eq!(office.get(&path, &anne.cookie).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [version.clone(), format!("{version}/bilan.xlsx")] {
        assert_eq!(office.get(&path, &other.cookie).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!office.get(BILANS, &other.cookie).await.text().contains("Bilan de l’année 2025"));
    for path in ["texte", "publier", "seuil"] {
        let answer = office.submit(&anne, &format!("{BILANS}/{path}"), &[("periode", "2025"), ("seuil", "7")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    for (period, scope) in [("2025-13", "reseau"), ("", "reseau"), ("2025", &foreign), ("2025", "structure:x")] {
        for file in ["", "/bilan.pdf"] {
            let answer = office.get(&draft_of(file, period, scope), &coordinator.cookie).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{period} {scope} {file}");
        }
        let fields = [("periode", period), ("perimetre", scope), ("partie", "quality"), ("texte", "x")];
        let answer = office.submit(&coordinator, &format!("{BILANS}/texte"), &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{period} {scope}");
    }
    // A promeneur steers no network.
    let own = format!("promeneur:{}", anne.me.promeneur.expect("a promeneur"));
    let fields = [("periode", "2025"), ("perimetre", &own), ("partie", "steering"), ("texte", "x")];
    let answer = office.submit(&coordinator, &format!("{BILANS}/texte"), &fields).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(office.number("select count(*) from bilan_text").await, 0);
}

/// Whatever is typed is printed, and nothing of it is obeyed: by the database, the typesetter, the workbook, or the page.
#[tokio::test]
async fn hostile_texts_come_out_as_texts() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    for (round, text) in [
        "Une fête 🎉 réussie 👩🏽‍💻, « bravo » !",
        "#let x = 1; $ sum $ @ref <label> = Titre *gras* _italique_ `code` // fin /* */ \\ #read(\"/etc/passwd\")",
        "=1+1\n\n+cmd|' /C calc'!A0\n\n@SUM(A1)",
        "مرحبا שלום 你好 \u{202e}à l’envers\u{202c}",
        "nul\0 et sonnette\u{7} et tabulation\t.",
        &"mot".repeat(2000),
        &"a\n\n".repeat(2000),
    ]
    .into_iter()
    .enumerate()
    {
        let (status, said) = keep(&office, &coordinator, &since(&office, &coordinator).await, text).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{round}: {said}");
        for file in ["/bilan.pdf", "/bilan.xlsx", ""] {
            let answer = office.get(&draft_of(file, "2025", "reseau"), &coordinator.cookie).await;
            assert_eq!(answer.status, StatusCode::OK, "{round} {file}");
            assert!(answer.body.len() > 1000, "{round} {file}");
        }
    }
    assert_eq!(office.number("select count(*) from bilan_text").await, 7);
}
