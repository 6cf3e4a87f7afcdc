// Forms on an ordinary evening: what was forgotten, what is not whole yet, what was left, what is on no list.
import { daysAgo, openNotebook, typeNote, type Carnet } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

async function fillTime(carnet: Carnet, label: string, time: string): Promise<void> {
  const field = carnet.page.getByLabel(label, { exact: true });
  await field.fill(time);
  await field.dispatchEvent("change");
}

test("a presence whose end was forgotten is ended with one tap, as is likely", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[0]!);
  const { page } = carnet;
  await server.stop();
  await carnet.startPresence("Snapchat");
  await page.getByRole("link", { name: "Modifier cette présence" }).click();
  await page.getByLabel("Soirée du").fill(daysAgo(2));
  await fillTime(carnet, "Début", "20:30");
  await carnet.save();
  await expect(page.getByRole("heading", { name: "Présence à terminer" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Une autre heure" })).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const end = page.getByRole("button", { name: /^Terminer à 22\s*h\s*30$/ });
  await end.click();
  await expect(page.getByRole("button", { name: "Commencer" })).toBeVisible();
  await page.getByRole("button", { name: "Annuler" }).click();
  await end.click();
  await expect(page.getByRole("button", { name: "Commencer" })).toBeVisible();
  await carnet.openJournal();
  await page.getByRole("button", { name: "Pas envoyées" }).click();
  await expect(page.locator("details.entry")).toHaveText(/^Présence\s*20\s*h\s*30\s*2\s*h · Snapchat/);
});

test("a presence over one that is noted says so while it is typed", async ({ browserOf }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  const open = async () => {
    await page.goto(`/app/ajouter/${daysAgo(3)}`);
    await page.getByRole("link", { name: "Une présence" }).click();
    await expect(page.getByLabel("Début")).toHaveValue("20:00");
  };
  await open();
  await fillTime(carnet, "Début", "06:10");
  await fillTime(carnet, "Fin", "06:40");
  await carnet.choose("Discord");
  await carnet.save();
  await open();
  const told = page.getByText(/^.*Une présence de 6\s*h\s*10 à 6\s*h\s*40 est déjà notée/);
  await fillTime(carnet, "Début", "06:40");
  await expect(told).toHaveCount(0);
  await fillTime(carnet, "Début", "06:30");
  await expect(told).toBeVisible();
});

test("what cannot be is said as it is typed, and what is missing keeps nobody from going on", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[2]!);
  const { page } = carnet;
  await server.stop();
  await carnet.begin("Contact");
  await carnet.more("dont vus pour la première fois cette année").click();
  await expect(page.locator(".fault")).toHaveCount(0);
  await carnet.more("dont vus pour la première fois cette année").click();
  await expect(page.locator(".fault")).toHaveText([/dépasse le nombre de jeunes/]);
  await carnet.more("jeunes").click();
  await expect(page.locator(".fault")).toHaveCount(0);

  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.locator(".fault")).not.toHaveCount(0);
  await expect(page.getByText("Gardé en brouillon")).toBeVisible();
  await expect(page.locator("form[data-kept]")).toHaveAttribute("data-kept", "yes");
  expect(await axe(page)).toEqual([]);
  // Whatever happens to the page.
  await carnet.open("/app");
  await expect(page.getByRole("spinbutton", { name: "dont vus pour la première fois cette année" })).toHaveValue("2");
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await expect(page.getByRole("heading", { name: "Brouillon à reprendre" })).toBeVisible();
});

test("a draft of any form says that it is one, and a new one can be begun beside it", async ({ browserOf, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[1]!);
  const { page } = carnet;
  await page.getByRole("link", { name: "Projet ou parcours" }).click();
  await carnet.more("jeunes").click();
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await page.getByRole("link", { name: "Projet ou parcours" }).click();
  await expect(page.getByText(/^Brouillon laissé/)).toBeVisible();
  await expect(page.getByLabel("Jeunes", { exact: true })).toHaveValue("2");
  expect(await axe(page)).toEqual([]);
  const pathway = page.getByRole("radio", { name: "Suivi de parcours" });
  await page.locator("label.chip", { has: pathway }).click();
  await expect(pathway).toBeChecked();
  await page.getByRole("button", { name: "Nouvelle saisie" }).click();
  await expect(page.getByRole("radio", { name: "Projet" }).first()).toBeChecked();
  await expect(page.getByText(/^Brouillon laissé/)).toHaveCount(0);
  await expect(page.getByLabel("Jeunes", { exact: true })).toHaveValue("1");
  await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  await expect(page.getByRole("heading", { name: /à reprendre/ })).toBeVisible();
});

