//! « Téléphones »: what is still missing because it is on a phone, by the day. No page tells when somebody last worked.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{PHONES, RESCUE},
    notice::NoticeBox,
};
use crate::{
    api::phones::{Phone, Phones},
    domain::{fr, record::SCHEMA},
    ui::{icon::Icon, state::StateKind, state::StateLabel},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What all phones together still hold.
pub fn summary(phones: &Phones) -> String {
    let holding = phones.phones.iter().filter(|phone| phone.pending > 0);
    let (count, pending) =
        holding.fold((0, 0_i64), |(count, sum), phone| (count + 1, sum.saturating_add(phone.pending)));
    if count == 0 {
        return "Aucune saisie n’attend sur les téléphones, d’après leur dernier envoi.".to_owned();
    }
    let since = phones.phones.iter().filter(|phone| phone.pending > 0).filter_map(|phone| phone.since).min();
    format!(
        "{} {}{}.",
        fr::count(count, "téléphone garde encore", "téléphones gardent encore"),
        fr::count(pending, "saisie", "saisies"),
        since.map(|since| format!(", depuis le {}", fr::near_date(since, phones.today))).unwrap_or_default()
    )
}

/// What one phone still holds.
pub fn held(phone: &Phone, today: NaiveDate) -> String {
    if phone.pending == 0 {
        return "n’a plus rien à envoyer".to_owned();
    }
    let since = phone.since.map(|since| format!(", depuis le {}", fr::near_date(since, today))).unwrap_or_default();
    format!("garde encore {}{since}", fr::count(phone.pending, "saisie", "saisies"))
}

/// What else there is to know, where there is something.
pub fn remarks(phone: &Phone, build: &str, today: NaiveDate) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(on) = phone.revoked_on {
        let next = if phone.pending > 0 {
            "Il remettra ce qu’il garde dès qu’il sera ouvert avec du réseau ; vous le trouverez dans « À vérifier »."
        } else {
            "Il ne reçoit plus rien."
        };
        remarks.push(format!("Retiré le {}. {next}", fr::near_date(on, today)));
    }
    if phone.skew_ms.saturating_abs() > DAY_MS {
        let days = phone.skew_ms.saturating_abs() / DAY_MS;
        let way = if phone.skew_ms > 0 { "retarde" } else { "avance" };
        let days = fr::count(days, "jour", "jours");
        remarks.push(format!("Son horloge {way} de {days} : les dates proposées sont à vérifier dans ses réglages."));
    }
    if phone.stalls > 0 {
        let times = fr::integer(phone.stalls);
        remarks.push(format!("L’envoi s’est arrêté {times} fois et a repris de lui-même."));
    }
    if phone.schema > i64::from(SCHEMA) {
        remarks.push("Son carnet est d’une version plus récente que celle du serveur.".to_owned());
    } else if phone.build != build && phone.revoked_on.is_none() {
        remarks.push("Son carnet sera mis à jour à sa prochaine ouverture avec du réseau.".to_owned());
    }
    remarks
}

/// The page.
#[component]
pub fn PhonesPage(
    /// What to show.
    phones: Phones,
) -> impl IntoView {
    let notice = phones.withdrawn.then(|| {
        view! { <NoticeBox text="Le téléphone est retiré. Ce qu’il garde encore arrivera dans « À vérifier »." done=true /> }
    });
    let body = if phones.phones.is_empty() {
        view! {
            <section class="nothing">
                <div class="halo"><Icon name="device" /></div>
                <h2>"Aucun téléphone pour l’instant"</h2>
                <p>"Chacun apparaîtra ici dès qu’un·e promeneur·euse y aura ouvert son carnet."</p>
            </section>
        }
        .into_any()
    } else {
        let Phones { today, build, .. } = phones.clone();
        let items = phones.phones.iter().map(|phone| item(phone, &build, today)).collect_view();
        view! { <ul class="phones">{items}</ul> }.into_any()
    };
    view! {
        <div class="report-head">
            <h1>"Téléphones"</h1>
            <p>
                <Icon name="phone" />
                <span>{summary(&phones)}</span>
            </p>
            <p class="quiet">
                "Ce qui manque encore aux chiffres, par jour. Lanterne ne montre ni heure, ni dernière activité."
            </p>
            {notice}
        </div>
        {body}
        <p><a class="lone" href=RESCUE>"Importer un fichier de secours"</a></p>
    }
    .into_any()
}

fn item(phone: &Phone, build: &str, today: NaiveDate) -> AnyView {
    let (kind, id) = (if phone.pending > 0 { StateKind::Phone } else { StateKind::Sent }, phone.id.to_string());
    let remarks = remarks(phone, build, today);
    let remarks = remarks.iter().map(|line| view! { <p class="quiet">{fr::spaced(line)}</p> }).collect_view();
    let withdraw = phone.revoked_on.is_none().then(|| {
        view! {
            <a href=format!("{PHONES}/{id}/retirer")>
                "Retirer…" <span class="sr-only">{format!(" le téléphone de {}", phone.promeneur)}</span>
            </a>
        }
    });
    view! {
        <li>
            <div>
                <h2>{phone.promeneur.clone()}</h2>
                <p class="quiet">{whose(phone, today)}</p>
            </div>
            <div>
                <StateLabel kind=kind text=fr::capital(&held(phone, today)) />
                {remarks}
            </div>
            {withdraw}
        </li>
    }
    .into_any()
}

