// How the notebook starts: what is asked of the disk, and when.
import { Carnet, openNotebook } from "./carnet.ts";
import { DEMO, expect, signIn, test } from "./fixtures.ts";
import { account } from "./store.ts";

test.skip(({ isMobile }) => !isMobile, "a phone's life");

/** Notes which databases were opened until the first screen took the shell's place; the program waits for two of them. */
function watchOpenings(): void {
  const opened: string[] = [];
  let goOn = () => {};
  const both = new Promise<void>((resolve) => (goOn = resolve));
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, ...version) {
    opened.push(name);
    if (opened.length === 2) goOn();
    return open.call(this, name, ...version);
  };
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (async (...all: Parameters<typeof instantiate>) => {
    await both;
    opened.push("the program");
    return instantiate.apply(WebAssembly, all);
  }) as typeof instantiate;
  const looked = new MutationObserver(() => {
    if (document.readyState === "loading" || document.querySelector("[aria-busy]")) return;
    looked.disconnect();
    Object.assign(globalThis, { openedFirst: [...opened] });
  });
  looked.observe(document, { childList: true, subtree: true });
}

test("a start asks the disk once, while its program is on the way, and shows what was written since in another tab", async ({
  browserOf,
  server,
}) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[0]!);
  const name = `lanterne-${await account(carnet.page)}`;
  const page = await context.newPage();
  await page.addInitScript(watchOpenings);
  const other = new Carnet(page);
  await other.open();
  const opened = await page.evaluate(() => (globalThis as unknown as { openedFirst: string[] }).openedFirst);
  expect(opened).toEqual(["lanterne", name, "the program"]);

  // Written while the program of the second tab waits: after what was read ahead, before anybody could show it.
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.exposeFunction("held", () => held);
  await page.addInitScript(() => {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = (async (...all: Parameters<typeof instantiate>) => {
      await (globalThis as unknown as { held(): Promise<void> }).held();
      return instantiate.apply(WebAssembly, all);
    }) as typeof instantiate;
  });
  // Nobody else would tell it.
  await server.stop();
  await page.goto("/app");
  await expect.poll(() => page.evaluate(() => "takeAhead" in globalThis)).toBe(true);
  await carnet.note("Écoute", "Discord", 1);
  const noted = (await carnet.entries()).length;
  // Nor does it tell anything after this.
  await carnet.page.close();
  goOn();
  await expect(page.locator("[aria-busy]")).toHaveCount(0);
  await expect.poll(async () => (await other.entries()).length).toBe(noted);
});

/** Notes whether a tile of « Ce soir » was in sight in any frame until the first screen was there. */
function watchTiles(): void {
  const look = () => {
    if (document.querySelector("main [href^='/app/noter/']")?.checkVisibility()) Object.assign(globalThis, { tileSeen: true });
    // Also of the frame in which the screen takes the shell's place.
    if (document.readyState === "loading" || document.querySelector("[aria-busy]")) requestAnimationFrame(look);
    else Object.assign(globalThis, { startEnded: true });
  };
  requestAnimationFrame(look);
}

test("what is opened at another screen does not show « Ce soir » in passing", async ({ browserOf }) => {
  const context = await browserOf("phone").start();
  await openNotebook(context, DEMO.promeneurs[1]!);
  const page = await context.newPage();
  await page.addInitScript(watchTiles);
  const seen = async (path: string) => {
    await page.goto(path);
    await expect.poll(() => page.evaluate(() => "startEnded" in globalThis)).toBe(true);
    return page.evaluate(() => "tileSeen" in globalThis);
  };
  expect(await seen("/app")).toBe(true);
  expect(await seen("/")).toBe(true);
  for (const path of ["/app/journal", "/app/noter/listen", "/app/aide"]) expect(await seen(path), path).toBe(false);
});

