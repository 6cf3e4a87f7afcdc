// A promeneur's own figures, the records beside interventions, and help: all of it without network.
import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { paper } from "./access.ts";
import { daysAgo, note, openNotebook, typeNote } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

/** The four figures, as they stand. */
async function figures(page: Page): Promise<number[]> {
  const texts = await page.locator(".figure-value").allTextContents();
  return texts.map((text) => Number(text.replace(/\s/g, "")));
}

async function openBilan(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Mon bilan" }).click();
  await expect(page.getByRole("heading", { name: "Mon bilan", level: 1 })).toBeVisible();
  // It opens on this civil year, which January leaves empty: from the demonstration's on.
  await page.goto(`/app/bilan/2026-01-01..${daysAgo(0)}`);
  await expect(page.getByRole("heading", { name: "Mon bilan", level: 1 })).toBeVisible();
}

test("one's own bilan counts what is on this phone, and says what is not sent", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[5]!);
  const { page } = carnet;
  await openBilan(page);
  await expect(page.locator(".figure-value")).toHaveCount(4);
  await expect(page.getByText(/par semaine, pour 3\s*h convenues/)).toBeVisible();
  const before = await figures(page);
  expect(before.every((figure) => figure > 0)).toBe(true);
  await expect(page.getByText("pas encore envoyée")).toHaveCount(0);

  await server.stop();
  await carnet.openEvening();
  await carnet.note("Écoute", "Discord", 2);
  await page.getByRole("link", { name: "Rencontre", exact: true }).click();
  await carnet.more("jeunes rencontrés").click();
  await carnet.save();
  await page.getByRole("link", { name: "Projet ou parcours" }).click();
  await page.getByRole("textbox", { name: /^Titre/ }).fill("Un atelier vidéo");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  // Without a theme it is a draft and no record: the form says what is missing.
  await expect(page.locator(".fault").first()).toBeVisible();
  await page.getByRole("group", { name: "Thématique" }).locator("label.chip").first().click();
  await carnet.save();
  await page.getByRole("link", { name: "Abonnés", exact: true }).click();
  await carnet.choose("Instagram");
  await page.getByRole("spinbutton", { name: /^Abonnés/ }).fill("12345");
  await carnet.save();

  await openBilan(page);
  await expect(page.getByText("4 saisies comptées ici ne sont pas encore envoyées.")).toBeVisible();
  const [connected, acts, met, projects] = before as [number, number, number, number];
  expect(await figures(page)).toEqual([connected, acts + 1, met + 1, projects + 1]);
  await expect(page.locator(".funnel")).toContainText(/12\s345|1[23]\s\d{3}/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading "Mon bilan" [level=1]
    - navigation "Périodes":
      - list:
        - listitem:
          - link "Ce mois"
        - listitem:
          - link "Le mois dernier"
        - listitem:
          - link "Cette année"
        - listitem:
          - link "Année scolaire"
    - region "Les quatre chiffres du bilan":
      - article /jeunes? connectés?/:
        - heading /jeunes? connectés?/ [level=2]
  `);

  await test.step("as a file for a spreadsheet", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Exporter pour un tableur" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    expect(text.startsWith("\uFEFFRubrique;Détail;Nombre\r\n")).toBe(true);
    expect(text).toContain(`Jeunes rencontrés après un contact sur Internet;;${met + 1}\r\n`);
    expect(text).toContain("Saisies pas encore envoyées;;4\r\n");
  });

  await test.step("of another period, which the address names", async () => {
    await page.getByRole("link", { name: "Ce mois", exact: true }).click();
    await expect(page).toHaveURL(/\/app\/bilan\/\d{4}-\d{2}$/);
    await expect(page.getByRole("link", { name: "Ce mois", exact: true })).toHaveAttribute("aria-current", "true");
    await page.goBack();
    expect(await figures(page)).toEqual([connected, acts + 1, met + 1, projects + 1]);
    await page.goto("/app/bilan/2019");
    await expect(page.getByRole("heading", { name: "Rien de noté sur cette période" })).toBeVisible();
    await page.goto("/app/bilan/hier");
    await expect(page.getByRole("heading", { name: "Rien à cette adresse" })).toBeVisible();
  });

  await test.step("of any days, and on paper", async () => {
    await page.goto("/app/bilan/2026");
    await page.getByText("D’autres dates").click();
    await page.getByLabel("Premier jour").fill("2026-03-31");
    await page.getByLabel("Dernier jour").fill("2026-01-01");
    await page.getByRole("button", { name: "Afficher" }).click();
    await expect(page).toHaveURL(/\/app\/bilan\/2026-01-01\.\.2026-03-31$/);
    await expect.poll(async () => (await figures(page))[0]).toBeGreaterThan(0);
    expect(await paper(page)).toEqual([]);
    // No printer stands here: that it is asked for is all there is to see.
    await page.evaluate(() => (window.print = () => void (document.body.dataset.printed = "yes")));
    await page.getByRole("button", { name: "Imprimer" }).click();
    await expect(page.locator("body")).toHaveAttribute("data-printed", "yes");
  });

  await test.step("a project goes on, stage by stage", async () => {
    await carnet.edit("Un atelier vidéo");
    await carnet.chip("Réalisation").click();
    await page.getByRole("textbox", { name: /^Note/ }).fill("Le tournage a commencé");
    await carnet.save();
    await expect(page.locator("details.entry", { hasText: "Un atelier vidéo" })).toContainText("Réalisation");
  });

  await server.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
});

test("the journal is searched and filtered without network", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[7]!);
  const { page } = carnet;
  await server.stop();
  await carnet.note("Écoute", "Twitch", 3, "Des nouvelles de l’été au théâtre");
  await carnet.openJournal();
  const lines = page.locator("details.entry");
  const search = page.getByRole("searchbox", { name: "Chercher dans le journal" });
  // Small letters and no accents, in any order.
  await search.fill("theatre ecoute");
  await expect(lines).toHaveCount(1);
  await expect(page.getByText("1 saisie trouvée.")).toBeVisible();
  await search.fill("twitch introuvable");
  await expect(lines).toHaveCount(0);
  await expect(page.getByText("0 saisie trouvée.")).toBeVisible();
  // By its day in full, and by what was answered with chips.
  const day = new Intl.DateTimeFormat("fr-FR", { weekday: "long", month: "long", year: "numeric", timeZone: "Europe/Paris" });
  const evening = new Date(Date.now() - 3 * 3_600_000);
  await search.fill(`théâtre ${day.format(evening)} message privé`);
  await expect(lines).toHaveCount(1);
  await search.fill("");
  await page.getByRole("button", { name: "Pas envoyées" }).click();
  await expect(lines).toHaveCount(1);
  await page.getByRole("button", { name: "Présences" }).click();
  await expect(lines.first()).toContainText("Présence");
  await expect(lines.filter({ hasText: "Offrir une écoute" })).toHaveCount(0);
  await page.getByRole("button", { name: "Présences" }).click();
  await expect(page.getByText(/trouvées?\./)).toHaveCount(0);
});

test("what could point at somebody is noticed while one types, and goes with one tap", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[7]!);
  const { page } = carnet;
  await server.stop();
  await carnet.begin("Écoute");
  await typeNote(page, "Rappeler au 06 12 34 56 78, voir @lea_43");
  await expect(page.getByText("Ce texte contient un numéro de téléphone.")).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Retirer" }).click();
  await expect(page.getByText("Ce texte contient un pseudo.")).toBeVisible();
  await page.getByRole("button", { name: "Retirer" }).click();
  await expect(await note(page)).toHaveValue("Rappeler au …, voir …");
  await expect(page.getByText("Ce texte contient")).toHaveCount(0);
});

test("help is one tap away, without network", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  const { page } = carnet;
  await server.stop();
  await carnet.begin("Écoute");
  await carnet.choose("Discord");
  await page.getByRole("link", { name: "Aide" }).click();
  await expect(page.getByRole("heading", { name: "Aide", level: 1 })).toBeVisible();
  // The last one is of the department, and was set by the coordination.
  for (const number of ["119", "3018", "3114", "0800235236", "0465710043"]) {
    await expect(page.locator(`a[href="tel:${number}"]`)).toBeVisible();
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading "Aide" [level=1]
    - region "Qui appeler":
      - heading "Qui appeler" [level=2]
    - region "Ce que Lanterne n’enregistre pas"
    - region "La charte, en bref"
  `);
  // What was being noted is still there.
  await page.goBack();
  await expect(carnet.chip("Discord").locator("input")).toBeChecked();
});
