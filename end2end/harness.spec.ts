// The harness itself: what it promises to the journeys.
import { DEMO, expect, signIn, test } from "./fixtures.ts";

test("a killed server comes back on the same address with the same data", async ({ server, page }) => {
  await page.goto("/connexion");
  await server.kill();
  await expect(page.goto("/connexion")).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
  await server.start();
  await page.goto("/connexion");
  await expect(page.getByRole("heading", { name: "Lanterne" })).toBeVisible();
});

test("after a power cut the database recovers by itself", async ({ server, page }) => {
  await server.killWithDatabase();
  await server.start();
  await signIn(page, DEMO.coordinator);
  await page.goto("/coordination?periode=2025-2026");
  await expect(page.locator("article.figure .figure-value").first()).toHaveText("751");
});

test("a second server on the same data is told so, and stops nothing", async ({ server, page }) => {
  expect(await server.second()).toMatch(/^lanterne: another Lanterne uses the data folder .*LANTERNE_DATA\.$/);
  await page.goto("/readyz");
  await expect(page.getByText("ready")).toBeVisible();
});

test("a killed browser keeps what was durably written", async ({ browserOf }) => {
  const phone = browserOf("phone");
  const before = await (await phone.start()).newPage();
  await before.goto("/connexion");
  await before.evaluate(writeDurably);
  await phone.kill();

  const after = await (await phone.start()).newPage();
  await after.goto("/connexion");
  expect(await after.evaluate(readBack)).toBe("noté");
});

// Both run in the page, so each carries all it needs.

function writeDurably(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("harness", 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => opening.result.createObjectStore("notes");
    opening.onsuccess = () => {
      const writing = opening.result.transaction("notes", "readwrite", { durability: "strict" });
      writing.objectStore("notes").put("noté", "first");
      writing.oncomplete = () => resolve();
      writing.onerror = () => reject(writing.error);
    };
  });
}

function readBack(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("harness", 1);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("notes").objectStore("notes").get("first");
      reading.onsuccess = () => resolve(reading.result);
      reading.onerror = () => reject(reading.error);
    };
  });
}
