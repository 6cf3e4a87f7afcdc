// What the coordination decides to ask reaches the phones, and what was noted its dashboard.
import { openNotebook } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

test("the gender of young people is asked for where the coordination decides so, and counted", async ({ browserOf, page, server, axe }) => {
  const login = DEMO.promeneurs[9]!;
  const asking = page.getByRole("checkbox", { name: /^Le genre des jeunes/ });
  const told = page.getByText(/^Par genre/);
  const decide = async (asks: boolean) => {
    await page.goto("/coordination/service");
    await asking.setChecked(asks);
    await page.getByRole("region", { name: "Ce que le carnet demande" }).getByRole("button", { name: "Enregistrer" }).click();
    await expect(page.getByRole("status")).toContainText(asks ? "demanderont le genre" : "ne demanderont plus le genre");
  };
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination");
  await expect(told).toHaveCount(0);
  await decide(true);
  expect(await axe(page)).toEqual([]);
  const carnet = await openNotebook(await browserOf("phone").start(), login);
  const genders = carnet.page.getByRole("group", { name: "Genre" });
  // A phone keeps what is asked, also without a network.
  await expect
    .poll(async () => {
      await carnet.begin("Écoute");
      await carnet.page.locator("details.more summary").click();
      await expect(carnet.page.getByRole("group", { name: "Âges" })).toBeVisible();
      const count = await genders.count();
      if (count === 0) await carnet.open();
      return count;
    })
    .toBe(1);
  await server.stop();
  await carnet.page.reload();
  await expect(carnet.page.getByRole("button", { name: "Enregistrer" })).toBeVisible();
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await carnet.more("jeunes").click();
  await carnet.page.locator("details.more summary").click();
  await genders.getByRole("button", { name: /^Un de plus.*filles ou femmes$/ }).click();
  await genders.getByRole("button", { name: /^Un de plus.*garçons ou hommes$/ }).click();
  await genders.getByRole("button", { name: /^Un de plus.*garçons ou hommes$/ }).click();
  await carnet.page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(genders).toContainText("Le total par genre dépasse le nombre de jeunes.");
  expect(await axe(carnet.page)).toEqual([]);
  await genders.getByRole("button", { name: /^Un de moins.*garçons ou hommes$/ }).click();
  await expect(genders).toContainText(/Autre ou non précisé\s: 0/);
  await carnet.save();
  await server.start();
  await carnet.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  await page.goto("/coordination");
  await expect(told).toContainText(/1\sfille ou femme, 1\sgarçon ou homme, 0\sautre/);
  await decide(false);
});
