// `make bench-phone`: the phone in a real Chromium, beside peers in the same run. It measures, it is no test.
import { defineConfig } from "@playwright/test";

import { CHROMIUM } from "../../end2end/chromium.ts";

export default defineConfig({
  testDir: ".",
  testMatch: ["cold.ts", "taps.ts", "lighthouse.ts"],
  outputDir: "../../end2end/results",
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [["line"]],
  use: {
    launchOptions: CHROMIUM,
    locale: "fr-FR",
    timezoneId: "Europe/Paris",
    serviceWorkers: "allow",
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
});
