// An evening without touching the screen: what a keyboard reaches, in which order, and where the focus goes when the control
// that had it is gone.
import type { Locator, Page } from "@playwright/test";

import { Carnet, disagree } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

/** Presses Tab until it is there: what cannot be reached so fails. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let count = 0; count < 90; count += 1) {
    if ((await target.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the keyboard does not get there");
}

const isLost = (page: Page) => page.evaluate(() => document.activeElement === document.body);

test("an evening by keyboard", async ({ page }, info) => {
  const carnet = new Carnet(page);
  const login = DEMO.promeneurs[info.project.name === "mobile" ? 5 : 6]!;
  await page.goto("/connexion");
  await tabTo(page, page.getByLabel("Identifiant"));
  await page.keyboard.type(login);
  await page.keyboard.press("Tab");
  await page.keyboard.type(DEMO.passphrase);
  await page.keyboard.press("Enter");
  await carnet.isReady();

  await test.step("a presence begins: « + » gives the focus to what it brings", async () => {
    const chips = page.locator(".presence input[name=networks]");
    const before = await chips.count();
    await tabTo(page, page.getByRole("button", { name: "Autres réseaux" }));
    await page.keyboard.press("Enter");
    await expect(chips.nth(before)).toBeFocused();
    await page.keyboard.press("Space");
    await expect(chips.nth(before)).toBeChecked();
    await tabTo(page, page.getByRole("button", { name: "Commencer" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Présence en cours" })).toBeVisible();
    await expect.poll(() => isLost(page)).toBe(false);
  });

  await test.step("an intervention is noted", async () => {
    await tabTo(page, page.getByRole("link", { name: "Écoute", exact: true }));
    await page.keyboard.press("Enter");
    await expect(page.locator("#contenu")).toBeFocused();
    await tabTo(page, page.locator("input[name=network]:focus"));
    await page.keyboard.press("ArrowRight");
    await expect(page.locator("input[name=network]:focus")).toBeChecked();
    const themes = page.locator("input[name=themes]");
    const before = await themes.count();
    await tabTo(page, page.getByRole("button", { name: /^Voir tout\s*: Thématiques/ }));
    await page.keyboard.press("Enter");
    await expect(themes.nth(before)).toBeFocused();
    await page.keyboard.press("Space");
    await tabTo(page, page.getByRole("button", { name: "Enregistrer" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Enregistré sur ce téléphone." })).toBeVisible();
    await expect(page.locator("#contenu")).toBeFocused();
  });

  await test.step("it is deleted and taken back: the way back waits, and the focus is never lost", async () => {
    // Other journeys of this promeneur may have noted some tonight.
    const entries = page.locator("details.entry", { hasText: "Offrir une écoute" });
    const before = await entries.count();
    const entry = entries.first();
    await tabTo(page, entry.locator("summary"));
    await page.keyboard.press("Enter");
    await tabTo(page, entry.getByRole("button", { name: /^Supprimer\s*: Offrir une écoute/ }));
    await page.keyboard.press("Enter");
    await expect(entries).toHaveCount(before - 1);
    await expect.poll(() => isLost(page)).toBe(false);
    await tabTo(page, page.getByRole("button", { name: "Annuler" }));
    await page.keyboard.press("Enter");
    await expect(entries).toHaveCount(before);
    await expect.poll(() => isLost(page)).toBe(false);
  });

  await test.step("a deletion's way back goes when one goes elsewhere", async () => {
    const entry = await carnet.unfold("Offrir une écoute");
    await entry.getByRole("button", { name: /^Supprimer\s*:/ }).click();
    await expect(page.getByRole("button", { name: "Annuler" })).toBeVisible();
    await carnet.openJournal();
    await expect(page.getByRole("button", { name: "Annuler" })).toHaveCount(0);
  });
  // None that runs is left to whoever is this promeneur next.
  await carnet.openEvening();
  await carnet.endPresence();
});

/** Goes on with the keyboard alone: to a field, or to the first of a group of chips. */
const FORMS: [name: string, path: string, steps: (page: Page) => Promise<void>, said: string][] = [
  [
    "a presence",
    "/app/presence/nouvelle",
    async (page) => {
      await press(page, page.locator("input[name=networks]").first(), "Space");
    },
    "Enregistré sur ce téléphone.",
  ],
  [
    "a meeting",
    "/app/nouveau/rencontre",
    async (page) => {
      await press(page, page.getByRole("button", { name: /^Un de plus.*jeunes rencontrés$/ }), "Enter");
      await press(page, page.locator("input[name=themes]").first(), "Space");
    },
    "Enregistré sur ce téléphone.",
  ],
  [
    "a project",
    "/app/nouveau/projet",
    async (page) => {
      await type(page, page.getByRole("textbox", { name: /^Titre/ }), "Un atelier au clavier");
      await press(page, page.locator("input[name=theme]").first(), "Space");
    },
    "Enregistré sur ce téléphone.",
  ],
  [
    "the followers of an account",
    "/app/nouveau/abonnes",
    async (page) => {
      await press(page, page.locator("input[name=network]").first(), "Space");
      await type(page, page.getByRole("spinbutton", { name: /^Abonnés/ }), "321");
    },
    "Enregistré sur ce téléphone.",
  ],
  [
    "a statement",
    "/app/releve/2026-10",
    async (page) => {
      await type(page, page.getByRole("textbox", { name: /^Difficultés/ }), "Peu de réseau");
    },
    "Relevé remis.",
  ],
];

