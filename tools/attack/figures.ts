// Schemathesis reads the OpenAPI description of the figures for programs and asks all that it allows, and what it does not: with a
// key, without one, with bent ones. It fails where an answer is not of the description, is ours to blame (5xx), or comes to
// whoever has no key.
import { spawn } from "node:child_process";
import { resolve } from "node:path";

import { DEMO, expect, signIn, test } from "../../end2end/fixtures.ts";

const PROGRAM = resolve(process.env.SCHEMATHESIS ?? "");
/** How many questions for each operation and phase, at most. */
const EXAMPLES = process.env.EXAMPLES ?? "2000";

function run(arguments_: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((done, failed) => {
    const program = spawn(PROGRAM, arguments_, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
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
    `--max-examples=${EXAMPLES}`,
    "--continue-on-failure",
    "--no-color",
    `--header=Authorization: Bearer ${key}`,
  ]);
  console.log(said);
  expect(code, said).toBe(0);
});
