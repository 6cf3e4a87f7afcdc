// Pictures of every screen, for a person to look at: `make screens`. They assert nothing, and are no part of `make test`.
import { expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";

import { lightAsAsked } from "./chromium.ts";
import { Carnet, disagree, hide } from "./carnet.ts";
import { op, say, uuid7 } from "./device.ts";
import { DEMO, signIn, test } from "./fixtures.ts";
import { readFile, SPREADSHEET } from "./spreadsheet.ts";
import { own, write } from "./store.ts";
import type { Server } from "./server.ts";

/** Of the page of the test, or of another one. */
type Shoot = (name: string, fullPage?: boolean, of?: Page) => Promise<void>;

for (const colorScheme of ["light", "dark"] as const) {
  test(`screens, ${colorScheme}`, async ({ browser, server }, info) => {
    test.setTimeout(300_000);
    const { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId } = info.project.use;
    const options = {
      ...{ viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId },
      colorScheme,
      baseURL: server.url,
    };
    const context = await browser.newContext(options);
    await lightAsAsked(context);
    const page = await context.newPage();
    const carnet = new Carnet(page);
    let number = 0;
    const shoot: Shoot = async (name, fullPage = false, of = page) => {
      number += 1;
      await of.evaluate(() => document.fonts.ready);
      // What is fixed stands at the top of the whole page then.
      if (fullPage) await of.evaluate(() => scrollTo(0, 0));
      const path = `${info.project.name}-${colorScheme}/${String(number).padStart(2, "0")}-${name}.png`;
      await of.screenshot({ path: `${process.env.SCREENS}/${path}`, fullPage });
    };

    await page.goto("/connexion");
    await shoot("connexion");
    await page.getByLabel("Identifiant").fill("anne@essai");
    await page.getByLabel("Phrase de passe").fill("pas la bonne phrase");
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.getByRole("alert").waitFor();
    await shoot("connexion-refusee");

    const who = (colorScheme === "dark" ? 1 : 0) + { mobile: 2, desktop: 4, tablet: 6 }[info.project.name]!;
    await signIn(page, DEMO.promeneurs[who]!);
    await carnet.isReady();
    await shoot("soir");
    await carnet.startPresence("Instagram", "Discord");
    await carnet.begin("Écoute");
    await shoot("ecoute");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await page.locator(".fault").first().waitFor();
    await shoot("ecoute-fautes");
    await carnet.choose("Discord");
    await carnet.firstTheme().click();
    await carnet.more("jeunes").click();
    await page.getByText("Préciser").click();
    await carnet.chip("Rencontré·e en présentiel").click();
    await shoot("ecoute-precisee", true);
    await carnet.save();
    await shoot("soir-enregistre");
    await shoot("soir-entier", true);
    await carnet.begin("Contact");
    await carnet.more("jeunes").click();
    await page.locator('form[data-kept="yes"]').waitFor();
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await page.getByRole("heading", { name: "Brouillon à reprendre" }).waitFor();
    await shoot("soir-brouillon");
    await carnet.begin("Contact");
    await shoot("contact-repris");
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await carnet.openJournal();
    await page.locator("details.entry summary").nth(1).click();
    await shoot("journal");
    await carnet.addToYesterday();
    await shoot("ajouter");
    await page.getByRole("link", { name: "Une présence" }).click();
    await page.getByRole("button", { name: "Enregistrer" }).waitFor();
    await shoot("presence");
    for (const word of ["rencontre", "projet", "abonnes"]) {
      await page.goto(`/app/nouveau/${word}`);
      await page.getByRole("button", { name: "Enregistrer" }).waitFor();
      await shoot(word, true);
    }
    await page.goto("/app/bilan");
    await page.locator(".figure").first().waitFor();
    await shoot("bilan");
    await shoot("bilan-entier", true);
    await page.goto("/app/bilan/2019");
    await page.locator(".empty").waitFor();
    await shoot("bilan-vide");
    await page.goto("/app/releve/2026-10");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await shoot("releve", true);
    await page.goto("/app/aide");
    await page.getByRole("heading", { name: "Qui appeler" }).waitFor();
    await shoot("aide", true);
    await page.goto("/app/appareil");
    await carnet.isReady();
    await shoot("appareil", true);
    await lock(page, shoot);
    await longWithoutNetwork(page, shoot);
    await troubles(browser, options, server, carnet, DEMO.promeneurs[who]!, shoot);
    await faults(browser, options, server, carnet, DEMO.promeneurs[who]!, shoot);
    await page.goto("/app/nulle-part");
    await page.getByRole("heading", { name: "Rien à cette adresse" }).first().waitFor();
    await shoot("rien");
    await page.goto("/coordination");
    await shoot("interdit");
    await page.goto("/hors-reseau");
    await shoot("hors-reseau");

    await withdrawn(browser, options, carnet, shoot);
    await context.clearCookies();
    await signIn(page, DEMO.coordinator);
    await office(page, shoot);
    await decisions(browser, options, page, shoot);
    for (const reader of [DEMO.manager, DEMO.caf]) {
      await context.clearCookies();
      await signIn(page, reader);
      await shoot(reader.split("@")[0]!, true);
    }
    await page.goto("/coordination/bilans/chiffres?periode=2025-2026");
    await shoot("caf-chiffres", true);
    await page.goto("/coordination");
    await shoot("caf-interdit");
    await context.close();
  });
}

/** A notebook that has heard nothing of the server for years. */
async function longWithoutNetwork(page: Page, shoot: Shoot): Promise<void> {
  const context = page.context();
  await context.setOffline(true);
  await write(page, "meta", "lease", [0, 0, 0]);
  await page.goto("/app");
  await page.getByRole("heading", { name: "Seule la soirée en cours s’affiche" }).waitFor();
  await shoot("attente");
  await page.goto("/app/journal");
  await page.locator(".empty").waitFor();
  await shoot("attente-journal");
  await context.setOffline(false);
  await page.goto("/app");
  await page.getByText(/^Tout est envoyé/).waitFor();
}

/** The lock of the notebook: put on, in the way, and taken off again. */
async function lock(page: Page, shoot: Shoot): Promise<void> {
  await page.goto("/app/verrou");
  await page.getByLabel("Nouveau code").fill("493027");
  await shoot("verrou", true);
  await page.getByLabel("Le même, encore une fois").fill("493027");
  await page.getByRole("button", { name: "Poser le verrou" }).click();
  await page.getByRole("button", { name: "Verrouiller maintenant" }).waitFor();
  await shoot("verrou-pose", true);
  await page.getByRole("button", { name: "Verrouiller maintenant" }).click();
  await page.getByRole("heading", { name: "Carnet verrouillé" }).waitFor();
  await shoot("verrouille");
  await page.getByLabel("Votre code").fill("111213");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await page.getByRole("alert").filter({ hasText: "n’ouvre pas ce carnet" }).waitFor();
  await shoot("verrouille-refuse");
  await page.getByLabel("Votre code").fill("493027");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await page.getByRole("heading", { name: "Carnet verrouillé" }).waitFor({ state: "detached" });
  await page.goto("/app/verrou");
  await page.getByLabel("Votre code").fill("493027");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await page.getByLabel("Votre code, pour retirer le verrou").fill("493027");
  await page.getByRole("button", { name: "Retirer le verrou" }).click();
  await page.getByLabel("Nouveau code").waitFor();
}

/** Whatever can go wrong with sending, as a person meets it. */
async function troubles(
  browser: Browser,
  options: BrowserContextOptions,
  server: Server,
  here: Carnet,
  login: string,
  shoot: Shoot,
): Promise<void> {
  const { page } = here;
  await disagree(here, await browser.newContext(options), login);
  await shoot("journal-deux-versions");
  await page.getByRole("link", { name: "Une saisie", exact: true }).click();
  await page.getByRole("button", { name: "Garder celle-ci" }).waitFor();
  await shoot("deux-versions", true);
  await server.stop();
  await page.goto("/app");
  await here.note("Écoute", "Discord", 1);
  await page.goto("/app/envoi");
  await page.getByText("Choisir").waitFor();
  await shoot("envoi", true);
  await server.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.goto("/app");
  await page.getByText(/^Une saisie$/).waitFor();
  const session = await page.context().newCDPSession(page);
  await page.goto("about:blank");
  await session.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: "indexeddb" });
  await page.goto("/app");
  await page.getByRole("alert").filter({ hasText: "Le navigateur a vidé le carnet" }).waitFor();
  await shoot("vide-par-le-navigateur");
  await page.getByRole("button", { name: "J’ai compris" }).click();
}

