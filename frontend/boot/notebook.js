// What a notebook opens with, in the one way in which it is asked of the disk: by the shell before the program is there
// (ahead.js), and by the program where the shell could not or it is to be asked again (frontend/src/store/opening.rs).

/** How many of the newest entries the first screen needs; as many make the habits of a person (app/src/promeneur/habits.rs). */
const NEWEST = 40;

/** The answer to a question. */
export const told = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Lock, lease, own facts, those that could not be read, outbox, drafts, the newest entries and the key of the one before
 * them, as they all were at one moment. */
export async function readNotebook(database) {
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
}