/** Notes in which light each frame was painted, from the first one on. */
function watchLight(): void {
  // As somebody who has chosen nothing.
  if (location.protocol !== "about:") localStorage.removeItem("lanterne-theme");
  const seen: string[] = [];
  Object.assign(globalThis, { lightsSeen: seen });
  const look = () => {
    // Until its styles are there the browser shows nothing of the page: what stood there before stays.
    const light = getComputedStyle(document.documentElement).colorScheme;
    if (light !== "normal") seen.push(light);
    if (seen.length < 20) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

test("from eight in the evening the notebook is dark from its first frame on, and otherwise as one chooses", async ({ browserOf, axe }) => {
  const context = await browserOf("phone").start();
  const carnet = await openNotebook(context, DEMO.promeneurs[1]!);
  const { page } = carnet;
  await page.emulateMedia({ colorScheme: "light" });
  const lights = async (time: string) => {
    const tab = await context.newPage();
    await tab.emulateMedia({ colorScheme: "light" });
    await tab.addInitScript(watchLight);
    await tab.clock.setFixedTime(new Date(`2026-11-19T${time}+01:00`));
    await tab.goto("/app");
    await expect(tab.locator("[aria-busy]")).toHaveCount(0);
    await expect.poll(() => tab.evaluate(() => (globalThis as unknown as { lightsSeen: string[] }).lightsSeen.length)).toBe(20);
    const seen = await tab.evaluate(() => [...new Set((globalThis as unknown as { lightsSeen: string[] }).lightsSeen)]);
    const bar = await tab.evaluate(
      () => [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].find((it) => matchMedia(it.media || "all").matches)?.content,
    );
    await tab.close();
    return [...seen, bar];
  };
  expect(await lights("19:59:00")).toEqual(["light", "#faf7f1"]);
  expect(await lights("20:00:00")).toEqual(["dark", "#10141f"]);
  expect(await lights("06:59:00")).toEqual(["dark", "#10141f"]);
  expect(await lights("07:00:00")).toEqual(["light", "#faf7f1"]);

  await page.goto("/app/appareil");
  const root = page.locator("html");
  const choices = page.getByRole("group", { name: "Affichage" });
  for (const [name, light] of [["Sombre", "dark"], ["Clair", "light"], ["Comme le téléphone", "light"]] as const) {
    await choices.getByRole("button", { name, exact: true }).click();
    await expect(root).toHaveCSS("color-scheme", light);
    await expect(choices.getByRole("button", { pressed: true })).toHaveText(name);
    expect(await axe(page)).toEqual([]);
    await page.reload();
    await expect(root).toHaveCSS("color-scheme", light);
    await expect(choices.getByRole("button", { pressed: true })).toHaveText(name);
  }
});

test("a program that does not start says so, with whom to call; the office's figures stay", async ({ browser, server, axe }) => {
  const context = await browser.newContext({ baseURL: server.url, serviceWorkers: "block" });
  await context.route("**/pkg/*.wasm", (route) => route.fulfill({ body: "cut short", contentType: "application/wasm" }));
  const page = await context.newPage();
  await signIn(page, DEMO.promeneurs[0]!);
  for (const path of ["/app", "/app/journal"]) {
    await page.goto(path);
    await expect(page.locator("#contenu")).toMatchAriaSnapshot(`
      - alert:
        - heading "Le carnet n’a pas pu s’ouvrir" [level=1]
        - paragraph: /Vos saisies restent sur ce téléphone/
        - link "Réessayer"
      - paragraph:
        - link "119"
    `);
    // Of « Ce soir » nothing is left that would lead nowhere.
    await expect(page.locator(".tiles")).toHaveCount(0);
    expect(await axe(page), path).toEqual([]);
  }
  await context.clearCookies();
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026");
  await expect(page.getByRole("alert")).toContainText("Cette page n’a pas fini de s’ouvrir");
  await expect(page.getByRole("article").filter({ hasText: "jeunes connectés" }).first()).toContainText("751");
  expect(await axe(page)).toEqual([]);
  await context.close();
});
