// Starts the phone's wasm: a classic script, which a page loads and the service worker imports (public/sw.js), so that
// both run the very same program. `glue` is what bindgen wrote and WASM_URL the hashed name; tools/site.mjs gives both.
import start, { sendOutbox } from "glue";
import { sayClosed } from "./failure.js";
import { readNotebook } from "./notebook.js";

// While the notebook is looked at the server holds this question until the coordination withdraws a phone of its person
// (server/src/news.rs). Then the sender asks, as when a network comes back, and learns whether it is this one.
let known = 0; // How many of them are withdrawn, as far as this page has heard.
let listens, later;
let pause = 4e3;

async function listen() {
  if (listens) return;
  listens = true;
  clearTimeout(later);
  try {
    while (!document.hidden) {
      const answer = await fetch("/api/v1/sync_news", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"known":${known}}`,
        // The server holds it for less; a path that has died without a word does not.
        signal: AbortSignal.timeout(35e3),
      });
      const told = await answer.json();
      // Not our server, or nothing that it can say now.
      if (!answer.ok || told !== +told) break;
      if (told !== known) dispatchEvent(new Event("online"));
      known = told;
      pause = 4e3;
    }
  } catch {
    // No network.
  }
  listens = false;
  // Not all at once after a server was away, and less and less often.
  later = setTimeout(listen, pause * (1 + Math.random()));
  pause = Math.min(2 * pause, 6e4);
}

/** What waits until the first screen is drawn: the browser fetches and decodes the launcher's icons once it has a manifest. */
function goOn() {
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = "/manifest.webmanifest";
  document.head.append(manifest);
  listen();
}

if (typeof document === "undefined") {
  // The worker hands over the wasm that it has kept: no second download.
  let started;
  self.sendOutbox = async (wasm, build) => {
    started ??= start({ module_or_path: wasm(WASM_URL) });
    await started;
    await sendOutbox(build);
  };
} else {
  // frontend/src/store/ahead.rs asks by it.
  self.readNotebook = readNotebook;
  // frontend/src/boot.rs says by it what the screens cannot.
  self.sayClosed = sayClosed;
  // The browser offers the installation once, maybe before the wasm is there (frontend/src/install.rs takes it up).
  addEventListener("beforeinstallprompt", (offer) => {
    offer.preventDefault();
    self.installOffer = offer;
  });
  // Run as soon as it is there (`async`), so that the wasm is compiled while the shell is being drawn; it takes over once
  // the document is whole.
  // Where that fails, `start` has ways of its own, and its failure is said.
  const compiled = Promise.resolve(WebAssembly.compileStreaming?.(fetch(WASM_URL))).catch(() => undefined);
  const parsed = new Promise((resolve) => {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", resolve, { once: true });
    else resolve();
  });
  const begun = parsed.then(() => compiled).then((module) => start({ module_or_path: module ?? WASM_URL }));
  document.addEventListener("visibilitychange", listen);
  addEventListener("online", listen);
  begun.then(() => setTimeout(goOn, 1e3), (cause) => {
    sayClosed(
      "Le carnet n’a pas pu s’ouvrir",
      "Vos saisies restent sur ce téléphone. Fermez puis rouvrez Lanterne\u202f; si cela recommence, prévenez votre coordination.",
    );
    throw cause;
  });
}
