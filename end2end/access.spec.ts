// Every screen, in its states, is asked whether everybody can use it (access.ts). Each check is shown to find a fault.
import type { Page } from "@playwright/test";

import { ace, axe, everything, html, layouts, targets } from "./access.ts";
import { lightAsAsked } from "./chromium.ts";
import { Carnet, disagree, typeNote } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { readFile } from "./spreadsheet.ts";

/** Collects what is wrong anywhere, so that one run tells all of it. */
class Tour {
  readonly faults: string[] = [];

  constructor(readonly page: Page) {}

  async at(name: string): Promise<void> {
    await this.page.evaluate(() => document.fonts.ready);
    for (const fault of await everything(this.page)) this.faults.push(`${name}: ${fault}`);
  }
}

test("each check finds the fault that is planted for it", async ({ page }) => {
  await page.goto("/connexion");
  const planted = async (plant: () => void, check: (page: Page) => Promise<string[]>, words: RegExp) => {
    expect(await check(page)).toEqual([]);
    await page.evaluate(plant);
    expect((await check(page)).join("\n")).toMatch(words);
    await page.reload();
  };
  await planted(() => document.querySelectorAll("label").forEach((label) => label.remove()), axe, /^axe label:/m);
  await planted(() => (document.querySelector<HTMLElement>(".plain-foot")!.style.cssText = "color: #777"), axe, /^axe color-contrast:/m);
  await planted(() => document.querySelector("h1")!.append(" Vraiment ?"), axe, /^typography: Vraiment \?$/m);
  await planted(() => document.querySelector("h1")!.setAttribute("title", "L'outil"), axe, /^typography: L'outil$/m);
  await planted(() => (document.querySelector<HTMLElement>(".plain-foot")!.style.cssText = "color: #6a6a6a"), axe, /^axe color-contrast-enhanced:/m);
  const inTheDark = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("@media (prefers-color-scheme: dark) { .plain-foot { color: #444 !important; } }");
    document.adoptedStyleSheets.push(sheet);
  };
  await planted(inTheDark, everything, /^dark: axe color-contrast/m);
  await planted(() => document.querySelectorAll("label").forEach((label) => label.remove()), ace, /^ace input_label/m);
  await planted(() => document.documentElement.removeAttribute("lang"), ace, /^ace html_lang/m);
  await planted(() => (document.querySelector("h1")!.id = "identifiant"), html, /^html no-dup-id:/m);
  await planted(() => document.querySelector("h1")!.append(document.createElement("p")), html, /^html element-permitted-content:/m);
  const small = () => void (document.querySelector<HTMLElement>("button")!.style.cssText = "min-height: 0; height: 40px; padding: 0");
  await planted(small, targets, /^targets: button « Se connecter » is \d+ × 40 px/m);
  const style = (css: string) => page.evaluate((css) => void (document.querySelector("h1")!.style.cssText = css), css);
  const said = async (css: string) => {
    await style(css);
    const faults = await layouts(page);
    await page.reload();
    return faults.join("\n");
  };
  expect(await said("min-width: 500px")).toMatch(/^layout, 320 px: scrolls sideways/m);
  expect(await said("min-width: 700px")).toMatch(/^layout, 400 %: scrolls sideways/m);
  expect(await said("position: sticky; min-height: 200px; width: 100%")).toMatch(/^layout, landscape: h1.* covers half of the screen/m);
  expect(await said("height: 2.6rem; width: 10rem; overflow: hidden; white-space: nowrap; font-size: 12px")).toBe("");
  expect(await said("height: 1.2em; overflow: hidden; font-size: 40px; line-height: 1")).toMatch(/^layout, spaced text: .* is cut by h1/m);
  expect(await said("height: 20px; overflow: hidden; font-size: 1rem; line-height: 1")).toMatch(/^layout, text at 200 %: .* is cut by h1/m);
});

