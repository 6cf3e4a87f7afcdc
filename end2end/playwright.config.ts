// Journeys in a real Chromium against the real server. `make e2e` builds both and comes here.
import { defineConfig } from "@playwright/test";

import { CHROMIUM, EVERYWHERE, PHONE, SHELL, WHOLE } from "./chromium.ts";

export default defineConfig({
  testDir: ".",
  testMatch: process.env.SCREENS ? "screens.spec.ts" : "**/*.spec.ts",
  testIgnore: process.env.SCREENS ? [] : "screens.spec.ts",
  outputDir: "results",
  // Each has a server and a PostgreSQL of its own. A journey waits for a third of its time: two fill two cores.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  // A trace of each journey, in case it fails, takes a sixth of the time: `--trace retain-on-failure` asks for it.
  use: { ...EVERYWHERE, launchOptions: SHELL, screenshot: "only-on-failure" },
  projects: [
    { name: "mobile", use: PHONE, grepInvert: new RegExp(WHOLE) },
    { name: "whole", use: { ...PHONE, launchOptions: CHROMIUM }, grep: new RegExp(WHOLE) },
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } }, grepInvert: new RegExp(WHOLE) },
    // Pictures only: what a journey does there is what it does on the others.
    ...(process.env.SCREENS
      ? [{ name: "tablet", use: { viewport: { width: 820, height: 1180 }, isMobile: true, hasTouch: true } }]
      : []),
  ],
});
