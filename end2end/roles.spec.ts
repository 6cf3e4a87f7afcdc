// Those who read and do not write: a structure's direction, the Caf, the committee.
import { readFile } from "node:fs/promises";

import { DEMO, expect, signIn, test } from "./fixtures.ts";

test("the Caf reads what was published and masked figures of a year, and nothing else", async ({ page, axe }) => {
  await signIn(page, DEMO.caf);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilans");
  await expect(page.getByRole("navigation", { name: "Principal" }).getByRole("link")).toHaveText(["Bilans", "Plan du site"]);
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - heading "Bilans" [level=1]
      - paragraph: /Les bilans que la coordination a publiés/
      - region "Publiés":
        - heading "Publiés" [level=2]
      - region "Lire les chiffres d’une année":
        - heading "Lire les chiffres d’une année" [level=2]
        - form "Lire les chiffres d’une année":
          - text: Année
          - combobox "Année"
          - paragraph:
            - button "Ouvrir"
  `);
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Année", { exact: true }).selectOption("2025-2026");
  await page.getByRole("button", { name: "Ouvrir" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilan de l’année scolaire 2025-2026");
  await expect(page.getByRole("article").filter({ hasText: "jeunes connectés" }).first()).toContainText("751");
  await expect(page.getByText(/sont masqués, ainsi que ceux/)).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const link = page.getByRole("link", { name: "Tableur (XLSX)" });
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect((await readFile(await file.path())).subarray(0, 2).toString()).toBe("PK");

  const refused = await page.goto("/coordination");
  expect(refused?.status()).toBe(403);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cette page n’est pas pour votre compte");
  await page.getByRole("link", { name: "Ouvrir mes pages" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bilans");
});

test("whoever directs a structure reads its figures, and can choose no other", async ({ page, axe }) => {
  await signIn(page, DEMO.manager);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Activité\s: Structure 1, Le Puy-en-Velay$/);
  await expect(page.getByRole("navigation", { name: "Principal" }).getByRole("link")).toHaveText(["Tableau de bord", "Bilans", "Plan du site"]);
  await page.locator("details.scope summary").click();
  await expect(page.getByLabel("Période", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Qui", { exact: true })).toHaveCount(0);
  await expect(page.getByRole("link", { name: /objectifs$/ })).toHaveCount(0);
  expect(await axe(page)).toEqual([]);
  // The wasm that has taken over knows who looks, too.
  await page.getByRole("navigation", { name: "Périodes" }).getByRole("link").nth(4).click();
  await expect(page).not.toHaveURL(/2025-2026$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/Structure 1, Le Puy-en-Velay$/);
});
