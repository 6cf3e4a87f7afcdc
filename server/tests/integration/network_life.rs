//! The network's own life: what took place is noted once, counted, taken back and put back; accounts; territories.

use app::{
    api::report::Dashboard,
    domain::{
        account_snapshot::AccountSnapshotDraft,
        network_life::{AccountFigures, EventFigures},
        record::{Body, Draft},
        scope::Scope,
        taxonomy::Network,
    },
};
use axum::http::StatusCode;
use chrono::NaiveDate;
use server::{clock::fresh_id, db::people};

use crate::{
    harness::Office,
    messages::{Person, exchange, fresh_record},
    phone::Phone,
};

const LIFE: &str = "/coordination/reseau";

fn event<'a>(id: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("id", id), ("nature", "training"), ("jour", "2026-11-03"), ("promeneurs", "1")];
    for (name, value) in fields {
        all.retain(|(of, _)| of != name);
        all.push((name, value));
    }
    all
}

async fn shown(office: &Office, who: &Person) -> Dashboard {
    office.dashboard(who, "2026", "reseau").await
}

#[tokio::test]
async fn what_took_place_is_counted_once_and_can_be_taken_back() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    office.promeneur("Anne").await;
    office.promeneur("Zoé").await;
    let id = fresh_id().to_string();
    // Twice the same tap.
    for _ in 0..2 {
        let answer = office.submit(&coordinator, LIFE, &event(&id, &[("sujet", "Le harcèlement")])).await;
        assert_eq!(answer.header("location"), format!("{LIFE}?periode=2026&fait=note"), "{}", answer.text());
    }
    let figures = |count, present, active| EventFigures {
        kind: "training".to_owned(),
        count,
        present,
        came: present.min(active),
        active,
    };
    let life = async || shown(&office, &coordinator).await.life.expect("the network's").events;
    assert_eq!(life().await, [figures(1, 1, 2)], "two are active on that day");
    let page = office.get(&format!("{LIFE}?periode=2026"), &coordinator.cookie).await.text();
    assert!(page.contains("Le harcèlement") && page.contains("1 promeneur·euse sur 2"), "{page}");

    // Noted otherwise, under the same id.
    let page = office.get(&format!("{LIFE}/actions/{id}"), &coordinator.cookie).await.text();
    assert!(page.contains("value=\"Le harcèlement\"") && page.contains("value=\"2026-11-03\""), "{page}");
    office.submit(&coordinator, LIFE, &event(&id, &[("promeneurs", "2")])).await;
    assert_eq!(life().await, [figures(1, 2, 2)]);

    // More than there are: guests may have come. None noted is not nobody.
    office.submit(&coordinator, LIFE, &event(&id, &[("promeneurs", "5")])).await;
    assert_eq!(life().await, [figures(1, 5, 2)]);
    office.submit(&coordinator, LIFE, &event(&id, &[("promeneurs", "")])).await;
    assert_eq!(life().await, [figures(1, 0, 0)]);
    office.submit(&coordinator, LIFE, &event(&id, &[("promeneurs", "2")])).await;

    // What may name somebody is shown again at once, with why.
    let named = event(&id, &[("promeneurs", "2"), ("sujet", "Avec Anne Martin, 06 12 34 56 78")]);
    let answer = office.submit(&coordinator, LIFE, &named).await;
    assert_eq!(answer.header("location"), format!("{LIFE}/actions/{id}?fait=a-relire#noter"));
    let page = office.get(&format!("{LIFE}/actions/{id}?fait=a-relire"), &coordinator.cookie).await.text();
    assert!(page.contains("Ce texte contient"), "{page}");
    for _ in 0..2 {
        let answer = office.submit(&coordinator, &format!("{LIFE}/actions/{id}/retirer"), &[]).await;
        assert_eq!(answer.header("location"), format!("{LIFE}?fait=retire&quoi={id}"));
    }
    assert_eq!(life().await, []);
    let answer = office.submit(&coordinator, LIFE, &event(&id, &[])).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "what was taken back is not written over");
    let page = office.get(&format!("{LIFE}?fait=retire&quoi={id}"), &coordinator.cookie).await.text();
    assert!(page.contains(&format!("/actions/{id}/remettre")), "{page}");
    office.submit(&coordinator, &format!("{LIFE}/actions/{id}/remettre"), &[]).await;
    assert_eq!(life().await, [figures(1, 2, 2)]);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let id = fresh_id().to_string();
    let fields = event(&id, &[("jour", "demain"), ("autres", "-2"), ("sujet", "Un <b>sujet</b>")]);
    let answer = office.submit(&coordinator, LIFE, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    for said in [
        "id=\"f-jour\"",
        "id=\"f-autres\"",
        "value=\"Un &lt;b&gt;sujet&lt;/b&gt;\"",
        "value=\"-2\"",
        "<details open class=\"reminder\"",
    ] {
        assert!(page.contains(said), "{said} is missing from {page}");
    }
    assert_eq!(office.number("select count(*) from network_event").await, 0);
    for (path, fields) in [
        (LIFE, vec![("id", "x")]),
        (LIFE, vec![("nature", "training")]),
        ("/coordination/reseau/comptes", vec![("promeneur", "x"), ("reseau", "discord")]),
    ] {
        assert_eq!(office.submit(&coordinator, path, &fields).await.status, StatusCode::BAD_REQUEST, "{fields:?}");
    }
    let foreign = fresh_id().to_string();
    for path in ["retirer", "remettre"] {
        let answer = office.submit(&coordinator, &format!("{LIFE}/actions/{foreign}/{path}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_bilan_tells_what_took_place_chapter_by_chapter() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    office.promeneur("Anne").await;
    for (kind, subject) in [
        ("training", "Former sur l’emprise"),
        ("individual_support", "Un premier mois"),
        ("partnership", "La mission locale"),
        ("steering_committee", "L’année qui vient"),
    ] {
        let id = fresh_id().to_string();
        office.submit(&coordinator, LIFE, &event(&id, &[("nature", kind), ("sujet", subject)])).await;
    }
    let page = office.get("/coordination/bilans/ecrire?periode=2026", &coordinator.cookie).await.text();
    let document = page.split("<section class=\"no-print chapters\"").next().expect("the document");
    let place = |text: &str| document.find(text).unwrap_or_else(|| panic!("{text} is missing from {document}"));
    let order = [
        "La vie du réseau",
        "Former sur l’emprise",
        "L’accompagnement individuel",
        "Un premier mois",
        "L’animation territoriale",
        "La mission locale",
        "Le pilotage",
        "L’année qui vient",
    ];
    let places: Vec<usize> = order.iter().map(|text| place(text)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn accounts_are_those_of_the_notebooks_and_of_the_coordination() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = Phone::of(&office, office.promeneur("Anne").await);
    let snapshot = AccountSnapshotDraft {
        network: Some(Network::Discord.into()),
        as_of: NaiveDate::from_ymd_opt(2026, 10, 31),
        followers: Some(30),
        ..AccountSnapshotDraft::default()
    };
    anne.save(fresh_record(), Body::new(Draft::AccountSnapshot(snapshot)).to_json());
    assert_eq!(anne.round().await.fault, None);
    let accounts =
        async |period: &str| office.dashboard(&coordinator, period, "reseau").await.life.expect("life").accounts;
    let figures = |network: &str, count, checked, conforming| AccountFigures {
        network: network.to_owned(),
        count,
        checked,
        conforming,
    };
    assert_eq!(accounts("2026").await, [figures("discord", 1, 0, 0)]);
    let promeneur = anne.who.me.promeneur.expect("a promeneur").to_string();
    let page = "/coordination/reseau/comptes";
    let check = async |network: &str, boxes: &[(&str, &str)]| {
        let mut fields = vec![("promeneur", promeneur.as_str()), ("reseau", network)];
        fields.extend_from_slice(boxes);
        office.submit(&coordinator, page, &fields).await
    };
    let all = [("vu-x", "prenom"), ("vu-x", "structure"), ("vu-x", "photo")];
    let to = format!("{page}?fait=verifie#c-{promeneur}-discord");
    assert_eq!(check("discord", &all).await.header("location"), to);
    check("instagram", &all[..2]).await;
    assert_eq!(check("hologram", &all).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(accounts("2026").await, [figures("discord", 1, 1, 1), figures("instagram", 1, 1, 0)]);
    assert_eq!(accounts("2025").await, [], "at the end of 2025 there was none");
    let text = office.get(page, &coordinator.cookie).await.text();
    assert!(text.contains("Conforme · vérifié le") && text.contains("Il manque une photo"), "{text}");
    // Looked at again it is the last look that counts, and of a year that is over the last one of that year.
    check("discord", &[]).await;
    assert_eq!(accounts("2026").await, [figures("discord", 1, 1, 0), figures("instagram", 1, 1, 0)]);
    let mut owner = office.owner().await;
    let older = "insert into account_check select network_id, promeneur_id, social_network, true, true, true, date '2025-06-01', ''
                 from account_check where social_network = 'discord'";
    sqlx::query(older).execute(&mut owner).await.expect("an older look");
    assert_eq!(accounts("2025").await, [figures("discord", 1, 1, 1)]);
    assert_eq!(accounts("2026").await[0], figures("discord", 1, 1, 0));
    // One that is not there is taken off the list; one that a notebook declares stays.
    let off = async |network: &str| {
        office.submit(&coordinator, &format!("{page}/retirer"), &[("promeneur", &promeneur), ("reseau", network)]).await
    };
    off("instagram").await;
    off("discord").await;
    // Back to the list that one came from, if there is such a list.
    for (state, list) in [("a-revoir", "etat=a-revoir&"), ("x&y=//z", ""), ("", "")] {
        let fields = [("promeneur", promeneur.as_str()), ("reseau", "snapchat"), ("etat", state)];
        let answer = office.submit(&coordinator, &format!("{page}/retirer"), &fields).await;
        assert_eq!(answer.header("location"), format!("{page}?{list}fait=compte-retire"));
        let answer = office.submit(&coordinator, page, &fields).await;
        assert_eq!(answer.header("location"), format!("{page}?{list}fait=verifie#c-{promeneur}-snapchat"));
        assert_eq!(office.get(&format!("{page}?etat={state}"), &coordinator.cookie).await.status, StatusCode::OK);
    }
    office.submit(&coordinator, &format!("{page}/retirer"), &[("promeneur", &promeneur), ("reseau", "snapchat")]).await;
    assert_eq!(accounts("2026").await, [figures("discord", 1, 0, 0)]);
}

/// A territory is the sum of its structures, keeps its address while it has one, and ends with the last.
#[tokio::test]
async fn a_territory_sums_its_structures() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let mut structures = Vec::new();
    for (name, people) in [("Anne", 3), ("Zoé", 4), ("Lou", 5)] {
        let phone = Phone::of(&office, office.promeneur(name).await);
        phone.save(fresh_record(), exchange(people, None));
        assert_eq!(phone.round().await.fault, None);
        let choices = shown(&office, &coordinator).await.choices;
        structures
            .push(choices.structures.iter().find(|choice| choice.name.starts_with(name)).expect("one").id.to_string());
    }
    let page = "/coordination/reseau/territoires";
    let place = async |names: [&str; 3]| {
        let fields: Vec<(&str, &str)> = structures.iter().map(String::as_str).zip(names).collect();
        office.submit(&coordinator, page, &fields).await
    };
    assert_eq!(place(["Haut  Allier", "Haut Allier", ""]).await.header("location"), format!("{page}?fait=range"));
    let choices = shown(&office, &coordinator).await.choices;
    assert_eq!(choices.territories.len(), 1);
    let (territory, name) = (choices.territories[0].id, choices.territories[0].name.clone());
    assert_eq!(name, "Haut Allier");
    let scope = Scope::Territory(territory).to_string();
    let dashboard = office.dashboard(&coordinator, "2025", &scope).await;
    assert_eq!((dashboard.sums.contacts(), dashboard.scope_name.as_str()), (7, "Haut Allier"));
    assert_eq!((dashboard.team, dashboard.life), (None, None), "these are told of the network alone");
    let one = office.dashboard(&coordinator, "2025", &format!("structure:{}", structures[0])).await;
    assert_eq!(dashboard.sums.person_days, 2 * one.sums.person_days);

    // Its parts are its structures; theirs, the promeneurs.
    let text = office
        .get(&format!("/coordination/composition?periode=2025&perimetre={scope}"), &coordinator.cookie)
        .await
        .text();
    assert!(text.contains(&structures[0]) && text.contains(&structures[1]) && !text.contains(&structures[2]), "{text}");

    // Under another name it is the same.
    place(["Allier", "Allier", ""]).await;
    let renamed = office.dashboard(&coordinator, "2025", &scope).await;
    assert_eq!((renamed.sums.contacts(), renamed.scope_name.as_str()), (7, "Allier"));
    place(["Haut Allier", "Haut Allier", ""]).await;

    place(["Haut Allier", "Velay", "Velay"]).await;
    assert_eq!(office.dashboard(&coordinator, "2025", &scope).await.sums.contacts(), 3, "it keeps its address");
    let long = "é".repeat(81);
    assert_eq!(place(["A", &long, "B"]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.dashboard(&coordinator, "2025", &scope).await.sums.contacts(), 3, "all or none");
    place(["", "Velay", "Velay"]).await;
    assert_eq!(shown(&office, &coordinator).await.choices.territories.len(), 1);
    let gone = office.get(&format!("/api/v1/dashboard?periode=2025&perimetre={scope}"), &coordinator.cookie).await;
    assert_eq!(gone.status, StatusCode::BAD_REQUEST);
}

/// From the network to a structure, a promeneur, a month: each level sums to the one above, and what somebody did elsewhere is
/// no part of it.
#[tokio::test]
async fn one_walks_down_from_a_figure_to_what_makes_it_up() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = Phone::of(&office, office.promeneur("Anne").await);
    let zoe = Phone::of(&office, office.promeneur("Zoé").await);
    for (phone, count) in [(&anne, 3), (&zoe, 2)] {
        for _ in 0..count {
            phone.save(fresh_record(), exchange(2, None));
        }
        assert_eq!(phone.round().await.fault, None);
    }
    let of = async |scope: &str| {
        let path = format!("/coordination/composition?periode=2025&perimetre={scope}");
        let answer = office.get(&path, &coordinator.cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    };
    let network = of("reseau").await;
    assert!(network.contains("Anne, Brioude</a></th><td>3</td>"), "{network}");
    assert!(network.contains("Zoé, Brioude</a></th><td>2</td>"), "{network}");
    assert!(network.contains("Ensemble</th><td>5</td>") && !network.contains("Hors de ces lignes"), "{network}");
    assert!(network.contains("Mars 2025</a></th><td>5</td>"), "{network}");

    // Anne moves: what she did before stays with the structure she left.
    let choices = shown(&office, &coordinator).await.choices;
    let left = choices.structures[0].id;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let new = people::create_structure(&mut tx, office.scheme, "Après", "mjc", "Le Puy").await.expect("a structure");
    tx.commit().await.expect("committed");
    let mut owner = office.owner().await;
    let who = anne.who.me.promeneur.expect("a promeneur").0;
    sqlx::query("update affiliation set until_on = '2025-02-28' where promeneur_id = $1")
        .bind(who)
        .execute(&mut owner)
        .await
        .expect("left");
    sqlx::query(
        "insert into affiliation (network_id, promeneur_id, structure_id, from_on) values ($1, $2, $3, '2025-03-01')",
    )
    .bind(office.scheme.0)
    .bind(who)
    .bind(new.0)
    .execute(&mut owner)
    .await
    .expect("arrived");
    let old = of(&format!("structure:{left}")).await;
    assert!(old.contains("Anne</a></th><td>0</td>") && !old.contains("Hors de ces lignes"), "{old}");
    let arrived = of(&format!("structure:{new}")).await;
    assert!(arrived.contains("Anne</a></th><td>3</td>"), "{arrived}");
    // Months are walked through one by one, hence not without end.
    let long = "Les mois ne se détaillent que jusqu’à trois ans.";
    for (period, is_long) in [("2023-01-01..2025-12-31", false), ("2022-12-31..2025-12-31", true)] {
        let page = office.get(&format!("/coordination/composition?periode={period}"), &coordinator.cookie).await.text();
        assert_eq!((page.contains(long), page.contains("id=\"mois\"")), (is_long, !is_long), "{period}: {page}");
    }
    let refused = office.get("/coordination/composition?perimetre=structure:x", &coordinator.cookie).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
