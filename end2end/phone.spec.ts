// What a phone meets in its life: no room, another person, another device, another tab, a newer release. Nothing that was
// typed is lost by any of it, and nothing is said that is not so.
import type { JSHandle, Page } from "@playwright/test";

import { Carnet, hide, note, openNotebook, typeNote } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { countOnServer, own, rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test("F13: a full phone says so while one types, and keeps all of it once there is room", async ({ browserOf, server }) => {
  const phone = browserOf("phone");
  await openNotebook(await phone.start(), DEMO.promeneurs[0]!);
  await phone.stop();
  const context = await phone.start();
  const page = await context.newPage();
  const carnet = new Carnet(page);
  // Before the first page: Chromium remembers for a while how much room there was.
  const quota = await context.newCDPSession(page);
  const origin = server.url;
  await quota.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await carnet.open("/app/noter/listen");
  const full = page.getByRole("alert").filter({ hasText: "Ce téléphone n’a plus de place" });
  await carnet.choose("Discord");
  await expect(full).toBeVisible();
  await carnet.firstTheme().click();
  await typeNote(page, "Une première phrase");
  const refusals = await refusedSaves(page);
  await page.getByRole("button", { name: "Enregistrer" }).click();
  // The phone makes what room it can and tries once more. What it says stood there before.
  await expect.poll(() => refusals.evaluate(({ count }) => count)).toBe(2);
  await expect(page.getByRole("heading", { name: "Offrir une écoute" })).toBeVisible();
  await expect(full).toBeVisible();
  await expect(await note(page)).toHaveValue("Une première phrase");

  await quota.send("Storage.overrideQuotaForOrigin", { origin });
  await typeNote(page, "Une première phrase, puis une seconde");
  await expect(page.locator("form[data-kept]")).toHaveAttribute("data-kept", "yes");
  await expect(full).toHaveCount(0);
  await page.reload();
  await expect(await note(page)).toHaveValue("Une première phrase, puis une seconde");
  await carnet.save();
  await expect(page.locator(".entry-title").first()).toHaveText("Offrir une écoute");
});

/** Counts, from now on, the saves that the page's store takes back. */
function refusedSaves(page: Page): Promise<JSHandle<{ count: number }>> {
  return page.evaluateHandle(() => {
    const refused = { count: 0 };
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, ...rest) {
      const transaction = begin.call(this, names, ...rest);
      const isSave = transaction.mode === "readwrite" && transaction.objectStoreNames.contains("entries");
      if (isSave) transaction.addEventListener("abort", () => (refused.count += 1));
      return transaction;
    };
    return refused;
  });
}

test("the last words before the form is left are kept", async ({ browserOf }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  for (const [leave, words] of [
    ["its cross", "Tout juste avant la croix"],
    ["the back button", "Tout juste avant le retour"],
  ] as const) {
    await carnet.begin("Contact");
    await typeNote(page, words);
    // At once: the pause after which it would be kept by itself has not passed.
    if (leave === "its cross") await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    else await page.goBack();
    await expect(page.getByRole("heading", { name: "Brouillon à reprendre" })).toBeVisible();
    await page.getByRole("link", { name: "Reprendre" }).click();
    await expect(await note(page)).toHaveValue(words);
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  }
});

test("a second tap begins no second presence", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[2]!);
  await server.stop();
  await carnet.choose("Instagram");
  const begin = carnet.page.getByRole("button", { name: "Commencer" });
  await begin.evaluate((button: HTMLButtonElement) => [0, 1, 2].forEach(() => button.click()));
  await expect(carnet.page.getByRole("heading", { name: "Présence en cours" })).toBeVisible();
  await carnet.openJournal();
  await expect(carnet.page.locator(".entry-title", { hasText: "Présence en cours" })).toHaveCount(1);
  await expect(carnet.page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
});

