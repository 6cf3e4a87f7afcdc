// The same log as most would write it: React over Dexie.
import Dexie from "dexie";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

import { NETWORKS, THEMES, fresh } from "./entry.js";

const database = new Dexie("react", { chromeTransactionDurability: "strict" });
database.version(1).stores({ entries: "id" });

function Chips({ name, of, value, set }) {
  return (
    <fieldset>
      <legend>{name}</legend>
      {of.map((each) => (
        <button key={each} type="button" className="chip" aria-pressed={value === each} onClick={() => set(each)}>
          {each}
        </button>
      ))}
    </fieldset>
  );
}

function Log() {
  const [entries, setEntries] = useState();
  const [network, setNetwork] = useState();
  const [theme, setTheme] = useState();
  const [count, setCount] = useState(1);
  const [note, setNote] = useState("");
  useEffect(() => {
    database.entries.toArray().then((held) => {
      setNetwork(held.at(-1)?.network ?? NETWORKS[0]);
      setEntries(held.toReversed());
    });
  }, []);
  if (!entries) return null;
  const save = async () => {
    const entry = fresh({ network, theme, count, note });
    await database.entries.put(entry);
    setEntries([entry, ...entries]);
    setNote("");
  };
  return (
    <>
      <form>
        <Chips name="Réseau" of={NETWORKS} value={network} set={setNetwork} />
        <Chips name="Thème" of={THEMES} value={theme} set={setTheme} />
        <fieldset>
          <legend>Jeunes</legend>
          <button type="button" onClick={() => setCount(Math.max(1, count - 1))}>−</button>
          <output>{count}</output>
          <button type="button" onClick={() => setCount(count + 1)}>+</button>
        </fieldset>
        <label>Note <textarea value={note} onChange={(event) => setNote(event.target.value)} /></label>
        <button type="button" className="save" onClick={save}>Enregistrer</button>
      </form>
      <ul>
        {entries.slice(0, 20).map((entry) => <li key={entry.id}>{entry.network}, {entry.count}, {entry.note}</li>)}
      </ul>
    </>
  );
}

createRoot(document.getElementById("app")).render(<Log />);
