// A phone is withdrawn, hands over what it holds, and the coordinator decides: all of it without a script of ours.
import type { Locator, Page } from "@playwright/test";

import { everything } from "./access.ts";
import { op, say, uuid7 } from "./device.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

function meeting(young: number, met: number, note: string): object {
  const body = { kind: "meeting", schema: 1, occurred_on: "2026-05-19", young_count: young, themes: [], note };
  return { ...body, met_after_online_count: met };
}

async function looksRight(page: Page, name: string): Promise<void> {
  expect(await everything(page), name).toEqual([]);
  if (!process.env.OFFICE_SCREENS) return;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const width = page.viewportSize()?.width;
    await page.screenshot({ path: `${process.env.OFFICE_SCREENS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

/** Goes where a link leads, and waits until it is there. */
async function follow(link: Locator): Promise<void> {
  const page = link.page();
  const there = new URL((await link.getAttribute("href"))!, page.url()).href;
  await link.click();
  await page.waitForURL(there);
}

test("a phone is withdrawn and what it held is decided, readable and without a script", async ({ browser, page, baseURL }) => {
  test.setTimeout(240_000);
  const device = uuid7();
  const promeneur = await browser.newContext({ baseURL });
  await promeneur.request.post("/connexion", {
    form: { identifiant: DEMO.promeneurs[0]!, phrase: DEMO.passphrase },
    maxRedirects: 0,
  });
  await say(promeneur.request, "/api/v1/sync_pull", device, { limit: 1 });

  await signIn(page, DEMO.coordinator);
  await page.getByRole("link", { name: "Téléphones" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Téléphones" })).toBeVisible();
  // Other journeys of the same server have phones of their own, which say the same.
  const withdraw = page.locator(`a[href*="${device}"]`);
  await expect(page.getByRole("listitem").filter({ has: withdraw })).toContainText("L’envoi s’est arrêté 2 fois");
  await looksRight(page, "phones");
  await follow(withdraw);
  await looksRight(page, "withdraw");
  await page.getByRole("button", { name: "Retirer ce téléphone" }).click();
  await expect(page.getByRole("status")).toContainText("Le téléphone est retiré");

  const ops = [op(1, meeting(2, 0, "")), op(2, meeting(2, 3, "Léa")), op(3, meeting(1, 1, ""))];
  await say(promeneur.request, "/api/v1/sync_escrow", device, { ops });
  await promeneur.close();

  await page.getByRole("link", { name: "À vérifier", exact: true }).first().click();
  const cards = page.locator("li.card");
  await expect(cards).toHaveCount(3);
  await expect(page.getByText("Léa")).toHaveCount(0);
  await looksRight(page, "to-check");
  await follow(page.getByRole("link", { name: "Corriger" }).nth(1));
  await looksRight(page, "correct");
  await page.getByLabel(/^Dont pour la première fois/).fill("2");
  await page.getByLabel("Pourquoi ce changement").fill("compté deux fois");
  await page.getByRole("button", { name: "Corriger" }).click();
  await expect(page.getByRole("status")).toContainText("La saisie est corrigée");
  await follow(page.getByRole("link", { name: "Demander" }).first());
  await looksRight(page, "ask");
  await page.getByLabel("Votre question").fill("Était-ce bien ce soir-là ?");
  await page.getByRole("button", { name: "Demander" }).click();
  await expect(page.getByRole("status")).toContainText("La question est posée");
  // By the keyboard alone.
  await page.getByRole("button", { name: "Accepter" }).last().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("La saisie est acceptée");
  await expect(cards).toHaveCount(1);
  await follow(page.getByRole("link", { name: "Écarter" }));
  await page.getByLabel("Pourquoi l’écarter").fill("vu ensemble");
  await page.getByRole("button", { name: "Écarter" }).click();
  await expect(page.getByRole("heading", { name: "Rien à vérifier" })).toBeVisible();
  await looksRight(page, "nothing-to-check");

  await page.getByRole("link", { name: "Importer un fichier de secours" }).click();
  await page.getByLabel("Fichier de secours").setInputFiles({ name: "a.json", mimeType: "application/json", buffer: Buffer.from("{") });
  await page.getByRole("button", { name: "Importer" }).click();
  await expect(page.getByRole("alert")).toContainText("n’est pas un fichier de secours");
  await looksRight(page, "rescue");
  await page.getByRole("link", { name: "Tableau de bord" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ce que fait le réseau");
});
