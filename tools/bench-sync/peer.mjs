// The peer: PouchDB 9 as the phone, its documents in memory, and express-pouchdb 4.2 over LevelDB as the server, in a
// process of its own. Does what it is told on its standard input, a word a line, and answers each with a line of JSON.
//
//   node peer.mjs <folder> <entries.json>
import { fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import PouchDB from "pouchdb";
import memory from "pouchdb-adapter-memory";

const [, script, folder, list] = process.argv;

if (list === "serve") await serve();
else await measure();

async function serve() {
  const { default: express } = await import("express");
  const { default: expressPouchDB } = await import("express-pouchdb");
  const OnDisk = PouchDB.defaults({ prefix: `${folder}/` });
  const app = express();
  // Only what its own replication needs.
  app.use("/", expressPouchDB(OnDisk, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: `${folder}/log` }));
  const listener = app.listen(0, "127.0.0.1", () => process.send(listener.address().port));
  process.on("disconnect", () => process.exit());
}

async function measure() {
  PouchDB.plugin(memory);
  const bodies = JSON.parse(await readFile(list, "utf8")).map((text) => JSON.parse(text));
  const server = fork(script, [folder, "serve"]);
  const port = await new Promise((resolve) => server.once("message", resolve));

  let count = 0;
  const fresh = () => `db${(count += 1)}`;
  const remote = (name) => new PouchDB(`http://127.0.0.1:${port}/${name}`);
  const local = () => new PouchDB(fresh(), { adapter: "memory" });
  const docs = (from, many) =>
    Array.from({ length: many }, (_, index) => ({
      _id: crypto.randomUUID(),
      ...bodies[(from + index) % bodies.length],
    }));
  const seconds = async (act) => {
    const begun = performance.now();
    await act();
    return (performance.now() - begun) / 1_000;
  };
  const filled = async (from, many) => {
    const phone = local();
    await phone.bulkDocs(docs(from, many));
    return phone;
  };

  const acts = {
    // All entries from one phone, and down again on another: its replication, then its bulk write without it.
    async bulk() {
      const [phone, second, office, bare] = [await filled(0, bodies.length), local(), remote(fresh()), remote(fresh())];
      await Promise.all([office.info(), bare.info()]);
      const push = await seconds(() => phone.replicate.to(office, { batch_size: 100 }));
      const pull = await seconds(() => second.replicate.from(office, { batch_size: 500 }));
      const { doc_count } = await second.info();
      if (doc_count !== bodies.length) throw new Error(`${doc_count} of ${bodies.length} came through`);
      const all = docs(0, bodies.length);
      const pushBare = await seconds(async () => {
        for (let from = 0; from < all.length; from += 100) await bare.bulkDocs(all.slice(from, from + 100));
      });
      return { push, pull, push_bare: pushBare };
    },
    async single() {
      const office = remote(fresh());
      await office.info();
      const times = [];
      for (const doc of docs(0, 300)) times.push((await seconds(() => office.put(doc))) * 1_000);
      return { times: times.slice(30) };
    },
    async crowd() {
      const name = fresh();
      await remote(name).info();
      const phones = await Promise.all(Array.from({ length: 50 }, (_, index) => filled(index, 20)));
      const taken = await seconds(() => Promise.all(phones.map((phone) => phone.replicate.to(remote(name)))));
      const { doc_count } = await remote(name).info();
      if (doc_count !== 1_000) throw new Error(`${doc_count} of 1000 came through`);
      return { seconds: taken };
    },
    async small() {
      const office = remote(fresh());
      await office.info();
      const all = docs(0, 2_000);
      const taken = await seconds(() =>
        Promise.all(
          Array.from({ length: 50 }, async (_, first) => {
            for (let index = first; index < all.length; index += 50) await office.put(all[index]);
          }),
        ),
      );
      return { each_second: all.length / taken };
    },
  };

  for await (const word of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await acts[word]()));
  }
  server.disconnect();
}