test("what is on no list is specified, guarded, and found again", async ({ browserOf, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[4]!);
  const { page } = carnet;
  await carnet.begin("Informer");
  const network = page.getByRole("group", { name: /^Réseau/ });
  await network.getByRole("button", { name: /^Voir tout/ }).click();
  await network.locator("label.chip", { hasText: /^Autre$/ }).click();
  const which = page.getByLabel("Quel réseau");
  await which.fill("Mastodon @lea.43");
  await page.getByRole("button", { name: "Retirer" }).click();
  await expect(which).toHaveValue("Mastodon …");
  await carnet.firstTheme().click();
  await page.locator("details.more summary").click();
  await page.getByRole("group", { name: "Portée de l’information" }).locator("label.chip", { hasText: "Ciblée" }).click();
  await page.getByRole("group", { name: "D’où vous vous connaissez" }).locator("label.chip", { hasText: "Connu·e en ligne" }).click();
  expect(await axe(page)).toEqual([]);
  await carnet.save();
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("mastodon");
  await expect(page.locator("details.entry")).toHaveCount(1);
  await carnet.edit("Communiquer une information");
  await expect(page.getByLabel("Quel réseau")).toHaveValue(/^Mastodon/);

  // The next time it is a tap, and a second one takes it back.
  await carnet.open();
  await carnet.begin("Informer");
  const once = page.getByRole("group", { name: /^Réseau/ });
  await once.getByRole("button", { name: /^Voir tout/ }).click();
  await once.locator("label.chip", { hasText: /^Autre$/ }).click();
  const earlier = page.getByRole("radio", { name: "Mastodon …" });
  await earlier.click();
  await expect(which).toHaveValue("Mastodon …");
  await expect(earlier).toBeChecked();
  expect(await axe(page)).toEqual([]);
  await earlier.click();
  await expect(which).toHaveValue("");
  await expect(earlier).not.toBeChecked();
});

test("whatever is on no list is specified, on every kind of record", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[8]!);
  const { page } = carnet;
  await server.stop();
  for (const [path, legend, which] of [
    ["/app/nouveau/rencontre", /^Thématiques/, "Quelle thématique"],
    ["/app/nouveau/projet", /^Thématique/, "Quelle thématique"],
    ["/app/nouveau/abonnes", /^Compte professionnel/, "Quel réseau"],
    ["/app/presence/nouvelle", /^Réseaux/, "Quel réseau"],
  ] as const) {
    await carnet.open(path);
    const question = page.getByRole("group", { name: legend });
    const other = question.locator("label.chip", { hasText: /^Autre$/ });
    await question.getByRole("button", { name: /^Voir tout/ }).click();
    await other.click();
    await page.getByLabel(which).fill(`Nouveauté de ${path}`);
    expect(await axe(page), path).toEqual([]);
    if (path.endsWith("abonnes")) await page.getByRole("spinbutton", { name: /^Abonnés/ }).fill("42");
    await page.getByRole("button", { name: "Enregistrer" }).click();
    await expect(page.getByText("Enregistré sur ce téléphone.")).toBeVisible();
  }
  await carnet.openJournal();
  await page.getByRole("searchbox").fill("nouveauté de");
  await expect(page.locator("details.entry")).toHaveCount(4);
  // What is no longer chosen says nothing any more.
  await (await carnet.unfold("Rencontre")).getByRole("link", { name: "Modifier" }).click();
  const themes = page.getByRole("group", { name: /^Thématiques/ });
  await themes.locator("label.chip", { hasText: /^Autre$/ }).click();
  await expect(page.getByLabel("Quelle thématique")).toHaveCount(0);
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.locator("details.entry")).toHaveCount(3);
});

test("a form begins as the last of its kind did", async ({ browserOf }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[5]!);
  const { page } = carnet;
  const summary = page.locator("details.more summary");
  await carnet.begin("Écoute");
  await carnet.choose("Discord");
  await carnet.firstTheme().click();
  await summary.click();
  await page.getByRole("group", { name: "Forme" }).locator("label.chip", { hasText: "Groupe" }).first().click();
  await carnet.save();
  await carnet.begin("Écoute");
  await expect(summary).toContainText(/groupe/i);
});