/** What a phone, its browser and its session can do to a notebook. */
async function faults(
  browser: Browser,
  options: BrowserContextOptions,
  server: Server,
  { page }: Carnet,
  login: string,
  shoot: Shoot,
): Promise<void> {
  await page.goto("/app/appareil");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.getByRole("button", { name: "Se déconnecter quand même" }).waitFor();
  await shoot("deconnexion-hors-reseau", true);
  await page.context().setOffline(false);

  const other = await browser.newContext({ ...options, serviceWorkers: "allow" });
  await lightAsAsked(other);
  const carnet = new Carnet(await other.newPage());
  await signIn(carnet.page, login);
  await carnet.isReady();
  await carnet.begin("Écoute");
  await server.release();
  await carnet.page.evaluate(async () => {
    const registration = (await navigator.serviceWorker.getRegistration())!;
    await registration.update();
  });
  await expect.poll(() => carnet.page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())!.waiting))).toBe(true);
  await hide(carnet.page, true);
  await hide(carnet.page, false);
  await carnet.page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await carnet.page.getByText(/^Une nouvelle version est prête/).waitFor();
  await shoot("nouvelle-version", false, carnet.page);
  await other.clearCookies();
  await carnet.note("Contact", "Discord", 1);
  await carnet.page.getByRole("link", { name: "Reconnectez-vous" }).waitFor();
  await shoot("session-finie", false, carnet.page);
  await carnet.page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await carnet.begin("Lien");
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await carnet.page.getByRole("button", { name: "Enregistrer" }).click();
  await carnet.page.getByRole("alert").filter({ hasText: "plus de place" }).waitFor();
  await shoot("telephone-plein", false, carnet.page);
  await other.close();

  const broken = await browser.newContext({ ...options, serviceWorkers: "block" });
  await lightAsAsked(broken);
  await broken.route("**/pkg/*.wasm", (route) => route.fulfill({ body: "cut short", contentType: "application/wasm" }));
  const closed = await broken.newPage();
  await signIn(closed, login);
  await closed.getByRole("heading", { name: "Le carnet n’a pas pu s’ouvrir" }).waitFor();
  await shoot("carnet-ferme", false, closed);
  await broken.close();
}

