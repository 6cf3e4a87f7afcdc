// The staff: somebody is welcomed, lets herself in by a link, works without network; moves, leaves, and is replaced.
import type { Page } from "@playwright/test";

import { Carnet } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

const PASSPHRASE = "quatre mots sans rapport";

async function link(page: Page): Promise<string> {
  return page.getByLabel("À copier dans un message").inputValue();
}

test("a promeneuse is welcomed, opens her access by a link, and her notebook opens", async ({ page, browser, axe }, info) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/reseau");
  await page.getByRole("link", { name: "Équipe et accès" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Équipe et accès");
  expect(await axe(page)).toEqual([]);
  // Each size welcomes its own: both share the demonstration.
  const name = `Camille ${info.project.name}`;
  const form = page.getByRole("form", { name: "Accueillir un·e promeneur·euse" });
  await form.getByLabel(/^Nom/).fill(name);
  await form.getByLabel(/^Structure/).selectOption({ label: "Structure 3, Brioude" });
  await form.getByLabel(/^Labellisé·e/).fill("2026-11-01");
  await form.getByLabel(/^Heures/).fill("beaucoup");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByText("Écrivez un nombre d’heures par semaine")).toBeVisible();
  await expect(form.getByLabel(/^Nom/)).toHaveValue(name);
  expect(await axe(page)).toEqual([]);
  await form.getByLabel(/^Heures/).fill("3,5");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Inviter" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Invitation pour ${name}`);
  await expect(page.getByRole("img", { name: /code à lire/ })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const address = await link(page);
  expect(new URL(address).origin).toBe(new URL(page.url()).origin);

  const { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId } = info.project.use;
  const context = await browser.newContext({ viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId });
  const phone = await context.newPage();
  await phone.goto(address);
  await expect(phone.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - heading "Bienvenue" [level=1]
      - paragraph: /vous êtes invité·e dans Réseau de démonstration/
      - paragraph: Promeneur·euse du Net
      - text: Choisissez un identifiant
      - textbox "Choisissez un identifiant"
      - text: Choisissez une phrase de passe
      - paragraph: /12 caractères au moins/
      - textbox "Choisissez une phrase de passe"
      - button "Ouvrir mon accès"
  `);
  expect(await axe(phone)).toEqual([]);
  await phone.getByLabel("Choisissez un identifiant").fill(`camille-${info.project.name}@essai`);
  await phone.getByLabel("Choisissez une phrase de passe").fill("motdepasse123");
  await phone.getByRole("button", { name: "Ouvrir mon accès" }).click();
  await expect(phone.getByText("trop facile à deviner")).toBeVisible();
  expect(await axe(phone)).toEqual([]);
  await phone.getByLabel("Choisissez une phrase de passe").fill(PASSPHRASE);
  await phone.getByRole("button", { name: "Ouvrir mon accès" }).click();
  const carnet = new Carnet(phone);
  await carnet.isReady();
  await carnet.note("Écoute", "Discord", 1);
  await expect(phone.getByText(/^Tout est envoyé/)).toBeVisible();
  await context.close();

  const stranger = await browser.newContext();
  const again = await stranger.newPage();
  await again.goto(address);
  await expect(again.getByRole("heading", { level: 1 })).toHaveText("Ce lien n’ouvre rien");
  expect(await axe(again)).toEqual([]);
  await stranger.close();

  // She leaves, and somebody takes her place from that day on.
  await page.goto("/coordination/equipe");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByLabel(/^Départ/).fill("2026-11-20");
  await page.getByRole("form", { name: "Qui, et depuis quand" }).getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByText("Parti·e le 20 novembre 2026")).toBeVisible();
  await page.getByRole("link", { name: "Accueillir qui la ou le remplace" }).click();
  await expect(form.getByLabel(/^Labellisé·e/)).toHaveValue("2026-11-20");
  await expect(form.getByLabel(/^Structure/).locator("option:checked")).toHaveText("Structure 3, Brioude");
});

test("the Caf is invited without a script, loses its passphrase, and its access is closed", async ({ browser, baseURL, page, axe }, info) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const office = await context.newPage();
  await signIn(office, DEMO.coordinator);
  await office.goto("/coordination/equipe");
  const name = `Caf ${info.project.name}`;
  const form = office.getByRole("form", { name: "Inviter quelqu’un d’autre" });
  await form.getByLabel(/^Son nom/).fill(name);
  await form.getByLabel(/^Fonction/).selectOption("Caf");
  await form.getByRole("button", { name: "Créer l’invitation" }).click();
  await page.goto(await link(office));
  await page.getByLabel("Choisissez un identifiant").fill(`caf-${info.project.name}@essai`);
  await page.getByLabel("Choisissez une phrase de passe").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Ouvrir mon accès" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilans");

  await office.goto("/coordination/equipe");
  const line = office.getByRole("listitem").filter({ hasText: name });
  await line.getByRole("button", { name: /^Lien de secours/ }).click();
  await page.goto(await link(office));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Une nouvelle phrase de passe");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Choisissez une phrase de passe").fill(`${PASSPHRASE} encore`);
  await page.getByRole("button", { name: "Enregistrer et entrer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilans");

  await office.goto("/coordination/equipe");
  await line.getByRole("button", { name: /^Fermer/ }).click();
  await expect(office.getByRole("status")).toContainText("L’accès est fermé");
  await expect(line).toContainText("Accès fermé le");
  await page.goto("/coordination/bilans");
  await expect(page).toHaveURL(/\/connexion/);
  await context.close();
});
