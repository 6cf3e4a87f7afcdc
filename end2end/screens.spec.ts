// Pictures of every screen, for a person to look at: `make screens`. They assert nothing, and are no part of `make test`.
import { type Page } from "@playwright/test";

import { Carnet } from "./carnet.ts";
import { DEMO, signIn, test } from "./fixtures.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`screens, ${colorScheme}`, async ({ browser, server }, info) => {
    test.setTimeout(180_000);
    const { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId } = info.project.use;
    const context = await browser.newContext({
      ...{ viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId },
      colorScheme,
      baseURL: server.url,
    });
    const page = await context.newPage();
    const carnet = new Carnet(page);
    let number = 0;
    const shoot = async (name: string, fullPage = false) => {
      number += 1;
      await page.evaluate(() => document.fonts.ready);
      const path = `${info.project.name}-${colorScheme}/${String(number).padStart(2, "0")}-${name}.png`;
      await page.screenshot({ path: `${process.env.SCREENS}/${path}`, fullPage });
    };

    await page.goto("/connexion");
    await shoot("connexion");
    await page.getByLabel("Identifiant").fill("anne@essai");
    await page.getByLabel("Phrase de passe").fill("pas la bonne phrase");
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.getByRole("alert").waitFor();
    await shoot("connexion-refusee");

    const who = (colorScheme === "dark" ? 1 : 0) + (info.project.name === "mobile" ? 2 : 4);
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
    await page.goto("/app/appareil");
    await carnet.isReady();
    await shoot("appareil", true);
    await page.goto("/app/nulle-part");
    await page.getByRole("heading", { name: "Rien à cette adresse" }).first().waitFor();
    await shoot("rien");
    await page.goto("/coordination");
    await shoot("interdit");
    await page.goto("/hors-reseau");
    await shoot("hors-reseau");

    await context.clearCookies();
    await signIn(page, DEMO.coordinator);
    await office(page, shoot);
    await context.close();
  });
}

async function office(page: Page, shoot: (name: string, fullPage?: boolean) => Promise<void>): Promise<void> {
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
  await page.goto("/nulle-part");
  await shoot("introuvable");
}
