// A network that comes and goes, and a clock that is wrong: nothing is called sent that is not, and all of it arrives once.
import { openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { countOnServer, onServer, rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test("F39: with a network that flickers nothing is marked as sent that the server has not", async ({ browserOf }) => {
  test.setTimeout(120_000);
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[6]!);
  const { page } = carnet;
  let isOver = false;
  const flicker = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      await context.setOffline(turn % 2 === 0);
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
    }
  })();
  const words = Array.from({ length: 6 }, (_, index) => `Réseau qui clignote ${index}.`);
  for (const [index, text] of words.entries()) {
    await carnet.note("Écoute", "Discord", 1, text);
    if (index % 2 === 0) continue;
    const entries = (await rows(page, "entries")).map((row) => JSON.parse(row) as { id: string; state: string; version: number | null });
    const sent = entries.filter(({ state }) => state === "synced").map(({ id }) => id);
    const there = new Set((await onServer(context)).map(({ entry }) => entry));
    expect(sent.filter((id) => !there.has(id))).toEqual([]);
  }
  isOver = true;
  await flicker;
  await context.setOffline(false);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 30_000 });
  for (const text of words) expect(await countOnServer(context, text)).toBe(1);
});

for (const [what, days, login] of [
  ["ten years behind", -3_650, 7],
  ["a day ahead", 1, 8],
] as const) {
  test(`F12: a clock ${what} sends and receives all the same`, async ({ browserOf }) => {
    const context = await browserOf("phone").start();
    const carnet = await openNotebook(context, DEMO.promeneurs[login]!);
    const { page } = carnet;
    await page.clock.install({ time: Date.now() + days * 86_400_000 });
    await carnet.open();
    await carnet.note("Écoute", "Discord", 1, `Horloge ${what}`);
    await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
    expect(await countOnServer(context, `Horloge ${what}`)).toBe(1);
    // And it jumps back in the middle of the evening.
    await page.clock.setSystemTime(Date.now() - 2 * 86_400_000);
    // The notebook looks at its clock every quarter of a minute.
    await page.clock.fastForward(20_000);
    await carnet.note("Contact", "Discord", 1, `Saut ${what}`);
    await expect.poll(() => countOnServer(context, `Saut ${what}`)).toBe(1);
  });
}
