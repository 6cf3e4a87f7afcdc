// What a wasm's bytes are made of, as far as the tools that make it small have to read and write them.

/** Reads from `bytes`, from `at` on. */
export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString();
  }

  /** Passes over what an import is of, and tells whether it is a function. */
  imported() {
    const limits = () => {
      const hasMost = this.number() & 1;
      this.number();
      if (hasMost) this.number();
    };
    const kind = this.byte();
    if (kind === 0) this.number();
    else if (kind === 1) this.at += 1;
    if (kind === 1 || kind === 2) limits();
    else if (kind === 3) this.at += 2;
    else if (kind !== 0) throw new Error(`an import of kind ${kind}, which tools/wasm.mjs does not know`);
    return kind === 0;
  }

  /** What `read` passes over. */
  raw(read) {
    const from = this.at;
    read();
    return this.bytes.subarray(from, this.at);
  }
}

/** The sections of a module, each with its id. */
export function* sections(bytes) {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    yield { id, body: bytes.subarray(reader.at, reader.at + size) };
    reader.at += size;
  }
}

export function section(id, body) {
  return Buffer.concat([Buffer.from([id]), number(body.length), body]);
}

export function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 127) | (value > 127 ? 128 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

export function text(words) {
  const bytes = Buffer.from(words);
  return Buffer.concat([number(bytes.length), bytes]);
}
