// Every screen of the phone as it is announced, without network.
import { daysAgo, openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

/** What somebody hears who does not see the screen: names, roles and their order, without what changes from day to day. */
const HEARD: [path: string, heard: string][] = [
  [
    "/app",
    `
    - status: /Tout est envoyé/
    - region /^Bon(jour|soir) Promeneur 7$/:
      - heading /^Bon(jour|soir) Promeneur 7$/ [level=1]
      - paragraph: /Sur quels réseaux êtes-vous.* Un au moins\\./
      - group /Sur quels réseaux/:
        - checkbox "Instagram"
        - button "Autres réseaux"
      - button "Commencer"
    - region "Noter":
      - heading "Noter" [level=2]
      - link /^Comme la dernière fois/
      - list:
        - listitem:
          - link "Informer"
        - listitem:
          - link "Lien"
        - listitem:
          - link "Contact"
        - listitem:
          - link "Projet"
        - listitem:
          - link "Écoute"
        - listitem:
          - link "Relayer"
    - region "Déjà noté ce soir":
      - heading "Déjà noté ce soir" [level=2]
    - region "Et aussi":
      - heading "Et aussi" [level=2]
      - list:
        - listitem:
          - link "Rencontre"
        - listitem:
          - link "Projet ou parcours"
        - listitem:
          - link "Abonnés"
    `,
  ],
  [
    "/app/noter/listen",
    `
    - heading "Offrir une écoute" [level=1]
    - link "Aide"
    - link "Fermer, garder en brouillon"
    - group "Réseau à choisir":
      - radio "Instagram"
      - button /^Voir tout.*Réseau$/
    - button /^Un de moins.*jeunes$/
    - spinbutton "Jeunes": "1"
    - button /^Un de plus.*jeunes$/
    - button /^Un de moins.*première fois cette année$/ [disabled]
    - spinbutton "dont vus pour la première fois cette année": "0"
    - group "Thématiques une à trois":
      - checkbox
      - button /^Voir tout.*Thématiques$/
    - group "Durée en minutes":
      - radio "5"
      - radio "15"
      - button /^Voir tout.*Durée$/
    - group: /Préciser/
    - button "Enregistrer"
    - status: Sur ce téléphone, même sans réseau.
    `,
  ],
  [
    "/app/presence/nouvelle",
    `
    - heading "Présence" [level=1]
    - link "Fermer, garder en brouillon"
    - textbox "Soirée du"
    - textbox "Début": 20:00
    - textbox "Fin": 22:00
    - paragraph: /^Soit 2.h, /
    - group "Réseaux un au moins":
      - checkbox "Instagram"
      - button /^Voir tout.*Réseaux$/
    - textbox "Note facultative"
    - button "Enregistrer"
    `,
  ],
  [
    "/app/nouveau/rencontre",
    `
    - heading "Rencontre" [level=1]
    - link "Fermer, garder en brouillon"
    - spinbutton "Jeunes rencontrés": "1"
    - spinbutton "dont pour la première fois cette année, après un contact en ligne": "1"
    - group "Thématiques facultatives":
      - checkbox "Échange informel"
    - textbox "Jour de la rencontre"
    - textbox "Note facultative"
    - button "Enregistrer"
    `,
  ],
  [
    "/app/nouveau/projet",
    `
    - heading "Projet ou parcours" [level=1]
    - group "Nature":
      - radio "Projet" [checked]
      - radio "Suivi de parcours"
    - textbox "Titre sans nom de personne"
    - group "Où il en est":
      - radio "Émergence" [checked]
    - group "Thématique à choisir"
    - spinbutton "Jeunes": "1"
    - group "Origine":
      - radio "Contact en ligne" [checked]
    - group "Cadre":
      - radio "Individuel" [checked]
    - textbox "Commencé le"
    - textbox "Terminé le"
    - textbox "Note sur ce qui en est sorti facultative"
    - button "Enregistrer"
    `,
  ],
  [
    "/app/nouveau/abonnes",
    `
    - heading "Abonnés" [level=1]
    - group "Compte professionnel à choisir":
      - radio "Instagram"
    - spinbutton "Abonnés ou « amis »"
    - textbox "Relevé le"
    - button "Enregistrer"
    `,
  ],
  [
    "/app/journal",
    `
    - heading "Journal" [level=1]
    - link "Ajouter à une autre soirée"
    - status: /Tout est envoyé/
    - search:
      - searchbox "Chercher dans le journal"
      - group "Filtres":
        - button "Présences"
        - button "Interventions"
        - button "Projets"
        - button "Autres"
        - button "Pas envoyées"
    - region:
      - heading [level=2]
      - list:
        - listitem:
          - group: /envoyée/
    `,
  ],
  [
    "/app/appareil",
    `
    - heading "Cet appareil" [level=1]
    - paragraph:
      - link "Envoi et fichier de secours"
      - link "Verrou du carnet"
    - list:
      - listitem:
        - heading "Prêt sans réseau" [level=2]
    - region "Affichage":
      - heading "Affichage" [level=2]
      - group "Affichage":
        - button /^Sombre dès 20.h$/
        - button "Comme le téléphone" [pressed]
        - button "Clair"
        - button "Sombre"
    - group: À lire à la coordination, en cas de souci
    - button "Envoyer maintenant"
    - button "Se déconnecter"
    `,
  ],
  [
    "/app/envoi",
    `
    - heading "Envoi" [level=1]
    - status: /Tout est envoyé/
    - list:
      - listitem
    - button "Envoyer maintenant"
    - heading "Fichier de secours" [level=2]
    - button "Préparer le fichier de secours"
    `,
  ],
  [
    "/app/verrou",
    `
    - heading "Verrou du carnet" [level=1]
    - list:
      - listitem:
        - heading "Pas de verrou" [level=2]
    - textbox "Nouveau code"
    - textbox "Le même, encore une fois"
    - paragraph: /De six à douze chiffres/
    - checkbox "Ouvrir aussi par empreinte ou visage"
    - button "Poser le verrou"
    - list
    `,
  ],
  [
    `/app/ajouter/${daysAgo(1)}`,
    `
    - heading "Ajouter à une soirée" [level=1]
    - textbox "Soirée du"
    - link "Une présence"
    - region "Une intervention":
      - list:
        - listitem:
          - link "Informer"
    - region "Et aussi":
      - list:
        - listitem:
          - link "Rencontre"
    `,
  ],
  [
    "/app/nulle-part",
    `
    - heading "Rien à cette adresse" [level=1]
    - paragraph: La page a changé de place, ou l’adresse est incomplète.
    - link "Revenir à ce soir"
    `,
  ],
  [
    "/app/saisie/0193bbbb-0000-7000-8000-00000000000f",
    `
    - heading "Cette saisie n’est plus là" [level=1]
    - paragraph: Elle a été supprimée, ou elle n’est pas encore arrivée sur ce téléphone.
    - link "Revenir au journal"
    `,
  ],
];

test("each screen is announced as it reads", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  await server.stop();
  for (const [path, heard] of HEARD) {
    await carnet.open(path);
    await expect(carnet.page.locator("#contenu"), path).toMatchAriaSnapshot(heard);
  }
});

