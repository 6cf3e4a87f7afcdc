// The names by which a wasm and its script know each other. bindgen gives each a hash of its own, written in both, and
// hashes do not pack: short ones save a phone 6 kB. What the optimizer took out of the wasm goes from the script too.

import { Reader, number, section, sections, text } from "./wasm.mjs";

/** The same wasm and script with short names. */
export function shortened(wasm, script) {
  const module = new WebAssembly.Module(wasm);
  const used = new Set(WebAssembly.Module.imports(module).map(({ name }) => name));
  const names = new Map([...used].map((name, index) => [name, `_${index.toString(36)}`]));
  // Of what it exports, only what bindgen calls by itself: the others are called by their names from outside.
  const own = WebAssembly.Module.exports(module).filter(({ name }) => name.startsWith("wasm_bindgen_"));
  for (const [index, { name }] of own.entries()) names.set(name, `$${index.toString(36)}`);
  const kept = script
    // A shim of the object that the wasm imports, as bindgen indents it; one that may throw is wrapped.
    .replace(/^ {8}(\w+): function\([^]*?^ {8}\}(?:, arguments\); \})?,\n/gm, (shim, name) => (used.has(name) ? shim : ""))
    // Classes are kept alive by being told how they are disposed of.
    .replace(/^if \(Symbol\.dispose\) .*\n/gm, "")
    .replace(/\b\w+\b/g, (word) => names.get(word) ?? word);
  for (const [name, short] of names) {
    const place = used.has(name) ? `\n        ${short}: ` : `wasm.${short}(`;
    if (!kept.includes(place)) throw new Error(`the script does not know ${name}, which tools/names.mjs calls ${short}`);
  }
  return { wasm: renamed(wasm, names), script: kept };
}

/** Names stand in the sections of imports and of exports. */
function renamed(bytes, names) {
  const short = (name) => text(names.get(name) ?? name);
  const parts = [bytes.subarray(0, 8)];
  for (const { id, body } of sections(bytes)) {
    if (id !== 2 && id !== 7) {
      parts.push(section(id, body));
      continue;
    }
    const reader = new Reader(body);
    const count = reader.number();
    const entries = [number(count)];
    for (let left = count; left > 0; left -= 1) {
      // Of an import, the module's name comes first.
      if (id === 2) entries.push(text(reader.text()));
      entries.push(short(reader.text()));
      entries.push(reader.raw(() => (id === 2 ? reader.imported() : ((reader.at += 1), reader.number()))));
    }
    parts.push(section(id, Buffer.concat(entries)));
  }
  return Buffer.concat(parts);
}