test("the promeneur's screens", async ({ browser, server, viewport }, info) => {
  test.setTimeout(1_200_000);
  const context = await browser.newContext({ ...info.project.use, viewport, baseURL: server.url });
  await lightAsAsked(context);
  const page = await context.newPage();
  const carnet = new Carnet(page);
  const tour = new Tour(page);
  const login = DEMO.promeneurs[info.project.name === "mobile" ? 7 : 8]!;

  await page.goto("/connexion");
  await tour.at("signing in");
  await page.getByLabel("Identifiant").fill("anne@essai");
  await page.getByLabel("Phrase de passe").fill("pas la bonne phrase");
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.getByRole("alert").waitFor();
  await tour.at("signing in, refused");

  await signIn(page, login);
  await carnet.isReady();
  await tour.at("this evening");
  await carnet.startPresence("Instagram", "Discord");
  await carnet.begin("Écoute");
  await tour.at("a form");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.locator(".fault").first().waitFor();
  await tour.at("a form with faults");
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await typeNote(page, "Appeler Léa Martin au 06 12 34 56 78");
  await tour.at("a form, unfolded, with a note that names somebody");
  await page.getByRole("textbox", { name: /^Note/ }).fill("");
  await carnet.save();
  await tour.at("this evening, something saved");
  await carnet.begin("Contact");
  await carnet.more("jeunes").click();
  await page.locator('form[data-kept="yes"]').waitFor();
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await page.getByRole("heading", { name: "Brouillon à reprendre" }).waitFor();
  await tour.at("this evening, a draft");
  await carnet.openJournal();
  await page.locator("details.entry summary").first().click();
  await tour.at("the journal");
  await carnet.addToYesterday();
  await tour.at("adding to an evening");
  await page.getByRole("link", { name: "Une présence" }).click();
  await page.getByRole("button", { name: "Enregistrer" }).waitFor();
  await tour.at("a presence");
  for (const word of ["rencontre", "projet", "abonnes"]) {
    await page.goto(`/app/nouveau/${word}`);
    await page.getByRole("button", { name: "Enregistrer" }).waitFor();
    await tour.at(word);
  }
  await page.goto("/app/bilan");
  await page.locator(".figure").first().waitFor();
  await tour.at("one's bilan");
  await page.goto("/app/bilan/2019");
  await page.locator(".empty").waitFor();
  await tour.at("one's bilan, empty");
  await page.goto("/app/releve/2026-09");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await tour.at("a statement");
  await page.goto("/app/aide");
  await page.getByRole("heading", { name: "Qui appeler" }).waitFor();
  await tour.at("help");
  await page.goto("/app/appareil");
  await carnet.isReady();
  await tour.at("this phone");
  for (const path of ["/app/nulle-part", "/hors-reseau", "/coordination", "/accessibilite", "/plan"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await tour.at(path);
  }

  // None that runs is left to whoever is this promeneur next.
  await carnet.open();
  await carnet.endPresence();
  await disagree(carnet, await browser.newContext({ baseURL: server.url }), login);
  await tour.at("the journal, two versions");
  await page.getByRole("link", { name: "Une saisie", exact: true }).click();
  await page.getByRole("button", { name: "Garder celle-ci" }).waitFor();
  await tour.at("two versions");
  await server.stop();
  await page.goto("/app");
  await carnet.note("Écoute", "Discord", 1);
  await page.goto("/app/envoi");
  await page.getByText("Choisir").waitFor();
  await tour.at("what is not sent");
  await server.start();
  await context.close();
  expect(tour.faults).toEqual([]);
});

test("the screens of those who read and do not write", async ({ page, context }) => {
  test.setTimeout(1_200_000);
  const tour = new Tour(page);
  await signIn(page, DEMO.manager);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  await tour.at("the dashboard of a structure");
  await page.goto("/coordination/bilans");
  await tour.at("the bilans of a structure");
  await context.clearCookies();
  await signIn(page, DEMO.caf);
  await tour.at("the Caf's bilans");
  await page.goto("/coordination/bilans/chiffres?periode=2025-2026");
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await tour.at("the Caf's figures");
  await page.goto("/coordination");
  await tour.at("what is not for the Caf");
  expect(tour.faults).toEqual([]);
});

test("the coordination's screens", async ({ page }) => {
  test.setTimeout(1_200_000);
  const tour = new Tour(page);
  await signIn(page, DEMO.coordinator);
  const open = (query: string) => page.goto(`/coordination?${query}`, { waitUntil: "networkidle" });
  await open("periode=2025-2026");
  await tour.at("the dashboard");
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await tour.at("the dashboard, unfolded");
  await open("periode=2019");
  await tour.at("the dashboard, empty");
  await open("periode=hier");
  await tour.at("the dashboard, refused");
  for (const path of ["telephones", "a-verifier", "numeros", "fichier-de-secours", "releves", "releves/2026-07", "bilans", "objectifs", "besoins", "cles", "import", "equipe", "reseau", "reseau/comptes", "reseau/territoires", "reseau/vacances", "service", "service/actes", "composition?periode=2025-2026"]) {
    await page.goto(`/coordination/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await tour.at(path);
  }
  await page.goto("/coordination/bilans/ecrire?periode=2025-2026", { waitUntil: "load" });
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await tour.at("a bilan");
  await readFile(page, "Interventions", "Qui;Date;Réseau;Nb jeunes\nPersonne;12/09/2023;Insta;beaucoup\n");
  await tour.at("a spreadsheet that says too little");
  await page.getByLabel("Nb jeunes").selectOption("");
  for (const question of await page.getByRole("group", { name: /^Quand une case est vide/ }).getByRole("combobox").all()) {
    await question.selectOption({ index: 1 });
  }
  await page.getByRole("button", { name: "Voir ce que cela donne" }).click();
  await page.getByRole("heading", { name: "1 ligne à corriger" }).waitFor();
  await tour.at("a spreadsheet with faults");
  await page.getByRole("button", { name: "Abandonner ce fichier" }).click();
  await page.getByRole("status").waitFor();
  await tour.at("a spreadsheet that was abandoned");
  await page.goto("/coordination/numeros");
  await page.getByLabel(/^Numéro/).fill("quinze");
  await page.getByLabel(/^Qui répond/).fill("Le SAMU");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByRole("alert").waitFor();
  await tour.at("a number that is none");
  await page.goto("/coordination/composition?periode=2026-03");
  await tour.at("a month, and what makes it up");
  await page.goto("/coordination/reseau");
  await page.getByLabel(/^Ce que c’était/).selectOption("Formation");
  // A day to come is refused by the server: the field of a browser does not know of it.
  await page.getByLabel(/^Jour/).fill("2031-01-01");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByText("Ce jour n’est pas encore passé").waitFor();
  await tour.at("an event that has not taken place");
  await page.goto("/coordination/equipe");
  await page.getByRole("link", { name: "Promeneur 1", exact: true }).click();
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await tour.at("a promeneur of the staff");
  await page.getByRole("button", { name: /^Lien de secours/ }).click();
  await page.getByRole("img", { name: /code à lire/ }).waitFor();
  await tour.at("a link that opens once");
  await page.goto(await page.getByLabel("À copier dans un message").inputValue());
  await tour.at("what the link opens");
  for (const path of ["/acces", "/confirmer?retour=/coordination/equipe", "/donnees", "/nulle-part"]) {
    await page.goto(path);
    await tour.at(path);
  }
  expect(tour.faults).toEqual([]);
});
