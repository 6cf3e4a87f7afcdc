// What somebody changes their mind about, or notes the day after: nothing of it is counted twice, typed twice or lost.
import { daysAgo, openNotebook, type Carnet } from "./carnet.ts";
import { op, say, uuid7 } from "./device.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { rows } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

/** The entries of this phone whose body holds some words. */
async function bodies(carnet: Carnet, words: string): Promise<Record<string, unknown>[]> {
  const entries = await rows(carnet.page, "entries");
  const bodies = entries.filter((text) => text.includes(words)).map((text) => JSON.parse(text).body);
  return bodies.map((body) => (typeof body === "string" ? JSON.parse(body) : body));
}

test("an act noted the day after lies in the presence of its evening: its minutes count once", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[0]!);
  const { page } = carnet;
  await server.stop();
  await carnet.openJournal();
  await carnet.addToYesterday();
  const evening = page.url();
  await page.getByRole("link", { name: "Écoute" }).click();
  // Which evening, and when, is asked at once; the hour may be left out.
  await expect(page.getByLabel("Soirée du")).toBeVisible();
  await expect(page.getByLabel("Heure")).toHaveValue("");
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await page.getByRole("group", { name: /^Durée/ }).locator("label.chip", { hasText: /^30$/ }).click();
  await page.locator("details.more summary").click();
  await page.getByRole("textbox", { name: /^Note/ }).fill("Notée le lendemain");
  await carnet.save();
  // Of another evening there is often more to note: one is back where it is added, and sees what is there.
  await expect(page).toHaveURL(evening);
  await expect(page.locator("details.entry", { hasText: "Offrir une écoute" })).not.toHaveCount(0);
  await page.getByRole("link", { name: "Une présence" }).click();
  await carnet.choose("Discord");
  await page.getByRole("textbox", { name: /^Note/ }).fill("Une présence d’hier");
  await carnet.save();
  // The presence takes up what was noted before it.
  await expect.poll(async () => (await bodies(carnet, "Notée le lendemain"))[0]?.presence ?? null).not.toBeNull();
  // And whoever notes the act after the presence finds it.
  await page.goto(evening);
  await page.getByRole("link", { name: "Contact" }).click();
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await page.locator("details.more summary").click();
  await page.getByRole("textbox", { name: /^Note/ }).fill("Notée après la présence");
  await carnet.save();
  const [before, after] = [(await bodies(carnet, "Notée le lendemain"))[0], (await bodies(carnet, "Notée après la présence"))[0]];
  expect(after?.presence).toBe(before?.presence);

  // Noted twice, one of the two deleted: what lay in it lies in the other.
  await page.goto(evening);
  await page.getByRole("link", { name: "Une présence" }).click();
  await carnet.choose("Discord");
  await page.getByRole("textbox", { name: /^Note/ }).fill("La même, encore");
  await carnet.save();
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("une présence d’hier");
  const first = await carnet.unfold("Présence");
  await first.getByRole("button", { name: /^Supprimer\s*: Présence/ }).click();
  await expect.poll(async () => (await bodies(carnet, "Notée après la présence"))[0]?.presence ?? null).not.toBe(after?.presence);
  expect((await bodies(carnet, "Notée après la présence"))[0]?.presence ?? null).not.toBeNull();
});

