// The journal of an evening: what was noted twice is pointed out, and a withdrawal can say why.
import { openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
import { rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

test("what was noted twice is pointed out, and withdrawn as what it is", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  const { page } = carnet;
  await carnet.note("Écoute", "Discord", 2);
  await carnet.note("Lien", "Discord", 2);
  await carnet.note("Écoute", "Discord", 2);
  await expect(page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 30_000 });
  await server.stop();

  // Before anything is unfolded.
  await expect(page.locator("details.entry", { hasText: "doublon" })).toHaveCount(1);
  const latest = await carnet.unfold("Offrir une écoute");
  await expect(latest.locator("summary")).toContainText(/doublon\s?\?/);
  await expect(latest.getByText(/^Dit la même chose que la saisie de \d+\s*h\s*\d\d/)).toBeVisible();
  const other = await carnet.unfold("Maintenir le lien social");
  await expect(other.getByText(/^Dit la même chose/)).toHaveCount(0);
  expect(await axe(page)).toEqual([]);
  await latest.getByRole("button", { name: /^Supprimer comme Doublon\s*: Offrir une écoute/ }).click();
  await expect(page.locator("details.entry", { hasText: "Offrir une écoute" })).toHaveCount(1);
  const waiting = (await rows(page, "outbox")).map((text) => JSON.parse(text) as { kind: string; reason: string | null });
  expect(waiting.map(({ kind, reason }) => [kind, reason])).toEqual([["delete", "duplicate"]]);
  await page.getByRole("button", { name: "Annuler" }).click();
  await expect(page.locator("details.entry", { hasText: "Offrir une écoute" })).toHaveCount(2);
  await carnet.unfold("Offrir une écoute");
  await expect(page.getByText(/^Dit la même chose/)).toHaveCount(1);
});

test("what one has unfolded stays so when it is sent", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  const { page } = carnet;
  await server.stop();
  await carnet.note("Informer", "Discord", 1);
  const entry = await carnet.unfold("Communiquer une information");
  await expect(entry.locator(".state")).toHaveText("sur ce téléphone");
  await entry.getByRole("button", { name: /^Supprimer\s*:/ }).focus();
  await server.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(entry.locator(".state")).toHaveText(/^envoyée/);
  await expect(entry.getByRole("button", { name: /^Supprimer\s*:/ })).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false);
  await entry.locator("summary").click();
  await expect(entry.getByRole("button", { name: /^Supprimer\s*:/ })).toBeHidden();
});
