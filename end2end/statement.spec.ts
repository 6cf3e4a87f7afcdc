// The monthly statement: looked at, completed with a few words and handed over in one tap, without network; what is noted
// after it shows on both sides.
import { openNotebook } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

test("a statement is handed over without network, and what is noted later shows to both sides", async ({ browser, browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[7]!);
  const { page } = carnet;
  // What is noted in the small hours is of the evening before: on a first, of another month than the one that is shown.
  const morning = await page.evaluate(() => (new Date().getHours() < 3 ? new Date().setHours(9) : undefined));
  if (morning) {
    await page.clock.setFixedTime(morning);
    await carnet.open();
  }
  const reminder = page.getByRole("region", { name: /^Relevé .* est prêt$/ });
  await expect(reminder).toBeVisible();
  const month = (await reminder.getByRole("heading").textContent())!;
  await expect(reminder).toContainText(/Ensuite, \d+ autres mois attendent le sien\./);
  await server.stop();

  await reminder.getByRole("link", { name: "Voir et remettre" }).click();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading /^Relevé (de|d’)/ [level=1]
    - link "Aide"
    - link "Fermer, garder en brouillon"
    - paragraph: /la coordination recevra/
    - term: Présence en ligne
    - definition: /min|h/
    - term: Interventions
    - definition: /\\d+/
  `);
  const highlight = page.getByRole("textbox", { name: /^Fait marquant/ });
  await highlight.fill("Un direct très suivi, rappeler le 06 12 34 56 78");
  await page.getByRole("button", { name: "Retirer" }).click();
  await expect(highlight).toHaveValue("Un direct très suivi, rappeler le …");
  await highlight.fill("Un direct très suivi.");
  await page.getByRole("textbox", { name: /^Souhaits de formation/ }).fill("Animer un direct");
  await page.getByRole("button", { name: "Remettre ce relevé" }).click();
  await expect(page.getByText("Relevé remis.")).toBeVisible();
  await carnet.openEvening();
  // A month before it that was not handed over either is asked for next.
  await expect(page.getByRole("heading", { name: month })).toHaveCount(0);
  await expect(reminder).toHaveCount(1);

  const statements = page.getByRole("region", { name: "Relevés d’activité" }).getByRole("link");
  const showThisMonth = async () => {
    await page.getByRole("link", { name: "Mon bilan" }).click();
    await page.getByRole("link", { name: "Ce mois", exact: true }).click();
    await expect(statements).toHaveCount(1);
  };
  await test.step("of a month that is not over", async () => {
    await showThisMonth();
    await expect(statements).toHaveText(/: en cours$/);
    await statements.click();
    await expect(page.getByText(/^Ce mois n’est pas fini/)).toBeVisible();
    await page.getByRole("button", { name: "Remettre ce relevé" }).click();
    await expect(page.getByRole("button", { name: "Remettre ce relevé" })).toHaveCount(0);
    await carnet.openEvening();
    await carnet.note("Écoute", "Discord", 2);
    await showThisMonth();
    await statements.click();
    await expect(page.getByText(/Depuis\s: 1 intervention de plus, 2 contacts de plus/)).toBeVisible();
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await expect(statements.last()).toHaveText(/: remis, pas encore envoyé$/);
  });

  await test.step("and the coordination reads it", async () => {
    await server.start();
    await carnet.open("/app");
    await expect(page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 30_000 });
    await showThisMonth();
    await expect(statements.last()).toHaveText(/: remis, changé depuis$/);
    const office = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(office, DEMO.coordinator);
    await office.getByRole("link", { name: "Relevés" }).click();
    await expect(office.getByText("Un direct très suivi.")).toBeVisible();
    await expect(office.getByText("Animer un direct")).toBeVisible();
    expect(await axe(office)).toEqual([]);
    await office.getByRole("navigation", { name: "Mois" }).getByRole("link").last().click();
    await expect(office.getByText(/Depuis la remise\s: 1 intervention de plus, 2 contacts de plus/)).toBeVisible();
  });
});

test("a month's statement is ready once its last evening is over, in the small hours of the first", async ({ browserOf }) => {
  const { page } = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  const { hours, name } = await page.evaluate(() => {
    const now = new Date();
    const first = (hour: number) => new Date(now.getFullYear(), now.getMonth(), 1, hour).getTime();
    const before = new Date(now.getFullYear(), now.getMonth() - 1, 15);
    return { hours: { before: first(2), after: first(3) }, name: before.toLocaleDateString("fr-FR", { month: "long" }) };
  });
  const reminder = page.getByRole("region", { name: new RegExp(`^Relevé .*${name}.* est prêt$`) });
  const openAt = async (time: number) => {
    await page.clock.setFixedTime(time);
    await page.goto("/app");
    // Everything is there, and the server was heard of under this clock.
    await expect(page.getByText(/^Tout est envoyé/)).toBeVisible();
  };
  await openAt(hours.before);
  await expect(reminder).toHaveCount(0);
  await openAt(hours.after);
  await expect(reminder).toBeVisible();
});
