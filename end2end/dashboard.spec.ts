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
