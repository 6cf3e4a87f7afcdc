// The annual bilan, from its figures to the files that are handed over: opened again, they say the same.
import { readFile } from "node:fs/promises";

import type { Download, Page } from "@playwright/test";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { readSheet } from "read-excel-file/node";

import { DEMO, expect, signIn, test } from "./fixtures.ts";

const WRITE = "/coordination/bilans/ecrire?periode=2025-2026";

async function download(page: Page, name: string): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name, exact: true }).click()]);
  return file;
}

/** The text of each page, how it is tagged, and what the file says of itself. */
async function readPdf(path: string) {
  const task = getDocument({ data: new Uint8Array(await readFile(path)), useSystemFonts: true, verbosity: 0 });
  const pdf = await task.promise;
  const pages: string[] = [];
  const roles = new Set<string>();
  const walk = (node: { role?: string; children?: unknown[] }): void => {
    if (node.role !== undefined) roles.add(node.role);
    for (const child of node.children ?? []) walk(child as { role?: string; children?: unknown[] });
  };
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const content = await page.getTextContent();
    pages.push(content.items.map((item) => ("str" in item ? item.str : "")).join(" "));
    walk((await page.getStructTree()) ?? {});
  }
  const { info } = await pdf.getMetadata();
  await task.destroy();
  return { pages, roles, info: info as { Title?: string; Language?: string } };
}

const plain = (text: string): string => text.replace(/[\s\u00ad]+/g, " ");

test("a bilan is written, published, and handed over in files that say the same", async ({ page, axe }, info) => {
  test.slow();
  await signIn(page, DEMO.coordinator);
  await page.getByRole("link", { name: "Bilans", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilans");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Période").selectOption("2025-2026");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilan de l’année scolaire 2025-2026");
  await expect(page.getByRole("article").filter({ hasText: "jeunes connectés" }).first()).toContainText("751");
  expect(await axe(page)).toEqual([]);

  // A column of words is a column like the others.
  const log = page.getByRole("table", { name: "La vie du réseau, jour par jour" });
  const heads = await log.getByRole("columnheader").evaluateAll((all) => all.map((it) => it.getBoundingClientRect().bottom));
  expect(heads.length).toBeGreaterThan(3);
  expect(new Set(heads).size).toBe(1);

  // Each size writes its own: both share the demonstration.
  const words = `Une année pleine, vue au format ${info.project.name}.`;
  const form = page.getByRole("form", { name: "Éléments de synthèse" });
  await form.getByLabel("Éléments de synthèse", { exact: true }).fill(`${words}\n\nEt davantage de mercredis.`);
  await form.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(form.getByRole("status")).toContainText("Le texte est enregistré");
  await expect(page.locator(".written").first()).toContainText(words);

  await page.getByRole("button", { name: /^Publier la version/ }).click();
  await expect(page.getByRole("status")).toContainText("Cette version ne changera plus");
  await expect(page.locator(".written").first()).toContainText(words);
  expect(await axe(page)).toEqual([]);
  const shown = page.getByRole("table", { name: "Interventions par type" });
  const types = await shown.getByRole("row").evaluateAll((rows) =>
    rows.slice(1).map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  );
  expect(types.length).toBe(6);

  const pdf = await readPdf(await (await download(page, "PDF")).path());
  expect(pdf.info).toMatchObject({ Title: "Bilan de l’année scolaire 2025-2026", Language: "fr-FR" });
  expect([...pdf.roles]).toEqual(expect.arrayContaining(["H1", "H2", "Table", "TH", "TD", "P"]));
  const text = plain(pdf.pages.join(" "));
  expect(text).toContain(plain(words));
  for (const [name, count, share] of types) {
    expect(text).toContain(plain(`${name} ${count} ${share}`));
  }
  pdf.pages.forEach((content, index) => expect(plain(content)).toContain(`${index + 1} / ${pdf.pages.length}`));

  const workbook = await (await download(page, "Tableur (XLSX)")).path();
  const activity = await readSheet(await readFile(workbook), "3. L’activité");
  for (const [name, count] of types) {
    const row = activity.find((cells) => cells[0] === name && cells[1] === Number(count!.replace(/\s/g, "")));
    expect(row, `${name}, ${count}`).toBeDefined();
  }
  await page.getByText("Chaque tableau (CSV)").click();
  const csv = await readFile(await (await download(page, "Interventions par type")).path(), "utf8");
  const lines = csv.replace("\u{feff}", "").trim().split("\r\n").slice(1).map((line) => line.split(";"));
  expect(lines.map(([name, count]) => [name, count])).toEqual(
    types.map(([name, count]) => [name, count!.replace(/\s/g, "")]),
  );
});

test("the bilan of one structure is its own, and says that its small numbers are not masked", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/bilans");
  await page.getByLabel("Période").selectOption("2025-2026");
  await page.getByLabel("Qui").selectOption({ label: "Structure 1, Le Puy-en-Velay" });
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await expect(page.getByText("Document interne à la structure")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: /^\d\. / })).toHaveText([
    "1. Éléments de synthèse",
    "2. L’activité",
    "3. Réussites, freins et besoins",
    "4. Points d’amélioration pour 2026-2027",
  ]);
  expect(await axe(page)).toEqual([]);
});

test("writing a bilan needs no script, and what could point at somebody is noticed", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, DEMO.coordinator);
  await page.goto(WRITE);
  const form = page.getByRole("form", { name: "Le pilotage" });
  const field = form.getByLabel("Le pilotage", { exact: true });
  await field.fill("Copil le 12 mars, au 04 71 00 00 00.");
  await form.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(form.getByText("Ce texte contient un numéro de téléphone")).toBeVisible();
  await expect(form.getByText(/, le \d+\S*\s\S+\s20\d\d/)).toBeVisible();
  await context.close();
});
