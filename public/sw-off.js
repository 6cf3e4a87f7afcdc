// The kill switch: a service worker that removes itself and the kept files, for the day on which a release of sw.js
// harms the phones that installed it. It is not served unless somebody decides so:
//
//   cp public/sw-off.js target/site/worker.js     then restart the server
//
// The server serves that file as /sw.js, never cached. A phone fetches it at its next start with a network, and from
// then on loads every page from the server. What was typed is safe: records and the outbox are in IndexedDB, which this
// does not touch. `make site` puts the real worker back at the next change of the sources, or at once after
// `rm -r target/site`.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(removeEverything());
});

async function removeEverything() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("lanterne-")).map((name) => caches.delete(name)));
  // Open pages are left alone: reloading one would lose what is being typed.
  await self.registration.unregister();
}
