// Cold starts: the browser is started anew, no server answers, and the address of a form is opened. How long until
// something is painted, and until the form can be used; beside the peers' pages, in an order that rotates.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium, type BrowserContext, type BrowserContextOptions } from "@playwright/test";

import { Carnet } from "../../end2end/carnet.ts";
import { CHROMIUM } from "../../end2end/chromium.ts";
import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";
import { servePeer } from "./peers.ts";
import { SLOWER, heading, line, note, percentile, slowDown } from "./table.ts";

const ROUNDS = 15;

interface Start {
  painted: number;
  usable: number;
}

/** Runs in the page before anything else: notes when the button that saves is there. */
function watchStart(): void {
  const seen = new Promise<Start>((resolve) => {
    const found = () => [...document.querySelectorAll("button")].some((it) => it.textContent?.includes("Enregistrer"));
    const observer = new MutationObserver(() => {
      if (!found()) return;
      observer.disconnect();
      const usable = performance.now();
      const ended = () => {
        const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
        if (painted === undefined) requestAnimationFrame(ended);
        else resolve({ painted, usable });
      };
      ended();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  Object.assign(globalThis, { benchStart: seen });
}

interface Runner {
  name: string;
  address: string;
  profile: string;
  starts: Start[];
}

test("cold starts without a network", async ({ server, viewport, deviceScaleFactor, isMobile, hasTouch }) => {
  const folder = await mkdtemp(join(tmpdir(), "lanterne-cold-"));
  const options: BrowserContextOptions = { viewport, deviceScaleFactor, isMobile, hasTouch, baseURL: server.url };
  const browse = async <T>(profile: string, act: (context: BrowserContext) => Promise<T>): Promise<T> => {
    const context = await chromium.launchPersistentContext(join(folder, profile), { ...CHROMIUM, ...options });
    try {
      return await act(context);
    } finally {
      await context.close();
    }
  };
  const peers = { solid: await servePeer("solid"), react: await servePeer("react") };
  const runners: Runner[] = [
    { name: "Lanterne", address: `${server.url}/app/noter/listen`, profile: "lanterne", starts: [] },
    { name: "Solid + IndexedDB", address: `${peers.solid.url}/`, profile: "solid", starts: [] },
    { name: "React + Dexie", address: `${peers.react.url}/`, profile: "react", starts: [] },
  ];
  const [ours, solid, react] = runners as [Runner, Runner, Runner];

  await browse("lanterne", async (context) => {
    const page = context.pages()[0]!;
    await signIn(page, DEMO.promeneurs[0]!);
    await new Carnet(page).isReady();
  });
  for (const peer of [solid, react]) {
    await browse(peer.profile, async (context) => {
      const page = context.pages()[0]!;
      await page.goto(peer.address);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      for (let count = 1; count <= 20; count += 1) {
        await page.getByRole("button", { name: "Enregistrer" }).click();
        await expect(page.getByRole("listitem")).toHaveCount(count);
      }
    });
  }
  await server.stop();
  await peers.solid.close();
  await peers.react.close();

  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < runners.length; turn += 1) {
      const runner = runners[(round + turn) % runners.length]!;
      await browse(runner.profile, async (context) => {
        await context.addInitScript(watchStart);
        const page = context.pages()[0]!;
        await slowDown(page);
        await page.goto(runner.address, { waitUntil: "commit" });
        runner.starts.push(await page.evaluate(() => (globalThis as unknown as { benchStart: Promise<Start> }).benchStart));
      });
    }
  }
  await rm(folder, { recursive: true, force: true });

  const of = (runner: Runner, what: keyof Start, at = 50) => percentile(runner.starts.map((start) => start[what]), at);
  heading(`Cold start offline, CPU slowed ${SLOWER} times, ${ROUNDS} each, medians`);
  for (const runner of runners) {
    const ms = (what: keyof Start) => `${of(runner, what).toFixed(0)} ms, p95 ${of(runner, what, 95).toFixed(0)} ms`;
    note(runner.name, `painted ${ms("painted")}; usable ${ms("usable")}`);
  }
  line("usable ÷ Solid's", of(ours, "usable") / of(solid, "usable"), "", 1.3);
  line("usable ÷ React's", of(ours, "usable") / of(react, "usable"), "", 1);
  line("first paint ÷ Solid's", of(ours, "painted") / of(solid, "painted"), "", 1);
});
