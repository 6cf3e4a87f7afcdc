// What the measures share: a throttled page, percentiles, and the lines of the table.
import type { Page } from "@playwright/test";

/** How much slower a cheap phone is than this machine (quality.md 1.3). */
export const SLOWER = 4;

export async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

export function percentile(values: number[], of: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * of) / 100) - 1)] ?? Number.NaN;
}

export function heading(text: string): void {
  console.log(`\n| ${text} | | | |\n|---|---|---|---|`);
}

/** A line: what, how much, its goal, and whether it was reached. */
export function line(what: string, value: number, unit: string, most: number, words = ""): void {
  const verdict = value <= most ? "reached" : "NOT reached";
  console.log(`| ${what} | ${number(value)}${unit}${words && ` (${words})`} | ≤ ${number(most)}${unit} | ${verdict} |`);
}

/** A line that has no goal. */
export function note(what: string, value: string): void {
  console.log(`| ${what} | ${value} | | |`);
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1));