fn whose(phone: &Phone, today: NaiveDate) -> String {
    let since =
        format!("téléphone {}, utilisé depuis le {}", phone.id.short(), fr::near_date(phone.enrolled_on, today));
    phone.structure.as_ref().map_or_else(|| fr::capital(&since), |structure| format!("{structure} · {since}"))
}

/// Before a phone is withdrawn: what will happen.
#[component]
pub fn WithdrawPage(
    /// The phone.
    phone: Phone,
    /// Today.
    today: NaiveDate,
) -> impl IntoView {
    view! {
        <div class="report-head">
            <h1>"Retirer ce téléphone\u{202f}?"</h1>
            <p>{format!("{} · {}.", phone.promeneur, whose(&phone, today))}</p>
            <p>{format!("Il {}.", held(&phone, today))}</p>
        </div>
        <section class="form">
            <ul class="bullets">
                <li>"Il ne recevra plus rien, et n’enverra plus rien dans les chiffres."</li>
                <li>
                    "À sa prochaine ouverture avec du réseau, il remettra ce qu’il garde\u{202f}: vous le trouverez dans «\u{202f}À vérifier\u{202f}». Ensuite il s’effacera."
                </li>
                <li>"Ce qui est déjà envoyé reste, et les autres téléphones de la même personne continuent."</li>
                <li>"Un téléphone retiré ne peut pas être remis\u{202f}; on s’y connecte comme sur un nouveau."</li>
            </ul>
            <form method="post" action=format!("{PHONES}/{}/retirer", phone.id)>
                <div class="actions">
                    <button class="btn">"Retirer ce téléphone"</button>
                    <a class="btn btn-quiet" href=PHONES>"Ne rien changer"</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::DeviceId;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn phone(pending: i64) -> Phone {
        Phone {
            id: DeviceId(uuid::Uuid::from_u128(1)),
            promeneur: "Anne".to_owned(),
            structure: Some("MJC".to_owned()),
            enrolled_on: date(9, 1),
            pending,
            since: (pending > 0).then(|| date(11, 19)),
            stalls: 0,
            build: "b".to_owned(),
            schema: 1,
            skew_ms: 0,
            revoked_on: None,
        }
    }

    fn phones(phones: Vec<Phone>) -> Phones {
        Phones { today: date(11, 24), build: "b".to_owned(), phones, withdrawn: false }
    }

    fn page(phones: Phones) -> String {
        Owner::new().with(|| view! { <PhonesPage phones=phones /> }.to_html())
    }

    #[test]
    fn what_is_missing_is_said_by_the_day() {
        assert_eq!(
            summary(&phones(vec![phone(0)])),
            "Aucune saisie n’attend sur les téléphones, d’après leur dernier envoi."
        );
        assert_eq!(
            summary(&phones(vec![phone(3), phone(4), phone(0)])),
            "2 téléphones gardent encore 7 saisies, depuis le 19\u{a0}novembre."
        );
        assert_eq!(held(&phone(1), date(11, 24)), "garde encore 1 saisie, depuis le 19\u{a0}novembre");
    }

    #[test]
    fn what_is_unusual_is_said_in_words() {
        let said = |phone: &Phone| remarks(phone, "b", date(11, 24)).join(" ");
        assert_eq!(said(&phone(2)), "");
        assert!(said(&Phone { skew_ms: 3 * DAY_MS, ..phone(0) }).contains("retarde de 3 jours"));
        assert!(said(&Phone { skew_ms: -DAY_MS - 1, ..phone(0) }).contains("avance de 1 jour "));
        assert_eq!(said(&Phone { skew_ms: DAY_MS, ..phone(0) }), "");
        assert!(said(&Phone { stalls: 2, ..phone(0) }).contains("2 fois"));
        assert!(said(&Phone { schema: 9, ..phone(0) }).contains("plus récente"));
        assert!(said(&Phone { build: "a".to_owned(), ..phone(0) }).contains("mis à jour"));
        assert!(said(&Phone { revoked_on: Some(date(11, 23)), ..phone(2) }).contains("remettra"));
    }

    #[test]
    fn a_withdrawn_phone_is_not_withdrawn_again_and_no_phone_is_an_empty_page() {
        assert!(page(phones(vec![phone(1)])).contains("/retirer\""));
        assert!(!page(phones(vec![Phone { revoked_on: Some(date(11, 23)), ..phone(1) }])).contains("/retirer\""));
        assert!(page(phones(Vec::new())).contains("Aucun téléphone pour l’instant"));
    }
}
