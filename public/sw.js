// The service worker of the phone: it makes Lanterne start without a network, and does nothing else.
//
// The server puts two lines in front of this file (server/src/http/assets.rs), so that its bytes change exactly when a
// file changes, which is how browsers notice an update:
//   BUILD  names the release;
//   KEPT   is everything that the phone needs, "/app" and "/hors-reseau" first.
//
// Rules:
// - A build is kept whole or not at all, and a shell is only ever answered from the build whose wasm it starts. HTML of
//   one release with the wasm of another is a broken page.
// - Nothing is put into a cache at run time: what is there was put by `install`, so it can be reasoned about.
// - Where the browser can, it answers from the cache by itself, without starting this worker (`openDoors`): the same file of
//   the same build, sooner.
// - What sends or receives records (/api/, whatever is not GET) is never touched: a worker in between could only lose
//   an answer. The outbox is in IndexedDB; where no page is open to send it, the page's own program does, run here at
//   the browser's Background Sync. There is no second sender.
//
// Kill switch: public/sw-off.js says when and how.

const PREFIX = "lanterne-";
const CACHE = PREFIX + BUILD;
const SHELL = "/app";
const OFFLINE = "/hors-reseau";
// Answers vary by Accept-Encoding when the server packs them; a stored one is unpacked already.
const ANY_VARIANT = { ignoreVary: true };

// Defines `sendOutbox`, and nothing runs yet. Browsers keep what a worker imports together with the worker.
importScripts(KEPT.find((path) => /^\/pkg\/phone\.[^/]*\.js$/.test(path)));

self.addEventListener("install", (event) => {
  // No skipWaiting: the page asks for it once no form has unsaved words in it.
  event.waitUntil(keepBuild().then((cache) => openDoors(event, cache)));
});

async function keepBuild() {
  const cache = await caches.open(CACHE);
  try {
    // `reload` passes over the HTTP cache, which may hold a file of an earlier release under an unhashed name; a hashed
    // one that the page has just loaded is not downloaded again. `addAll` writes all or nothing: one failed file and the
    // release that works stays in charge.
    const how = (path) => ({ cache: path.startsWith("/pkg/") ? "default" : "reload" });
    await cache.addAll(KEPT.map((path) => new Request(path, how(path))));
    return cache;
  } catch (cause) {
    // An empty cache would later pass for the build before. One that is full is of this build, and good.
    if ((await cache.keys()).length === 0) await caches.delete(CACHE);
    throw cause;
  }
}

/**
 * The start of the installed app, the screens that the shell links to and its files, as exact addresses: the browser takes
 * them from the cache of this build. It asks the network where it finds nothing there, hence only what is there for certain;
 * every other address is for `fetch` below.
 */
async function openDoors(event, cache) {
  if (!event.addRoutes) return;
  try {
    const shell = await kept(SHELL);
    const { start_url: start } = await (await kept("/manifest.webmanifest")).json();
    const links = (await shell.clone().text()).matchAll(/href="(\/app\/[^"#?]*)"/g);
    const doors = new Set([SHELL, start, ...Array.from(links, ([, path]) => path)]);
    for (const door of doors) await cache.put(door, shell.clone());
    const files = KEPT.filter((path) => path !== SHELL && path !== OFFLINE);
    const conditions = [...doors, ...files].map((address) => {
      const { pathname, search } = new URL(address, self.location.origin);
      return { urlPattern: { baseURL: self.location.origin, pathname, search }, requestMethod: "GET" };
    });
    await event.addRoutes({ condition: { or: conditions }, source: { cacheName: CACHE } });
  } catch {
    // Then each of them is asked of this worker, as where the browser cannot.
  }
}

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  // Names come in the order of their making. The build before is kept: a tab that still shows it may ask for its files.
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  // So that the page that has just been installed is served by its worker without being loaded once more.
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});

// The tag under which the page asks for it (frontend/src/pwa.rs).
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWithoutPage());
});

async function sendWithoutPage() {
  // A page that is looked at sends by itself, and asks again if it cannot.
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.some((page) => page.visibilityState === "visible")) return;
  await self.sendOutbox((path) => kept(path).then((found) => found ?? fetch(path)), BUILD);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!isOurs(request, url)) return;
  if (request.mode === "navigate") {
    event.respondWith(isPhonePage(url.pathname) ? shell(request) : pageOfNetwork(request));
  } else if (isFile(url.pathname)) {
    event.respondWith(file(request, url));
  }
});

/** Whether this worker may have a say at all. A range asks for a part, and a cache only has wholes. */
function isOurs(request, url) {
  return (
    request.method === "GET" &&
    url.origin === self.location.origin &&
    !url.pathname.startsWith("/api/") &&
    url.pathname !== "/sw.js" &&
    !request.headers.has("range")
  );
}

function isPhonePage(path) {
  return path === "/" || path === SHELL || path.startsWith(SHELL + "/");
}

function isFile(path) {
  return KEPT.includes(path) || /^\/(pkg|fonts|icons)\//.test(path) || path === "/manifest.webmanifest";
}

/** The shell of this build, without waiting for a network: one that is nearly there is worse than none. */
async function shell(request) {
  return (await kept(SHELL)) ?? fetch(request);
}

/** A page of the office, or one that says that it needs the network. */
async function pageOfNetwork(request) {
  try {
    return await fetch(request);
  } catch {
    return (await kept(OFFLINE)) ?? Response.error();
  }
}

/** A file of this build; a hashed one may also be of the build before; else from the network. */
async function file(request, url) {
  const found = await kept(url.pathname);
  if (found) return found;
  const older = url.pathname.startsWith("/pkg/") ? await caches.match(url.pathname, ANY_VARIANT) : undefined;
  return older ?? fetch(request);
}

/** What this build kept under a path. */
function kept(path) {
  return caches.match(path, { cacheName: CACHE, ...ANY_VARIANT });
}
