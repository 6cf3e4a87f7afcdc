// What WebCrypto does for the lock of a notebook (frontend/src/store/lock.rs asks for it). In its own language, since each
// of these calls would cost a phone ten times as much wasm.
//
// A notebook has one key, made with its lock, which closes the texts of its rows with AES-GCM. It stands on the disk closed
// twice: under a key that PBKDF2 makes of the code, and under one that the server keeps; where its person wants it a third
// time, under what their passkey makes of a salt (WebAuthn's `prf`), which no disk holds. In memory it can be used and not
// read, but for the moment in which a code is chosen. What was closed is its nonce and then what came of it.

const AES = "AES-GCM";
const NONCE = 12;
/** How often a code is hashed to a key: each guess at a stolen phone's disk costs that much. */
const ROUNDS = 600_000;
const WRAPS = ["wrapKey", "unwrapKey"];
const USES = ["encrypt", "decrypt"];

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

function joined(iv, bytes) {
  const whole = new Uint8Array(NONCE + bytes.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(bytes), NONCE);
  return whole;
}

const parts = (whole) => [{ name: AES, iv: whole.subarray(0, NONCE) }, whole.subarray(NONCE)];

async function ofCode(code, salt, iterations) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, typed, { name: AES, length: 256 }, false, WRAPS);
}

const digits = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const ofBytes = (bytes) => crypto.subtle.importKey("raw", bytes, AES, false, WRAPS);

const ofKept = (kept) => ofBytes(Uint8Array.from(kept.match(/../g), (pair) => parseInt(pair, 16)));

/** What a passkey of this site makes of a salt, once its person has shown themselves to the browser; which one it was, and
 * the account that it is for. */
async function ofPasskey(first, ...ids) {
  const allowCredentials = ids.map((id) => ({ type: "public-key", id }));
  const extensions = { prf: { eval: { first } } };
  const publicKey = { challenge: random(32), userVerification: "required", allowCredentials, extensions };
  const shown = await navigator.credentials.get({ publicKey });
  const { first: made } = shown.getClientExtensionResults().prf.results;
  return [await ofBytes(made), shown.rawId, shown.response.userHandle];
}

async function wrap(wrapper, key) {
  const iv = random(NONCE);
  return joined(iv, await crypto.subtle.wrapKey("raw", key, wrapper, { name: AES, iv }));
}

function unwrap(wrapper, whole, extractable) {
  const [how, bytes] = parts(whole);
  return crypto.subtle.unwrapKey("raw", bytes, wrapper, how, AES, extractable, USES);
}

async function under(code, key) {
  const salt = random(16);
  return { salt, rounds: ROUNDS, byCode: await wrap(await ofCode(code, salt, ROUNDS), key) };
}

/** What the server shall keep for a new lock, as hexadecimal digits. */
export const freshKept = () => digits(random(32));

/** A new lock, and the key that it is of; with an owner, one that a passkey of theirs opens too, and nobody else's. */
export async function makeLock(id, code, kept, owner) {
  const salt = random(32);
  const [byPasskey, passkeyId, account] = owner ? await ofPasskey(salt) : [];
  if (owner && digits(new Uint8Array(account)) !== owner) throw account;
  const wrapper = await ofKept(kept);
  const key = await crypto.subtle.generateKey({ name: AES, length: 256 }, true, USES);
  const byServer = await wrap(wrapper, key);
  const lock = { id, byServer, ...(await under(code, key)) };
  if (byPasskey) lock.byPasskey = { id: passkeyId, salt, key: await wrap(byPasskey, key) };
  return [lock, await unwrap(wrapper, byServer, false)];
}

/** The key of a lock by its code; fails with another one. */
export const keyByCode = async (lock, code) => unwrap(await ofCode(code, lock.salt, lock.rounds), lock.byCode, false);

/** The key of a lock by its passkey; fails with another one. */
export async function keyByPasskey({ byPasskey: { id, salt, key } }) {
  const [wrapper] = await ofPasskey(salt, id);
  return unwrap(wrapper, key, false);
}

/** The lock under a new code, and its key, by what the server has kept. */
export async function renewLock(lock, kept, code) {
  const wrapper = await ofKept(kept);
  const key = await unwrap(wrapper, lock.byServer, true);
  return [{ ...lock, ...(await under(code, key)) }, await unwrap(wrapper, lock.byServer, false)];
}

/** Rows whose texts are closed. What is indexed stays beside them, but for the day of what an entry tells. */
export const closeRows = (key, rows) =>
  Promise.all(
    rows.map(async (row) => {
      if (row?.json === undefined) return row;
      const { json, day, ...rest } = row;
      const iv = random(NONCE);
      const bytes = await crypto.subtle.encrypt({ name: AES, iv }, key, new TextEncoder().encode(json));
      return { ...rest, closed: joined(iv, bytes) };
    }),
  );

async function openRow(key, row) {
  if (!row?.closed) return row;
  const { closed, ...rest } = row;
  const [how, bytes] = parts(closed);
  return { ...rest, json: new TextDecoder().decode(await crypto.subtle.decrypt(how, key, bytes)) };
}

/** Rows as they were, all of them: fails where this key does not open one. */
export const openAllRows = (key, rows) => Promise.all(rows.map((row) => openRow(key, row)));

/** Rows as they were; one that this key does not open stays as it is, and cannot be read. Asked for a second time before
 * that is believed: thousands at once may be too many for a small phone. */
export const openRows = (key, rows) =>
  Promise.all(rows.map((row) => openRow(key, row).catch(() => openRow(key, row)).catch(() => row)));
