// What a phone's storage does to a notebook: it is full, closes, is emptied, holds rubbish, belongs to another release.
import type { Page } from "@playwright/test";

import { Carnet, note, openNotebook, typeNote } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { account, countOnServer, onServer, own, rows, write } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test("F13: what may be forgotten makes room for what was typed, and nothing else does", async ({ browserOf, server }) => {
  const phone = browserOf("phone");
  let context = await phone.start();
  const first = await context.newPage();
  await first.goto("/connexion");
  // Made before the worker's own: the build before, which the worker leaves for open tabs.
  await first.evaluate(async () => {
    const cache = await caches.open("lanterne-000000000000");
    await cache.put("/pkg/ancien.wasm", new Response(crypto.getRandomValues(new Uint8Array(65_536)).buffer));
    for (let part = 0; part < 64; part += 1) {
      const bytes = new Uint8Array(262_144);
      for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      await cache.put(`/pkg/ancien.${part}.wasm`, new Response(bytes));
    }
  });
  await first.close();
  const carnet = await openNotebook(context, DEMO.promeneurs[0]!);
  const record = "0193bbbb-0000-7000-8000-000000000001";
  const answered = (at: string) => ({ json: JSON.stringify({ op: record, record, status: "applied", version: 1, at }), at });
  await write(carnet.page, "receipts", "old", answered("2020-01-01T00:00:00Z"));
  await write(carnet.page, "receipts", "new", answered("2099-01-01T00:00:00Z"));
  const before = (await rows(carnet.page, "entries")).length;
  await server.stop();
  await carnet.note("Contact", "Discord", 1, "Attend le réseau");
  const used = await carnet.page.evaluate(async () => (await navigator.storage.estimate()).usage!);
  await phone.stop();

  context = await phone.start();
  const page = await context.newPage();
  const quota = await context.newCDPSession(page);
  await quota.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: used - 4_000_000 });
  const again = new Carnet(page);
  await again.open();
  await again.note("Écoute", "Discord", 1, "Enregistrée malgré tout");
  await expect(page.getByRole("alert").filter({ hasText: "plus de place" })).toHaveCount(0);
  expect(await page.evaluate(() => caches.has("lanterne-000000000000"))).toBe(false);
  const outbox = (await rows(page, "outbox")).join();
  expect(outbox).toContain("Attend le réseau");
  expect(outbox).toContain("Enregistrée malgré tout");
  expect((await rows(page, "receipts")).filter((text) => text.includes(record)).length).toBe(1);
  // The demonstration's year is older than sixty days in part; what stays is what is younger, and what waits.
  expect((await rows(page, "entries")).length).toBeLessThanOrEqual(before + 2);
});

test("F14: a pull that finds no room is taken back whole, and one can go on noting", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  const { page } = carnet;
  const all = (await rows(page, "entries")).length;
  expect(all).toBeGreaterThan(20);
  await forgetPulled(page);
  // The disk is full at the tenth record of a transaction: what Chromium says then.
  await context.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    const counts = new WeakMap<IDBTransaction, number>();
    Object.assign(window, { free: () => (IDBObjectStore.prototype.put = put) });
    IDBObjectStore.prototype.put = function (...row) {
      const count = (counts.get(this.transaction) ?? 0) + Number(this.name === "entries");
      counts.set(this.transaction, count);
      if (count >= 10) throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, row);
    };
  });
  await carnet.open();
  await expect(page.getByRole("alert").filter({ hasText: "plus de place" })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  expect(await rows(page, "entries")).toEqual([]);
  expect((await own(page)).cursor).toBe(null);
  await carnet.note("Écoute", "Discord", 1, "Notée sur un téléphone plein");
  await expect.poll(() => countOnServer(context, "Notée sur un téléphone plein")).toBe(1);
  await page.evaluate(() => (window as unknown as { free(): void }).free());
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(async () => (await rows(page, "entries")).length).toBeGreaterThanOrEqual(all + 1);
});

