// The names by which a wasm and its script know each other. bindgen gives each a hash of its own, written in both, and
// hashes do not pack: short ones save a phone 6 kB. What the optimizer took out of the wasm goes from the script too.

/** The same wasm and script with short names. */
export function shortened(wasm, script) {
  const module = new WebAssembly.Module(wasm);
  const used = new Set(WebAssembly.Module.imports(module).map(({ name }) => name));
  const names = new Map([...used].map((name, index) => [name, `_${index.toString(36)}`]));
  // Of what it exports, only what bindgen calls by itself: the others are called by their names from outside.
  const own = WebAssembly.Module.exports(module).filter(({ name }) => name.startsWith("wasm_bindgen_"));
  for (const [index, { name }] of own.entries()) names.set(name, `$${index.toString(36)}`);
  const kept = script
    // A shim of the object that the wasm imports, as bindgen indents it.
    .replace(/^ {8}(\w+): function\([^]*?^ {8}\},\n/gm, (shim, name) => (used.has(name) ? shim : ""))
    // Classes are kept alive by being told how they are disposed of.
    .replace(/^if \(Symbol\.dispose\) .*\n/gm, "")
    .replace(/\b\w+\b/g, (word) => names.get(word) ?? word);
  for (const [name, short] of names) {
    if (!kept.includes(short)) throw new Error(`the script does not know ${name}, which tools/names.mjs calls ${short}`);
  }
  return { wasm: renamed(wasm, names), script: kept };
}

/** Names stand in the sections of imports and of exports. */
function renamed(bytes, names) {
  const parts = [bytes.subarray(0, 8)];
  let at = 8;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const words = () => {
    const length = number();
    at += length;
    return Buffer.from(bytes.subarray(at - length, at)).toString();
  };
  /** The bytes that `read` passes over. */
  const raw = (read) => {
    const from = at;
    read();
    return bytes.subarray(from, at);
  };
  const limits = () => {
    const hasMost = number() & 1;
    number();
    if (hasMost) number();
  };
  const kinds = [number, () => (number(), limits()), limits, () => (at += 2)];
  const entry = {
    2: () => [packed(words()), packed(names.get(peek(words)) ?? words()), raw(() => (kinds[bytes[at++]])())],
    7: () => [packed(names.get(peek(words)) ?? words()), raw(() => ((at += 1), number()))],
  };
  /** What comes next; where it has another name, it is passed over. */
  function peek(read) {
    const from = at;
    const found = read();
    if (!names.has(found)) at = from;
    return found;
  }
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    const end = at + size;
    let section = bytes.subarray(at, end);
    if (entry[id]) {
      const count = number();
      const entries = [leb(count)];
      for (let left = count; left > 0; left -= 1) entries.push(...entry[id]());
      section = Buffer.concat(entries);
    }
    parts.push(Buffer.from([id]), leb(section.length), section);
    at = end;
  }
  return Buffer.concat(parts);
}

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

function packed(words) {
  const bytes = Buffer.from(words);
  return Buffer.concat([leb(bytes.length), bytes]);
}
