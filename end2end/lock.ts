// The lock of a notebook as its person uses it.
import { expect, type Locator, type Page } from "@playwright/test";

export const CODE = "493027";

/** Types a new code twice into the form that puts the lock on, and sends it. */
export async function chooseCode(page: Page, code = CODE, again = code): Promise<void> {
  await page.getByLabel("Nouveau code").fill(code);
  await page.getByLabel("Le même, encore une fois").fill(again);
  await page.getByRole("button", { name: "Poser le verrou" }).click();
}

/** Puts the lock on by the screen that is there for it. */
export async function putLock(page: Page): Promise<void> {
  await page.goto("/app/appareil");
  await page.getByRole("link", { name: "Verrou du carnet" }).click();
  await chooseCode(page);
  await expect(page.getByRole("button", { name: "Verrouiller maintenant" })).toBeVisible();
}

/** What says that it is closed. */
export function closed(page: Page): Locator {
  return page.getByRole("heading", { name: "Carnet verrouillé" });
}

/** Tries a code. */
export async function type(page: Page, code: string): Promise<void> {
  await page.getByLabel("Votre code").fill(code);
  await page.getByRole("button", { name: "Ouvrir", exact: true }).click();
}

/** Opens it. */
export async function unlock(page: Page, code = CODE): Promise<void> {
  await expect(closed(page)).toBeVisible();
  await type(page, code);
  await expect(closed(page)).toHaveCount(0);
}
