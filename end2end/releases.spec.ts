// A release arrives, arrives in part, is taken back, while a notebook is in use and while it is offline.
import type { Page } from "@playwright/test";

import { Carnet, hide, note, openNotebook, typeNote } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { countOnServer, rows } from "./store.ts";
import { Way } from "./way.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");
const rounds = Number(process.env.RELEASES ?? 3);

test.afterEach(({ server }) => server.rollBack());

/** Asks for a newer release, and waits for how its worker ends up; `redundant` where there is none that stays. */
function lookForUpdate(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = (await navigator.serviceWorker.getRegistration())!;
    const found = new Promise<ServiceWorker>((resolve) => {
      if (registration.installing) resolve(registration.installing);
      registration.addEventListener("updatefound", () => resolve(registration.installing!));
    });
    await registration.update();
    const worker = registration.waiting ?? (await found);
    const settled = () => ["installed", "activated", "redundant"].includes(worker.state);
    while (!settled()) await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    return worker.state;
  });
}

test("F21: every place opens on a deep link without network, and without an error", async ({ browserOf, server }) => {
  const phone = browserOf("phone");
  const carnet = await openNotebook(await phone.start(), DEMO.promeneurs[0]!);
  await server.stop();
  await carnet.note("Écoute", "Discord", 1, "Par un lien profond");
  const [row] = await rows(carnet.page, "outbox");
  const { record } = JSON.parse(row!) as { record: string };
  await phone.kill();

  const page = await (await phone.start()).newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // A request that finds no server is the browser's to report, and no fault of ours.
    if (message.type() === "error" && !message.text().includes("ERR_CONNECTION_REFUSED")) errors.push(message.text());
  });
  await page.goto(`/app/saisie/${record}`);
  await expect(await note(page)).toHaveValue("Par un lien profond");
  for (const path of ["/app/journal", "/app/noter/listen", "/app/presence/nouvelle", "/app/appareil", "/app/inconnu"]) {
    await page.goto(path);
    await expect(page.locator("[aria-busy]")).toHaveCount(0);
    await expect(page.locator("main h1, main h2").first()).toBeVisible();
  }
  expect(errors).toEqual([]);
});

test("F25: releases that come while one types take nothing away, whichever is the next", async ({ browserOf, server, axe }) => {
  test.setTimeout(60_000 + rounds * 30_000);
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  const missing: string[] = [];
  page.on("response", (response) => {
    if (response.status() === 404) missing.push(response.url());
  });
  let typed = "";
  for (let round = 1; round <= rounds; round += 1) {
    const before = await page.locator("html").getAttribute("data-build");
    if (typed === "") await carnet.begin("Écoute");
    await page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
    // A note holds no more than 280 characters, and a long run has more to say.
    typed = `${typed.length > 240 ? "" : typed} Phrase ${round}.`.trim();
    await typeNote(page, typed);
    await server.release();
    expect(await lookForUpdate(page)).toBe("installed");
    await hide(page, true);
    await hide(page, false);
    await expect(page.locator("html[data-same]")).toHaveCount(1);
    await expect(await note(page)).toHaveValue(typed);
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await expect(page.getByText(/^Une nouvelle version est prête/)).toBeVisible();
    if (round === 1) expect(await axe(page)).toEqual([]);
    const loaded = page.waitForEvent("load");
    await hide(page, true);
    await loaded;
    await expect(page.locator("html")).not.toHaveAttribute("data-build", before!);
    await page.getByRole("link", { name: "Reprendre" }).click();
    await expect(await note(page)).toHaveValue(typed);
  }
  expect(missing).toEqual([]);
});

