// Passkeys on the pages that are for them: signing in, one's own access, showing again who one is. The pages work without
// this script; what it adds is hidden until it is there (style/plain.css), and stands after what works without it.
//
//   <button data-passkey="/connexion/cle" data-back="…">   asks that address followed by /defi, has the browser show the
//                                                          passkey, and sends the answer to the address itself
//   data-new                                               makes one instead
//
// Bytes travel as base64url. The browsers' own ways for that (`toJSON`, `parse…FromJSON`) are younger than many phones.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Where it is noted that a passkey was of use here: then it comes first, and only then. */
const KNOWN = "lanterne-cle";

function kept() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const NO_NETWORK = "Il n’y a pas de réseau pour le moment.";

/** What a person is told of a failure that the server did not word. */
function worded(name, isNew) {
  if (name === "InvalidStateError") return "Cet appareil a déjà une clé.";
  const what = name === "NotAllowedError" ? "Rien n’a été montré." : "Cela n’a pas marché.";
  return isNew ? `${what} Réessayez.` : `${what} Réessayez, ou utilisez votre phrase de passe.`;
}

async function ask(address, body) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(address, init).catch(() => {
    throw { sentence: NO_NETWORK };
  });
  // The session has ended meanwhile: one signs in, and comes back.
  if (answer.redirected) return { to: `/connexion?retour=${encodeURIComponent(location.pathname + location.search)}` };
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw said;
  return said;
}

function described({ publicKey }) {
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    // One that is made shall be able to open a notebook too (cipher.js): some authenticators want to know from the start.
    ...(publicKey.user && {
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      extensions: { ...publicKey.extensions, prf: {} },
    }),
    ...(publicKey.allowCredentials && { allowCredentials: keys(publicKey.allowCredentials) }),
    ...(publicKey.excludeCredentials && { excludeCredentials: keys(publicKey.excludeCredentials) }),
  };
}

function signed({ id, rawId, type, response }) {
  const parts = ["attestationObject", "authenticatorData", "clientDataJSON", "signature", "userHandle"];
  const held = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(held), extensions: {} };
}

async function show(button) {
  const { passkey: address, back = "", new: isNew } = button.dataset;
  const question = await ask(`${address}/defi`, {});
  if (question.to) return question.to;
  const publicKey = described(question.options);
  const shown = await (isNew === undefined
    ? navigator.credentials.get({ publicKey })
    : navigator.credentials.create({ publicKey }));
  const { to } = await ask(address, { id: question.id, credential: signed(shown), back });
  try {
    kept()?.setItem(KNOWN, "oui");
  } catch {
    // A browser that keeps nothing lets in all the same.
  }
  return to;
}

function say(button, sentence) {
  const line = document.getElementById(button.getAttribute("aria-describedby"));
  line.textContent = "";
  // Said again where it is the same.
  requestAnimationFrame(() => (line.textContent = sentence));
}

addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-passkey]");
  if (!button || button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  try {
    location.assign(await show(button));
  } catch (cause) {
    // To add one, one has to have shown of late who one is.
    if (cause.code === "proof_needed") location.assign(`/confirmer?retour=${location.pathname}`);
    else if (cause.code === "signed_out") location.assign(`/connexion?retour=${location.pathname}`);
    else say(button, cause.sentence ?? worded(cause.name, button.dataset.new !== undefined));
  }
  button.ariaDisabled = "false";
});

// A page at another name than theirs, such as a number, cannot ask for them.
const { site } = document.currentScript.dataset;
const isTheirs = location.hostname === site || location.hostname.endsWith(`.${site}`);
if (isTheirs && window.PublicKeyCredential && navigator.credentials) {
  document.documentElement.dataset.passkeys = kept()?.getItem(KNOWN) ? "first" : "second";
}
