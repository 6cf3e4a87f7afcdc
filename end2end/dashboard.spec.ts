// The coordinator's page, alive and not only served.
import { readFile } from "node:fs/promises";

import { paper } from "./access.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test("the dashboard of a school year has no accessibility fault and comes to life without an error", async ({ page, axe }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  await expect(page.locator("article.figure .figure-value").first()).toHaveText("751");
  expect(await axe(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a period that is on its way is announced, in a region that stood there before", async ({ page }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  const region = page.getByRole("status").first();
  await expect(region).toHaveText("");
  let letThrough: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route("**/api/v1/dashboard*", async (route) => {
    await wait;
    await route.continue();
  });
  await page.locator("html[data-alive]").waitFor();
  await page.locator("details.scope summary").click();
  await page.getByRole("navigation", { name: "Périodes" }).getByRole("link").nth(1).click();
  await expect(region).toHaveText("Les chiffres arrivent.");
  letThrough();
  await expect(region).toHaveText("");
  await expect(page).not.toHaveURL(/2025-2026$/);
});

test("the figures are compared, followed month by month and taken away as a file", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2026-T1");
  const before = page.getByRole("region", { name: "Et avant ?" });
  await expect(before).toContainText(/Par rapport au 4e trimestre 2025\s: \d+ interventions de plus \(\+\d+\s%\)/);
  await expect(before).toContainText(/Rien n’est noté pour le 1er trimestre 2025/);
  await expect(before.getByRole("columnheader")).toHaveText([/Chiffre$/, /1er trimestre 2026$/, /4e trimestre 2025$/, /1er trimestre 2025$/]);
  await expect(page.getByRole("region", { name: "Qui sommes-nous ?" })).toContainText(
    /^Qui sommes-nous\s\?9 promeneurs·euses labellisé·es au 31\smars 2026, dans 7 structures et 7 communes, sur 2 territoires\./,
  );
  const months = page.getByRole("region", { name: "Au fil des mois" });
  await months.getByText("Voir le tableau").click();
  await expect(months.getByRole("rowheader")).toHaveText(["Janvier 2026", "Février 2026", "Mars 2026", "Ensemble"]);
  const sum = (await months.getByRole("row", { name: /^Ensemble/ }).getByRole("cell").first().textContent())!;
  expect(await axe(page)).toEqual([]);

  const link = page.getByRole("link", { name: "Télécharger ces chiffres (CSV)" });
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(file.suggestedFilename()).toBe("lanterne-reseau-2026-T1.csv");
  const lines = (await readFile(await file.path(), "utf8")).split("\r\n");
  const counted = lines.map((line) => line.split(";")).filter(([heading]) => heading === "Interventions, par mois");
  const total = counted.reduce((sum, [, , value]) => sum + Number(value), 0);
  expect(String(total)).toBe(sum.replace(/\s/g, ""));
});

test("what a network sets out to reach is read beside what it has reached", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026");
  await page.getByRole("link", { name: /objectifs$/ }).click();
  await page.getByLabel("Jeunes rencontrés").fill("beaucoup");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("alert")).toContainText("Écrivez un nombre entier");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Jeunes rencontrés").fill("250");
  await page.getByLabel("Heures par semaine et promeneur·euse").fill("3,5");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("status")).toContainText("Les objectifs sont enregistrés");
  await page.getByRole("link", { name: "Voir où l’on en est" }).click();
  const aims = page.getByRole("region", { name: "Où en sommes-nous ?" });
  await expect(aims).toContainText("1 objectif sur 2 atteint.");
  await expect(aims.getByRole("row", { name: /^Jeunes rencontrés/ }).getByRole("cell")).toHaveText(["250", "199", /^79\s%$/]);
  expect(await axe(page)).toEqual([]);
});

test("the coordination sets whom to call in the department, without a script", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, DEMO.coordinator);
  await page.getByRole("link", { name: "Numéros" }).click();
  await page.getByLabel(/^Numéro/).fill("04.65.71.00.44");
  await page.getByLabel(/^Qui répond/).fill("Maison des adolescents");
  await page.getByRole("button", { name: "Ajouter" }).click();
  await expect(page.getByRole("status")).toContainText("Le numéro est enregistré");
  const line = page.getByRole("listitem").filter({ hasText: "Maison des adolescents" });
  await expect(line).toContainText(/04\s65\s71\s00\s44/);
  await line.getByRole("button", { name: /^Retirer/ }).click();
  await expect(page.getByRole("status")).toContainText("Le numéro est retiré");
  await expect(line).toHaveCount(0);
  await context.close();
});

test("on A4 nothing is cut, and what is folded away is printed where no drawing shows it", async ({ page }) => {
  await signIn(page, DEMO.coordinator);
  for (const path of ["?periode=2025-2026", "/composition?periode=2025-2026", "/bilans/ecrire?periode=2025-2026", "/releves/2026-07"]) {
    await page.goto(`/coordination${path}`, { waitUntil: "networkidle" });
    expect(await paper(page), path).toEqual([]);
  }
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  const themes = page.locator(".figure details.twin table").first();
  await expect(themes).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(themes).toBeVisible();
  // The check can fail.
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => (document.querySelector<HTMLElement>("main h1")!.style.cssText = "min-width: 900px"));
  expect((await paper(page)).join()).toContain("scrolls sideways");
});

test("the way past the menu leads the keyboard to the content", async ({ page }) => {
  await signIn(page, DEMO.coordinator);
  for (const path of ["/coordination?periode=2025-2026", "/coordination/releves/2026-07"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const skip = page.getByRole("link", { name: "Aller au contenu" });
    await skip.focus();
    await page.keyboard.press("Enter");
    await expect(page.locator("#contenu"), path).toBeFocused();
  }
});

test("the declaration of accessibility is for everybody, and says what is not reached", async ({ page, axe }) => {
  await page.goto("/accessibilite");
  await expect(page.getByRole("heading", { name: "Accessibilité", level: 1 })).toBeVisible();
  await expect(page.getByText(/^Sur les 106 critères du RGAA/)).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
});
