// Passkeys with a real browser and an authenticator of its own: added, entered with, shown again, taken away.
import type { Page } from "@playwright/test";

import { everything } from "./access.ts";
import { addPasskey, Authenticator } from "./authenticator.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

const ENTER = "Entrer par empreinte, visage ou code";

async function leave(page: Page): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/connexion");
}

test("somebody enters with a passkey, and without a name", async ({ page }, info) => {
  await Authenticator.on(page);
  const login = DEMO.promeneurs[info.project.name === "mobile" ? 0 : 1]!;
  await signIn(page, login);
  await addPasskey(page);
  await expect(page.getByText(/Depuis le .*, jamais utilisée/)).toBeVisible();
  expect(await everything(page)).toEqual([]);
  await leave(page);
  expect(await everything(page)).toEqual([]);
  await page.getByRole("button", { name: ENTER }).click();
  await page.waitForURL(/\/app(\?|$)/);
  await page.goto("/acces");
  await expect(page.getByText(login)).toBeVisible();
  await expect(page.getByText(/Depuis le .*, utilisée le/)).toBeVisible();

  // Taken away, it opens nothing, and the passphrase does.
  await page.getByRole("button", { name: /^Retirer la clé/ }).click();
  await expect(page.getByRole("status")).toContainText("La clé est retirée");
  await leave(page);
  await page.getByRole("button", { name: ENTER }).click();
  await expect(page.getByRole("alert").filter({ hasText: "n’est pas reconnue" })).toBeVisible();
  await expect(page).toHaveURL(/\/connexion/);
  await signIn(page, login);
});

test("a passkey shows again who one is, and goes where one was going", async ({ page }) => {
  await Authenticator.on(page);
  await signIn(page, DEMO.coordinator);
  await addPasskey(page);
  await leave(page);
  // Where they were going when they were asked to sign in.
  await page.goto("/coordination/besoins");
  await page.getByRole("button", { name: ENTER }).click();
  await page.waitForURL(/\/coordination\/besoins/);
  await page.goto("/confirmer?retour=/coordination/equipe");
  expect(await everything(page)).toEqual([]);
  await page.getByRole("button", { name: "Par empreinte, visage ou code" }).click();
  await page.waitForURL(/\/coordination\/equipe/);
  await expect(page.getByRole("heading", { level: 1, name: "Équipe" })).toBeVisible();
  await page.goto("/acces");
  await page.getByRole("button", { name: /^Retirer la clé/ }).click();
});

test("whoever does not show who they are does not come in, and no answer counts twice", async ({ page, request }) => {
  const phone = await Authenticator.on(page);
  await signIn(page, DEMO.coordinator);
  await addPasskey(page);
  await leave(page);
  await phone.verifies(false);
  await page.getByRole("button", { name: ENTER }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Rien n’a été montré" })).toBeVisible();
  await phone.verifies(true);
  // A signature in which one bit is another.
  await page.route("**/connexion/cle", async (route) => {
    const sent = route.request().postDataJSON();
    const { signature } = sent.credential.response;
    sent.credential.response.signature = signature.slice(0, -8) + (signature.at(-8) === "A" ? "B" : "A") + signature.slice(-7);
    await route.continue({ postData: JSON.stringify(sent) });
  });
  await page.getByRole("button", { name: ENTER }).click();
  await expect(page.getByRole("alert").filter({ hasText: "n’est pas reconnue" })).toBeVisible();
  await page.unroute("**/connexion/cle");
  const answered = page.waitForRequest((asked) => new URL(asked.url()).pathname === "/connexion/cle");
  await page.getByRole("button", { name: ENTER }).click();
  const body = (await answered).postData()!;
  await page.waitForURL(/\/coordination/);
  // Heard on the way, and sent again from elsewhere.
  const again = await request.post("/connexion/cle", { data: body, headers: { "content-type": "application/json" } });
  expect(again.status()).toBe(401);
  expect(again.headers()["set-cookie"]).toBeUndefined();
  await page.goto("/acces");
  await page.getByRole("button", { name: /^Retirer la clé/ }).click();
});

test("where there are no passkeys, nothing speaks of them", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  await page.goto("/connexion");
  await expect(page.getByRole("button", { name: "Se connecter" })).toBeVisible();
  await expect(page.getByRole("button", { name: ENTER })).toBeHidden();
});
