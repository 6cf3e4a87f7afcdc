//! `/donnees`: what is kept and why, for everybody, in words.

use leptos::prelude::*;

use super::{SiteAssets, apart, document};

/// The page.
pub fn page(site: &SiteAssets) -> String {
    apart(|| {
        let body = view! {
            <main class="office office-page" id="contenu">
                <div class="report-head">
                    <p><a href="/">"Lanterne"</a> <a href="/plan">"Plan du site"</a></p>
                    <h1>"Ce que Lanterne garde, et pourquoi"</h1>
                    <p>
                        "Lanterne est le carnet d’activité des Promeneurs du Net\u{202f}: des professionnel·les de la jeunesse y notent leur présence en ligne. Voici ce qui y est gardé, pour qui, et combien de temps."
                    </p>
                </div>
                <section class="reading" aria-labelledby="jeunes">
                    <h2 id="jeunes">"Des jeunes\u{202f}: des nombres, jamais des personnes"</h2>
                    <p>
                        "Aucun nom, aucun pseudonyme, aucune adresse, aucun numéro, aucune conversation. Un échange est noté par un nombre de jeunes, des tranches d’âge, des thèmes, et le genre là où le réseau le demande. Quand un texte libre ressemble à un nom ou à un numéro, le carnet le signale pendant qu’on l’écrit."
                    </p>
                    <p>
                        "Dans ce qui est remis à la Caf et aux comités, les petits nombres sont masqués, ainsi que ceux qui permettraient de les calculer."
                    </p>
                </section>
                <section class="reading" aria-labelledby="pros">
                    <h2 id="pros">"Des promeneurs·euses\u{202f}: ce qui rend compte du travail"</h2>
                    <ul class="bullets">
                        <li>"Le nom, la structure, les dates de labellisation, de départ et d’absence, le temps de présence convenu."</li>
                        <li>"Les présences, interventions, rencontres, projets, abonnés des comptes, et les relevés mensuels transmis."</li>
                        <li>"Un identifiant, une phrase de passe dont seule une empreinte est gardée, et les appareils connectés, montrés au jour près. Pour qui entre par empreinte, visage ou code\u{202f}: de quoi vérifier une signature, et rien de l’empreinte ni du visage, qui ne quittent pas l’appareil."</li>
                    </ul>
                    <p>
                        "Aucun écran de la coordination ne montre d’heure de connexion, de position, de classement ni de «\u{202f}dernière activité\u{202f}». Elle voit les chiffres, aussi ceux de chaque personne, et les relevés transmis\u{202f}; elle ne voit jamais les notes du carnet."
                    </p>
                </section>
                <section class="reading" aria-labelledby="temps">
                    <h2 id="temps">"Combien de temps"</h2>
                    <ul class="bullets">
                        <li>"Les notes, titres et textes des relevés\u{202f}: 24 mois, si le réseau n’a pas choisi une autre durée, de 6 à 60 mois. Les chiffres restent."</li>
                        <li>"Le nom et l’accès de qui quitte le réseau\u{202f}: 12 mois après le départ, si le réseau n’en a pas décidé autrement."</li>
                        <li>"Une connexion\u{202f}: 90 jours sans servir sur le téléphone d’un·e promeneur·euse, 21 heures ailleurs."</li>
                        <li>"Un essai de connexion, avec l’adresse d’où il vient\u{202f}: un quart d’heure\u{202f}; cinq minutes s’il se fait avec une clé."</li>
                        <li>"Une invitation\u{202f}: une semaine pour servir\u{202f}; elle est effacée en même temps que les textes, et l’adresse à laquelle elle est partie après une semaine."</li>
                    </ul>
                </section>
                <section class="reading" aria-labelledby="ou">
                    <h2 id="ou">"Où, et qui y accède"</h2>
                    <p>
                        "Sur le téléphone professionnel, où un verrou peut le chiffrer, sur le serveur du réseau et dans ses sauvegardes. Aucune page n’appelle un autre site\u{202f}: ni mesure d’audience, ni police, ni image d’ailleurs. Un seul cookie tient la connexion, un autre reconnaît l’appareil pour que personne ne puisse bloquer votre accès en essayant des phrases de passe."
                    </p>
                    <p>
                        "Chacun·e lit ce que sa fonction permet\u{202f}: les promeneurs·euses leur carnet, la coordination le réseau, une direction sa structure, la Caf et les comités des chiffres masqués. Chaque acte d’administration et chaque export est noté, et la coordination peut le lire."
                    </p>
                </section>
                <section class="reading" aria-labelledby="droits">
                    <h2 id="droits">"Vos droits"</h2>
                    <p>
                        "Vous pouvez voir et emporter ce qui est gardé sur vous depuis " <a href="/acces">"Mon accès"</a>
                        ", corriger vos saisies dans le carnet, et demander le reste à votre coordination. La structure responsable et la personne déléguée à la protection des données sont celles que votre réseau a désignées\u{202f}; vous pouvez aussi saisir la CNIL."
                    </p>
                </section>
                <p><a class="lone" href="/accessibilite">"Accessibilité"</a></p>
            </main>
        };
        document(site, &site.office, "Ce que Lanterne garde, et pourquoi – Lanterne", (), body)
    })
}