for (const lost of ["/icons/favicon.svg", "/manifest.webmanifest", "/fonts/atkinson-hyperlegible-next-latin.woff2"]) {
  test(`F26: a release of which ${lost} does not arrive is not taken`, async ({ browserOf, server }) => {
    const phone = browserOf("phone");
    const carnet = await openNotebook(await phone.start(), DEMO.promeneurs[2]!);
    const { page } = carnet;
    const before = await page.locator("html").getAttribute("data-build");
    await server.release({ without: lost });
    expect(await lookForUpdate(page)).toBe("redundant");
    await expect(page.getByText(/^Une nouvelle version est prête/)).toHaveCount(0);
    await server.stop();
    await phone.kill();

    const again = new Carnet(await (await phone.start()).newPage());
    await again.open("/app/journal");
    await expect(again.page.locator("html")).toHaveAttribute("data-build", before!);
    await again.openEvening();
    await again.note("Écoute", "Discord", 1);
    await expect(again.page.getByText(/saisies? (est|sont) encore sur ce téléphone/)).toBeVisible();
    // One whole, or none: what was left of the other is not there.
    expect(await again.page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("lanterne-")))).toEqual([
      `lanterne-${before}`,
    ]);
  });
}

test("F26: a release that breaks off on its way is not taken, and the next try takes it whole", async ({ browser, server }) => {
  const way = await Way.to(server.url);
  const context = await browser.newContext({ baseURL: way.url, serviceWorkers: "allow" });
  const { page } = await openNotebook(context, DEMO.promeneurs[2]!);
  const builds = () =>
    page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("lanterne-")).toSorted());
  // Beside a release that waits already, too.
  const update = () =>
    page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration())!;
      const before = registration.waiting;
      await registration.update().catch(() => {});
      const worker = registration.installing ?? (registration.waiting === before ? null : registration.waiting);
      if (!worker) return "nothing";
      const settled = () => ["installed", "activated", "redundant"].includes(worker.state);
      while (!settled()) await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
      return worker.state;
    });
  const network = await context.newCDPSession(page);
  /** A newer release, of which nothing has come yet: the notebook looks for it by itself too. */
  const release = async () => {
    way.reset(0);
    await server.release();
    // All of it comes over the line, wasm included.
    await network.send("Network.clearBrowserCache");
  };
  expect(await builds()).toHaveLength(1);
  await release();
  /** The release is taken whole: a cache that is there may still be filling. */
  const take = async (before: string[]) => {
    way.reset();
    await update();
    await expect.poll(builds).not.toEqual(before);
    const isInstalling = () => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())!.installing));
    await expect.poll(isInstalling).toBe(false);
    expect(await builds()).not.toEqual(before);
  };
  await take(await builds());
  const whole = way.down;
  const outcomes: string[] = [];
  for (const part of [0.05, 0.3, 0.6, 0.9]) {
    await release();
    const before = await builds();
    way.reset(Math.floor(whole * part));
    outcomes.push(await update());
    await expect.poll(() => way.down).toBeGreaterThanOrEqual(Math.floor(whole * part));
    // What the notebook had begun by itself ends as well.
    await expect.poll(builds).toEqual(before);
    await network.send("Network.clearBrowserCache");
    await take(before);
  }
  // It had begun, and what began was thrown away.
  expect(outcomes).toContain("redundant");
  await context.close();
  way.close();
});

test("F24: a release that is taken back leaves a notebook that works, with all that was noted under it", async ({ browserOf, server }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  const { page } = carnet;
  const old = await page.locator("html").getAttribute("data-build");
  await server.release();
  expect(await lookForUpdate(page)).toBe("installed");
  const loaded = page.waitForEvent("load");
  await hide(page, true);
  await loaded;
  await expect(page.locator("html")).not.toHaveAttribute("data-build", old!);
  await carnet.note("Écoute", "Discord", 1, "Sous la version reprise");
  await server.rollBack();
  await page.reload();
  expect(await lookForUpdate(page)).toBe("installed");
  const back = page.waitForEvent("load");
  await hide(page, true);
  await back;
  await expect(page.locator("html")).toHaveAttribute("data-build", old!);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  await carnet.note("Contact", "Discord", 1, "Et après");
  for (const words of ["Sous la version reprise", "Et après"]) {
    await expect.poll(() => countOnServer(context, words)).toBe(1);
  }
});
