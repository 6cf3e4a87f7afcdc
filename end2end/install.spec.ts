// Putting the app on the home screen: offered once something is noted, drawn where Safari has no question to ask, and
// never again once refused. The browser's own question needs a person at it, so its event is dispatched
// here, whether the browser has offered it before or not.
import { openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's screens");

test("the installation is offered, asked by the browser, and not offered again", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[8]!);
  const { page } = carnet;
  const offer = page.getByRole("region", { name: "Mettez Lanterne sur l’écran d’accueil" });
  await page.evaluate(() => {
    const event = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), {
      prompt: () => document.documentElement.setAttribute("data-asked", ""),
    });
    dispatchEvent(event);
    document.documentElement.setAttribute("data-held", String(event.defaultPrevented));
  });
  await expect(page.locator("html[data-held=true]")).toHaveCount(1);
  await expect(offer).toBeVisible();
  expect(await axe(page)).toEqual([]);

  await test.step("not while a presence runs", async () => {
    await carnet.startPresence("Discord");
    await expect(offer).toHaveCount(0);
    await carnet.endPresence();
    await expect(offer).toBeVisible();
  });
  await offer.getByRole("button", { name: "Installer" }).click();
  await expect(page.locator("html[data-asked]")).toHaveCount(1);
  await expect(offer).toHaveCount(0);
});

test("on Safari the way is drawn, and « Plus tard » is remembered", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "standalone", { get: () => false }));
  const carnet = await openNotebook(context, DEMO.promeneurs[9]!);
  const { page } = carnet;
  const offer = page.getByRole("region", { name: "Mettez Lanterne sur l’écran d’accueil" });
  await expect(offer).toBeVisible();
  await expect(offer.getByRole("listitem")).toHaveText([/Partager, dans la barre de Safari/, /Sur l’écran d’accueil/]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
  await page.getByRole("link", { name: "Lanterne" }).first().click();
  await expect(offer).toBeVisible();

  await test.step("what the coordination needs to hear can be read out", async () => {
    await page.getByText("À lire à la coordination, en cas de souci").click();
    const facts = page.locator("dl.facts");
    await expect(facts.getByText(/^[0-9A-F]{8}$/)).toBeVisible();
    await expect(facts).toContainText(/Prêt sans réseau\s*oui/);
    expect(await axe(page)).toEqual([]);
  });
  await offer.getByRole("button", { name: "Plus tard" }).click();
  // Whoever looks for it finds it here, and is asked for nothing.
  await expect(offer.getByRole("button", { name: "Plus tard" })).toHaveCount(0);
  await expect(offer.getByRole("listitem")).toHaveCount(2);
  await carnet.open("/app");
  await carnet.isReady();
  await expect(offer).toHaveCount(0);
  await carnet.open("/app/appareil");
  await expect(offer.getByRole("listitem")).toHaveCount(2);
});

test("the pictures of the store page are there, as large as the manifest says", async ({ page }) => {
  interface Picture {
    src: string;
    sizes: string;
    form_factor: string;
    label: string;
  }
  await page.goto("/connexion");
  const { screenshots } = (await (await page.request.get("/manifest.webmanifest")).json()) as { screenshots: Picture[] };
  expect(new Set(screenshots.map((picture) => picture.form_factor))).toEqual(new Set(["narrow", "wide"]));
  for (const { src, sizes, label } of screenshots) {
    const size = await page.evaluate(async (src) => {
      const picture = new Image();
      picture.src = src;
      await picture.decode();
      return `${picture.naturalWidth}x${picture.naturalHeight}`;
    }, src);
    expect(size, src).toBe(sizes);
    expect(label).not.toBe("");
  }
});
