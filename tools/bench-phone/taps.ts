// What an evening feels like on a slow phone: from the tap on « Enregistrer » until the entry is on the disk and the screen
// shows it; and how long each tap of an evening takes until something is painted (Interaction to Next Paint). The peers'
// pages, which do no more than that, say how much of it is the browser's and this machine's.
import type { Browser, Page } from "@playwright/test";

import { Carnet } from "../../end2end/carnet.ts";
import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";
import type { Server } from "../../end2end/server.ts";
import { type PeerName, servePeer } from "./peers.ts";
import { SLOWER, heading, line, note, percentile, slowDown } from "./table.ts";

/** Saves of each promeneur, on a phone of their own: as many as a full evening has. */
const SAVES = 11;
/** Of them the first, which warms up. */
const WARM = 1;
const EVENING = 12;

/** Runs in the page before the app: notes when a save is durable and painted, and every interaction's time. What is saved
 * closes the form, or on a peer's page is the first of a list below it. */
function watchTaps(listed: boolean): void {
  const saves: number[] = [];
  const taps = new Map<number, number>();
  let tapped: number | undefined;
  let durable = false;
  let held = 0;
  const items = () => document.querySelectorAll("li").length;
  Object.assign(globalThis, { benchSaves: saves, benchTaps: taps });
  addEventListener(
    "click",
    (event) => {
      const button = (event.target as Element | null)?.closest("button");
      if (!button?.textContent?.includes("Enregistrer")) return;
      tapped = event.timeStamp;
      durable = false;
      held = items();
      look();
    },
    true,
  );
  const open = () => [...document.querySelectorAll("button")].some((it) => it.textContent?.includes("Enregistrer"));
  // Painted: the frame after what shows it is there, seen from behind it.
  const look = () => {
    if (!durable || (listed ? items() === held : open())) {
      requestAnimationFrame(look);
      return;
    }
    const behind = new MessageChannel();
    behind.port1.onmessage = () => {
      if (tapped !== undefined) saves.push(performance.now() - tapped);
      tapped = undefined;
    };
    behind.port2.postMessage(undefined);
  };
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof begin>) {
    const transaction = begin.apply(this, args);
    if (tapped !== undefined && args[1] === "readwrite") {
      transaction.addEventListener("complete", () => (durable = true));
    }
    return transaction;
  };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (entry.interactionId) taps.set(entry.interactionId, Math.max(taps.get(entry.interactionId) ?? 0, entry.duration));
    }
  });
  observer.observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/** A tap of a finger, and nothing but that: Playwright's own click asks the page whether it may, at the page's cost. */
async function tap(page: Page, selector: string): Promise<void> {
  await page.evaluate(async () => {
    // A page in which nothing moves any more may not be told that it is idle.
    const idle = () => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 200 }));
    for (let times = 0; times < 2; times += 1) await idle();
  });
  const place = page.locator(selector).locator("visible=true").first();
  await place.scrollIntoViewIfNeeded();
  const box = (await place.boundingBox())!;
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
}

/** A promeneur's phone, out of the network. */
async function phoneOf(browser: Browser, server: Server, login: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url });
  await context.addInitScript(watchTaps, false);
  const page = await context.newPage();
  await signIn(page, login);
  await new Carnet(page).isReady();
  await context.setOffline(true);
  return page;
}

const saved = (page: Page) => page.evaluate(() => (globalThis as unknown as { benchSaves: number[] }).benchSaves);

/** Milliseconds of each interaction so far. Shorter than sixteen milliseconds are not told; there are none at this speed
 * that matter. */
const taps = (page: Page) =>
  page.evaluate(() => [...(globalThis as unknown as { benchTaps: Map<number, number> }).benchTaps.values()]);

