// What a phone's browser holds, and what the server has of a person, seen from outside the program.
import type { APIRequestContext, BrowserContext, CDPSession, Page } from "@playwright/test";

import { expect } from "./fixtures.ts";

export type Table = "entries" | "outbox" | "drafts" | "receipts" | "meta";

/** The texts of a store of the person whose notebook is on this phone. */
export async function rows(page: Page, table: Table): Promise<string[]> {
  return page.evaluate(async (table) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (!/^lanterne-[0-9a-f-]{36}$/.test(name ?? "")) continue;
      const database = await done(indexedDB.open(name!));
      if (database.objectStoreNames.contains(table)) {
        const all = await done(database.transaction(table).objectStore(table).getAll());
        found.push(...all.map((row) => row?.json ?? JSON.stringify(row)));
      }
      database.close();
    }
    return found;
  }, table);
}

/** What a phone knows of itself: its name, how far it has received, how often sending stood still. */
export async function own(page: Page): Promise<{ device: string; cursor: string | null; stalls: number }> {
  const facts = (await rows(page, "meta")).map((row) => JSON.parse(row));
  return facts.find((fact) => fact.device);
}

/** Writes a row as it is, past the program. */
export async function write(page: Page, table: Table, key: IDBValidKey, row: unknown): Promise<void> {
  await page.evaluate(
    async ([table, key, row]) => {
      const name = (await indexedDB.databases()).find(({ name }) => /^lanterne-[0-9a-f-]{36}$/.test(name ?? ""))!.name!;
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
          const writing = opening.result.transaction(table, "readwrite");
          writing.objectStore(table).put(row, key);
          writing.oncomplete = () => (opening.result.close(), resolve());
          writing.onabort = () => reject(writing.error);
        };
      });
    },
    [table, key, row] as const,
  );
}

/** The account whose notebook is on this phone. */
export async function account(page: Page): Promise<string> {
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ""));
  return names.map((name) => /^lanterne-([0-9a-f-]{36})$/.exec(name)?.[1]).find(Boolean)!;
}

interface Pulled {
  entry: string;
  deleted: boolean;
  body: string | null;
}

/** Every record that the server has of the person who is signed in on a browser, as one more device of theirs. */
export async function onServer(context: BrowserContext): Promise<Pulled[]> {
  const request = context.request;
  const me = await (await request.post("/api/v1/me")).json();
  const all: Pulled[] = [];
  let cursor: string | null = null;
  for (;;) {
    const answer: { changes: Pulled[]; cursor: string; more: boolean } = await pull(request, me.account, cursor);
    all.push(...answer.changes);
    cursor = answer.cursor;
    if (!answer.more) return all;
  }
}

async function pull(request: APIRequestContext, user: string, cursor: string | null) {
  const now = new Date().toISOString();
  // A device is of one account.
  const device = `0193aaaa${user.slice(8)}`;
  const heartbeat = { proto: 1, build: "end2end", schema: 1, device, user, now, pending: 0, oldest: null, stalls: 0 };
  const answer = await request.post("/api/v1/sync_pull", { data: { req: { ...heartbeat, cursor, limit: 500 } } });
  expect(answer.status()).toBe(200);
  return answer.json();
}

/** How many records of the server hold some words. */
export async function countOnServer(context: BrowserContext, words: string): Promise<number> {
  return (await onServer(context)).filter(({ body, deleted }) => !deleted && body?.includes(words)).length;
}

/** The service worker of an origin, for what only the browser may tell it. */
export class Worker {
  private constructor(
    readonly session: CDPSession,
    readonly origin: string,
    readonly registration: string,
  ) {}

  /** The one that an origin has registered; `page` may be of any origin. */
  static async of(page: Page, origin: string): Promise<Worker> {
    const session = await page.context().newCDPSession(page);
    const found = new Promise<string>((resolve) => {
      session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        const own = registrations.find((one) => !one.isDeleted && one.scopeURL.startsWith(origin));
        if (own) resolve(own.registrationId);
      });
    });
    await session.send("ServiceWorker.enable");
    return new Worker(session, origin, await found);
  }

  /** What the browser says when it finds a network: that what waits may be sent now. */
  async sync(): Promise<void> {
    const { origin, registration: registrationId } = this;
    await this.session.send("ServiceWorker.dispatchSyncEvent", { origin, registrationId, tag: "outbox", lastChance: false });
  }
}
