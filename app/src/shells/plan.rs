//! `/plan`: every place of the site and what is there, for everybody (RGAA 12.1: a second way beside the menus).

use leptos::prelude::*;

use super::{NOTEBOOK, SiteAssets, apart, document};
use crate::coordination::address;

/// Where it is, how it is called, what is there.
type Entry = (&'static str, &'static str, &'static str);

/// The promeneur's places, on the phone.
const PHONE: [Entry; 10] = [
    (NOTEBOOK.0, "Ce soir", "la présence en cours et ce qui se note"),
    ("/app/journal", "Journal", "les saisies, soirée par soirée"),
    ("/app/nouveau/rencontre", "Noter une rencontre", "après un contact en ligne"),
    ("/app/nouveau/projet", "Noter un projet", "né de la présence en ligne, et ses étapes"),
    ("/app/nouveau/abonnes", "Noter les abonnés", "d’un compte professionnel, chaque mois"),
    ("/app/bilan", "Mon bilan", "vos chiffres, et le relevé à transmettre"),
    ("/app/aide", "Aide", "qui appeler, la charte, ce qui n’est pas enregistré"),
    ("/app/appareil", "Cet appareil", "prêt sans réseau, affichage, installation, diagnostic"),
    ("/app/envoi", "Envoi", "ce qui reste sur ce téléphone, et le fichier de secours"),
    ("/app/verrou", "Verrou", "un code ou une clé pour ouvrir le carnet"),
];

/// The places of those who evaluate.
const OFFICE: [Entry; 19] = [
    (address::HOME, "Tableau de bord", "les chiffres d’une période et d’un périmètre"),
    (address::COMPOSITION, "Ce qui compose les chiffres", "par territoire, structure et promeneur·euse"),
    (address::OBJECTIVES, "Objectifs", "ce que le réseau, les territoires et les structures visent"),
    (address::STATEMENTS, "Relevés", "ceux du mois, et les rappels"),
    (address::NEEDS, "Besoins", "souhaits de formation et difficultés"),
    (address::NETWORK_LIFE, "Réseau", "la vie du réseau\u{202f}: réunions, formations, actions"),
    (address::NETWORK_ACCOUNTS, "Comptes professionnels", "un par personne et par réseau social"),
    (address::NETWORK_TERRITORIES, "Territoires", "et les communes qu’ils couvrent"),
    (address::NETWORK_HOLIDAYS, "Vacances scolaires", "celles de votre zone"),
    (address::STAFF, "Équipe", "structures, promeneurs·euses et accès"),
    (address::BILANS, "Bilans", "les écrire, les publier, les lire"),
    (address::PHONES, "Téléphones", "et comment en retirer un"),
    (address::TO_CHECK, "À vérifier", "ce qui attend une décision"),
    (address::HELPLINES, "Numéros", "ceux du département"),
    (address::IMPORTS, "Import", "un tableau d’activité passée"),
    (address::RESCUE, "Fichier de secours", "d’un téléphone qui n’a pas pu envoyer"),
    (address::KEYS, "Clés d’accès aux chiffres", "pour les outils de la Caf"),
    (address::SERVICE, "Service", "l’état du serveur, la durée de conservation, ce que le carnet demande"),
    (address::AUDIT, "Actes d’administration", "qui a fait quoi"),
];

/// For everybody.
const ALL: [Entry; 4] = [
    ("/connexion", "Se connecter", ""),
    (address::OWN, "Mon accès", "appareils connectés, phrase de passe, vos données"),
    ("/donnees", "Ce que Lanterne garde, et pourquoi", ""),
    ("/accessibilite", "Accessibilité", ""),
];

/// The page.
pub fn page(site: &SiteAssets) -> String {
    apart(|| {
        let list = |entries: &[Entry]| {
            let item = |(href, name, what): &Entry| {
                let what = (!what.is_empty()).then(|| format!("\u{202f}: {what}"));
                view! { <li><a class="lone" href=*href>{*name}</a> {what}</li> }
            };
            view! { <ul class="bullets">{entries.iter().map(item).collect_view()}</ul> }.into_any()
        };
        let part = |id: &'static str, name: &'static str, said: &'static str, entries: AnyView| {
            view! {
                <section class="reading" aria-labelledby=id>
                    <h2 id=id>{name}</h2>
                    <p class="quiet">{said}</p>
                    {entries}
                </section>
            }
        };
        let body = view! {
            <main class="office office-page" id="contenu">
                <div class="report-head">
                    <p><a href="/">"Lanterne"</a></p>
                    <h1>"Plan du site"</h1>
                </div>
                {part("carnet", "Le carnet", "Pour les promeneurs·euses, sur le téléphone, aussi sans réseau.", list(&PHONE))}
                {part(
                    "coordination",
                    "La coordination",
                    "Pour qui coordonne ou évalue\u{202f}: chaque fonction ouvre ce qui est pour elle.",
                    list(&OFFICE),
                )}
                {part("tous", "Pour tout le monde", "Votre accès, et ce qu’il faut savoir de Lanterne.", list(&ALL))}
            </main>
        };
        document(site, &site.office, "Plan du site – Lanterne", (), body)
    })
}