/** Milliseconds of each save on a peer's page, and of each tap there. */
async function ofPeer(browser: Browser, name: PeerName): Promise<{ saves: number[]; taps: number[] }> {
  const peer = await servePeer(name);
  const context = await browser.newContext();
  await context.addInitScript(watchTaps, true);
  const page = await context.newPage();
  await page.goto(peer.url);
  await expect(page.getByRole("button", { name: "Enregistrer" })).toBeVisible();
  await slowDown(page);
  for (let done = 1; done <= SAVES; done += 1) {
    await tap(page, `.chip >> nth=${done % 4}`);
    await tap(page, `.chip >> nth=${4 + (done % 6)}`);
    await tap(page, "fieldset >> nth=2 >> button >> nth=1");
    await tap(page, ".save");
    await expect.poll(async () => (await saved(page)).length).toBe(done);
  }
  const found = { saves: (await saved(page)).slice(WARM), taps: await taps(page) };
  await context.close();
  await peer.close();
  return found;
}

/** Milliseconds of each save. */
async function saves(page: Page): Promise<number[]> {
  const carnet = new Carnet(page);
  for (let done = 1; done <= SAVES; done += 1) {
    await carnet.begin("Contact");
    await carnet.choose("Discord");
    await carnet.firstTheme().click();
    await tap(page, ".sheet .btn-primary");
    await expect.poll(async () => (await saved(page)).length).toBe(done);
  }
  return (await saved(page)).slice(WARM);
}

test("an evening's taps", async ({ browser, server }) => {
  const [full, slow]: [number[], number[]] = [[], []];
  for (const login of DEMO.promeneurs) {
    for (const times of [full, slow]) {
      const page = await phoneOf(browser, server, login);
      if (times === slow) await slowDown(page);
      times.push(...(await saves(page)));
      await page.context().close();
    }
  }
  const peers = { "Solid + IndexedDB": await ofPeer(browser, "solid"), "React + Dexie": await ofPeer(browser, "react") };
  const page = await phoneOf(browser, server, DEMO.promeneurs[0]!);
  await slowDown(page);
  const text = (values: number[]) => [50, 95, 99].map((at) => `p${at} ${percentile(values, at).toFixed(1)}`).join(", ");
  heading("From the tap on « Enregistrer » until the entry is durable and painted, in ms");
  line("p99 at full speed", percentile(full, 99), " ms", 16.7, text(full));
  line(`p99, CPU slowed ${SLOWER} times`, percentile(slow, 99), " ms", 50, text(slow));
  for (const [name, { saves }] of Object.entries(peers)) note(`${name}, slowed as much`, text(saves));

  for (let count = 0; count < EVENING; count += 1) {
    // The whole of a form: a tile, a network, a theme, a stepper, more, a chip in it, save; the journal between.
    await tap(page, "a.tile");
    await expect(page.getByRole("button", { name: "Enregistrer" })).toBeVisible();
    const parts = [".sheet .chip >> nth=1", ".sheet .chip >> nth=9", ".sheet .stepper button >> nth=1", "details.more summary"];
    for (const part of parts) await tap(page, part);
    await tap(page, "details.more .chip");
    await tap(page, ".sheet .btn-primary");
    await expect(page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
    await tap(page, ".bottombar a >> nth=1");
    await expect(page.getByRole("heading", { name: "Journal", level: 1 })).toBeVisible();
    await tap(page, ".bottombar a >> nth=0");
    await expect(page.locator("a.tile").first()).toBeVisible();
  }
  const evening = await taps(page);
  heading(`Interaction to next paint over an evening of ${EVENING} entries, CPU slowed ${SLOWER} times, in steps of 8 ms`);
  note("interactions of 16 ms and more", `${evening.length}, p50 ${percentile(evening, 50)} ms`);
  line("p98", percentile(evening, 98), " ms", 50);
  line("worst", Math.max(...evening), " ms", 100);
  for (const [name, { taps }] of Object.entries(peers)) {
    note(name, `${taps.length}, p50 ${percentile(taps, 50)}, p98 ${percentile(taps, 98)}, worst ${Math.max(...taps)} ms`);
  }
  await page.context().close();
});
