// How long a save takes on a slow phone, beside the same work written by hand in JavaScript in the same page; and what a
// round in which nothing happens costs on the wire.
import { connect as connectHttp2 } from "node:http2";

import type { Page } from "@playwright/test";

import { Carnet } from "../../end2end/carnet.ts";
import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";
import { Way } from "../../end2end/way.ts";

const SLOWER = 4;
const SAVES = 60;
const WARM = 10;

type Who = "ours" | "put" | "same";

/** In milliseconds, one a save. */
interface Times {
  /** From the tap to the end of the durable transaction. */
  tap: number[];
  /** Of it, the durable transaction itself: from its begin until it is complete on the disk. */
  write: number[];
}

/** Runs in the page before the app: notes when the durable transaction after a tap begins and is complete. */
function watchStore(): void {
  const times: Record<Who, Times> = {
    ours: { tap: [], write: [] },
    put: { tap: [], write: [] },
    same: { tap: [], write: [] },
  };
  let tapped: { who: Who; since: number } | undefined;
  Object.assign(globalThis, { benchTimes: times });
  addEventListener(
    "click",
    (event) => {
      const button = (event.target as Element | null)?.closest("button");
      if (button?.textContent?.includes("Enregistrer")) tapped = { who: "ours", since: event.timeStamp };
      if (button?.dataset["hand"]) tapped = { who: button.dataset["hand"] as Who, since: event.timeStamp };
    },
    true,
  );
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof begin>) {
    const begun = performance.now();
    const transaction = begin.apply(this, args);
    if (tapped && args[1] === "readwrite") {
      const { who, since } = tapped;
      tapped = undefined;
      transaction.addEventListener("complete", () => {
        const now = performance.now();
        times[who].tap.push(now - since);
        times[who].write.push(now - begun);
      });
    }
    return transaction;
  };
}

/** Puts two buttons beside the app's own, which do in JavaScript by hand: one put; and what a save must do, with our
 * stores and indexes. They are tapped as the app's is, so that the page has the same to draw meanwhile. */
async function byHand(): Promise<void> {
  interface Held {
    database?: IDBDatabase;
  }
  const held = globalThis as unknown as { bench?: Held };
  held.bench ??= {};
  const bench = held.bench;
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  if (!bench.database) {
    const opening = indexedDB.open("bench-by-hand", 1);
    opening.onupgradeneeded = () => {
      const create = (name: string, ...indexes: string[]) => {
        const store = opening.result.createObjectStore(name);
        for (const index of indexes) store.createIndex(index, index);
      };
      create("meta");
      create("drafts", "touched_at");
      create("entries", "day", "state");
      create("outbox", "record", "next_try_at");
      create("receipts", "at");
    };
    bench.database = await done(opening);
    const filling = bench.database.transaction("meta", "readwrite");
    filling.objectStore("meta").put({ json: JSON.stringify({ device: "d".repeat(36), next_seq: 1 }) }, "phone");
    await new Promise((resolve) => (filling.oncomplete = resolve));
  }
  const database = bench.database;
  const body = "x".repeat(450);
  const strict = { durability: "strict" } as const;
  const fresh = () => crypto.randomUUID();
  const acts = {
    put: async () => {
      const transaction = database.transaction(["entries"], "readwrite", strict);
      transaction.objectStore("entries").put({ json: body, day: "2026-11-24", state: "pending" }, fresh());
    },
    same: async () => {
      const names = ["entries", "outbox", "meta", "receipts", "drafts"];
      const transaction = database.transaction(names, "readwrite", strict);
      const store = (name: string) => transaction.objectStore(name);
      const id = fresh();
      const [own] = await Promise.all([
        done(store("meta").get("phone")),
        done(store("entries").get(id)),
        done(store("outbox").index("record").getAll(IDBKeyRange.only(id))),
      ]);
      const meta = JSON.parse((own as { json: string }).json);
      const seq = meta.next_seq;
      meta.next_seq += 1;
      const entry = { id, body, state: "pending", version: null };
      const row = { seq, record: id, op: fresh(), body, client_at: new Date().toISOString(), tries: 0 };
      store("entries").put({ json: JSON.stringify(entry), day: "2026-11-24", state: "pending" }, id);
      store("outbox").put({ json: JSON.stringify(row), record: id }, seq);
      store("drafts").delete(id);
      store("meta").put({ json: JSON.stringify(meta) }, "phone");
    },
  };
  const save = [...document.querySelectorAll("button")].find((button) => button.textContent.includes("Enregistrer"))!;
  for (const [name, act] of Object.entries(acts)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = save.className;
    button.dataset["hand"] = name;
    button.textContent = name;
    button.addEventListener("click", () => void act());
    save.before(button);
  }
}

/** A tap of a finger, and nothing but that: Playwright's own click asks the page whether it may, at the page's cost. */
async function tap(page: Page, selector: string): Promise<void> {
  // When the app has come to rest: what follows a save (a try to send, the screen) is not the next one's to pay.
  await page.evaluate(async () => {
    for (let times = 0; times < 2; times += 1) await new Promise((resolve) => requestIdleCallback(resolve));
  });
  const box = (await page.locator(selector).boundingBox())!;
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
}

const percentile = (values: number[], of: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * of) / 100) - 1]!;
};

