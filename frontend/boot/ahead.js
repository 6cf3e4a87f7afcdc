// What a notebook opens with, asked of the disk while the shell is being drawn and the wasm is on its way: the first thing
// in the shell's head. frontend/src/store/ahead.rs takes it up, once, and asks by itself where there is none. Only what
// exists is opened: nothing is made or changed from here.
import { readNotebook, told } from "./notebook.js";
import { light } from "./theme.js";

// Before the first frame, again once the shell's colours are there, and as the evening comes.
self.light = light;
light();
// The shell is « Ce soir »: to another screen it lends what stands around it only (style/shell.css).
if (!/^\/(app\/?)?$/.test(location.pathname)) document.documentElement.dataset.elsewhere = "";
addEventListener("DOMContentLoaded", light);
addEventListener("visibilitychange", light);
setInterval(light, 6e4);

/** Opens a database that exists. */
function open(name) {
  const request = indexedDB.open(name);
  // There is none: it is for others to make it.
  request.onupgradeneeded = () => request.transaction.abort();
  return told(request);
}

async function openNotebook(name) {
  const [database, words] = [await open(name), []];
  let tabs;
  try {
    // A newer build waits for nobody who has not begun, and a browser may clear or close what it wants: what was read then
    // is of no use, as after a word of another tab.
    database.onclose = database.onversionchange = () => words.push(database.close());
    tabs = new BroadcastChannel(name);
    tabs.onmessage = ({ data }) => words.push(data);
    return { database, tabs, words, rows: await readNotebook(database) };
  } catch {
    database.close();
    tabs?.close();
  }
}

async function readAhead() {
  const who = await open("lanterne");
  const store = who.transaction("who").objectStore("who");
  // Closed once what has begun ends.
  who.close();
  const people = await Promise.all(["current", "signed-out", "last-sign-in"].map((key) => told(store.get(key))));
  const account = people[0] && JSON.parse(people[0].json).account;
  const notebook = account && (await openNotebook("lanterne-" + account).catch(() => undefined));
  return { people, notebook };
}

const asked = readAhead().catch(() => undefined);

/** Hands over a part of what came of it, once. */
self.takeAhead = async (part) => {
  const ahead = await asked;
  const found = ahead?.[part];
  if (found) delete ahead[part];
  return found;
};
