// Which browser the journeys use, how it is started, and a browser that a test may kill.
import { existsSync, readdirSync, readFileSync } from "node:fs";

import {
  chromium,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
  type PlaywrightTestOptions,
  type PlaywrightWorkerOptions,
} from "@playwright/test";

type UseOptions = Partial<PlaywrightTestOptions & PlaywrightWorkerOptions>;

/** Debian's Chromium, as people have it: Playwright's own download is not used. CHROMIUM names another one. */
export const CHROMIUM: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Without sandbox: its set-up is refused to root. Nothing but our own pages is opened.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

const DEBIANS_SHELL = "/usr/bin/chromium-headless-shell";

/**
 * The same release of the same engine without the browser's own windows, of which nothing is seen here and which take
 * more of the processor than our pages do. It has no background sync, and keeps no session.
 */
export const SHELL: LaunchOptions = {
  ...CHROMIUM,
  ...(process.env.CHROMIUM === undefined && existsSync(DEBIANS_SHELL) ? { executablePath: DEBIANS_SHELL } : {}),
};

/** What is tried in the whole browser: what the shell has not, and what must hold in what people really have. */
export const WHOLE = "@whole";

/** What every page is opened with, in a journey and in a measure. */
export const EVERYWHERE: UseOptions = {
  launchOptions: CHROMIUM,
  locale: "fr-FR",
  timezoneId: "Europe/Paris",
  serviceWorkers: "allow",
};

/** Shows the notebook in the light that a journey asks for, at whatever hour it runs; start.spec.ts has the one by the hour. */
export async function lightAsAsked(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const chosen = "lanterne-theme";
    if (location.protocol !== "about:") localStorage.setItem(chosen, localStorage.getItem(chosen) ?? "system");
  });
}

/** A small phone. */
export const PHONE: UseOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/**
 * A browser on a profile of its own, which survives it: what a phone's storage is when the battery dies. `start` again
 * after `kill` or `stop` finds the cookies, IndexedDB and the service worker that were on the disk.
 */
export class PersistentBrowser {
  readonly #profile: string;
  readonly #options: LaunchOptions & BrowserContextOptions;
  #context: BrowserContext | undefined;

  constructor(profile: string, options: LaunchOptions & BrowserContextOptions) {
    this.#profile = profile;
    this.#options = options;
  }

  /** The folder in which it keeps everything. */
  get folder(): string {
    return this.#profile;
  }

  /** Starts it on its profile. */
  async start(): Promise<BrowserContext> {
    if (this.#context) throw new Error("this browser runs already");
    const context = await chromium.launchPersistentContext(this.#profile, this.#options);
    await lightAsAsked(context);
    this.#context = context;
    return context;
  }

  /** Ends it in order, as when a person closes it. */
  async stop(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    await context?.close();
  }

  /** Kills all its processes at once, without any chance to write something. */
  async kill(): Promise<void> {
    const context = this.#context;
    if (!context) throw new Error("this browser does not run");
    this.#context = undefined;
    const closed = new Promise<void>((resolve) => context.once("close", () => resolve()));
    const group = this.#processGroup();
    process.kill(-group, "SIGKILL");
    await closed;
    await goneFromProc(group);
  }

  /** Playwright starts a browser as the leader of a process group, and does not tell its id: /proc does. */
  #processGroup(): number {
    const wanted = `--user-data-dir=${this.#profile}`;
    for (const { pid, group, command } of processes()) {
      if (pid === group && command.includes(wanted)) return group;
    }
    throw new Error(`no browser process has the profile ${this.#profile}`);
  }
}

interface Process {
  pid: number;
  group: number;
  command: string[];
}

/** The processes of this machine, those aside that ended while being read. */
function* processes(): Generator<Process> {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      // After the name in parentheses: state, parent, process group.
      const fields = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      // A zombie has given back its files and locks: for us it is gone.
      if (fields[0] !== "Z") yield { pid: Number(entry), group: Number(fields[2]), command };
    } catch {
      continue;
    }
  }
}

/** Resolves when no process of a group is left, so that the profile's files are free. */
async function goneFromProc(group: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ([...processes()].some((process) => process.group === group)) {
    if (Date.now() > deadline) throw new Error(`processes of group ${group} outlive a SIGKILL`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