async function press(page: Page, target: Locator, key: string): Promise<void> {
  // A screen that is still on its way has nothing to be reached.
  await target.first().waitFor({ state: "attached" });
  await tabTo(page, target);
  await page.keyboard.press(key);
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await target.first().waitFor({ state: "attached" });
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

test("every other form by keyboard, and the lock", async ({ page }, info) => {
  const carnet = new Carnet(page);
  await signIn(page, DEMO.promeneurs[info.project.name === "mobile" ? 2 : 1]!);
  await carnet.isReady();
  for (const [name, path, steps, said] of FORMS) {
    await test.step(name, async () => {
      await page.goto(path);
      const save = page.locator(".savebar button");
      await expect(save).toBeVisible();
      await steps(page);
      await press(page, save, "Enter");
      await expect(page.getByRole("status").filter({ hasText: said })).toBeVisible();
      await expect.poll(() => isLost(page)).toBe(false);
    });
  }
  await test.step("the lock is put on, opened and taken off", async () => {
    await page.goto("/app/verrou");
    await type(page, page.getByLabel("Nouveau code"), "493027");
    await type(page, page.getByLabel("Le même, encore une fois"), "493027");
    await press(page, page.getByRole("button", { name: "Poser le verrou" }), "Enter");
    await press(page, page.getByRole("button", { name: "Verrouiller maintenant" }), "Enter");
    await expect(page.getByRole("heading", { name: "Carnet verrouillé" })).toBeVisible();
    await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
      - heading "Carnet verrouillé" [level=1]
      - textbox "Votre code"
      - button "Ouvrir"
      - status
      - button "J’ai oublié mon code"
      - paragraph:
        - link "112"
        - link "114"
      - group: Qui appeler
    `);
    await type(page, page.getByLabel("Votre code"), "493027");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Carnet verrouillé" })).toHaveCount(0);
    await page.goto("/app/verrou");
    await type(page, page.getByLabel("Votre code"), "493027");
    await page.keyboard.press("Enter");
    await type(page, page.getByLabel("Votre code, pour retirer le verrou"), "493027");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Nouveau code")).toBeVisible();
  });
});

test("each period of the dashboard has a title of its own", async ({ page }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026");
  await expect(page).toHaveTitle("Année scolaire 2025-2026, tout le réseau – Tableau de bord – Lanterne");
  await page.goto("/coordination?periode=2026-06");
  await expect(page).toHaveTitle(/^Juin 2026, .* – Lanterne$/);
});

test("looking back by keyboard: the journal, one's bilan, the phone, the rescue file", async ({ page }, info) => {
  const carnet = new Carnet(page);
  await signIn(page, DEMO.promeneurs[info.project.name === "mobile" ? 0 : 1]!);
  await carnet.isReady();
  await carnet.note("Écoute", "Discord", 2, "Des nouvelles du plateau");

  await test.step("an entry is searched, read and opened", async () => {
    await press(page, page.getByRole("link", { name: "Journal", exact: true }), "Enter");
    await expect(page.locator("#contenu")).toBeFocused();
    await type(page, page.getByRole("searchbox"), "plateau");
    await expect(page.getByText("1 saisie trouvée.")).toBeVisible();
    await press(page, page.getByRole("button", { name: "Interventions" }), "Enter");
    await expect(page.getByRole("button", { name: "Interventions" })).toHaveAttribute("aria-pressed", "true");
    const entry = page.locator("details.entry");
    await press(page, entry.locator("summary"), "Enter");
    await expect(entry).toContainText("Des nouvelles du plateau");
    await press(page, entry.getByRole("link", { name: /^Modifier/ }), "Enter");
    await expect(page.locator("#contenu")).toBeFocused();
    await press(page, page.getByRole("link", { name: "Fermer, garder en brouillon" }), "Enter");
    await expect(page.getByRole("searchbox")).toHaveValue("plateau");
    await expect.poll(() => isLost(page)).toBe(false);
  });

  await test.step("a figure is read with its definition, of another period", async () => {
    await press(page, page.getByRole("link", { name: "Mon bilan", exact: true }), "Enter");
    await expect(page.locator("#contenu")).toBeFocused();
    await press(page, page.getByRole("link", { name: "Année scolaire", exact: true }), "Enter");
    await expect(page.getByRole("link", { name: "Année scolaire", exact: true })).toHaveAttribute("aria-current", "true");
    await expect.poll(() => isLost(page)).toBe(false);
    await press(page, page.getByText("D’autres dates"), "Enter");
    await tabTo(page, page.getByLabel("Premier jour"));
    const definition = page.locator(".figure details").first();
    await press(page, definition.locator("summary"), "Enter");
    await expect(definition).toHaveAttribute("open", "");
  });

  await test.step("the display is chosen, and the rescue file made", async () => {
    await page.goto("/app/appareil");
    const dark = page.getByRole("button", { name: "Sombre", exact: true });
    await press(page, dark, "Enter");
    await expect(dark).toHaveAttribute("aria-pressed", "true");
    await expect(dark).toBeFocused();
    await press(page, page.getByRole("button", { name: "Comme le téléphone" }), "Enter");
    await press(page, page.getByText("À lire à la coordination, en cas de souci"), "Enter");
    await expect(page.getByText("Envois repris")).toBeVisible();
    await press(page, page.getByRole("link", { name: "Envoi et fichier de secours" }), "Enter");
    await expect(page.locator("#contenu")).toBeFocused();
    const file = page.waitForEvent("download");
    await press(page, page.getByRole("button", { name: "Préparer le fichier de secours" }), "Enter");
    await file;
    await expect.poll(() => isLost(page)).toBe(false);
  });
});

test("of two versions one is chosen by keyboard", async ({ page, browser, baseURL }, info) => {
  const carnet = new Carnet(page);
  const login = DEMO.promeneurs[info.project.name === "mobile" ? 1 : 4]!;
  await signIn(page, login);
  await carnet.isReady();
  await carnet.note("Écoute", "Discord", 2);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  await disagree(carnet, await browser.newContext({ baseURL }), login);
  await press(page, page.getByRole("link", { name: "Une saisie", exact: true }), "Enter");
  await expect(page.getByRole("heading", { name: "Modifiée aussi ailleurs" })).toBeVisible();
  await expect(page.locator("#contenu")).toBeFocused();
  await press(page, page.getByRole("button", { name: "Garder celle-ci" }), "Enter");
  await expect(page.getByText("C’est choisi.")).toBeVisible();
  await expect.poll(() => isLost(page)).toBe(false);
});
