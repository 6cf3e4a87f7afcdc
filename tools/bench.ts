// What the benches in Chromium share: the phone that they measure on. They measure, they are no tests.
import { defineConfig } from "@playwright/test";

import { EVERYWHERE, PHONE } from "../end2end/chromium.ts";

/** A bench of these files, which stand beside its configuration. */
export function bench(...files: string[]) {
  return defineConfig({
    testDir: ".",
    testMatch: files,
    outputDir: "../../end2end/results",
    workers: 1,
    timeout: 2_400_000,
    expect: { timeout: 30_000 },
    reporter: [["line"]],
    use: { ...EVERYWHERE, ...PHONE },
  });
}
