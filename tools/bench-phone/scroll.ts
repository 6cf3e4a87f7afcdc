// A journal of 5,000 records, scrolled as one reads and as a thumb flings: how many frames come late.
import type { Page } from "@playwright/test";

import { Carnet } from "../../end2end/carnet.ts";
import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";
import { SLOWER, heading, line, note, percentile, slowDown } from "./table.ts";

const RECORDS = 5_000;
/** Pixels of each frame, and how many frames: half a minute of reading at three screens a second, and a fling of twelve
 * screens a second to the first evening. */
const WAYS = [
  { name: "three screens a second", step: 37, frames: 1_800 },
  { name: "twelve screens a second, to the end", step: 150, frames: Number.POSITIVE_INFINITY },
];
const FRAME_MS = 1000 / 60;

/** Writes the notebook's own records once more, 52 weeks earlier each time, until there are so many. */
async function fill(page: Page, wanted: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error as Error);
      });
    const name = (await indexedDB.databases()).map((it) => it.name!).find((it) => /^lanterne-[0-9a-f-]{36}$/.test(it))!;
    const database = await done(indexedDB.open(name));
    const transaction = database.transaction("entries", "readwrite");
    const written = new Promise((resolve) => (transaction.oncomplete = resolve));
    const store = transaction.objectStore("entries");
    const rows = await done(store.getAll() as IDBRequest<{ json: string; day?: string; state?: string }[]>);
    const weeks = 364 * 24 * 60 * 60 * 1000;
    let count = rows.length;
    for (let back = 1; count < wanted; back += 1) {
      const earlier = (text: string) =>
        text.replace(/\b(\d{4}-\d\d-\d\d)(?=[T"\\])/g, (day) => new Date(Date.parse(day) - back * weeks).toISOString().slice(0, 10));
      for (const row of rows.slice(0, wanted - count)) {
        const entry = JSON.parse(row.json) as { id: string };
        const bare = entry.id.replaceAll("-", "");
        const at = (Number.parseInt(bare.slice(0, 12), 16) - back * weeks).toString(16).padStart(12, "0");
        const id = `${at.slice(0, 8)}-${at.slice(8)}-${entry.id.slice(14)}`;
        const json = earlier(row.json).replaceAll(entry.id, id);
        store.put({ ...row, json, ...(row.day && { day: earlier(`${row.day}"`).slice(0, 10) }) }, id);
        count += 1;
      }
    }
    await written;
    database.close();
    return count;
  }, wanted);
}

interface Scroll {
  frames: number[];
  evenings: number;
}

/** Scrolls down frame by frame, at most until the journal's end; the milliseconds of each frame. */
function scroll(page: Page, step: number, most: number): Promise<Scroll> {
  return page.evaluate(
    ({ step, most }) =>
      new Promise<Scroll>((resolve) => {
        const frames: number[] = [];
        let before: number | undefined;
        const next = (now: number) => {
          if (before !== undefined) frames.push(now - before);
          before = now;
          const end = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
          if (frames.length >= most || (end && !document.querySelector("button.btn-wide"))) {
            resolve({ frames, evenings: document.querySelectorAll(".day").length });
            return;
          }
          scrollBy({ top: step, behavior: "instant" });
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    { step, most },
  );
}

test("a journal of 5,000 records scrolls", async ({ browser, server }) => {
  test.setTimeout(1_200_000);
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await signIn(page, DEMO.promeneurs[0]!);
  await new Carnet(page).isReady();
  await context.setOffline(true);
  expect(await fill(page, RECORDS)).toBe(RECORDS);
  for (const { name, step, frames: most } of WAYS) {
    for (const slow of [false, true]) {
      // To the end at a quarter of the speed would take many minutes and tell nothing new.
      if (slow && most === Number.POSITIVE_INFINITY) continue;
      await page.goto("/app/journal");
      await expect(page.locator(".day").first()).toBeVisible();
      if (slow) await slowDown(page);
      const { frames, evenings } = await scroll(page, step, most);
      const late = frames.filter((ms) => ms > 1.5 * FRAME_MS).length;
      heading(`A journal of ${RECORDS} records, ${name}${slow ? `, CPU slowed ${SLOWER} times` : ""}: ${evenings} evenings`);
      note("frames", `${frames.length}, p50 ${percentile(frames, 50).toFixed(1)} ms, p99 ${percentile(frames, 99).toFixed(1)} ms, worst ${Math.max(...frames).toFixed(0)} ms`);
      line("frames that come late", (100 * late) / frames.length, " %", 1);
    }
  }
  await context.close();
});
