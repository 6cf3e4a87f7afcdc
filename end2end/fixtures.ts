// What a journey may ask for. `import { test, expect } from "./fixtures.ts"`.
//
//   server      the real binary with the demonstration network, made once a worker; runs when a test begins. A test
//               takes it away with `server.stop()` or `server.kill()`: that is a network that is really gone, also for
//               the service worker, which the browser's own offline emulation may not reach.
//   page        Playwright's own, on the server's address
//   browserOf   a browser on a named profile that survives it: start, stop, kill, start again
//   axe         accessibility faults of a page
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { test as base, expect, type BrowserContextOptions, type Page } from "@playwright/test";

import { axe } from "./access.ts";
import { PersistentBrowser, lightAsAsked } from "./chromium.ts";
import { DEMO, Server } from "./server.ts";

interface TestFixtures {
  browserOf: (profile: string) => PersistentBrowser;
  axe: (page: Page) => Promise<string[]>;
  serverRuns: void;
  alone: void;
}

interface WorkerFixtures {
  server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.create();
      try {
        await use(server);
      } finally {
        await server.dispose();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  // A test that took the server away does not have to bring it back; one that fails shows what it said.
  serverRuns: [
    async ({ server }, use, info) => {
      await server.start();
      await use();
      if (info.status !== info.expectedStatus) {
        await info.attach("server.log", { body: await server.lastWords(200), contentType: "text/plain" });
      }
    },
    { auto: true, timeout: 180_000 },
  ],

  // No page asks anybody but the office (whatever stands before it in a test is on this machine too).
  alone: [
    async ({ context }, use) => {
      await lightAsAsked(context);
      const asked: string[] = [];
      context.on("request", (request) => {
        const url = new URL(request.url());
        const isHere = ["127.0.0.1", "localhost"].includes(url.hostname) || ["data:", "blob:"].includes(url.protocol);
        if (!isHere) asked.push(request.url());
      });
      await use();
      expect(asked, "pages ask nobody else").toEqual([]);
    },
    { auto: true },
  ],

  browserOf: async (
    { server, launchOptions, viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId },
    use,
  ) => {
    // Those of the project, so that a journey looks the same here and on `page`.
    const screen: BrowserContextOptions = { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId };
    const options = { ...launchOptions, ...screen, baseURL: server.url };
    const folder = await mkdtemp(join(tmpdir(), "lanterne-profiles-"));
    const browsers = new Map<string, PersistentBrowser>();
    await use((profile) => {
      const browser = browsers.get(profile) ?? new PersistentBrowser(join(folder, profile), options);
      browsers.set(profile, browser);
      return browser;
    });
    for (const browser of browsers.values()) await browser.stop();
    await rm(folder, { recursive: true, force: true });
  },

  axe: async ({}, use) => {
    await use(axe);
  },
});

/** Signs in on a page as people do. */
export async function signIn(page: Page, login: string, passphrase = DEMO.passphrase): Promise<void> {
  await page.goto("/connexion");
  await page.getByLabel("Identifiant").fill(login);
  await page.getByLabel("Phrase de passe").fill(passphrase);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL((url) => url.pathname !== "/connexion");
}

export { DEMO, expect };
