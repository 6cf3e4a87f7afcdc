// The spreadsheet that a network comes with: read, explained, seen, taken whole; and taken back.
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { readFile, SPREADSHEET } from "./spreadsheet.ts";

test("a spreadsheet is explained, seen, taken and taken back", async ({ page, axe }, info) => {
  // Each size has a year of its own: both share the demonstration.
  const year = info.project.name === "mobile" ? "2023" : "2022";
  const text = SPREADSHEET.replaceAll("2023", year);
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/bilans");
  await page.getByRole("link", { name: /^Importer l’activité/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Importer l’activité passée");
  await readFile(page, "Interventions", text, `Suivi ${year}.csv`);
  const lacking = page.getByRole("status").filter({ hasText: "Rien ne dit encore" });
  await expect(lacking.getByRole("listitem")).toHaveText([
    "Forme de l’échange",
    "Individuel ou collectif",
    "À l’initiative de",
    "Public",
  ]);
  const gaps = page.getByRole("group", { name: /^Quand une case est vide/ });
  await gaps.getByLabel("Forme de l’échange").selectOption("Message privé");
  await gaps.getByLabel("Individuel ou collectif").selectOption("Individuel");
  await gaps.getByLabel("À l’initiative de").selectOption("Le jeune");
  await gaps.getByLabel("Public").selectOption("Jeune(s)");
  const look = page.getByRole("button", { name: "Voir ce que cela donne" });
  await look.click();

  await expect(page.getByRole("heading", { name: "3 lignes à corriger" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Ligne 2, Réseau" })).toContainText("«\u{202f}Insta\u{202f}»");
  await expect(page.getByRole("button", { name: /^Importer/ })).toHaveCount(0);
  expect(await axe(page)).toEqual([]);
  const words = page.getByRole("group", { name: /^Ces mots du fichier/ });
  await words.getByLabel("Insta").selectOption("Instagram");
  await words.getByLabel("Sport").selectOption("Loisirs, culture, sport, vacances");
  await words.getByLabel("TOTAL").selectOption({ label: "À personne\u{202f}: laisser ces lignes de côté" });
  await look.click();

  await expect(page.getByText("2 lignes sont nouvelles.")).toBeVisible();
  await expect(page.getByText("1 ligne est prise sans sa note")).toBeVisible();
  const shown = page.getByRole("table", { name: "Premières lignes" });
  await expect(shown.getByRole("row").nth(1)).toContainText("Instagram · Message privé · 1 jeune · 20 min · Santé");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Importer 2 saisies" }).click();
  await expect(page.getByRole("status")).toContainText("2 saisies ajoutées, 1 ligne laissée de côté");
  expect(await axe(page)).toEqual([]);
  await page.goto(`/coordination?periode=${year}`);
  await expect(page.getByRole("article", { name: "jeune connecté" })).toContainText("5 contacts-jeunes");

  // The same file once more, under another name: nothing is new.
  await readFile(page, "Interventions", text, "Encore.csv");
  for (const [label, answer] of [
    ["Forme de l’échange", "Message privé"],
    ["Individuel ou collectif", "Individuel"],
    ["À l’initiative de", "Le jeune"],
    ["Public", "Jeune(s)"],
  ] as const) {
    await gaps.getByLabel(label).selectOption(answer);
  }
  await look.click();
  await words.getByLabel("Insta").selectOption("Instagram");
  await words.getByLabel("Sport").selectOption("Loisirs, culture, sport, vacances");
  await words.getByLabel("TOTAL").selectOption({ label: "À personne\u{202f}: laisser ces lignes de côté" });
  await look.click();
  await expect(page.getByText("2 lignes sont déjà dans le carnet.")).toBeVisible();
  await expect(page.getByText("Tout ce que contient ce fichier est déjà dans le carnet.")).toBeVisible();
  await page.getByRole("button", { name: "Abandonner ce fichier" }).click();
  await expect(page.getByRole("status")).toContainText("rien n’en a été gardé");

  await page.getByRole("link", { name: `Retirer Suivi ${year}.csv` }).click();
  await page.getByRole("button", { name: "Retirer 2 saisies" }).click();
  await expect(page.getByRole("status")).toContainText("retiré du carnet");
  await expect(page.getByRole("listitem").filter({ hasText: `Suivi ${year}.csv` })).toContainText("Retiré du carnet");
  await page.goto(`/coordination?periode=${year}`);
  await expect(page.locator(".empty, .nothing").first()).toBeVisible();
});

test("a file that cannot be read is refused in words", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/import");
  await page.getByLabel("Fichier CSV").setInputFiles({ name: "a.xlsx", mimeType: "text/csv", buffer: Buffer.from("PK\u{3}\u{4}") });
  await page.getByRole("button", { name: "Lire le fichier" }).click();
  await expect(page.getByRole("alert")).toContainText("C’est un classeur");
  expect(await axe(page)).toEqual([]);
});
