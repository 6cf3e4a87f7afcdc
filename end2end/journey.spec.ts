// From an offline evening on a phone to the coordinator's dashboard: the whole main job, with a server that is really
// stopped and a browser that is really killed.
import { Carnet, note, typeNote } from "./carnet.ts";
import { WHOLE } from "./chromium.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's journey");

test("an evening without network reaches the coordinator", { tag: WHOLE }, async ({ server, browserOf, browser, axe }, info) => {
  test.setTimeout(240_000);
  // Another person each time it is repeated, so that what one did never counts for the next.
  const who = info.repeatEachIndex % DEMO.promeneurs.length;
  const login = DEMO.promeneurs[who]!;
  const phone = browserOf("phone");
  let carnet = new Carnet(await (await phone.start()).newPage());

  await test.step("signs in once, with a network", async () => {
    await signIn(carnet.page, login);
    await carnet.isReady();
  });

  await test.step("the app starts on any deep link from what the phone holds", async () => {
    await server.stop();
    const screens: [string, string][] = [
      ["/app/journal", "Journal"],
      ["/app/noter/listen", "Offrir une écoute"],
      ["/app/presence/nouvelle", "Présence"],
      ["/app/appareil", "Cet appareil"],
    ];
    for (const [path, heading] of screens) {
      await phone.stop();
      carnet = new Carnet(await (await phone.start()).newPage());
      const before = Date.now();
      await carnet.open(path);
      await expect(carnet.page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
      info.annotations.push({ type: `cold start of ${path}, ms`, description: String(Date.now() - before) });
    }
  });

  await test.step("a presence and three interventions; one edited, one deleted", async () => {
    await carnet.open("/app");
    await carnet.startPresence("Instagram", "Discord");
    await carnet.note("Informer", "Instagram", 1);
    await carnet.note("Écoute", "Discord", 2);
    await carnet.note("Contact", "Instagram", 1);
    await expect(carnet.page.locator(".presence-counts")).toHaveText(/3 interventions\s*4 jeunes/);

    const listened = await carnet.unfold("Offrir une écoute");
    await listened.getByRole("link", { name: "Modifier" }).click();
    await carnet.more("jeunes").click();
    await carnet.save();
    await carnet.openEvening();
    const informed = await carnet.unfold("Communiquer une information");
    await informed.getByRole("button", { name: /^Supprimer\s*:/ }).click();
    await expect(carnet.page.locator(".presence-counts")).toHaveText(/2 interventions\s*4 jeunes/);
    await carnet.endPresence();
  });

  await test.step("a presence and an intervention of yesterday are added; all of it is on this phone only", async () => {
    await carnet.openJournal();
    await carnet.addToYesterday();
    await carnet.page.getByRole("link", { name: "Une présence" }).click();
    await carnet.choose("Snapchat");
    await carnet.save();
    // One is back where it is added.
    await carnet.note("Lien", "Snapchat", 1);
    await carnet.openJournal();
    await expect(carnet.page.locator('details.entry .state[data-state="phone"]')).toHaveCount(5);
    await expect(carnet.page.getByText("5 saisies sont encore sur ce téléphone")).toBeVisible();
    expect(await axe(carnet.page)).toEqual([]);
  });

  const saved = await carnet.entries();
  await test.step("the browser is killed in the middle of a form", async () => {
    await carnet.openEvening();
    await carnet.begin("Projet");
    await carnet.more("jeunes").click();
    await carnet.page.getByText("Préciser").click();
    await typeNote(carnet.page, "Affiche pour le tournoi, à relire ensemble.");
    await expect(carnet.page.locator("form[data-kept]")).toHaveAttribute("data-kept", "yes");
    await phone.kill();

    carnet = new Carnet(await (await phone.start()).newPage());
    await carnet.open("/app");
    await expect(carnet.page.getByRole("heading", { name: "Accompagner des projets" })).toBeVisible();
    await expect(carnet.page.getByLabel("Jeunes", { exact: true })).toHaveValue("2");
    await expect(await note(carnet.page)).toHaveValue("Affiche pour le tournoi, à relire ensemble.");
    await carnet.page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
    await carnet.openJournal();
    await expect(carnet.page.getByRole("heading", { name: "Brouillon à reprendre" })).toBeVisible();
    expect((await carnet.entries()).slice(0, saved.length)).toEqual(saved);
  });

  await test.step("the server comes back and everything is sent without any gesture", async () => {
    await server.start();
    await expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible({ timeout: 90_000 });
    await expect(carnet.page.locator('details.entry .state[data-state="phone"]')).toHaveCount(0);
    await expect(carnet.states().first()).toHaveText(/^envoyée \d{1,2}\sh\s\d{2}$/);
  });

  await test.step("a second device of the same person shows the same journal", async () => {
    const second = new Carnet(await (await browserOf("second").start()).newPage());
    await signIn(second.page, login);
    await second.isReady();
    await second.open("/app/journal");
    const withoutTime = (lines: string[]) => lines.map((line) => line.replace(/envoyée.*/, "envoyée"));
    const here = withoutTime(await carnet.entries());
    await expect.poll(async () => withoutTime(await second.entries())).toEqual(here);
  });

  await test.step("the coordinator sees it counted", async () => {
    const context = await browser.newContext({ baseURL: server.url, locale: "fr-FR", javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, DEMO.coordinator);
    const now = new Date();
    // The evening may have begun yesterday, and the presence of yesterday may be of the month before.
    const first = new Date(now.getTime() - 3 * 86_400_000).toISOString().slice(0, 10);
    const last = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10);
    await page.goto("/coordination");
    const scope = await page.locator("option", { hasText: new RegExp(`^Promeneur ${who + 1}$`) }).getAttribute("value");
    await page.goto(`/coordination?periode=${first}..${last}&perimetre=${scope}`);
    const figures = await page.locator("article.figure .figure-value").allInnerTexts();
    expect(figures.map((figure) => figure.trim())).toEqual(["0", "3", "0", "0"]);
    await expect(page.getByRole("img", { name: /écoute.* 1/i }).first()).toBeVisible();
    await context.close();
  });
});
