//! « Aide »: whom to call, what the charter commits to, and what this notebook does not record. Words that never change
//! between releases, so they are text and no view; the numbers of the department stand among them.

use leptos::prelude::*;

use super::{carnet::Carnet, frame::Frame};
use crate::{
    domain::helpline::Helpline,
    ui::{
        html::{Html, html},
        icon::Chevron,
    },
};

/// `/app/aide`.
#[component]
pub fn Help() -> impl IntoView {
    let carnet = Carnet::open();
    let text = move || {
        carnet.standing.with(|standing| text(standing.as_ref().map_or(&[][..], |standing| &standing.helplines)))
    };
    view! {
        <Frame title="Aide" class="help">
            <div class="stack" inner_html=text></div>
        </Frame>
    }
}

fn text(department: &[Helpline]) -> String {
    let mut out = Html::default();
    out.markup(
        "<div class=\"page-title\"><h1>Aide</h1></div><section aria-labelledby=\"qui\"><h2 id=\"qui\">Qui appeler</h2>",
    );
    html!(out; "<p class=\"quiet\">");
    out.markup(URGENT);
    html!(out; "</p>");
    out.markup(NATIONAL);
    if !department.is_empty() {
        html!(out; "<h3>Dans le département</h3><ul class=\"numbers\">");
        for line in department {
            html!(out; "<li><a href=\"tel:" (line.number) "\"><b>" (line.shown()) "</b> <span>" (line.spaced_words()) "</span></a></li>");
        }
        html!(out; "</ul>");
    }
    out.markup(REST);
    out.finish()
}

/// Whom to call where there is no notebook to open: on a phone that is locked, or that was withdrawn.
pub fn whom_to_call() -> AnyView {
    view! {
        <p class="quiet" inner_html=URGENT></p>
        <details class="more help">
            <summary>"Qui appeler" <Chevron /></summary>
            <div class="stack" inner_html=NATIONAL></div>
        </details>
    }
    .into_any()
}

const URGENT: &str = "Un danger immédiat\u{202f}: le <a href=\"tel:112\">112</a>, ou le <a href=\"sms:114\">114</a> par message pour qui ne peut pas parler.";

/// The numbers are those of the national services (`domain.md` B9, F7); the charter's points are those of its six articles
/// (`domain.md` D3), in our words.
const NATIONAL: &str = "\
<ul class=\"numbers\">\
<li><a href=\"tel:119\"><b>119</b> <span>Enfance en danger. Jour et nuit, gratuit, n’apparaît pas sur les factures.</span></a></li>\
<li><a href=\"tel:3018\"><b>3018</b> <span>Harcèlement et violences en ligne. Peut faire retirer un contenu. De 9\u{202f}h à 23\u{202f}h.</span></a></li>\
<li><a href=\"tel:3114\"><b>3114</b> <span>Prévention du suicide, aussi pour qui s’inquiète d’un proche. Jour et nuit.</span></a></li>\
<li><a href=\"tel:0800235236\"><b>0\u{202f}800\u{202f}235\u{202f}236</b> <span>Fil Santé Jeunes, de 12 à 25 ans. Anonyme et gratuit. De 9\u{202f}h à 23\u{202f}h.</span></a></li>\
</ul>";

const REST: &str = "\
<p>Une situation préoccupante se transmet par écrit à la cellule de recueil du département (CRIP), selon la procédure de votre structure\u{202f}: parlez-en à votre responsable et à la coordination. Lanterne compte l’alerte, elle ne la remplace pas.</p></section>\
<section aria-labelledby=\"non\"><h2 id=\"non\">Ce que Lanterne n’enregistre pas</h2>\
<ul class=\"bullets\">\
<li>Aucun nom, pseudo, numéro, photo ni lien d’un jeune\u{202f}: les chiffres du bilan n’en ont pas besoin, et un petit village suffit à reconnaître quelqu’un.</li>\
<li>Aucun message échangé, aucune capture d’écran.</li>\
<li>Ni votre position, ni ce que vous faites d’autre sur ce téléphone.</li>\
<li>Vos notes restent à vous\u{202f}: la coordination voit des chiffres, jamais ce que vous y écrivez. Seuls les mots de votre relevé sont pour elle. La personne concernée peut demander à lire une note.</li>\
</ul></section>\
<section aria-labelledby=\"charte\"><h2 id=\"charte\">La charte, en bref</h2>\
<ul class=\"bullets\">\
<li>La présence en ligne prolonge l’action éducative de terrain, elle ne remplace pas la rencontre.</li>\
<li>Un compte professionnel à votre prénom et au nom de votre structure, avec votre photo, qui dit comment vous joindre et renvoie à l’annuaire.</li>\
<li>Plusieurs heures par semaine, sur votre temps de travail, quand les jeunes sont disponibles.</li>\
<li>Écouter, informer, prévenir, orienter\u{202f}: proposer une rencontre ou un relais chaque fois que c’est utile.</li>\
<li>Confidentialité et secret professionnel\u{202f}; signalement quand la loi l’impose.</li>\
<li>Aucune distinction ni préjugé, laïcité, aucun prosélytisme, aucune activité commerciale.</li>\
<li>Prendre part aux temps du réseau et à son évaluation\u{202f}: ce carnet en fait partie.</li>\
</ul><p class=\"quiet\">La charte nationale signée par vous et votre structure fait foi.</p></section>\
<section aria-labelledby=\"carnet\"><h2 id=\"carnet\">Ce carnet</h2>\
<p><a href=\"/app/appareil\">Cet appareil</a>\u{202f}: est-il prêt sans réseau, protégé, à jour\u{202f}? · <a href=\"/app/envoi\">Envoi</a>\u{202f}: ce qui reste sur ce téléphone, et le fichier de secours. · <a href=\"/app/verrou\">Verrou</a>\u{202f}: un code pour l’ouvrir. · Avec le réseau\u{202f}: <a href=\"/plan\" rel=\"external\">Plan du site</a>, <a href=\"/accessibilite\" rel=\"external\">Accessibilité\u{202f}: partiellement conforme</a>.</p></section>";
