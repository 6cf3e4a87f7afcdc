// Journeys in a real Chromium against the real server. `make e2e` builds both and comes here.
import { defineConfig } from "@playwright/test";

import { EVERYWHERE, PHONE } from "./chromium.ts";

export default defineConfig({
  testDir: ".",
  testMatch: process.env.SCREENS ? "screens.spec.ts" : "**/*.spec.ts",
  testIgnore: process.env.SCREENS ? [] : "screens.spec.ts",
  outputDir: "results",
  // A worker has a server and a PostgreSQL of its own; two cores carry one of each beside the browser.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: { ...EVERYWHERE, trace: "retain-on-failure", screenshot: "only-on-failure" },
  projects: [
    { name: "mobile", use: PHONE },
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    // Pictures only: what a journey does there is what it does on the others.
    ...(process.env.SCREENS
      ? [{ name: "tablet", use: { viewport: { width: 820, height: 1180 }, isMobile: true, hasTouch: true } }]
      : []),
  ],
});