/** A phone that the coordination withdraws, on both sides. */
async function withdrawn(
  browser: Browser,
  options: BrowserContextOptions,
  { page }: Carnet,
  shoot: Shoot,
): Promise<void> {
  await page.goto("/app");
  await page.getByText(/^Tout est envoyé/).waitFor();
  const { device } = await own(page);
  const office = await (await browser.newContext(options)).newPage();
  await signIn(office, DEMO.coordinator);
  await office.goto(`/coordination/telephones/${device}/retirer`);
  await office.getByRole("button", { name: "Retirer ce téléphone" }).click();
  await office.getByRole("status").waitFor();
  await office.context().close();
  await page.getByRole("heading", { name: /retiré/ }).waitFor();
  await shoot("telephone-retire");
}

/** What waits for a decision, and every form that decides it; what was typed and cannot be taken. */
async function decisions(browser: Browser, options: BrowserContextOptions, page: Page, shoot: Shoot): Promise<void> {
  const device = uuid7();
  const phone = await browser.newContext(options);
  const { request } = phone;
  await request.post("/connexion", { form: { identifiant: DEMO.promeneurs[8]!, phrase: DEMO.passphrase }, maxRedirects: 0 });
  await say(request, "/api/v1/sync_pull", device, { limit: 1 });
  await page.goto(`/coordination/telephones/${device}/retirer`);
  await shoot("telephone-a-retirer", true);
  await page.getByRole("button", { name: "Retirer ce téléphone" }).click();
  const meeting = { kind: "meeting", schema: 1, occurred_on: "2026-05-19", young_count: 5, met_after_online_count: 2, themes: [] };
  await say(request, "/api/v1/sync_escrow", device, { ops: [op(1, meeting)] });
  await phone.close();
  await page.goto("/coordination/a-verifier");
  await shoot("a-verifier-plein", true);
  for (const name of ["Corriger", "Demander", "Écarter"]) {
    await page.goto("/coordination/a-verifier");
    await page.getByRole("link", { name }).first().click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await shoot(`a-verifier-${name.toLowerCase().replace("é", "e")}`, true);
  }
  await page.getByLabel("Pourquoi l’écarter").fill("vu ensemble");
  await page.getByRole("button", { name: "Écarter" }).click();
  for (const path of ["besoins?periode=2025-2026", "objectifs", "cles", "releves"]) {
    await page.goto(`/coordination/${path}`);
    await shoot(path.split("?")[0]!, true);
  }
  await page.goto("/coordination/numeros");
  await page.getByLabel(/^Numéro/).fill("quinze");
  await page.getByLabel(/^Qui répond/).fill("Le SAMU");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await page.getByRole("alert").waitFor();
  await shoot("numeros-refuse", true);
  await readFile(page, "Interventions", "Qui;Date;Réseau;Nb jeunes\nPersonne;12/09/2023;Insta;beaucoup\n");
  await page.getByLabel("Nb jeunes").selectOption("");
  for (const question of await page.getByRole("group", { name: /^Quand une case est vide/ }).getByRole("combobox").all()) {
    await question.selectOption({ index: 1 });
  }
  await page.getByRole("button", { name: "Voir ce que cela donne" }).click();
  await page.getByRole("heading", { name: "1 ligne à corriger" }).waitFor();
  await shoot("import-fautes", true);
  await page.getByRole("button", { name: "Abandonner ce fichier" }).click();
}

