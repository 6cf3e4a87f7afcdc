// The real server, on a port and with data of its own, which a test may stop, kill and start again.
import { spawn, type ChildProcess } from "node:child_process";
import { access, chmod, cp, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
/** What `make` built the journeys' server by. */
const PROFILE = process.env.PROFILE ?? "tested";

/** Longest wait for a first answer: the first start makes a cluster and a whole year of demonstration data. */
const LONGEST_START_MS = 120_000;
const LONGEST_STOP_MS = 20_000;

/** Accounts of the demonstration network (server/src/demo/mod.rs). */
export const DEMO = {
  passphrase: "lanterne-demo",
  coordinator: "coordination@demo",
  manager: "direction@demo",
  caf: "caf@demo",
  committee: "comite@demo",
  promeneurs: Array.from({ length: 10 }, (_, index) => `p${index + 1}@demo`),
};

export class Server {
  /** Its address; the same after a restart, because a browser's storage belongs to an origin. */
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #site = join(TARGET, "site");
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    // A loopback address is a secure context, as service workers need one.
    this.url = `http://localhost:${port}`;
  }

  /** A server that does not run yet, with an empty data folder. */
  static async create(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "lanterne-e2e-"));
    // PostgreSQL does not run as root: root's server runs it as `postgres`, who must get through to the data.
    await chmod(folder, 0o711);
    return new Server(folder, await freePort());
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Starts it and waits until it answers with its database. Does nothing when it runs. */
  async start(): Promise<void> {
    if (this.#process) return;
    const program = join(TARGET, PROFILE, "lanterne");
    await access(program).catch(() => {
      throw new Error(`${program} is missing: run the journeys with \`make e2e\``);
    });
    const log = await open(this.#log, "a");
    const process = spawn(program, [], {
      cwd: ROOT,
      env: this.#environment(),
      stdio: ["ignore", log.fd, log.fd],
    });
    const failed = new Promise<never>((_, reject) => {
      process.once("error", reject);
      process.once("exit", async (code, signal) => {
        reject(new Error(`the server ended while starting (${signal ?? code}):\n${await this.lastWords()}`));
      });
    });
    try {
      await Promise.race([this.#answers(), failed]);
    } catch (cause) {
      process.kill("SIGKILL");
      throw cause;
    } finally {
      await log.close();
    }
    this.#process = process;
  }

  /** Asks it to stop: it answers what is under way and stops its PostgreSQL. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Kills it. Its PostgreSQL goes on without it, as after a crash, until the next start finds it. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Kills it and its PostgreSQL, as when the machine loses its power. */
  async killWithDatabase(): Promise<void> {
    await this.kill();
    const pid = await this.#postmaster();
    if (pid) process.kill(pid, "SIGKILL");
  }

  /** Holds it still: connections are taken, and nothing is answered. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Starts a second one on the same data, on another port, and returns what it says when it ends by itself. */
  async second(): Promise<string> {
    const env = { ...this.#environment(), LANTERNE_ADDR: `127.0.0.1:${await freePort()}` };
    const second = spawn(join(TARGET, PROFILE, "lanterne"), [], { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    second.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    await new Promise<void>((resolve) => second.once("close", () => resolve()));
    return said.trim();
  }

  /**
   * Stops it and starts a newer release: the same site, but for one file that phones keep, so that the build has
   * another name.
   */
  async release({ without }: { without?: string } = {}): Promise<void> {
    const site = join(this.#folder, `site-${Date.now()}`);
    await cp(this.#site, site, { recursive: true });
    const names = JSON.parse(await readFile(join(site, "assets.json"), "utf8")) as { contents: Record<string, string> };
    names.contents["/icons/favicon.svg"] += "newer";
    await writeFile(join(site, "assets.json"), JSON.stringify(names));
    // A file that does not arrive, with its packed forms.
    if (without) for (const form of ["", ".br", ".gz"]) await rm(join(site, without + form), { force: true });
    await this.stop();
    this.#site = site;
    await this.start();
  }

  /** Puts the release that was built in the place of whatever runs. */
  async rollBack(): Promise<void> {
    await this.stop();
    this.#site = join(TARGET, "site");
    await this.start();
  }

  /** What it wrote last. */
  async lastWords(lines = 30): Promise<string> {
    const text = await readFile(this.#log, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Ends everything and removes the data. */
  async dispose(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await this.#stopOrphanedPostgres();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  get #log(): string {
    return join(this.#folder, "server.log");
  }

  /** The environment without what an operator has set: no test may write into a database that somebody uses. */
  #environment(): NodeJS.ProcessEnv {
    const isOperators = (name: string) => name === "DATABASE_URL" || name.startsWith("LANTERNE_");
    return {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOperators(name))),
      LANTERNE_ADDR: `127.0.0.1:${this.#port}`,
      LANTERNE_DATA: join(this.#folder, "data"),
      LANTERNE_SITE: this.#site,
      // Invitations may go by e-mail; nobody listens there (server/tests/integration/mail.rs has a mail server that does).
      LANTERNE_SMTP_URL: "smtp://127.0.0.1:9",
      LANTERNE_MAIL_FROM: "lanterne@example.org",
    };
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + LONGEST_START_MS;
    for (;;) {
      const ready = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (ready?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server did not answer in time:\n${await this.lastWords()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    // One that is held still hears nothing but a SIGKILL.
    process.kill("SIGCONT");
    await ended(process, () => process.kill(signal));
  }

  async #postmaster(): Promise<number> {
    const file = join(this.#folder, "data/postgres/data/postmaster.pid");
    return Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  }

  /** After a `kill` that no start followed, PostgreSQL would outlive the tests. */
  async #stopOrphanedPostgres(): Promise<void> {
    const pid = await this.#postmaster();
    if (!pid) return;
    const deadline = Date.now() + LONGEST_STOP_MS;
    try {
      // Its word for an immediate stop: the data are thrown away next.
      process.kill(pid, "SIGQUIT");
      while (Date.now() < deadline) {
        process.kill(pid, 0);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } catch {
      // There is no such process any more.
    }
  }
}

/** Resolves when a process has ended; one that does not within its time is killed, and that is an error. */
async function ended(process: ChildProcess, ask: () => void): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => process.once("exit", () => resolve()));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill("SIGKILL");
  }, LONGEST_STOP_MS);
  ask();
  await exit;
  clearTimeout(timer);
  if (late) throw new Error(`the server did not stop within ${LONGEST_STOP_MS / 1000} s and was killed`);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port for the server");
  return address.port;
}
