// The lock of a notebook: what only its code opens, what no disk shows, and how its person always comes back.
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { everything } from "./access.ts";
import { addPasskey, Authenticator } from "./authenticator.ts";
import { Carnet, hide, note, openNotebook } from "./carnet.ts";
import { WHOLE } from "./chromium.ts";
import { op, say, uuid7 } from "./device.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { chooseCode, closed, CODE, putLock, type, unlock } from "./lock.ts";
import { account, countOnServer, onServer, own, rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test("a lock asks for its code at each start, with and without network, and nothing is lost or doubled", async ({
  browserOf,
  server,
}) => {
  test.slow();
  const phone = browserOf("phone");
  let context = await phone.start();
  let carnet = await openNotebook(context, DEMO.promeneurs[0]!);
  await carnet.note("Contact", "Discord", 1, "Avant le verrou");
  await expect.poll(() => countOnServer(context, "Avant le verrou")).toBe(1);
  const before = (await onServer(context)).length;

  // What cannot be a code is said, and nothing is put on.
  await carnet.page.goto("/app/verrou");
  for (const [code, again, said] of [
    ["12345", "12345", "Six chiffres au moins"],
    ["123456", "123456", "se devine trop vite"],
    [CODE, "493028", "ne sont pas les mêmes"],
  ] as const) {
    await chooseCode(carnet.page, code, again);
    await expect(carnet.page.getByRole("alert").filter({ hasText: said })).toBeVisible();
  }
  expect(await everything(carnet.page)).toEqual([]);
  await putLock(carnet.page);
  expect(await everything(carnet.page)).toEqual([]);
  await carnet.openEvening();
  await carnet.note("Écoute", "Discord", 1, "Sous le verrou");
  await expect.poll(() => countOnServer(context, "Sous le verrou")).toBe(1);
  expect((await rows(carnet.page, "entries")).join()).not.toContain("verrou");

  await server.stop();
  await carnet.open();
  await expect(closed(carnet.page)).toBeVisible();
  await type(carnet.page, "111213");
  await expect(carnet.page.getByRole("alert").filter({ hasText: "n’ouvre pas ce carnet" })).toBeVisible();
  expect(await everything(carnet.page)).toEqual([]);
  // Whom to call is one tap away on a phone that is closed too.
  await carnet.page.getByText("Qui appeler").click();
  for (const number of ["119", "3018", "3114", "0800235236"]) {
    await expect(carnet.page.locator(`a[href="tel:${number}"]`)).toBeVisible();
  }
  expect(await everything(carnet.page)).toEqual([]);
  await unlock(carnet.page);
  await carnet.openEvening();
  await carnet.note("Contact", "Discord", 2, "Notée hors réseau");
  await expect(carnet.states().filter({ hasText: "Sur ce téléphone" }).first()).toBeVisible();
  await phone.stop();

  // The browser was killed, the phone is on the network again: still it asks first, and says what waits.
  await server.start();
  context = await phone.start();
  carnet = new Carnet(await context.newPage());
  await carnet.open();
  await expect(closed(carnet.page)).toBeVisible();
  await expect(carnet.page.getByText(/attend(ent)? d’être envoyée/)).toBeVisible();
  expect(await countOnServer(context, "Notée hors réseau"), "nothing leaves a closed notebook").toBe(0);
  await unlock(carnet.page);
  await expect.poll(() => countOnServer(context, "Notée hors réseau")).toBe(1);
  await carnet.openJournal();
  for (const words of ["Avant le verrou", "Sous le verrou", "Notée hors réseau"]) {
    await carnet.page.getByRole("searchbox").fill(words);
    await expect(carnet.page.locator("details.entry")).toHaveCount(1);
  }

  // Taken off, it asks no more, and all is there in the clear again.
  await carnet.page.goto("/app/verrou");
  await unlock(carnet.page);
  await carnet.page.getByLabel("Votre code, pour retirer le verrou").fill(CODE);
  await carnet.page.getByRole("button", { name: "Retirer le verrou" }).click();
  await expect(carnet.page.getByRole("button", { name: "Poser le verrou" })).toBeVisible();
  expect((await rows(carnet.page, "entries")).join()).toContain("Sous le verrou");
  await carnet.open();
  await expect(closed(carnet.page)).toHaveCount(0);
  await expect(carnet.page.getByRole("heading", { name: "Noter" })).toBeVisible();
  const after = await onServer(context);
  expect(new Set(after.map(({ entry }) => entry)).size).toBe(after.length);
  expect(after.length).toBeGreaterThanOrEqual(before + 2);
});

test("ten wrong codes, and only the passphrase opens: with what was not sent still there", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  const { page } = carnet;
  await putLock(page);
  await server.stop();
  await carnet.openEvening();
  await carnet.note("Contact", "Discord", 1, "Avant l’oubli");
  await carnet.open();
  for (let tries = 1; tries <= 10; tries += 1) {
    await type(page, "111213");
    const said = tries < 10 ? "n’ouvre pas ce carnet" : "Trop d’essais";
    await expect(page.getByRole("alert").filter({ hasText: said })).toBeVisible();
    await expect(page.getByLabel("Votre code")).toHaveValue("");
  }
  // The right one is as good as any other now, also after a restart.
  await carnet.open();
  await type(page, CODE);
  await expect(page.getByRole("alert").filter({ hasText: "Trop d’essais" })).toBeVisible();
  await page.getByRole("button", { name: "J’ai oublié mon code" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Il faut du réseau" })).toBeVisible();

  await server.start();
  await page.getByRole("button", { name: "J’ai oublié mon code" }).click();
  // They have signed in within this quarter of an hour: no passphrase is asked for.
  await expect(page.getByRole("heading", { name: "Choisissez un nouveau code" })).toBeVisible();
  await page.getByLabel("Nouveau code").fill("820461");
  await page.getByLabel("Le même, encore une fois").fill("820461");
  await page.getByRole("button", { name: "Choisir ce code et ouvrir" }).click();
  await expect(page.getByRole("heading", { name: "Noter" })).toBeVisible();
  await expect.poll(() => countOnServer(context, "Avant l’oubli")).toBe(1);
  await carnet.open();
  await unlock(page, "820461");
});

test("a code that was forgotten long after the sign-in asks for the passphrase first", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[2]!);
  const { page } = carnet;
  await putLock(page);
  // Signed out on this browser only: as when the session has ended.
  await context.clearCookies();
  await carnet.open();
  await page.getByRole("button", { name: "J’ai oublié mon code" }).click();
  await page.waitForURL(/\/connexion/);
  await page.getByLabel("Identifiant").fill(DEMO.promeneurs[2]!);
  await page.getByLabel("Phrase de passe").fill(DEMO.passphrase);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/app") || url.pathname === "/confirmer");
  await expect(page.getByRole("heading", { name: "Choisissez un nouveau code" })).toBeVisible();
  await page.getByLabel("Nouveau code").fill("820461");
  await page.getByLabel("Le même, encore une fois").fill("820461");
  await page.getByRole("button", { name: "Choisir ce code et ouvrir" }).click();
  await expect(page.getByRole("heading", { name: "Noter" })).toBeVisible();
});

