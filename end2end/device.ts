// A device of somebody's that is no browser: what it says to the server, word for word.
import { createHash, randomBytes } from "node:crypto";

import type { APIRequestContext } from "@playwright/test";

import { expect } from "./fixtures.ts";

/** A fresh id, as phones make them. */
export function uuid7(): string {
  const hex = Date.now().toString(16).padStart(12, "0") + "7" + randomBytes(9).toString("hex").slice(0, 3);
  const rest = "8" + randomBytes(8).toString("hex").slice(0, 15);
  const text = hex + rest;
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

/** An operation that makes a record of a body. */
export function op(seq: number, body: object): object {
  const hash = `sha256:${createHash("sha256").update(JSON.stringify(body)).digest("hex")}`;
  const rest = { kind: "upsert", base: null, schema: 1, at: "2026-05-19T21:14:05+02:00", body, hash };
  return { op: uuid7(), seq, entry: uuid7(), ...rest };
}

/** What a phone says, as the promeneur whose session `request` has. */
export async function say(request: APIRequestContext, path: string, device: string, more: object): Promise<void> {
  const me = (await (await request.post("/api/v1/me")).json()) as { account: string };
  const head = { proto: 1, build: "test", schema: 1, device, user: me.account, now: new Date().toISOString() };
  const held = { pending: 3, oldest: "2026-05-19T21:14:05+02:00", stalls: 2 };
  const answer = await request.post(path, { data: { req: { ...head, ...held, ...more } } });
  expect(answer.status(), await answer.text()).toBe(200);
}