/** As if nothing had ever been received. */
async function forgetPulled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const name = (await indexedDB.databases()).find(({ name }) => /^lanterne-[0-9a-f-]{36}$/.test(name ?? ""))!.name!;
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const writing = opening.result.transaction(["entries", "meta"], "readwrite");
        writing.objectStore("entries").clear();
        const meta = writing.objectStore("meta");
        const reading = meta.get("sync");
        reading.onsuccess = () =>
          meta.put({ json: JSON.stringify({ ...JSON.parse(reading.result.json), cursor: null }) }, "sync");
        writing.oncomplete = () => (opening.result.close(), resolve());
        writing.onabort = () => reject(writing.error);
      };
    });
  });
}

for (const [fault, what, store, method] of [
  ["F15", "between a record and its operation", "outbox", "put"],
  ["F16", "between the answer and its being noted", "outbox", "delete"],
] as const) {
  test(`${fault}: killed ${what}, all of it or nothing is there`, async ({ browserOf, server }) => {
    const phone = browserOf("phone");
    await openNotebook(await phone.start(), DEMO.promeneurs[fault === "F15" ? 2 : 1]!);
    // Chromium writes its cookies down every half minute, and at its end: the session is none of this test's matter.
    await phone.stop();
    const page = await (await phone.start()).newPage();
    const carnet = new Carnet(page);
    await carnet.open();
    const words = `Coupée net ${fault}`;
    if (fault === "F15") await server.stop();
    await carnet.begin("Écoute");
    await carnet.choose("Discord");
    await carnet.firstTheme().click();
    await typeNote(page, words);
    await expect(page.locator("form[data-kept]")).toHaveAttribute("data-kept", "yes");
    await page.evaluate(
      ([store, method]) => {
        const original = IDBObjectStore.prototype[method];
        IDBObjectStore.prototype[method] = function (this: IDBObjectStore, ...given: never[]) {
          if (this.name === store) {
            console.log("at the instant");
            for (;;);
          }
          return (original as (...given: never[]) => IDBRequest).apply(this, given);
        } as never;
      },
      [store, method] as const,
    );
    const instant = page.waitForEvent("console", (message) => message.text() === "at the instant");
    await page.getByRole("button", { name: "Enregistrer" }).click({ noWaitAfter: true });
    await instant;
    await phone.kill();

    const next = await phone.start();
    const again = new Carnet(await next.newPage());
    if (fault === "F15") {
      // Neither the record nor its operation; the draft still is, and opens by itself.
      await again.open("/app");
      await expect(await note(again.page)).toHaveValue(words);
      expect((await rows(again.page, "entries")).join()).not.toContain(words);
      expect(await rows(again.page, "outbox")).toEqual([]);
      await again.save();
      await server.start();
    } else {
      await again.open("/app");
    }
    await expect(again.page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 30_000 });
    expect(await rows(again.page, "outbox")).toEqual([]);
    expect(await countOnServer(next, words)).toBe(1);
  });
}

test("F18: connections closed behind our back are opened again", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  await context.addInitScript(() => {
    const open = IDBFactory.prototype.open;
    const opened: IDBDatabase[] = [];
    Object.assign(window, { closeAll: () => opened.splice(0).forEach((database) => database.close()) });
    IDBFactory.prototype.open = function (...given) {
      const request = open.apply(this, given);
      request.addEventListener("success", () => opened.push(request.result));
      return request;
    };
  });
  const carnet = await openNotebook(context, DEMO.promeneurs[4]!);
  for (const words of ["Après une fermeture", "Après une autre fermeture"]) {
    await carnet.page.evaluate(() => (window as unknown as { closeAll(): void }).closeAll());
    await carnet.note("Écoute", "Discord", 1, words);
    await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
    expect(await countOnServer(context, words)).toBe(1);
  }
  await expect(carnet.page.getByRole("alert")).toHaveCount(0);
});

/** What a newer release does with the stores, from another tab. */
function upgrade(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 99);
    opening.onupgradeneeded = () => opening.result.createObjectStore("plus-tard");
    opening.onsuccess = () => (opening.result.close(), resolve("upgraded"));
    opening.onerror = () => reject(opening.error);
  });
}

