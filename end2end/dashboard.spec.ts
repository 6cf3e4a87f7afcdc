// The coordinator's page, alive and not only served.
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test("the dashboard of a school year has no accessibility fault and comes to life without an error", async ({ page, axe }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026", { waitUntil: "networkidle" });
  await expect(page.locator("article.figure .figure-value").first()).toHaveText("751");
  expect(await axe(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("the way past the menu leads the keyboard to the content", async ({ page }) => {
  await signIn(page, DEMO.coordinator);
  for (const path of ["/coordination?periode=2025-2026", "/coordination/releves/2026-07"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const skip = page.getByRole("link", { name: "Aller au contenu" });
    await skip.focus();
    await page.keyboard.press("Enter");
    await expect(page.locator("#contenu"), path).toBeFocused();
  }
});

test("the declaration of accessibility is for everybody, and says what is not reached", async ({ page, axe }) => {
  await page.goto("/accessibilite");
  await expect(page.getByRole("heading", { name: "Accessibilité", level: 1 })).toBeVisible();
  await expect(page.getByText(/^Sur les 106 critères du RGAA/)).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
});
