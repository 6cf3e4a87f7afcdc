//! What the demonstration network lived through in its school year, made up as everything else in it.

use app::{
    coordination::network_life::accounts::Check,
    domain::{
        ids::{EventId, StructureId},
        network_life::NetworkEvent,
        person::Me,
        typed::filled,
    },
};
use chrono::NaiveDate;

use crate::{
    clock::fresh_id,
    db::{Tx, network_life},
};

/// Day, kind, subject, promeneurs, structures, others, minutes.
type Told = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const EVENTS: [Told; 10] = [
    ("2025-09-18", "network_meeting", "Rentrée du réseau", "8", "7", "", "180"),
    ("2025-10-09", "onboarding", "Charte, comptes, premier mois", "1", "1", "", "120"),
    ("2025-11-20", "training", "Accueillir la parole sur le harcèlement en ligne", "7", "6", "", "420"),
    ("2025-12-11", "steering_committee", "Bilan de l’année et moyens", "", "4", "5", "120"),
    ("2026-01-15", "practice_exchange", "Quand un jeune ne répond plus", "6", "5", "", "120"),
    ("2026-02-05", "individual_support", "Poser des horaires de présence", "1", "1", "", "60"),
    ("2026-03-12", "partnership", "Permanence commune avec la maison des adolescents", "2", "2", "4", "90"),
    ("2026-04-02", "training", "Jeux en ligne et écrans", "8", "7", "", "420"),
    ("2026-05-21", "practice_exchange", "Projets nés sur Discord", "7", "6", "", "120"),
    ("2026-06-18", "technical_committee", "Préparer la rentrée", "3", "3", "3", "90"),
];

/// The places whose structures are one territory.
const NORTH: [&str; 3] = ["Brioude", "Langeac", "Sainte-Florine"];

/// Notes it, and looks at some accounts.
pub async fn fill(tx: &mut Tx, me: &Me) -> anyhow::Result<()> {
    let today = NaiveDate::MAX;
    for (day, kind, subject, promeneurs, structures, others, minutes) in EVENTS {
        let typed = [
            ("jour", day),
            ("nature", kind),
            ("sujet", subject),
            ("promeneurs", promeneurs),
            ("structures", structures),
            ("autres", others),
            ("minutes", minutes),
        ];
        let typed = filled(typed.map(|(name, value)| (name, value.to_owned())));
        let event = NetworkEvent::parse(EventId(fresh_id()), &typed, today)
            .map_err(|faults| anyhow::anyhow!("{day}: {faults:?}"))?;
        network_life::put(tx, me, &event).await?;
    }
    let on = NaiveDate::from_ymd_opt(2026, 6, 30).unwrap_or_default();
    let accounts = network_life::accounts(tx, on).await?;
    for (at, account) in accounts.iter().enumerate().filter(|(at, _)| at % 4 != 3) {
        let check = Check { first_name: true, structure: at % 5 != 2, photo: at % 3 != 2, on, by: me.name.clone() };
        network_life::check(tx, me, account.promeneur, &account.network, &check).await?;
    }
    let structures = network_life::territories(tx).await?;
    let territory = |name: &str| if NORTH.iter().any(|place| name.ends_with(place)) { "Brivadois" } else { "Velay" };
    let placed: Vec<(StructureId, String)> =
        structures.iter().map(|(structure, _)| (structure.id, territory(&structure.name).to_owned())).collect();
    network_life::place(tx, me, &placed).await?;
    Ok(())
}