test("what a screen becomes is announced too: a presence that runs, a form that is unfolded", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[2]!);
  const { page } = carnet;
  await server.stop();
  await carnet.startPresence("Discord");
  await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
    - region "Présence en cours":
      - text: 0 min
      - heading "Présence en cours" [level=1]
      - paragraph:
        - text: Discord
        - link "Modifier cette présence"
      - paragraph:
        - strong: "0"
        - text: intervention
        - strong: "0"
        - text: jeune
      - button "Terminer"
    - region "Noter"
  `);
  await carnet.begin("Écoute");
  await page.locator("details.more summary").click();
  await expect(page.locator("details.more")).toMatchAriaSnapshot(`
    - group:
      - group "Type":
        - radio "Offrir une écoute" [checked]
      - group /^En particulier/
      - group "Forme":
        - radio "Message privé" [checked]
      - group "Cadre":
        - radio "Individuel" [checked]
      - group "À l’initiative de"
      - group "Avec qui":
        - radio "Jeune(s)" [checked]
      - group "Âges":
        - spinbutton "Moins de 12 ans": "0"
        - spinbutton "12–14 ans": "0"
        - paragraph: /Sans âge précisé/
      - group /^D’où vous vous connaissez/
      - group /^Et après/
      - spinbutton "Durée exacte, en minutes"
      - textbox "Note facultative"
  `);
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await carnet.endPresence();
});
