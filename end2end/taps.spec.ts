// How many taps an entry costs, on the real interface. Each tap is a touch of one control that is on the screen; the
// keyboard is never opened. With a tap every 400 ms, an evening's entries take as long as their taps.
import type { Locator, Page } from "@playwright/test";

import { Carnet, openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

const MS_A_TAP = 400;

/** A thumb that is counted. */
class Thumb {
  taps = 0;
  constructor(readonly page: Page) {}

  async tap(target: Locator): Promise<void> {
    this.taps += 1;
    await target.tap();
    // No field that a keyboard would open for has the focus.
    const typed = 'input:focus:not([type="checkbox"], [type="radio"]), textarea:focus';
    await expect(this.page.locator(typed)).toHaveCount(0);
  }

  async save(): Promise<void> {
    await this.tap(this.page.getByRole("button", { name: "Enregistrer" }));
    await expect(this.page.getByText("Enregistré sur ce téléphone.")).toBeVisible();
    await expect(this.page.getByRole("button", { name: "Enregistrer" })).toHaveCount(0);
  }
}

const tile = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
/** The form's first, which « Réseaux » of « Ce soir » is not. */
const network = (page: Page) => page.getByRole("group", { name: /^Réseau\b/ }).locator("label.chip").first();

/** Type, network, theme, save. */
async function ordinary(carnet: Carnet, thumb: Thumb, name: string): Promise<void> {
  await thumb.tap(tile(carnet.page, name));
  await thumb.tap(network(carnet.page));
  await thumb.tap(carnet.firstTheme());
  await thumb.save();
}

/** Type, network, count, age, theme, duration, outcome. */
async function fullest(carnet: Carnet, thumb: Thumb, name: string): Promise<void> {
  const { page } = carnet;
  await thumb.tap(tile(page, name));
  await thumb.tap(network(page));
  await thumb.tap(carnet.firstTheme());
  await thumb.tap(page.getByRole("group", { name: /^Durée/ }).locator("label.chip", { hasText: /^15$/ }));
  await thumb.tap(page.locator("details.more summary"));
  await thumb.tap(carnet.more("15–17 ans"));
  await thumb.tap(carnet.chip("Échange à poursuivre en ligne"));
  await thumb.save();
}

async function again(carnet: Carnet, thumb: Thumb): Promise<void> {
  await thumb.tap(carnet.page.getByRole("link", { name: /^Comme la dernière fois/ }));
  await thumb.save();
}

test("F3: an entry costs at most 4 taps, the fullest common one 8, as last time 2", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[0]!);
  const { page } = carnet;
  await server.stop();
  const taps = async (note: (thumb: Thumb) => Promise<void>) => {
    await carnet.open("/app");
    const thumb = new Thumb(page);
    await note(thumb);
    return thumb.taps;
  };
  expect(await taps((thumb) => ordinary(carnet, thumb, "Écoute"))).toBeLessThanOrEqual(4);
  expect(await taps((thumb) => fullest(carnet, thumb, "Contact"))).toBeLessThanOrEqual(8);
  expect(await taps((thumb) => again(carnet, thumb))).toBeLessThanOrEqual(2);

  await test.step("as last time says again what holds again, and nothing that is true once", async () => {
    const first = (await carnet.unfold("Entrer en contact")).locator("summary");
    await expect(first).toContainText(/1 jeune · 15\s*min/);
    await page.locator("details.entry", { hasText: "Entrer en contact" }).first().getByRole("link", { name: "Modifier" }).click();
    await page.locator("details.more summary").click();
    await expect(carnet.chip("Échange à poursuivre en ligne").locator("input")).not.toBeChecked();
    await expect(page.getByRole("spinbutton", { name: "15–17 ans" })).toHaveValue("1");
  });

  await test.step("a page that the phone stopped in the middle of it goes on where it was", async () => {
    await carnet.open("/app");
    await page.getByRole("link", { name: /^Comme la dernière fois/ }).click();
    await carnet.more("jeunes").click();
    await expect(page.locator('form[data-kept="yes"]')).toBeVisible();
    await page.reload();
    await expect(page.getByRole("spinbutton", { name: "Jeunes", exact: true })).toHaveValue("2");
    await carnet.save();
    await expect(page.getByRole("heading", { name: "Brouillon à reprendre" })).toHaveCount(0);
  });
});

test("F3: an evening of six entries takes less than 25 s at a tap every 400 ms", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[2]!);
  await server.stop();
  const thumb = new Thumb(carnet.page);
  await ordinary(carnet, thumb, "Écoute");
  await fullest(carnet, thumb, "Contact");
  await again(carnet, thumb);
  await ordinary(carnet, thumb, "Lien");
  await fullest(carnet, thumb, "Informer");
  await ordinary(carnet, thumb, "Projet");
  expect(await carnet.page.locator("details.entry").count()).toBeGreaterThanOrEqual(6);
  expect(thumb.taps * MS_A_TAP).toBeLessThan(25_000);
});
