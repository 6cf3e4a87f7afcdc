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
