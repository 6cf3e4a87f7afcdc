// The smallest evening log that one would write by hand: Solid over raw IndexedDB. It opens its database, reads what was
// noted, prefills the form with the last entry's network, and saves in one strict transaction.
import { createSignal, For } from "solid-js";
import { render } from "solid-js/web";

import { NETWORKS, THEMES, fresh } from "./entry.js";

const opening = indexedDB.open("solid", 1);
opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "id" });
opening.onsuccess = () => {
  const database = opening.result;
  const reading = database.transaction("entries").objectStore("entries").getAll();
  reading.onsuccess = () => {
    document.getElementById("app").textContent = "";
    render(() => <Log database={database} held={reading.result} />, document.getElementById("app"));
  };
};

function Chips(props) {
  return (
    <fieldset>
      <legend>{props.name}</legend>
      <For each={props.of}>
        {(each) => (
          <button type="button" class="chip" aria-pressed={props.value() === each} onClick={() => props.set(each)}>
            {each}
          </button>
        )}
      </For>
    </fieldset>
  );
}

function Log(props) {
  const [entries, setEntries] = createSignal(props.held.toReversed());
  const [network, setNetwork] = createSignal(props.held.at(-1)?.network ?? NETWORKS[0]);
  const [theme, setTheme] = createSignal();
  const [count, setCount] = createSignal(1);
  const [note, setNote] = createSignal("");
  const save = () => {
    const entry = fresh({ network: network(), theme: theme(), count: count(), note: note() });
    const transaction = props.database.transaction("entries", "readwrite", { durability: "strict" });
    transaction.objectStore("entries").put(entry);
    transaction.oncomplete = () => {
      setEntries([entry, ...entries()]);
      setNote("");
    };
  };
  return (
    <>
      <form>
        <Chips name="Réseau" of={NETWORKS} value={network} set={setNetwork} />
        <Chips name="Thème" of={THEMES} value={theme} set={setTheme} />
        <fieldset>
          <legend>Jeunes</legend>
          <button type="button" onClick={() => setCount(Math.max(1, count() - 1))}>−</button>
          <output>{count()}</output>
          <button type="button" onClick={() => setCount(count() + 1)}>+</button>
        </fieldset>
        <label>Note <textarea value={note()} onInput={(event) => setNote(event.target.value)} /></label>
        <button type="button" class="save" onClick={save}>Enregistrer</button>
      </form>
      <ul>
        <For each={entries().slice(0, 20)}>{(entry) => <li>{entry.network}, {entry.count}, {entry.note}</li>}</For>
      </ul>
    </>
  );
}
