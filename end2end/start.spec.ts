// How the notebook starts: what is asked of the disk, and when.
import { Carnet, openNotebook } from "./carnet.ts";
import { DEMO, expect, test } from "./fixtures.ts";
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