test("saving at a quarter of this machine's speed", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  await context.addInitScript(watchStore);
  const page = await context.newPage();
  const carnet = new Carnet(page);
  await signIn(page, DEMO.promeneurs[0]!);
  await carnet.isReady();
  // The phone is out of the network, as it is in a tunnel: what is measured is the phone.
  await context.setOffline(true);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const times = () => page.evaluate(() => (globalThis as unknown as { benchTimes: Record<Who, Times> }).benchTimes);
  for (let count = 1; count <= SAVES; count += 1) {
    await carnet.begin("Contact");
    await carnet.choose("Discord");
    await carnet.firstTheme().click();
    await page.evaluate(byHand);
    // The app's own ends the form, so it comes last.
    const hands: Who[] = count % 2 ? ["put", "same"] : ["same", "put"];
    for (const who of [...hands, "ours" as const]) {
      await tap(page, who === "ours" ? ".btn-primary:not([data-hand])" : `[data-hand=${who}]`);
      await expect.poll(async () => (await times())[who].write.length).toBe(count);
    }
    await expect(page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
  }
  const { ours, put, same } = await times();
  for (const each of [ours, put, same]) {
    each.tap.splice(0, WARM);
    each.write.splice(0, WARM);
  }
  const text = (values: number[]) =>
    `p50 ${percentile(values, 50).toFixed(1)} ms, p95 ${percentile(values, 95).toFixed(1)} ms`;
  const row = (what: string, ours: number[], beside: number[]) => {
    const ratio = percentile(ours, 95) / percentile(beside, 95);
    const verdict = ratio <= 1.5 ? "reached" : "NOT reached";
    console.log(`| ${what} | ${text(ours)} | ${text(beside)} | ${ratio.toFixed(2)} | ≤ 1.5 | ${verdict} |`);
  };
  console.log(`\n| In Chromium ${browser.version()}, CPU slowed ${SLOWER} times, ${ours.tap.length} saves | Lanterne | Beside it | Ratio of p95 | Goal | |`);
  console.log("|---|---|---|---|---|---|");
  row("the durable write of a save ÷ one bare put (strict)", ours.write, put.write);
  row("the durable write of a save ÷ the same work by hand (strict)", ours.write, same.write);
  row("from the tap to durable ÷ one bare put on a tap (strict)", ours.tap, put.tap);
  row("from the tap to durable ÷ the same work by hand on a tap (strict)", ours.tap, same.tap);
  const goal = (what: string, values: number[]) => {
    const p95 = percentile(values, 95);
    console.log(`| ${what} | ${p95.toFixed(1)} ms | 50 ms | | ≤ 50 ms | ${p95 <= 50 ? "reached" : "NOT reached"} |`);
  };
  goal("the durable write of a save, p95", ours.write);
  goal("from the tap to durable, p95", ours.tap);
  await context.close();
});

/** The same message over HTTP/2, the second time on its connection: what its proxy makes of it, TLS aside. */
async function overHttp2(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const way = await Way.to(url);
  const session = connectHttp2(way.url);
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const request = session.request({ ":method": "POST", ":path": "/api/v1/sync_pull", ...headers });
      let status = 0;
      request.on("response", (answer) => (status = answer[":status"] ?? 0));
      request.on("data", () => {}).on("end", () => resolve(status)).on("error", reject);
      request.end(body);
    });
  expect(await ask()).toBe(200);
  way.reset();
  expect(await ask()).toBe(200);
  const { bytes } = way;
  await new Promise<void>((resolve) => session.close(resolve));
  way.close();
  return bytes;
}

test("a round in which nothing happens", async ({ browser, server }) => {
  const way = await Way.to(server.url);
  const context = await browser.newContext({ baseURL: way.url });
  const page = await context.newPage();
  await signIn(page, DEMO.promeneurs[1]!);
  await new Carnet(page).isReady();
  const settled = async () => {
    let before = -1;
    await expect
      .poll(() => {
        const still = way.bytes === before && way.bytes > 0;
        before = way.bytes;
        return still;
      }, { intervals: [1_000] })
      .toBe(true);
  };
  await settled();
  way.reset();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await settled();
  const up = Buffer.concat(way.up).toString();
  const down = way.down;
  expect(up.match(/^POST /gm)).toHaveLength(1);
  const [head, body] = up.split("\r\n\r\n") as [string, string];
  const headers = Object.fromEntries(
    head.split("\r\n").slice(1).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  for (const name of ["host", "connection", "content-length"]) delete headers[name];
  const packed = await overHttp2(server.url, headers, body);
  const row = (what: string, bytes: number, parts: string) =>
    console.log(`| ${what} | ${bytes} B (${parts}) | 1,000 B | ${(bytes / 1_000).toFixed(2)} | ≤ 1 | ${bytes <= 1_000 ? "reached" : "NOT reached"} |`);
  console.log("\n| A no-op round of Chromium | Lanterne | Beside it | Ratio | Goal | |");
  console.log("|---|---|---|---|---|---|");
  row("over HTTP/1.1", up.length + down, `up ${head.length + 4} + ${body.length}, down ${down}`);
  row("over HTTP/2, as behind a proxy, TLS aside", packed, "headers packed by HPACK");
  await context.close();
  way.close();
});