test("a notebook that nobody touches closes, and what was being typed is there again", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  const { page } = carnet;
  await page.clock.install();
  await putLock(page);
  await carnet.openEvening();
  await carnet.begin("Écoute");
  await (await note(page)).fill("Écrit avant de poser le téléphone");
  await page.clock.fastForward("09:00");
  await expect(closed(page)).toHaveCount(0);
  await page.clock.fastForward("01:30");
  await unlock(page);
  await expect(await note(page)).toHaveValue("Écrit avant de poser le téléphone");
  expect((await rows(page, "drafts")).join()).not.toContain("Écrit avant");

  // Put away and taken up again an hour later: closed before it is seen.
  await hide(page, true);
  // No timer runs on a phone that sleeps.
  await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 3_600_000);
  await hide(page, false);
  await expect(closed(page)).toBeVisible();
});

test("a passkey opens what the code opens, with and without network, and nothing but what it was made for", async ({
  browserOf,
  server,
}) => {
  const phone = browserOf("phone");
  const context = await phone.start();
  const carnet = await openNotebook(context, DEMO.promeneurs[8]!);
  const { page } = carnet;
  const finger = await Authenticator.on(page, true);
  const byPasskey = page.getByRole("button", { name: "Ouvrir par empreinte ou visage" });
  const wanted = page.getByRole("checkbox", { name: "Ouvrir aussi par empreinte ou visage" });

  // Without a passkey of theirs there is none to open it with, and no lock is put on.
  await page.goto("/app/verrou");
  await wanted.check();
  await chooseCode(page);
  await expect(page.getByRole("alert").filter({ hasText: "Rien n’a été montré" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Verrouiller maintenant" })).toHaveCount(0);

  await addPasskey(page);
  await page.goto("/app/verrou");
  await wanted.check();
  expect(await everything(page)).toEqual([]);
  await chooseCode(page);
  await expect(page.getByRole("button", { name: "Verrouiller maintenant" })).toBeVisible();
  await carnet.openEvening();
  await carnet.note("Contact", "Discord", 1, "Sous la clé");
  await server.stop();
  await carnet.open();
  await expect(closed(page)).toBeVisible();
  expect(await everything(page)).toEqual([]);
  await byPasskey.click();
  await expect(closed(page)).toHaveCount(0);
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("Sous la clé");
  await expect(page.locator("details.entry")).toHaveCount(1);

  // The tries of a code are the code's; a new code leaves the passkey as it is.
  await carnet.open();
  for (let tries = 1; tries <= 10; tries += 1) {
    await type(page, "111213");
    await expect(page.getByLabel("Votre code")).toHaveValue("");
    await expect(page.getByRole("alert")).toHaveText(tries < 10 ? /n’ouvre pas ce carnet/ : /Trop d’essais/);
  }
  await byPasskey.click();
  await expect(closed(page)).toHaveCount(0);
  await server.start();
  await carnet.open();
  await page.getByRole("button", { name: "J’ai oublié mon code" }).click();
  await page.getByLabel("Nouveau code").fill("820461");
  await page.getByLabel("Le même, encore une fois").fill("820461");
  await page.getByRole("button", { name: "Choisir ce code et ouvrir" }).click();
  await expect(page.getByRole("heading", { name: "Noter" })).toBeVisible();
  await carnet.open();
  await byPasskey.click();
  await expect(closed(page)).toHaveCount(0);

  // Whoever shows something else is kept out.
  await carnet.open();
  await finger.verifies(false);
  await byPasskey.click();
  await expect(page.getByRole("alert").filter({ hasText: "Rien n’a été montré" })).toBeVisible();
  // And what the passkey makes is nowhere on the phone: without it, nothing opens.
  const { credentials } = await finger.session.send("WebAuthn.getCredentials", { authenticatorId: finger.id });
  for (const { credentialId } of credentials) {
    await finger.session.send("WebAuthn.removeCredential", { authenticatorId: finger.id, credentialId });
  }
  await carnet.open();
  await byPasskey.click();
  await expect(page.getByRole("alert").filter({ hasText: "Rien n’a été montré" })).toBeVisible();
  await expect(closed(page)).toBeVisible();
  await unlock(page, "820461");
  await page.goto("/acces");
  await page.getByRole("button", { name: /^Retirer la clé/ }).click();
  await expect(page.getByRole("status")).toContainText("La clé est retirée");
});

test("two tabs: a lock that one puts on closes the other, and neither writes in the clear", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[4]!);
  const other = new Carnet(await context.newPage());
  await other.open();
  await putLock(carnet.page);
  await unlock(other.page);
  await other.note("Contact", "Discord", 1, "De l’autre onglet");
  await expect.poll(() => countOnServer(context, "De l’autre onglet")).toBe(1);
  for (const table of ["entries", "outbox", "drafts"] as const) {
    for (const row of await rows(carnet.page, table)) expect(row).not.toContain("kind");
  }
});

test("a phone that was withdrawn hands over what waits and what was typed, once its notebook is opened", async ({
  browserOf,
  browser,
  server,
}) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[6]!);
  const { page } = carnet;
  const office = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signIn(office, DEMO.coordinator);
  const waiting = async () => {
    await office.goto("/coordination/a-verifier");
    return office.getByRole("heading", { level: 3 }).count();
  };
  const before = await waiting();
  await putLock(page);
  const { device } = await own(page);
  await server.stop();
  await carnet.openEvening();
  await carnet.note("Contact", "Discord", 1, "Attend sous le verrou");
  await carnet.begin("Écoute");
  await (await note(page)).fill("Tapé et pas enregistré");
  await hide(page, true);
  await expect.poll(() => rows(page, "drafts").then((kept) => kept.length)).toBe(1);
  await page.goto("/app/appareil");
  await expect(closed(page)).toBeVisible();
  await server.start();
  await office.goto(`/coordination/telephones/${device}/retirer`);
  await office.getByRole("button", { name: "Retirer ce téléphone" }).click();
  await office.getByRole("status").waitFor();
  expect(await waiting(), "nothing leaves a closed notebook").toBe(before);
  await unlock(page);
  await expect(page.getByRole("heading", { name: /retiré/ })).toBeVisible();
  for (const table of ["entries", "outbox", "drafts", "meta"] as const) expect(await rows(page, table)).toEqual([]);
  expect(await waiting()).toBe(before + 2);
  // Nothing of it is left for other journeys to decide on.
  for (let left = before + 2; left > before; left -= 1) {
    await office.getByRole("region", { name: "Promeneur 7" }).getByRole("link", { name: "Écarter" }).first().click();
    await office.getByLabel("Pourquoi l’écarter").fill("essai");
    await office.getByRole("button", { name: "Écarter" }).click();
    await expect(office.getByRole("heading", { level: 3 })).toHaveCount(left - 1);
  }
  await office.context().close();
});