test("two times in the wrong order, and an hour that is missing, are said where they are", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[6]!);
  const { page } = carnet;
  await server.stop();
  await carnet.open("/app/presence/nouvelle");
  const [day, from, until] = ["Soirée du", "Début", "Fin"].map((name) => page.getByLabel(name, { exact: true }));
  await day!.fill(daysAgo(2));
  await fillTime(carnet, "Début", "21:00");
  await fillTime(carnet, "Fin", "20:00");
  await expect(page.locator(".fault")).toHaveText(["La fin est avant le début."]);
  await expect(until!).toHaveAttribute("aria-invalid", "true");
  await fillTime(carnet, "Fin", "00:30");
  await expect(page.locator(".fault")).toHaveCount(0);
  await expect(page.getByText(/^Soit 3\s*h\s*30, .* jusqu’au lendemain à 0\s*h\s*30/)).toBeVisible();
  // A day that cannot be, and none, are said at the day.
  await day!.fill("1990-01-02");
  await expect(day!).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(".fault")).toHaveText(["Cette date est trop ancienne."]);
  await day!.fill("");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(day!).toHaveAttribute("aria-invalid", "true");
  await expect(from!).not.toHaveAttribute("aria-invalid", "true");
  await day!.fill(daysAgo(2));
  await fillTime(carnet, "Début", "");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(from!).toHaveAttribute("aria-invalid", "true");
  await expect(day!).not.toHaveAttribute("aria-invalid", "true");
  expect(await axe(page)).toEqual([]);
});

test("tonight's networks come first, and what was noted is read again without a form", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[7]!);
  const { page } = carnet;
  await server.stop();
  await carnet.startPresence("Twitch");
  await carnet.begin("Contact");
  const networks = page.getByRole("group", { name: /^Réseau/ }).locator("label.chip");
  await expect(networks.first()).toHaveText("Twitch");
  await carnet.firstTheme().click();
  const theme = (await carnet.firstTheme().textContent())!;
  await typeNote(page, "Parle d’un stage de cuisine");
  // Whom one meets counts with young people, and not with those who read a publication.
  const outcomes = page.getByRole("group", { name: /^Et après/ });
  await page.getByRole("group", { name: /^Forme/ }).locator("label.chip", { hasText: "Publication" }).click();
  await outcomes.locator("label.chip", { hasText: "Rencontré·e en présentiel" }).click();
  await expect(page.getByText(/ne compte pas parmi les jeunes rencontrés/)).toBeVisible();
  await page.getByRole("group", { name: /^Forme/ }).locator("label.chip", { hasText: "Message privé" }).click();
  await expect(page.getByText(/ne compte pas parmi les jeunes rencontrés/)).toHaveCount(0);
  await carnet.save();
  await carnet.openJournal();
  const entry = await carnet.unfold("Entrer en contact");
  await expect(entry.locator("q")).toHaveText("Parle d’un stage de cuisine");
  await expect(entry).toContainText(theme);
  await page.getByRole("searchbox").fill("contact");
  await expect(page.locator("details.entry", { hasText: "Entrer en contact" }).first()).toBeVisible();
  expect(await axe(page)).toEqual([]);
});

test("none is a number of followers, and nothing is none", async ({ browserOf, server }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[8]!);
  const { page } = carnet;
  await server.stop();
  await carnet.open("/app/nouveau/abonnes");
  await carnet.choose("Twitch");
  const count = page.getByRole("spinbutton", { name: /^Abonnés/ });
  await expect(count).toHaveValue("");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(count).toHaveAttribute("aria-invalid", "true");
  await count.fill("0");
  await carnet.save();
  expect((await carnet.entries())[0]).toMatch(/Abonnés.*Twitch · 0/);
});

test("an evening of interruptions leaves one draft in sight and the others a tap away", async ({ browserOf, server, axe }) => {
  const carnet = await openNotebook(await browserOf("phone").start(), DEMO.promeneurs[9]!);
  const { page } = carnet;
  await server.stop();
  for (const tile of ["Contact", "Écoute", "Informer"]) {
    await carnet.begin(tile);
    await carnet.more("jeunes").click();
    await page.getByRole("link", { name: "Fermer, garder en brouillon" }).click();
  }
  const drafts = page.getByRole("heading", { name: "Brouillon à reprendre" });
  await expect(drafts.filter({ visible: true })).toHaveCount(1);
  await page.getByText("2 autres brouillons").click();
  await expect(drafts.filter({ visible: true })).toHaveCount(3);
  expect(await axe(page)).toEqual([]);
  // A tap on sending is answered, whether there is a network or not.
  await carnet.note("Lien", "Discord", 1);
  await page.goto("/app/envoi");
  await page.getByRole("button", { name: "Envoyer maintenant" }).click();
  await expect(page.getByText("C’est demandé : l’envoi part dès qu’il y a du réseau.")).toBeVisible();
});