test("a wrong tile is put right, and what was answered is taken back", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  await server.stop();
  await carnet.begin("Informer");
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  const duration = page.getByRole("group", { name: /^Durée/ });
  await duration.locator("label.chip", { hasText: /^15$/ }).click();
  await expect(duration.getByRole("radio", { name: "15" })).toBeChecked();
  await duration.locator("label.chip", { hasText: /^15$/ }).click();
  await expect(duration.getByRole("radio", { checked: true })).toHaveCount(0);
  await page.locator("details.more summary").click();
  const scope = page.getByRole("group", { name: "Portée de l’information" });
  await scope.locator("label.chip", { hasText: "Ciblée" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Communiquer une information");
  await page.getByRole("group", { name: "Type" }).locator("label.chip", { hasText: "Offrir une écoute" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Offrir une écoute");
  await expect(scope).toHaveCount(0);
  // A slip loses nothing: what specified the type before comes back with it.
  await page.getByRole("group", { name: "Type" }).locator("label.chip", { hasText: "Communiquer une information" }).click();
  await expect(scope.getByRole("radio", { name: /^Ciblée/ })).toBeChecked();
  await page.getByRole("group", { name: "Type" }).locator("label.chip", { hasText: "Offrir une écoute" }).click();
  const exact = page.getByRole("spinbutton", { name: "Durée exacte, en minutes" });
  await exact.fill("20");
  await exact.blur();
  await page.getByRole("textbox", { name: /^Note/ }).fill("D’abord une information");
  expect(await axe(page)).toEqual([]);
  await carnet.save();
  const [it] = await bodies(carnet, "D’abord une information");
  expect(it).toMatchObject({ type: "listen", duration_min: 20 });
  expect(it).not.toHaveProperty("reach");
});

test("a project that is brought to an end ends, and does not go on for ever", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[2]!);
  const { page } = carnet;
  await server.stop();
  await page.getByRole("link", { name: "Projet ou parcours" }).click();
  await page.getByRole("textbox", { name: /^Titre/ }).fill("Un atelier qui finit");
  await page.getByRole("group", { name: "Thématique" }).locator("label.chip").first().click();
  await expect(page.getByLabel("Terminé le")).toHaveValue("");
  const stage = page.getByRole("group", { name: /^Où il en est/ });
  await stage.locator("label.chip", { hasText: "Abouti" }).click();
  await expect(page.getByLabel("Terminé le")).toHaveValue(await page.getByLabel("Commencé le").inputValue());
  await stage.locator("label.chip", { hasText: "Réalisation" }).click();
  await expect(page.getByLabel("Terminé le")).toHaveValue("");
  // What was planned comes back with the stage, and a project that is over is over today.
  const until = page.getByLabel("Terminé le");
  const planned = `${new Date().getFullYear() + 1}-06-30`;
  await until.fill(planned);
  await stage.locator("label.chip", { hasText: "Abouti" }).click();
  await expect(until).toHaveValue(await page.getByLabel("Commencé le").inputValue());
  await stage.locator("label.chip", { hasText: "Réalisation" }).click();
  await expect(until).toHaveValue(planned);
  await stage.locator("label.chip", { hasText: "Abandonné" }).click();
  await carnet.save();
  await carnet.openJournal();
  await page.getByRole("button", { name: "Projets" }).click();
  await expect(page.locator("details.entry", { hasText: "Abandonné" })).not.toHaveCount(0);
  await expect(page.locator("details.entry .entry-title", { hasText: "Offrir une écoute" })).toHaveCount(0);
});

test("what was saved too early comes back as a draft, and a presence begun by mistake goes", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  await server.stop();
  await carnet.startPresence("Instagram");
  await expect(page.getByText("Présence commencée.")).toBeVisible();
  await page.getByRole("button", { name: "Annuler" }).click();
  await expect(page.getByRole("button", { name: "Commencer" })).toBeVisible();
  await carnet.note("Écoute", "Instagram", 3);
  await page.getByRole("button", { name: "Annuler" }).click();
  await expect(page.getByText("Remis en brouillon.")).toBeVisible();
  // A figure that does not count yet is told where figures are.
  await page.getByRole("link", { name: "Mon bilan" }).click();
  await expect(page.getByText(/1 brouillon ne compte pas encore/)).toBeVisible();
  await carnet.openEvening();
  await page.getByRole("link", { name: /^Reprendre/ }).click();
  await expect(page.getByLabel("Jeunes", { exact: true })).toHaveValue("3");
  await carnet.save();
  await expect(page.getByText("Enregistré sur ce téléphone. Ce sera envoyé dès qu’il y aura du réseau.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Brouillon à reprendre" })).toHaveCount(0);
});

