// The browser is killed at random instants while entries are made and sent, on a server that comes and goes. What was
// shown as saved is there ever after, and once: on the phone or on the server; what was kept of a form comes back.
//
//   KILLS   how often (6; `make soak` asks for 200)      SEED   of the instants, printed at the start
import { Carnet, note, typeNote } from "./carnet.ts";
import { WHOLE } from "./chromium.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { onServer, rows } from "./store.ts";

const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Noted {
  words: string;
  /** The screen said that it is saved. */
  saved: boolean;
  /** The form said that what was typed is kept. */
  kept: boolean;
}

test.skip(({ isMobile }) => !isMobile, "a phone's life");

test(`F15, F17: ${KILLS} kills at random instants lose nothing and double nothing`, { tag: WHOLE }, async ({ browserOf, server }, info) => {
  test.setTimeout(120_000 + KILLS * 30_000);
  console.log(`kills: ${KILLS}, seed ${SEED} (SEED=${SEED} repeats it)`);
  const chance = random(SEED);
  const phone = browserOf("phone");
  const login = DEMO.promeneurs[9]!;
  const first = new Carnet(await (await phone.start()).newPage());
  await signIn(first.page, login);
  await first.isReady();
  await phone.stop();

  const noted: Noted[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    if (chance() < 0.4) await server.stop();
    else await server.start();
    const context = await phone.start();
    const carnet = new Carnet(await context.newPage());
    await carnet.open("/app/journal");
    await checkAll(carnet, noted, server.isRunning ? await onServer(context) : []);
    await carnet.page.goto("/app");
    await expect(carnet.page.locator("[aria-busy]")).toHaveCount(0);

    let isOver = false;
    const work = (async () => {
      while (!isOver) await makeEntry(carnet, noted);
    })().catch((cause: unknown) => {
      // The end of the browser ends what was being done in it; anything else is a fault.
      if (!isOver) throw cause;
    });
    const delay = 200 + Math.floor(chance() * 4_800);
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, delay))]);
    isOver = true;
    await phone.kill();
    await work;
  }

  await server.start();
  const context = await phone.start();
  const carnet = new Carnet(await context.newPage());
  await carnet.open("/app/journal");
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 60_000 });
  expect(await rows(carnet.page, "outbox")).toEqual([]);
  const there = await onServer(context);
  await checkAll(carnet, noted, there);
  const wrong = noted.filter(({ words, saved }) => {
    const found = there.filter(({ body, deleted }) => !deleted && body?.includes(words)).length;
    return found > 1 || (saved && found !== 1);
  });
  expect(wrong, "on the server once if shown as saved, and never twice").toEqual([]);
  const saved = noted.filter((entry) => entry.saved).length;
  info.annotations.push({ type: "kills", description: `${KILLS} kills, ${noted.length} entries begun, ${saved} shown as saved` });
  console.log(`kills: ${noted.length} entries begun, ${saved} shown as saved, none lost, none twice`);
});

/** Notes one entry, by hand and quickly. A form that came back with words in it is the earlier entry, and is ended. */
async function makeEntry(carnet: Carnet, noted: Noted[]): Promise<void> {
  const { page } = carnet;
  const close = page.getByRole("link", { name: "Fermer, garder en brouillon" });
  if (await close.isVisible()) await close.click();
  await carnet.begin("Écoute");
  await carnet.choose("Discord");
  if (!(await carnet.firstTheme().locator("input").isChecked())) await carnet.firstTheme().click();
  const words = await (await note(page)).inputValue();
  const entry = noted.find((earlier) => earlier.words === words) ?? {
    words: `Essai ${SEED}-${noted.length + 1}.`,
    saved: false,
    kept: false,
  };
  if (!noted.includes(entry)) {
    noted.push(entry);
    await typeNote(page, entry.words);
  }
  await expect(page.locator("form[data-kept]")).toHaveAttribute("data-kept", "yes");
  entry.kept = true;
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByText("Enregistré sur ce téléphone.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
  entry.saved = true;
}

/** Each entry that was shown as saved is there, under one id; each that was kept is there, or its draft is. One `expect`
 * for all of them: the reporter keeps every one, and a long run would end up doing nothing else. */
async function checkAll(carnet: Carnet, noted: Noted[], server: { entry: string; body: string | null }[]): Promise<void> {
  const entries = (await rows(carnet.page, "entries")).map((text) => JSON.parse(text) as { id: string; body: string });
  const drafts = (await rows(carnet.page, "drafts")).join("\n");
  const wrong = noted.filter(({ words, saved, kept }) => {
    const ids = new Set([
      ...entries.filter(({ body }) => body.includes(words)).map(({ id }) => id),
      ...server.filter(({ body }) => body?.includes(words)).map(({ entry }) => entry),
    ]);
    return ids.size > 1 || (saved ? ids.size !== 1 : kept && ids.size === 0 && !drafts.includes(words));
  });
  expect(wrong, "there once if shown as saved, there or a draft if kept, and never twice").toEqual([]);
}
