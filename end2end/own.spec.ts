// One's own access, and what the coordination sees of the service: where one is signed in, the passphrase, what is held, who did what.
import { readFile } from "node:fs/promises";

import { Carnet } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

const PASSPHRASE = "quatre mots sans rapport";

test("a coordinator sees where she is signed in, and ends the others", async ({ page, browser, baseURL, axe }) => {
  await signIn(page, DEMO.coordinator);
  const elsewhere = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const other = await elsewhere.newPage();
  await signIn(other, DEMO.coordinator);
  await page.getByRole("link", { name: "Mon accès" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mon accès");
  await expect(page.getByText(/^Cet appareil, depuis le/)).toHaveCount(1);
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Déconnecter tous les autres" }).click();
  await expect(page.getByRole("status")).toContainText("Tous les autres appareils sont déconnectés.");
  await expect(page.getByRole("button", { name: /^Déconnecter/ })).toHaveCount(0);
  await other.reload();
  await expect(other).toHaveURL(/\/connexion/);
  await elsewhere.close();
});

test("a passphrase is changed, and one's data are taken away", async ({ page, browser, baseURL, axe }, info) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/equipe");
  const form = page.getByRole("form", { name: "Inviter quelqu’un d’autre" });
  await form.getByLabel(/^Son nom/).fill(`Comité ${info.project.name}`);
  await form.getByLabel(/^Fonction/).selectOption("Comité de pilotage ou technique");
  await form.getByRole("button", { name: "Créer l’invitation" }).click();
  const link = await page.getByLabel("À copier dans un message").inputValue();

  const { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId } = info.project.use;
  const options = { viewport, deviceScaleFactor, isMobile, hasTouch, locale, timezoneId, baseURL };
  const context = await browser.newContext(options);
  const own = await context.newPage();
  const login = `comite-${info.project.name}@essai`;
  await own.goto(link);
  await own.getByLabel("Choisissez un identifiant").fill(login);
  await own.getByLabel("Choisissez une phrase de passe").fill(PASSPHRASE);
  await own.getByRole("button", { name: "Ouvrir mon accès" }).click();
  await own.getByRole("link", { name: "Mon accès" }).click();
  await expect(own.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - heading "Mon accès" [level=1]
      - paragraph: /Réseau de démonstration/
      - paragraph: /Identifiant/
      - region "Là où vous êtes connecté·e":
        - heading [level=2]
        - list:
          - listitem:
            - heading [level=3]
            - paragraph: /Cet appareil, depuis le/
      - region "Changer de phrase de passe":
        - heading [level=2]
        - form "Changer de phrase de passe":
          - text: Phrase de passe actuelle
          - textbox "Phrase de passe actuelle"
          - text: Nouvelle phrase de passe
          - paragraph: /12 caractères au moins/
          - textbox "Nouvelle phrase de passe"
          - paragraph:
            - button "Changer"
      - region "Ce qui est gardé sur vous":
        - heading [level=2]
        - paragraph:
          - link "Emporter mes données"
        - paragraph:
          - link "Ce que Lanterne garde, et pourquoi"
  `);
  const change = async (present: string, next: string): Promise<void> => {
    await own.getByLabel("Phrase de passe actuelle").fill(present);
    await own.getByLabel("Nouvelle phrase de passe").fill(next);
    await own.getByRole("button", { name: "Changer" }).click();
  };
  await change("pas la bonne phrase", "cheval pile agrafe correct");
  await expect(own.getByText("Ce n’est pas votre phrase de passe actuelle.")).toBeVisible();
  expect(await axe(own)).toEqual([]);
  await change(PASSPHRASE, "motdepasse123");
  await expect(own.getByText("trop facile à deviner")).toBeVisible();
  await change(PASSPHRASE, "cheval pile agrafe correct");
  await expect(own.getByRole("status")).toContainText("La phrase de passe est changée");
  const [download] = await Promise.all([
    own.waitForEvent("download"),
    own.getByRole("link", { name: "Emporter mes données" }).click(),
  ]);
  const held = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(held.compte).toMatchObject({ identifiant: login, role: "committee" });
  expect(held.connexions).toHaveLength(1);
  await context.close();

  const again = await browser.newContext(options);
  const back = await again.newPage();
  await signIn(back, login, "cheval pile agrafe correct");
  await expect(back.getByRole("heading", { level: 1 })).toHaveText("Bilans");
  await again.close();
});

test("a promeneuse reaches her access from the phone, and comes back to the notebook", async ({ page, axe }, info) => {
  await signIn(page, DEMO.promeneurs[info.project.name === "mobile" ? 5 : 6]!);
  const carnet = new Carnet(page);
  await carnet.isReady();
  await page.goto("/app/appareil");
  await page.getByRole("link", { name: "Mon accès" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mon accès");
  expect(await axe(page)).toEqual([]);
  await page.getByRole("link", { name: "Ce que Lanterne garde, et pourquoi" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ce que Lanterne garde, et pourquoi");
  expect(await axe(page)).toEqual([]);
  await page.goBack();
  await page.getByRole("link", { name: "Revenir au carnet" }).click();
  await carnet.isReady();
});

test("the coordination reads how the service is, who did what, and says how long words are kept", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/reseau");
  await page.getByRole("link", { name: "Service et données" }).click();
  await expect(page.getByText(/actes notés ; la chaîne est entière/)).toBeVisible();
  expect(await axe(page)).toEqual([]);
  const keep = page.getByRole("region", { name: "Combien de temps" }).getByRole("button", { name: "Enregistrer" });
  await page.getByLabel(/^Notes, titres/).fill("3");
  await keep.click();
  await expect(page.getByText("Les textes se gardent de 6 à 60 mois.")).toBeVisible();
  await expect(page.getByLabel(/^Notes, titres/)).toHaveValue("3");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel(/^Notes, titres/).fill("30");
  await keep.click();
  await expect(page.getByRole("status")).toContainText("C’est enregistré.");
  await page.getByRole("link", { name: "Voir les actes" }).click();
  const lines = page.getByRole("main").getByRole("listitem");
  const first = lines.first();
  await expect(first).toContainText("Coordination de démonstration a modifié les réglages du réseau (conservation des textes)");
  expect(await axe(page)).toEqual([]);
  // What « Plus anciens » leads to, once there are more than a page of them.
  await page.goto("/coordination/service/actes?avant=2");
  await expect(lines.last()).toContainText("Le service a ajouté les réglages du réseau");
});

test("what gives accesses asks for the passphrase again", async ({ page, axe }) => {
  await signIn(page, DEMO.coordinator);
  // Where the guard sends somebody whose passphrase was given more than an hour ago (the server's tests let the hour pass).
  await page.goto("/confirmer?retour=%2Fcoordination%2Fequipe");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("C’est bien vous ?");
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Phrase de passe").fill("pas la bonne phrase");
  await page.getByRole("button", { name: "Continuer" }).click();
  await expect(page.getByText("Ce n’est pas votre phrase de passe actuelle.")).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.getByLabel("Phrase de passe").fill(DEMO.passphrase);
  await page.getByRole("button", { name: "Continuer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Équipe et accès");
});
