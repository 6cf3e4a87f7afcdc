// A phone that hears nothing of the server for three days (R6): whoever has found it reads nothing from before this evening,
// and its person goes on noting.
import type { BrowserContext, Page } from "@playwright/test";

import { everything } from "./access.ts";
import { Carnet, hide, note, openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { closed, putLock, unlock } from "./lock.ts";
import { countOnServer, rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

const HOUR = 3_600_000;

/** What says that the notebook waits. */
const waits = (page: Page) => page.getByRole("heading", { name: "Seule la soirée en cours s’affiche" });
const later = (page: Page) => page.getByRole("heading", { level: 1, name: "À relire un peu plus tard" });

/** A phone whose clock stands two days back, so that three without network end tomorrow: nothing that this person has noted
 * elsewhere is of that evening, and the server takes it still. */
async function phoneOf(context: BrowserContext, login: string): Promise<Carnet> {
  await context.clock.install({ time: Date.now() - 48 * HOUR });
  // The worker has a clock that no test sets.
  await context.addInitScript(() => Reflect.deleteProperty(ServiceWorkerRegistration.prototype, "sync"));
  const carnet = await openNotebook(context, login);
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  return carnet;
}

/** The addresses of what was noted with these words, and of one that is much older. */
async function addresses(page: Page, ...words: string[]): Promise<string[]> {
  const entries = (await rows(page, "entries")).map((row) => JSON.parse(row) as { id: string; body: string });
  const found = [...words, '"occurred_on":"2026-0'].map((some) => entries.find(({ body }) => body.includes(some))!);
  return found.map(({ id }) => `/app/saisie/${id}`);
}

/** The latest that the notebook has noted of its clock. */
async function lease(page: Page): Promise<number> {
  return (await rows(page, "meta")).map((row) => JSON.parse(row)).find(Array.isArray)[1];
}

/** Sees that no screen looks back. */
async function looksBackNowhere(carnet: Carnet, entries: string[]): Promise<void> {
  for (const path of ["/app/journal", "/app/bilan", "/app/releve/2026-10", ...entries]) {
    await carnet.open(path);
    await expect(later(carnet.page)).toBeVisible();
  }
}

test("R6: three days without the server, and this evening is all that shows, whatever the clock says", async ({
  browserOf,
  server,
}) => {
  test.slow();
  const context = await browserOf("phone").start();
  const carnet = await phoneOf(context, DEMO.promeneurs[9]!);
  const { page } = carnet;
  await carnet.note("Contact", "Discord", 1, "Avant la zone blanche");
  await expect.poll(() => countOnServer(context, "Avant la zone blanche")).toBe(1);
  await server.stop();
  await carnet.note("Contact", "Discord", 1, "Le premier soir sans réseau");
  const entries = await addresses(page, "Avant la zone blanche", "Le premier soir sans réseau");
  await carnet.begin("Écoute");
  await (await note(page)).fill("Commencé le premier soir");
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await expect(page.getByText("Brouillon à reprendre")).toBeVisible();
  const draft = `/app/saisie/${JSON.parse((await rows(page, "drafts"))[0]!).id}`;

  const began = await page.evaluate(() => Date.now());
  await page.clock.fastForward(24 * HOUR);
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("zone blanche");
  await expect(page.locator("details.entry")).toHaveCount(1);
  await test.step("time that nobody looks at the notebook is the clock's to count, and a clock that was set back ends it", async () => {
    await hide(page, true);
    await page.clock.fastForward(100 * HOUR);
    await page.clock.setSystemTime(began + 25 * HOUR);
    await hide(page, false);
    await carnet.open("/app/journal");
    await expect(page.locator("details.entry").first()).toBeVisible();
    await page.clock.setSystemTime(began);
    await carnet.open("/app/journal");
    await expect(later(page)).toBeVisible();
    await page.clock.setSystemTime(began + 48 * HOUR);
  });
  await test.step("nothing is taken from under a form, and behind it nothing shows", async () => {
    await carnet.open(entries[0]!);
    await expect(await note(page)).toHaveValue("Avant la zone blanche");
    await page.clock.fastForward(25 * HOUR);
    await expect.poll(() => lease(page)).toBeGreaterThan(began + 72 * HOUR);
    await expect(await note(page)).toHaveValue("Avant la zone blanche");
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await expect(later(page)).toBeVisible();
  });
  await looksBackNowhere(carnet, [...entries, draft]);
  expect(await everything(page)).toEqual([]);
  await carnet.open();
  await expect(waits(page)).toBeVisible();
  await expect(page.getByText("Brouillon à reprendre")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Comme la dernière fois" })).toHaveCount(0);
  expect(await everything(page)).toEqual([]);

  await test.step("noting goes on, and what is noted this evening can be read and put right", async () => {
    await carnet.startPresence("Discord");
    // Not what was begun on the first evening.
    await carnet.begin("Écoute");
    await expect(await note(page)).toHaveValue("");
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await carnet.note("Contact", "Discord", 2, "Le quatrième soir");
    await expect(page.locator("details.entry")).toHaveCount(1);
    await (await carnet.unfold("Contact")).getByRole("link", { name: "Modifier" }).click();
    await expect(await note(page)).toHaveValue("Le quatrième soir");
    await carnet.more("jeunes").click();
    await carnet.save();
    await carnet.open();
    await carnet.endPresence();
  });

  await test.step("a clock that is set back shows no more, not even of the evening that it shows", async () => {
    await page.clock.setSystemTime(Date.now() - 48 * HOUR);
    await looksBackNowhere(carnet, entries);
    await carnet.open();
    await expect(waits(page)).toBeVisible();
    await expect(page.locator("details.entry")).toHaveCount(0);
    await expect(page.getByText("Brouillon à reprendre")).toHaveCount(0);
    await page.clock.setSystemTime(Date.now());
  });

  await test.step("the server is there again, and so is all of it", async () => {
    await carnet.open(entries[1]!);
    await expect(later(page)).toBeVisible();
    await server.start();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(await note(page)).toHaveValue("Le premier soir sans réseau");
    await carnet.open("/app/journal");
    await expect.poll(() => countOnServer(context, "Le quatrième soir")).toBe(1);
    expect(await countOnServer(context, "Le premier soir sans réseau")).toBe(1);
    for (const words of ["Avant la zone blanche", "Le premier soir", "Le quatrième soir"]) {
      await page.getByRole("searchbox").fill(words);
      await expect(page.locator("details.entry")).toHaveCount(1);
    }
    await carnet.open();
    await expect(waits(page)).toHaveCount(0);
    await page.getByText("Brouillon à reprendre").waitFor();
    await carnet.open(draft);
    await expect(await note(page)).toHaveValue("Commencé le premier soir");
  });
});

test("R6: under a lock too, the code opens this evening only; and what is typed when the server is back stays", async ({
  browserOf,
  server,
}) => {
  const context = await browserOf("phone").start();
  const carnet = await phoneOf(context, DEMO.promeneurs[7]!);
  const { page } = carnet;
  await carnet.note("Contact", "Discord", 1, "Avant le verrou et le silence");
  await expect.poll(() => countOnServer(context, "Avant le verrou et le silence")).toBe(1);
  await putLock(page);
  await server.stop();
  await page.clock.fastForward(73 * HOUR);
  await expect(closed(page)).toBeVisible();
  await carnet.open();
  await unlock(page);
  await expect(waits(page)).toBeVisible();
  await carnet.note("Contact", "Discord", 1, "Sous le verrou, sans réseau");
  await page.getByRole("link", { name: "Journal", exact: true }).click();
  await expect(later(page)).toBeVisible();
  // What is being typed when the server is there again stays where it is.
  await page.getByRole("link", { name: "Ce soir", exact: true }).click();
  await page.getByRole("link", { name: "Rencontre" }).click();
  const words = page.getByRole("textbox", { name: /^Note/ });
  await words.fill("Tapé pendant que le réseau revient");
  await server.start();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => countOnServer(context, "Sous le verrou, sans réseau")).toBe(1);
  await expect(words).toHaveValue("Tapé pendant que le réseau revient");
  await expect(words).toBeFocused();
  await carnet.save();
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("Avant le verrou et le silence");
  await expect(page.locator("details.entry")).toHaveCount(1);
});
