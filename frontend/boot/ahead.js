// What a notebook opens with, asked of the disk while the shell is being drawn and the wasm is on its way: the first thing
// in the shell's head. frontend/src/store/ahead.rs takes it up, once, and asks by itself where there is none. Only what
// exists is opened: nothing is made or changed from here.

/** How many of the newest entries the first screen needs; as many make the habits of a person (app/src/promeneur/habits.rs). */
const NEWEST = 40;

const told = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Lock, lease, own facts, those that could not be read, outbox, drafts, the newest entries and the key of the one before
 * them, as they all were at one moment. */
self.readNotebook = async (database) => {
  const names = ["drafts", "entries", "meta", "outbox"];
  const transaction = database.transaction(names);
  const [drafts, entries, meta, outbox] = names.map((name) => transaction.objectStore(name));
  const asked = [meta.getAllKeys(), meta.getAll(), outbox.getAll(), drafts.getAll()].map(told);
  // To the key and back, whatever the number of entries.
  const way = entries.openKeyCursor(null, "prev");
  let before = await told(way);
  if (before) {
    before.advance(NEWEST);
    before = await told(way);
  }
  const older = before?.key;
  asked.push(told(entries.getAll(older && IDBKeyRange.lowerBound(older, true))));
  const [keys, values, ...rows] = await Promise.all(asked);
  const own = (key) => values[keys.indexOf(key)];
  return [own("lock"), own("lease"), own("sync"), own("unreadable"), ...rows, older];
};

/** Opens a database that exists. */
function open(name) {
  const request = indexedDB.open(name);
  // There is none: it is for others to make it.
  request.onupgradeneeded = () => request.transaction.abort();
  return told(request);
}

async function readAhead() {
  const who = await open("lanterne");
  const store = who.transaction("who").objectStore("who");
  // Closed once what has begun ends.
  who.close();
  const people = await Promise.all(["current", "signed-out", "last-sign-in"].map((key) => told(store.get(key))));
  const ahead = { people };
  if (people[0]) {
    const name = "lanterne-" + JSON.parse(people[0].json).account;
    const database = await open(name);
    // A newer build waits for nobody who has not begun.
    database.onversionchange = () => database.close();
    const [tabs, words] = [new BroadcastChannel(name), []];
    // What another tab writes from here on may not be in what is read.
    tabs.onmessage = ({ data }) => words.push(data);
    ahead.notebook = { database, tabs, words, rows: await self.readNotebook(database) };
  }
  return ahead;
}

const asked = readAhead().catch(() => undefined);

/** Hands over a part of what came of it, once. */
self.takeAhead = async (part) => {
  const ahead = await asked;
  const found = ahead?.[part];
  if (found) delete ahead[part];
  return found;
};