test("the journal is found as it was left for one of its entries", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[4]!);
  const { page } = carnet;
  await server.stop();
  await carnet.openJournal();
  await page.getByRole("button", { name: "Interventions" }).click();
  await page.getByRole("searchbox").fill("2026");
  const entry = page.locator("details.entry").nth(6);
  await entry.locator("summary").click();
  await entry.getByRole("link", { name: "Modifier" }).click();
  await carnet.save();
  await expect(page.getByRole("searchbox")).toHaveValue("2026");
  await expect(page.getByRole("button", { name: "Interventions" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  // Whoever comes from elsewhere finds all of it.
  await carnet.openEvening();
  await carnet.openJournal();
  await expect(page.getByRole("searchbox")).toHaveValue("");
});

test("nobody is shut out for the evening by one tap", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[5]!);
  const { page } = carnet;
  await page.goto("/app/appareil");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await expect(page.getByText("vous ne pourrez plus ouvrir le carnet")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Cet appareil" })).toBeVisible();
  await page.getByRole("button", { name: "Se déconnecter quand même" }).click();
  await page.waitForURL(/\/(connexion|hors-reseau)/);
});

test("of two versions every number that differs is seen", async ({ browserOf, axe }) => {
  const login = DEMO.promeneurs[7]!;
  const here = await openNotebook(await browserOf("phone").start(), login);
  const sent = (carnet: Carnet) => expect(carnet.page.getByText(/^Tout est envoyé/)).toBeVisible();
  await here.note("Écoute", "Discord", 5);
  await sent(here);
  const there = await openNotebook(await browserOf("tablet").start(), login);
  const first = (carnet: Carnet) => carnet.more("dont vus pour la première fois cette année");
  await here.edit("Offrir une écoute");
  await there.edit("Offrir une écoute");
  await first(there).click();
  await there.save();
  await sent(there);
  await first(here).click();
  await first(here).click();
  await here.save();
  await expect(here.page.getByText("a été modifiée aussi ailleurs")).toBeVisible();
  await here.page.getByRole("link", { name: "Une saisie", exact: true }).click();
  await expect(here.page.getByText(/^Première fois cette année\s*: 2$/)).toBeVisible();
  await expect(here.page.getByText(/^Première fois cette année\s*: 1$/)).toBeVisible();
  await expect(here.page.locator("#contenu")).toMatchAriaSnapshot(`
    - heading "Modifiée aussi ailleurs" [level=1]
    - paragraph: /Choisissez celle que vous gardez/
    - heading "Sur ce téléphone" [level=2]
    - button "Garder celle-ci"
    - heading [level=2]
    - button "Prendre celle-ci"
  `);
  expect(await axe(here.page)).toEqual([]);
  // Taken by mistake, the other one is given back.
  await here.page.getByRole("button", { name: "Prendre celle-ci" }).click();
  await expect(here.page.getByText("C’est choisi.")).toBeVisible();
  await here.page.getByRole("button", { name: "Annuler" }).click();
  await expect(here.page.getByText("C’est annulé.")).toBeVisible();
  await sent(here);
  await here.openJournal();
  const entry = await here.unfold("Offrir une écoute");
  await expect(entry).toContainText(/Première fois cette année\s*: 2/);
});