test("F19: what two devices change in one record is kept, or asked about", async ({ browserOf }) => {
  const login = DEMO.promeneurs[1]!;
  const here = await openNotebook(await browserOf("phone").start(), login);
  await here.note("Écoute", "Discord", 1);
  await expect(here.page.getByText(/^Tout est envoyé/)).toBeVisible();
  const there = await openNotebook(await browserOf("tablet").start(), login);

  await test.step("different fields: both changes are kept, though the form was open before the other came", async () => {
    await here.edit("Offrir une écoute");
    await there.edit("Offrir une écoute");
    await typeNote(there.page, "Du second appareil");
    await there.save();
    await expect(there.page.getByText(/^Tout est envoyé/)).toBeVisible();
    await receive(here, "Du second appareil");
    await here.more("jeunes").click();
    await here.save();
    await expect(here.page.getByText(/^Tout est envoyé/)).toBeVisible();
    await here.edit("Offrir une écoute");
    await expect(await note(here.page)).toHaveValue("Du second appareil");
    await expect(here.page.getByLabel("Jeunes", { exact: true })).toHaveValue("2");
  });

  await test.step("the same field: the person is asked, and both devices end with what was chosen", async () => {
    await typeNote(here.page, "Du premier appareil");
    await receive(there, "Du second appareil", '"young_count":2');
    await there.edit("Offrir une écoute");
    await typeNote(there.page, "Du second, encore");
    await there.save();
    await expect(there.page.getByText(/^Tout est envoyé/)).toBeVisible();
    await here.save();
    await expect(here.page.getByText("a été modifiée aussi ailleurs")).toBeVisible();
    await here.page.getByRole("link", { name: "Une saisie", exact: true }).click();
    await here.page.getByRole("button", { name: "Garder celle-ci" }).click();
    await expect(here.page.getByText(/^Tout est envoyé/)).toBeVisible();
    await receive(there, "Du premier appareil");
    await there.edit("Offrir une écoute");
    await expect(await note(there.page)).toHaveValue("Du premier appareil");
  });
});

/**
 * Lets a phone hear what is new, as when it is taken out of the pocket, until its store holds an entry with all of
 * `words`: the answer's arrival is not yet the phone's knowing it.
 */
async function receive(carnet: Carnet, ...words: string[]): Promise<void> {
  await carnet.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => carnet.page.evaluate(holds, words)).toBe(true);
}

/** Whether an entry in the stores of this browser holds all of some words. Runs in the page. */
async function holds(words: string[]): Promise<boolean> {
  const read = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith("lanterne-")) continue;
    const database = await read(indexedDB.open(name));
    const rows = await read(database.transaction("entries").objectStore("entries").getAll());
    database.close();
    const texts = rows.map((row) => JSON.stringify(row).replaceAll("\\", ""));
    if (texts.some((text) => words.every((word) => text.includes(word)))) return true;
  }
  return false;
}

test("F29: a session that is over stops nothing but the sending", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[4]!);
  await context.clearCookies();
  await carnet.note("Informer", "Instagram", 1);
  await expect(carnet.page.getByText("pour envoyer 1 saisie. Rien n’est perdu.")).toBeVisible();
  expect(await axe(carnet.page)).toEqual([]);
  await carnet.page.reload();
  await carnet.note("Lien", "Instagram", 1);
  await expect(carnet.page.getByText("pour envoyer 2 saisies. Rien n’est perdu.")).toBeVisible();
  await carnet.page.getByRole("link", { name: "Reconnectez-vous" }).click();
  await carnet.page.waitForURL(/\/connexion/);
  await signIn(carnet.page, DEMO.promeneurs[4]!);
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
});

test("F30: two people on one phone never meet, and signing out holds without network", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const [anne, bruno] = [DEMO.promeneurs[5]!, DEMO.promeneurs[6]!];
  const first = await openNotebook(context, anne);
  const { page } = first;
  await server.stop();
  await first.begin("Écoute");
  await first.choose("Discord");
  await first.firstTheme().click();
  await typeNote(page, "Une note d’Anne");
  await first.save();
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  await page.goto("/app/appareil");
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await page.waitForURL(/\/connexion/);
  await server.start();
  // The browser still has its cookie; the notebook stays closed all the same, and the server hears of it.
  await page.goto("/app");
  await page.waitForURL(/\/connexion/);
  expect((await page.request.post("/api/v1/me")).status()).toBe(401);

  await signIn(page, bruno);
  await first.isReady();
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  await first.openJournal();
  await expect(page.locator("details.entry .state[data-state=phone]")).toHaveCount(0);
  await first.openEvening();
  await first.note("Informer", "Instagram", 1);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();

  await signIn(page, anne);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  await expect(page.locator(".entry-title").first()).toHaveText("Offrir une écoute");
  await expect(page.locator(".entry-title", { hasText: "Communiquer une information" })).toHaveCount(0);
});