test("F22, F24: a newer release takes the stores over; nothing typed is lost, nothing is touched", async ({ browserOf, server, axe }) => {
  const phone = browserOf("phone");
  const context = await phone.start();
  const carnet = await openNotebook(context, DEMO.promeneurs[5]!);
  const { page } = carnet;
  const name = `lanterne-${await account(page)}`;
  const other = await context.newPage();
  await other.goto("/hors-reseau");
  await server.stop();
  await carnet.note("Contact", "Discord", 1, "Avant la reprise");
  const before = await rows(other, "entries");
  await carnet.begin("Écoute");
  await expect(page.locator("details.more")).toBeVisible();
  await (await note(page)).evaluate((area: HTMLTextAreaElement) => {
    area.value = "En pleine saisie";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // At once: the pause after which it would be kept by itself has not passed.
  expect(await other.evaluate(upgrade, name)).toBe("upgraded");
  await expect(page.getByRole("alert").filter({ hasText: "Rechargez cette page" })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await expect(await note(page)).toHaveValue("En pleine saisie");
  expect((await rows(other, "drafts")).join()).toContain("En pleine saisie");
  expect((await rows(other, "entries")).sort()).toEqual(before.sort());

  await test.step("the older release says that it must be renewed, and the shell still opens", async () => {
    await page.goto("/app/journal");
    await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
      - alert:
        - heading "Une mise à jour de Lanterne est nécessaire" [level=1]
        - paragraph: /Vos saisies restent sur ce téléphone/
        - link "Réessayer"
      - paragraph:
        - text: /Un jeune en danger/
        - link "119"
        - link "3018"
        - link "3114"
        - link "112"
    `);
    expect(await axe(page)).toEqual([]);
    await expect(page.locator("html")).toHaveAttribute("data-shell");
    expect((await rows(other, "entries")).sort()).toEqual(before.sort());
    expect((await rows(other, "outbox")).join()).toContain("Avant la reprise");
  });
});

test("F23: stores that are only half made are not made, and made whole the next time", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  const page = await context.newPage();
  await page.addInitScript(() => {
    const create = IDBDatabase.prototype.createObjectStore;
    let count = 0;
    IDBDatabase.prototype.createObjectStore = function (...given) {
      if (given[0] !== "who" && !localStorage.getItem("whole") && (count += 1) === 3) throw new Error("interrupted");
      return create.apply(this, given);
    };
  });
  const { signIn } = await import("./fixtures.ts");
  await signIn(page, DEMO.promeneurs[6]!);
  await expect(page.getByText("Le carnet ne s’ouvre pas sur ce téléphone")).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ""));
  expect(names.filter((name) => /^lanterne-[0-9a-f-]{36}$/.test(name))).toEqual([]);
  await page.evaluate(() => localStorage.setItem("whole", "yes"));
  const carnet = new Carnet(page);
  await carnet.open();
  await carnet.note("Écoute", "Discord", 1);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
});

test("F40: an emptied phone says what came back and what may be missing", async ({ browserOf, server, axe }) => {
  const phone = browserOf("phone");
  let context = await phone.start();
  const carnet = await openNotebook(context, DEMO.promeneurs[7]!);
  await carnet.note("Écoute", "Discord", 1, "Sur le serveur");
  // The line of before the note says the same: the record itself is waited for.
  await expect.poll(() => countOnServer(context, "Sur le serveur")).toBe(1);
  const there = (await onServer(context)).filter(({ deleted }) => !deleted).length;
  await server.stop();
  await carnet.note("Contact", "Discord", 1, "Seulement ici");
  await expect(carnet.page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  await carnet.page.goto("about:blank");
  const session = await context.newCDPSession(carnet.page);
  // Before there is a server again: the browser's own Background Sync would send what waits.
  await session.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: "indexeddb,service_workers" });
  await server.start();
  const page = carnet.page;
  await page.goto("/app");
  const notice = page.getByRole("alert").filter({ hasText: "Le navigateur a vidé le carnet" });
  await expect(notice).toContainText(`${there} saisies`);
  await expect(notice).toContainText("1 saisie attendait encore ici et manque peut-être");
  expect(await axe(page)).toEqual([]);
  // Until it was read about.
  await page.reload();
  await expect(notice).toBeVisible();
  await notice.getByRole("button", { name: "J’ai compris" }).click();
  await page.reload();
  await carnet.isReady();
  await expect(notice).toHaveCount(0);
  expect(await countOnServer(context, "Sur le serveur")).toBe(1);

  await test.step("with nothing left at all, one signs in as on a new phone", async () => {
    await page.goto("about:blank");
    await session.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: "all" });
    await phone.stop();
    context = await phone.start();
    const fresh = await openNotebook(context, DEMO.promeneurs[7]!);
    await expect(fresh.page.getByRole("alert")).toHaveCount(0);
    await expect.poll(async () => (await rows(fresh.page, "entries")).length).toBeGreaterThanOrEqual(there);
  });
});

test("F41: rows that cannot be read stay aside, and the others go on", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[8]!);
  const { page } = carnet;
  await server.stop();
  await carnet.note("Écoute", "Discord", 1, "Lisible");
  await write(page, "outbox", 0.5, { json: '{"seq":0,"op":"coupé en d' });
  await write(page, "outbox", 900, { json: '{"seq":900,"kind":"upsert"}', record: "0193bbbb-0000-7000-8000-00000000000a" });
  await write(page, "entries", "0193bbbb-0000-7000-8000-00000000000b", "n’importe quoi");
  await server.start();
  await page.reload();
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect(await countOnServer(context, "Lisible")).toBe(1);
  expect((await rows(page, "outbox")).length).toBe(2);
  await carnet.note("Contact", "Discord", 1, "Encore une");
  await expect.poll(() => countOnServer(context, "Encore une")).toBe(1);

  await test.step("the phone's own facts unreadable: it gets new ones, and nothing that waits is overwritten", async () => {
    await server.stop();
    await carnet.note("Écoute", "Discord", 1, "Attendait déjà");
    await write(page, "meta", "sync", { json: "illisible" });
    await page.reload();
    await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
    await carnet.note("Contact", "Discord", 1, "Après la panne");
    await server.start();
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
    for (const words of ["Attendait déjà", "Après la panne"]) expect(await countOnServer(context, words)).toBe(1);
  });
});

test("what waits is copied before the stores change, and the copy goes after thirty days", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  // The browser is made to call the stores older than they are.
  await context.addInitScript(() => {
    if (location.protocol === "about:" || !localStorage.getItem("older")) return;
    const { databases, open } = IDBFactory.prototype;
    IDBFactory.prototype.databases = async function () {
      const all = await databases.call(this);
      return all.map((one) => (/^lanterne-[0-9a-f-]{36}$/.test(one.name ?? "") ? { ...one, version: 1 } : one));
    };
    IDBFactory.prototype.open = function (name, version) {
      return open.call(this, name, version === 1 && /^lanterne-[0-9a-f-]{36}$/.test(name) ? undefined : version);
    };
    Object.defineProperty(IDBDatabase.prototype, "version", { get: () => 1 });
  });
  const carnet = await openNotebook(context, DEMO.promeneurs[9]!);
  const { page } = carnet;
  const copy = `lanterne-${await account(page)}-before-2`;
  const names = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  await server.stop();
  await carnet.note("Écoute", "Discord", 1, "Copiée avant");
  expect(await names()).not.toContain(copy);
  await page.evaluate(() => localStorage.setItem("older", "yes"));
  await carnet.open();
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  expect(await page.evaluate(readCopy, copy)).toContain("Copiée avant");
  await page.evaluate(() => localStorage.removeItem("older"));
  await carnet.open();
  expect(await names()).toContain(copy);
  await page.evaluate(ageCopy, copy);
  await carnet.open();
  await expect.poll(names).not.toContain(copy);
  expect((await rows(page, "outbox")).join()).toContain("Copiée avant");
});

/** What a copy of the outbox holds, as text. Runs in the page. */
function readCopy(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("outbox").objectStore("outbox").get("rows");
      reading.onsuccess = () => (opening.result.close(), resolve(JSON.stringify(reading.result)));
    };
  });
}

/** Makes a copy thirty-one days old. Runs in the page. */
function ageCopy(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("outbox", "readwrite");
      writing.objectStore("outbox").put(new Date(Date.now() - 31 * 86_400_000).toISOString(), "made-at");
      writing.oncomplete = () => (opening.result.close(), resolve());
    };
  });
}
