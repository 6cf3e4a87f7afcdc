// Sending with no page open, and who sends when several could: the same program in tabs and in the service worker.
import type { Page } from "@playwright/test";

import { Carnet, openNotebook } from "./carnet.ts";
import { WHOLE } from "./chromium.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { Worker, account, countOnServer, own } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test("a record saved without network is sent with no page open", { tag: WHOLE }, async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[9]!);
  const blank = await context.newPage();
  const worker = await Worker.of(blank, server.url);
  await server.stop();
  await carnet.note("Écoute", "Discord", 1, "Partie sans page");
  await expect(carnet.page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  for (const page of context.pages()) if (page !== blank) await page.close();

  await test.step("without a network it stays, and the browser is asked to come again", async () => {
    const script = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    const failed = await script.evaluate(async () => {
      const scope = self as unknown as { sendOutbox(kept: (path: string) => unknown, build: string): Promise<void> };
      return scope.sendOutbox((path) => caches.match(path), "end2end").then(() => "", String);
    });
    expect(failed).toContain("not sent yet");
  });

  await server.start();
  // The browser may have been at it by itself just before, so it is told as often as it would be.
  await expect
    .poll(async () => {
      await worker.sync();
      return countOnServer(context, "Partie sans page");
    })
    .toBe(1);
  expect(context.pages()).toEqual([blank]);

  const again = new Carnet(await context.newPage());
  await again.open();
  await expect(again.page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect(await countOnServer(context, "Partie sans page")).toBe(1);
});

test("F38: two tabs and the worker send at once, and each record arrives once", { tag: WHOLE }, async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const one = await openNotebook(context, DEMO.promeneurs[1]!);
  const two = new Carnet(await context.newPage());
  await two.open();
  await server.stop();
  for (const words of ["Trois à la fois, un", "Trois à la fois, deux", "Trois à la fois, trois"]) {
    await one.note("Écoute", "Discord", 1, words);
  }
  await expect(two.page.getByText("3 saisies sont encore sur ce téléphone")).toBeVisible();
  const spans: [number, number][] = [];
  context.on("requestfinished", (request) => {
    const { startTime, responseEnd } = request.timing();
    if (request.url().endsWith("sync_push")) spans.push([startTime, startTime + responseEnd]);
  });
  await server.start();
  const script = context.serviceWorkers()[0]!;
  const senders = [one.page, two.page].map((page) =>
    page.evaluate(() => window.dispatchEvent(new Event("online"))),
  );
  const worker = script.evaluate(() => {
    const scope = self as unknown as { sendOutbox(kept: (path: string) => unknown, build: string): Promise<void> };
    return scope.sendOutbox((path) => caches.match(path), "end2end").catch(() => undefined);
  });
  await Promise.all([...senders, worker]);
  for (const carnet of [one, two]) await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect(await countOnServer(context, "Trois à la fois")).toBe(3);
  spans.sort(([a], [b]) => a - b);
  for (const [index, [start]] of spans.entries()) if (index > 0) expect(start).toBeGreaterThanOrEqual(spans[index - 1]![1]);
});

test("the icon bears how many records wait", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  await context.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(window, { badges });
    Object.assign(navigator, {
      setAppBadge: async (number: number) => void badges.push(number),
      clearAppBadge: async () => void badges.push(0),
    });
  });
  const carnet = await openNotebook(context, DEMO.promeneurs[2]!);
  const last = () => carnet.page.evaluate(() => (window as unknown as { badges: number[] }).badges.at(-1));
  await server.stop();
  await carnet.note("Écoute", "Discord", 1);
  await expect.poll(last).toBe(1);
  await carnet.note("Contact", "Discord", 1);
  await expect.poll(last).toBe(2);
  await server.start();
  await expect.poll(last, { timeout: 30_000 }).toBe(0);
});

test("F11: a server that takes connections and never answers holds nothing up", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  await carnet.page.clock.install();
  await carnet.open();
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  server.pause();
  const asked = carnet.page.waitForEvent("request", (request) => request.url().endsWith("sync_push"));
  await carnet.note("Écoute", "Discord", 1, "Le serveur se tait");
  const failed = carnet.page.waitForEvent("requestfailed", (request) => request.url().endsWith("sync_push"));
  await asked;
  await carnet.page.clock.fastForward(30_000);
  await failed;
  await expect(carnet.page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  server.resume();
  await carnet.page.clock.fastForward(60_000);
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect(await countOnServer(context, "Le serveur se tait")).toBe(1);
});

test("the watchdog takes the turn from a tab that froze with it", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[4]!);
  const { page } = carnet;
  const lock = `sync-${await account(page)}`;
  const frozen = await context.newPage();
  await frozen.goto("/hors-reseau");
  await expect.poll(() => frozen.evaluate(takeForEver, lock)).toBe(true);
  await page.clock.install();
  await carnet.open();
  await carnet.note("Écoute", "Discord", 1, "Reprise au gelé");
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  await page.clock.fastForward("09:00");
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  expect((await own(page)).stalls).toBe(0);
  await page.clock.fastForward("02:00");
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect((await own(page)).stalls).toBe(1);
  expect(await countOnServer(context, "Reprise au gelé")).toBe(1);
});

test("the watchdog lets go of a store that answers no more", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[5]!);
  const { page } = carnet;
  await page.clock.install();
  await carnet.open();
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  await context.setOffline(true);
  await carnet.note("Écoute", "Discord", 1, "Malgré une mémoire muette");
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  // What reads the whole outbox in order to write is the round that begins with the network: its request never answers.
  const muted = await page.evaluateHandle(() => {
    const getAll = IDBObjectStore.prototype.getAll;
    const handler = { value: null, writable: true };
    const mute: unknown = Object.create(IDBRequest.prototype, { onsuccess: handler, onerror: handler });
    const muted = { requests: 0, heal: () => (IDBObjectStore.prototype.getAll = getAll) };
    IDBObjectStore.prototype.getAll = function (...query) {
      const hangs = this.name === "outbox" && this.transaction.mode === "readwrite";
      if (hangs) muted.requests += 1;
      return hangs ? (mute as IDBRequest) : getAll.apply(this, query);
    };
    return muted;
  });
  await context.setOffline(false);
  await expect.poll(() => muted.evaluate(({ requests }) => requests)).toBeGreaterThan(0);
  await muted.evaluate(({ heal }) => void heal());
  await page.clock.fastForward("05:00");
  await expect(page.getByText("1 saisie est encore sur ce téléphone")).toBeVisible();
  await page.clock.fastForward("06:00");
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  expect((await own(page)).stalls).toBe(1);
  expect(await countOnServer(context, "Malgré une mémoire muette")).toBe(1);
});

/** Takes a lock and never gives it back. Runs in the page. */
function takeForEver(name: string): Promise<boolean> {
  return new Promise((taken) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      taken(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}
