// Schemathesis reads the OpenAPI description of the figures for programs and asks all that it allows, and what it does not: with a
// key, without one, with bent ones. It fails where an answer is not of the description, is ours to blame (5xx), or comes to
// whoever has no key.
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";

const PROGRAM = resolve(process.env.SCHEMATHESIS ?? "");
/** How many questions for each operation and phase, at most. */
const EXAMPLES = process.env.EXAMPLES ?? "2000";

function run(arguments_: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((done, failed) => {
    // It writes a folder of its own wherever it runs.
    const program = spawn(PROGRAM, arguments_, { cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [program.stdout, program.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    program.once("error", failed);
    program.once("close", (code) => done({ code, said }));
  });
}

test("the figures for programs answer as they are described, whatever is asked", async ({ page, server }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/cles");
  await page.getByLabel("Pour qui").fill("Schemathesis");
  await page.getByRole("button", { name: "Donner", exact: true }).click();
  const key = await page.locator("#cle").inputValue();
  const { code, said } = await run([
    "run",
    `${server.url}/api/figures/v1/openapi.json`,
    "--checks=all",
    // That 2025-2026 is a school year and 2025-2031 is none cannot be described.
    "--exclude-checks=positive_data_acceptance",
    `--max-examples=${EXAMPLES}`,
    "--continue-on-failure",
    // Below the pace at which a server puts off whoever has one key (server/src/http/pace.rs).
    "--rate-limit=8/s",
    "--no-color",
    `--header=Authorization: Bearer ${key}`,
  ]);
  expect(code, said).toBe(0);
  const tried = /Test cases:\s+(\d+) generated/.exec(said)?.[1];
  expect(Number(tried), said).toBeGreaterThan(100);
  console.log(`attack | figures for programs, by Schemathesis | ${tried} | | every answer as it is described |`);
});