test("tabs of one person tell each other", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const one = await openNotebook(context, DEMO.promeneurs[7]!);
  const two = new Carnet(await context.newPage());
  await two.open("/app/journal");
  await server.stop();
  await one.note("Relayer", "Instagram", 1);
  await expect(two.page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  // The one that waits: another journey of this promeneur may have left a presence that runs tonight, which comes first.
  const waiting = two.page.locator("details.entry", { has: two.page.locator(".state[data-state=phone]") });
  await expect(waiting.locator(".entry-title")).toHaveText("Valoriser, relayer sa structure");
  await one.begin("Écoute");
  await typeNote(one.page, "En cours dans l’autre onglet");
  await expect(two.page.getByRole("heading", { name: "Brouillon à reprendre" })).toBeVisible();
});

test("F25: a newer release waits until the form is left", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[8]!);
  const { page } = carnet;
  const before = await page.locator("html").getAttribute("data-build");
  await carnet.begin("Écoute");
  await typeNote(page, "Commencée avant la nouvelle version");
  await server.release();
  const update = () => navigator.serviceWorker.getRegistration().then((registration) => registration?.update());
  await page.evaluate(update);
  await page.waitForFunction(() =>
    navigator.serviceWorker.getRegistration().then((registration) => registration?.waiting?.state === "installed"),
  );
  // Out of sight, with the form open: it stays, the very page.
  await page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
  await hide(page, true);
  await hide(page, false);
  await expect(page.locator("html[data-same]")).toHaveCount(1);
  await expect(await note(page)).toHaveValue("Commencée avant la nouvelle version");
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await expect(page.getByText(/^Une nouvelle version est prête/)).toBeVisible();
  await expect(page.locator("html[data-same]")).toHaveCount(1);
  // Out of sight, with nothing open: the moment to change.
  const loaded = page.waitForEvent("load");
  await hide(page, true);
  await loaded;
  await expect(page.locator("html")).not.toHaveAttribute("data-build", before!);
  await expect(page.getByRole("heading", { name: "Brouillon à reprendre" })).toBeVisible();
});

test("F43: what a rescue file brought is not counted again when the phone sends after all", async ({ browser, browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[9]!);
  const { page } = carnet;
  const words = ["Sauvée une fois", "Sauvée deux fois"];
  await server.stop();
  for (const text of words) await carnet.note("Contact", "Discord", 1, text);
  await page.goto("/app/envoi");
  const handed = page.waitForEvent("download");
  await page.getByRole("button", { name: "Préparer le fichier de secours" }).click();
  const file = await (await handed).path();
  // The phone's own sender must not come first.
  await context.setOffline(true);
  await server.start();

  const office = await browser.newContext({ baseURL: server.url, serviceWorkers: "block" });
  const desk = await office.newPage();
  await signIn(desk, DEMO.coordinator);
  for (const outcome of ["2 opérations prises", "2 déjà connues"]) {
    await desk.goto("/coordination/fichier-de-secours");
    await desk.getByLabel("Fichier de secours").setInputFiles(file);
    await desk.getByRole("button", { name: "Importer" }).click();
    await expect(desk.getByRole("status")).toContainText(outcome);
  }
  const figures = async () => {
    await desk.goto("/coordination");
    return (await desk.locator("main").textContent())!;
  };
  const before = await figures();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Envoyer maintenant" }).click();
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  for (const text of words) expect(await countOnServer(context, text)).toBe(1);
  expect(await rows(page, "outbox")).toEqual([]);
  expect(await figures()).toBe(before);
  await office.close();
});

test("R6: a notebook that is open and idle is emptied within ten seconds of its phone's withdrawal", async ({
  browserOf,
  browser,
  server,
}) => {
  const { page } = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  // It has nothing to ask any more.
  await page.getByText(/^Tout est envoyé/).waitFor();
  const { device } = await own(page);
  const office = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signIn(office, DEMO.coordinator);
  await office.goto(`/coordination/telephones/${device}/retirer`);
  await office.getByRole("button", { name: "Retirer ce téléphone" }).click();
  await expect(page.getByRole("heading", { name: /retiré/ })).toBeVisible({ timeout: 10_000 });
  for (const table of ["entries", "outbox", "drafts", "meta"] as const) expect(await rows(page, table)).toEqual([]);
  await office.context().close();
});