async function office(page: Page, shoot: Shoot): Promise<void> {
  const open = (query: string) => page.goto(`/coordination?${query}`, { waitUntil: "networkidle" });
  await open("periode=2025-2026");
  await shoot("tableau");
  await shoot("tableau-entier", true);
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await shoot("tableau-ouvert", true);
  await open("periode=2019");
  await shoot("tableau-vide");
  await open("periode=hier");
  await shoot("tableau-refuse");
  await page.goto("/coordination/telephones");
  await shoot("telephones", true);
  await page.goto("/coordination/a-verifier");
  await shoot("a-verifier");
  await page.goto("/coordination/fichier-de-secours");
  await shoot("fichier-de-secours");
  await page.goto("/coordination/bilans");
  await shoot("bilans", true);
  await page.goto("/coordination/bilans/ecrire?periode=2025-2026");
  await shoot("bilan-projet", true);
  await page.goto("/coordination/import");
  await shoot("import", true);
  await readFile(page, "Interventions", SPREADSHEET);
  await shoot("import-apercu", true);
  await page.getByRole("button", { name: "Abandonner ce fichier" }).click();
  await page.goto("/coordination/reseau?periode=2025-2026");
  await shoot("reseau", true);
  await page.goto("/coordination/reseau/comptes");
  await shoot("comptes", true);
  await page.goto("/coordination/reseau/territoires");
  await shoot("territoires", true);
  await page.goto("/coordination/reseau/vacances");
  await shoot("vacances", true);
  await page.goto("/coordination/composition?periode=2025-2026");
  await shoot("composition", true);
  await page.goto("/coordination/equipe");
  await shoot("equipe", true);
  await page.getByRole("link", { name: "Promeneur 1", exact: true }).click();
  await shoot("promeneur", true);
  await page.getByRole("button", { name: /^Lien de secours/ }).click();
  await shoot("invitation", true);
  for (const name of ["service", "service/actes"]) {
    await page.goto(`/coordination/${name}`);
    await shoot(name.replace("/", "-"), true);
  }
  await page.goto("/acces");
  await shoot("acces", true);
  await page.goto("/confirmer?retour=/coordination/equipe");
  await shoot("confirmer");
  await page.goto("/donnees");
  await shoot("donnees", true);
  await page.goto("/coordination/numeros");
  await shoot("numeros", true);
  await page.goto("/coordination/releves/2026-07");
  await shoot("releves", true);
  await page.goto("/accessibilite");
  await shoot("accessibilite", true);
  await page.goto("/nulle-part");
  await shoot("introuvable");
}
