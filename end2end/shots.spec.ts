
import { DEMO, signIn, test } from "./fixtures.ts";
for (const colorScheme of ["light", "dark"] as const) {
test(`shots ${colorScheme}`, async ({ browser, baseURL }, info) => {
  test.setTimeout(200_000);
  const { viewport, deviceScaleFactor, isMobile, hasTouch } = info.project.use;
  const context = await browser.newContext({ baseURL, viewport, deviceScaleFactor, isMobile, hasTouch, colorScheme });
  const page = await context.newPage();
  const shoot = async (name: string) => { await page.evaluate(() => document.fonts.ready); await page.screenshot({ path: `/tmp/shots/${info.project.name}-${colorScheme}-${name}.png`, fullPage: true }); };
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination/reseau?periode=2025-2026"); await shoot("reseau");
  await page.goto("/coordination/reseau/comptes"); await shoot("comptes");
  await page.goto("/coordination/reseau/territoires"); await shoot("territoires");
  await page.goto("/coordination/composition?periode=2025-2026"); await shoot("composition");
  await page.goto("/coordination?periode=2025-2026&tri=quoi.0", { waitUntil: "networkidle" }); await shoot("tableau");
  await page.goto("/coordination/equipe"); await shoot("equipe");
  await page.getByRole("link", { name: "Promeneur 1", exact: true }).click(); await shoot("promeneur");
  await page.getByRole("button", { name: /^Lien de secours/ }).click(); await shoot("invitation");
  await page.goto(await page.getByLabel("À copier dans un message").inputValue()); await shoot("bienvenue");
  await context.clearCookies();
  await signIn(page, DEMO.manager); await shoot("direction");
  await context.clearCookies();
  await signIn(page, DEMO.caf); await shoot("caf");
  await page.goto("/coordination"); await shoot("interdit");
});
}