test("a lock that is put on takes copies in the clear away", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const { page } = await openNotebook(context, DEMO.promeneurs[7]!);
  const copy = `lanterne-${await account(page)}-before-2`;
  await page.evaluate((name) => {
    const opening = indexedDB.open(name, 1);
    return new Promise<void>((resolve) => {
      opening.onupgradeneeded = () => opening.result.createObjectStore("outbox");
      opening.onsuccess = () => (opening.result.close(), resolve());
    });
  }, copy);
  const names = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(await names()).toContain(copy);
  await putLock(page);
  await expect.poll(names).not.toContain(copy);
});

/** How often planted words stand anywhere in a folder, in the two ways in which Chromium writes them. */
async function found(folder: string, words: string[]): Promise<Set<string>> {
  const hits = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const word of words) {
      if (bytes.includes(word, 0, "latin1") || bytes.includes(word, 0, "utf16le")) hits.add(word);
    }
  }
  return hits;
}

/** R5 wants 1,000 words in 10,000 records: RECORDS=10000. */
const RECORDS = Number(process.env.RECORDS ?? 2_000);

test("R5: of what is noted under a lock no word is found in the whole profile, and without one it is", { tag: WHOLE }, async ({
  browserOf,
  server,
}) => {
  test.setTimeout(600_000);
  const locked = browserOf("locked");
  const open = browserOf("open");
  const login = DEMO.promeneurs[5]!;
  const there = await openNotebook(await open.start(), login);
  const here = await openNotebook(await locked.start(), login);
  await putLock(here.page);

  // From another device of theirs, the words in every tenth note.
  const words = Array.from({ length: RECORDS / 10 }, () => `mot${randomBytes(9).toString("hex")}`);
  const { request } = there.page.context();
  const device = uuid7();
  const body = { kind: "meeting", schema: 1, occurred_on: "2026-05-19", young_count: 3, themes: [] };
  for (let from = 0; from < RECORDS; from += 100) {
    const ops = Array.from({ length: 100 }, (_, index) => {
      const planted = (from + index) % 10 === 0 ? words[(from + index) / 10]! : "Une rencontre";
      return op(from + index + 1, { ...body, note: planted, met_after_online_count: 1 });
    });
    // Which holds nothing back: other journeys count what phones hold.
    await say(request, "/api/v1/sync_push", device, { epoch: null, ops, pending: 0, oldest: null, stalls: 0 });
  }
  const count = (page: Page) => rows(page, "entries").then((all) => all.length);
  for (const { page } of [there, here]) {
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await expect.poll(() => count(page), { timeout: 120_000 }).toBeGreaterThanOrEqual(RECORDS);
  }
  // What is typed and not saved, and what waits for a network.
  const typed = ["brouillon4e1f7a", "attente9b2c6d"];
  await server.stop();
  for (const carnet of [there, here]) {
    await carnet.openEvening();
    await carnet.note("Contact", "Discord", 1, typed[1]!);
    await carnet.begin("Écoute");
    await (await note(carnet.page)).fill(typed[0]!);
    await hide(carnet.page, true);
    await expect.poll(() => rows(carnet.page, "drafts").then((kept) => kept.length)).toBe(1);
    await carnet.page.goto("/app/aide");
  }
  await expect(closed(here.page)).toBeVisible();
  await locked.stop();
  await open.stop();
  await server.start();
  const all = [...words, ...typed];
  const inTheClear = await found(open.folder, all);
  expect(inTheClear.size, "the search finds what is there").toBeGreaterThan(all.length / 2);
  for (const word of typed) expect(inTheClear).toContain(word);
  expect([...(await found(locked.folder, all))]).toEqual([]);
});
