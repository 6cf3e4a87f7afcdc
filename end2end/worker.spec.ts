// The service worker (public/sw.js): the notebook opens without a network, the office says that it needs one.
import type { BrowserContext, Page } from "@playwright/test";

import { WHOLE } from "./chromium.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

/** Opens the notebook and waits until its worker has kept the build. */
async function install(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await signIn(page, DEMO.promeneurs[0]!);
  await expect(page.getByText("Prêt sans réseau")).toBeVisible();
  return page;
}

test("without a server the notebook opens, after the browser was killed too", { tag: WHOLE }, async ({ browserOf, server }) => {
  const phone = browserOf("phone");
  await install(await phone.start());
  await server.stop();
  await phone.kill();

  const page = await (await phone.start()).newPage();
  for (const path of ["/app", "/app/journal", "/app?src=pwa", "/"]) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("data-shell");
  }
  await page.goto("/coordination");
  await expect(page.getByRole("heading", { name: "Cette page a besoin du réseau" })).toBeVisible();
});

/** Who answered for a page and its files: the cache, asked by the browser itself, or else the worker. */
const answeredBy = (page: Page) =>
  page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const told = entries.map((it) => it.toJSON() as { name: string; workerStart: number; workerFinalSourceType: string });
    const ours = told.filter(({ name }) => /\/app|\/pkg\/|\/fonts\//.test(name));
    return ours.map(({ name, workerStart, workerFinalSourceType: source }) => ({
      path: new URL(name).pathname.replace(/\.[0-9a-f]{10}\./, "."),
      by: source || (workerStart > 0 ? "worker" : "network"),
    }));
  });

test("the browser takes the screens that one begins with, and their files, without starting the worker", async ({
  browserOf,
  server,
}) => {
  const phone = browserOf("phone");
  const first = await install(await phone.start());
  const shell = await (await first.request.get("/app")).text();
  const links = Array.from(shell.matchAll(/ href="(\/app\/[^"]*)"/g), ([, path]) => path!);
  expect(links).toContain("/app/journal");
  expect(links.filter((path) => path.startsWith("/app/noter/"))).toHaveLength(6);
  await server.stop();
  await phone.stop();

  const page = await (await phone.start()).newPage();
  const files = ["/pkg/phone.css", "/pkg/phone.js", "/pkg/phone.wasm", "/fonts/atkinson-hyperlegible-next-latin.woff2"];
  for (const path of ["/app?src=pwa", "/app", ...new Set(links)]) {
    await page.goto(path);
    await expect(page.locator("[aria-busy]")).toHaveCount(0);
    const answers = await answeredBy(page);
    expect(answers.map((it) => it.by), path).toEqual(answers.map(() => "cache"));
    expect(answers.map((it) => it.path).sort()).toEqual([new URL(path, server.url).pathname, ...files].sort());
  }
  // Any other address is the worker's, and so is one with something in it that a sign-in or a share has added.
  for (const path of ["/app/verrou", "/app?x=1"]) {
    await page.goto(path);
    await expect(page.locator("[aria-busy]")).toHaveCount(0);
    expect((await answeredBy(page))[0]!.by, path).toBe("worker");
  }
});

test("every file that the shell names is kept", async ({ browserOf, server }) => {
  const page = await install(await browserOf("phone").start());
  await server.stop();
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  await page.goto("/app");
  await page.evaluate(() => document.fonts.ready);
  // Chromium looks for the launcher's icon by itself, at every page with a manifest; no page shows it.
  // What is sent and the worker's own script are asked of the server each time, and wait for it.
  const asksServer = /\/api\/|\/sw\.js$|\/icons\/icon-192\.png$/;
  expect(failed.filter((url) => !asksServer.test(url))).toEqual([]);
});

test("nothing is kept but the build, and nothing of /api", async ({ browserOf }) => {
  const page = await install(await browserOf("phone").start());
  await page.goto("/connexion");
  await page.evaluate(() => fetch("/api/v1/me").catch(() => undefined));
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return caught.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept).toContain("/app");
  expect(kept).toContain("/hors-reseau");
  const foreign = (path: string) => path.startsWith("/api/") || path === "/connexion" || path.includes("office");
  expect(kept.filter(foreign)).toEqual([]);
});
