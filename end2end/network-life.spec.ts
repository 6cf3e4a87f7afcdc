// The network's own life, without a script: noted, put right, taken back, and told in the figures and the bilan.
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test("the coordination keeps the network's journal, and the bilan tells it", async ({ browser, baseURL, axe }, info) => {
  const { viewport, deviceScaleFactor, isMobile, hasTouch } = info.project.use;
  const context = await browser.newContext({ baseURL, viewport, deviceScaleFactor, isMobile, hasTouch, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, DEMO.coordinator);
  await page.getByRole("link", { name: "Réseau", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Réseau");
  // Each size notes its own: both share the demonstration.
  const subject = `Vu au format ${info.project.name}`;
  const day = info.project.name === "mobile" ? "2026-10-06" : "2026-10-07";
  await page.getByLabel(/^Ce que c’était/).selectOption("Formation");
  await page.getByLabel(/^Jour/).fill(day);
  await page.getByLabel(/^Sujet/).fill(subject);
  await page.getByLabel(/^Promeneurs·euses présent·es/).fill("6");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("status")).toContainText("C’est noté.");
  const line = page.getByRole("listitem").filter({ hasText: subject });
  await expect(line).toContainText("6 promeneurs·euses sur 9");

  await line.getByRole("link", { name: /^Modifier/ }).click();
  await expect(page.getByLabel(/^Sujet/)).toHaveValue(subject);
  await page.getByLabel(/^Promeneurs·euses présent·es/).fill("7");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(line).toContainText("7 promeneurs·euses sur 9");
  await expect(line).toHaveCount(1);

  await page.goto("/coordination/bilans/ecrire?periode=2026-2027");
  const log = page.getByRole("table", { name: "La vie du réseau, jour par jour" });
  await expect(log.getByRole("row").filter({ hasText: subject }).getByRole("cell")).toHaveText(["Formation", subject, "7", "–", "–"]);

  await page.goto("/coordination/reseau?periode=2026");
  await line.getByRole("button", { name: /^Retirer/ }).click();
  await expect(page.getByRole("status")).toContainText("C’est retiré");
  await expect(line).toHaveCount(0);
  await page.getByRole("button", { name: "Remettre" }).click();
  await expect(line).toHaveCount(1);
  await line.getByRole("button", { name: /^Retirer/ }).click();
  await context.close();

  const live = await browser.newContext({ baseURL, viewport, deviceScaleFactor, isMobile, hasTouch });
  const dashboard = await live.newPage();
  await signIn(dashboard, DEMO.coordinator);
  await dashboard.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  const life = dashboard.getByRole("region", { name: "Comment vit le réseau ?" });
  await expect(life).toContainText("10 actions de la coordination, dont 2 formations, 2 échanges de pratiques, 1 réunion de réseau et 2 accompagnements.");
  await expect(life.getByRole("row", { name: /^Trier par Nature|^Formation/ }).last().getByRole("cell")).toHaveText(["2", "15", /%$/]);
  expect(await axe(dashboard)).toEqual([]);
  await live.close();
});

test("an account that was looked at says what it lacks", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/reseau/comptes");
  const first = page.locator(".accounts").getByRole("listitem").first();
  for (const box of await first.getByRole("checkbox").all()) await box.check();
  await first.getByLabel("Photo").uncheck();
  await first.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(page.getByRole("status")).toContainText("La vérification est enregistrée");
  await expect(first).toContainText("Il manque une photo · vérifié le");
  expect(await axe(page)).toEqual([]);

  // Only those at which somebody should look: whatever is put right there leaves the list.
  const all = page.locator(".accounts").getByRole("listitem");
  const said = async (way: RegExp) => Number((await page.getByRole("link", { name: way }).textContent())!.match(/\d+/)![0]);
  const [whole, open] = [await said(/^Tous/), await said(/^À revoir/)];
  expect(open).toBeLessThan(whole);
  await expect(all).toHaveCount(whole);
  await page.getByRole("link", { name: /^À revoir/ }).click();
  await expect(all).toHaveCount(open);
  await expect(first).toContainText("Il manque une photo");
  await first.getByLabel("Photo").check();
  await first.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(page.getByRole("link", { name: `À revoir (${open - 1})` })).toHaveAttribute("aria-current", "true");
  await expect(all).toHaveCount(open - 1);
  await page.getByRole("link", { name: `Tous (${whole})` }).click();
  await expect(all).toHaveCount(whole);
  expect(await axe(page)).toEqual([]);
});

test("a territory is read as a whole, and from a figure one walks down to what makes it up", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/reseau/territoires");
  await expect(page.getByLabel("Structure 3, Brioude")).toHaveValue("Brivadois");
  expect(await axe(page)).toEqual([]);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  await page.locator("details.scope summary").click();
  await page.getByLabel("Qui", { exact: true }).selectOption({ label: "Brivadois" });
  await page.getByRole("button", { name: "Afficher", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/Brivadois$/);
  const shown = await page.getByRole("article", { name: "Jeunes connectés" }).locator(".figure-value").textContent();

  // From each figure as from all of them.
  await expect(page.getByRole("link", { name: /ce qui compose ce/i })).toHaveCount(5);
  await page.getByRole("link", { name: /jeunes connectés\s: ce qui compose ce chiffre$/ }).click();
  const parts = page.getByRole("table", { name: "Par structure" });
  await expect(parts.getByRole("rowheader")).toHaveText([
    "Structure 3, Brioude",
    "Structure 5, Langeac",
    "Structure 6, Sainte-Florine",
    "Ensemble",
  ]);
  const sum = parts.getByRole("row", { name: /^Ensemble/ }).getByRole("cell").nth(2);
  await expect(sum).toHaveText(shown!);
  expect(await axe(page)).toEqual([]);
  await parts.getByRole("link", { name: "Structure 3, Brioude" }).click();
  const people = page.getByRole("table", { name: "Par promeneur·euse" });
  await people.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Activité/);
});

test("a table is put in order by its heads, also without a script, and the way back is the order before", async ({ page, browser, baseURL }) => {
  const address = "/coordination?periode=2025-2026";
  await signIn(page, DEMO.coordinator);
  await page.goto(address, { waitUntil: "networkidle" });
  const table = page.getByRole("table", { name: "Interventions par type" });
  await page.getByRole("region", { name: "Que faisons-nous ?" }).getByText("Voir le tableau").click();
  const names = () => table.getByRole("rowheader").allTextContents();
  const before = await names();
  await table.getByRole("link", { name: /^Trier par Type/ }).click();
  await expect(page).toHaveURL(/tri=quoi\.0#t-quoi$/);
  await expect(table.getByRole("columnheader").first()).toHaveAttribute("aria-sort", "ascending");
  const sorted = before.slice(0, -1).toSorted((a, b) => a.localeCompare(b, "fr"));
  expect(await names()).toEqual([...sorted, "Ensemble"]);
  await page.goBack();
  await expect(page).not.toHaveURL(/tri=/);
  await page.getByRole("region", { name: "Que faisons-nous ?" }).getByText("Voir le tableau").click();
  await expect(table.getByRole("columnheader").first()).not.toHaveAttribute("aria-sort");
  expect(await names()).toEqual(before);

  const context = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(`${address}&tri=quoi.0d`);
  const rows = plain.getByRole("table", { name: "Interventions par type" }).getByRole("rowheader");
  await expect(rows).toHaveText([...sorted.toReversed(), "Ensemble"]);
  await context.close();
});