test("what the coordination asks is read where one answers it", async ({ browserOf, browser, server, axe }) => {
  const login = DEMO.promeneurs[4]!;
  const [device, options] = [uuid7(), { baseURL: server.url }];
  const [other, office] = [await browser.newContext(options), await browser.newPage(options)];
  await other.request.post("/connexion", { form: { identifiant: login, phrase: DEMO.passphrase }, maxRedirects: 0 });
  await say(other.request, "/api/v1/sync_pull", device, { limit: 1 });
  await signIn(office, DEMO.coordinator);
  await office.goto(`/coordination/telephones/${device}/retirer`);
  await office.getByRole("button", { name: "Retirer ce téléphone" }).click();
  const body = { kind: "meeting", schema: 1, occurred_on: daysAgo(2), young_count: 5, met_after_online_count: 2, themes: [] };
  await say(other.request, "/api/v1/sync_escrow", device, { ops: [op(1, body)] });
  await office.goto("/coordination/a-verifier");
  await office.getByRole("link", { name: "Demander" }).first().click();
  await office.getByLabel("Votre question").fill("Étaient-ils bien cinq ?");
  await office.getByRole("button", { name: "Demander" }).click();
  await expect(office.getByRole("status")).toContainText("La question est posée");

  const carnet = await openNotebook(await browserOf("phone").start(), login);
  const { page } = carnet;
  await server.stop();
  await carnet.open("/app/envoi");
  await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
    - heading "Envoi" [level=1]
    - list:
      - listitem:
        - heading /^Rencontre/ [level=2]
        - paragraph:
          - text: /La coordination demande.*Étaient-ils bien cinq/
          - link "Répondre"
  `);
  expect(await axe(page)).toEqual([]);
  await page.getByRole("link", { name: "Répondre" }).click();
  await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
    - heading "Rencontre" [level=1]
    - paragraph: /La coordination demande.*Étaient-ils bien cinq/
    - spinbutton "Jeunes rencontrés": "5"
  `);
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: /^Un de moins.*jeunes rencontrés$/ }).click();
  await carnet.save();
  await expect(page.getByRole("link", { name: "Répondre" })).toHaveCount(0);

  // Nothing is left to decide: another journey of the same server counts what is.
  await browserOf("phone").stop();
  await server.start();
  await office.goto("/coordination/a-verifier");
  await office.getByRole("link", { name: "Écarter" }).click();
  await office.getByLabel("Pourquoi l’écarter").fill("un essai");
  await office.getByRole("button", { name: "Écarter" }).click();
  await expect(office.getByRole("heading", { name: "Rien à vérifier" })).toBeVisible();
});

test("in a form the focus is never lost, and goes to what is to be put right", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[5]!);
  const { page } = carnet;
  await server.stop();
  await carnet.begin("Contact");
  const fewer = page.getByRole("button", { name: /^Un de moins\s*: jeunes$/ });
  await fewer.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Jeunes", { exact: true })).toHaveValue("0");
  await expect(fewer).toBeFocused();
  await expect(fewer).toBeDisabled();
  await expect(fewer.locator("xpath=../output")).toHaveText("0");
  // One that came with « Voir tout » stays where it was once it is taken back.
  const themes = page.getByRole("group", { name: /^Thématiques/ });
  await themes.getByRole("button").click();
  const last = themes.locator("input").last();
  await last.press("Space");
  await expect(last).toBeChecked();
  await last.press("Space");
  await expect(last).not.toBeChecked();
  await expect(last).toBeFocused();
  // What stops the save has the focus; of a number its « + », which brings up no keyboard.
  await carnet.choose("Discord");
  await page.getByRole("button", { name: "Enregistrer" }).press("Enter");
  await expect(page.getByRole("button", { name: /^Un de plus\s*: jeunes$/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Enregistrer" }).press("Enter");
  await expect(themes.locator("input").first()).toBeFocused();
  await page.locator("details.more summary").click();
  await page.getByRole("textbox", { name: /^Note/ }).fill("Sur tiktok.com/@lea_du_43");
  await page.getByRole("button", { name: "Retirer" }).press("Enter");
  await expect(page.getByRole("textbox", { name: /^Note/ })).toHaveValue("Sur …");
  await expect(page.getByRole("textbox", { name: /^Note/ })).toBeFocused();
});
