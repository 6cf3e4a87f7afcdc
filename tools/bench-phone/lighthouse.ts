// Lighthouse on a phone's terms (its mobile preset: slow 4G and a CPU slowed four times, both simulated).
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";

import { Carnet } from "../../end2end/carnet.ts";
import { CHROMIUM } from "../../end2end/chromium.ts";
import { DEMO, signIn, test } from "../../end2end/fixtures.ts";
import { heading, line, note, percentile } from "./table.ts";

const RUNS = 3;

/** Pages, and who is signed in: nobody has a notebook or figures without. */
const PAGES = [
  { name: "signing in", path: "/connexion" },
  { name: "the notebook, first time", path: "/app", login: DEMO.promeneurs[0]!, first: true },
  { name: "the notebook, every other evening", path: "/app", login: DEMO.promeneurs[0]! },
  { name: "a form", path: "/app/noter/listen", login: DEMO.promeneurs[0]! },
  { name: "the journal", path: "/app/journal", login: DEMO.promeneurs[0]! },
  { name: "one's bilan", path: "/app/bilan", login: DEMO.promeneurs[0]! },
  { name: "the dashboard", path: "/coordination", login: DEMO.coordinator },
  { name: "the declaration of accessibility", path: "/accessibilite" },
];
const CATEGORIES = ["performance", "accessibility", "best-practices"] as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("Lighthouse", async ({ server }) => {
  for (const { name, path, login, first } of PAGES) {
    const folder = await mkdtemp(join(tmpdir(), "lanterne-lighthouse-"));
    const port = await freePort();
    const args = [...(CHROMIUM.args ?? []), `--remote-debugging-port=${port}`];
    const context = await chromium.launchPersistentContext(folder, { ...CHROMIUM, args, baseURL: server.url });
    const page = context.pages()[0]!;
    if (login) await signIn(page, login);
    if (login && path.startsWith("/app")) await new Carnet(page).isReady();
    const scores = new Map<string, number[]>();
    const add = (what: string, value: number) => scores.set(what, [...(scores.get(what) ?? []), value]);
    const faults = new Set<string>();
    for (let run = 0; run < RUNS; run += 1) {
      // What Lighthouse would forget by itself is the session too.
      if (first) {
        await page.goto("about:blank");
        const session = await context.newCDPSession(page);
        const storageTypes = "cache_storage,service_workers,indexeddb,local_storage,shader_cache";
        await session.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes });
        await session.send("Network.clearBrowserCache");
        await session.detach();
      }
      const flags = { port, output: "json" as const, logLevel: "error" as const, disableStorageReset: true };
      const result = await lighthouse(`${server.url}${path}`, { ...flags, onlyCategories: [...CATEGORIES] });
      if (!result) throw new Error("Lighthouse said nothing");
      const { categories, audits } = result.lhr;
      for (const category of CATEGORIES) {
        add(category, Math.round((categories[category]?.score ?? 0) * 100));
        for (const { id, weight } of categories[category]?.auditRefs ?? []) {
          const score = audits[id]?.score;
          if (weight > 0 && score !== null && score !== undefined && score < 0.9) faults.add(`${id} ${score}`);
        }
      }
      add("LCP", audits["largest-contentful-paint"]?.numericValue ?? Number.NaN);
      add("TBT", audits["total-blocking-time"]?.numericValue ?? Number.NaN);
      add("CLS", audits["cumulative-layout-shift"]?.numericValue ?? Number.NaN);
    }
    await context.close();
    await rm(folder, { recursive: true, force: true });
    const median = (what: string) => percentile(scores.get(what) ?? [], 50);
    heading(`Lighthouse, ${name}, median of ${RUNS}`);
    note("performance / accessibility / best practices (100 each)", CATEGORIES.map(median).join(" / "));
    line("LCP", median("LCP"), " ms", 1_200);
    line("TBT", median("TBT"), " ms", 50);
    line("CLS", median("CLS"), "", 0);
    if (faults.size) note("less than 0.9", [...faults].join(", "));
  }
});
