// Starts the office's wasm on the page that the server rendered. `glue` is what bindgen wrote and WASM_URL the hashed
// name; tools/site.mjs gives both.
import start from "glue";
import { sayFailure } from "./failure.js";

start({ module_or_path: WASM_URL }).then(
  // From here on the page answers by itself; before, its links and forms go to the server.
  () => (document.documentElement.dataset.alive = ""),
  (cause) => {
    sayFailure(
      "Cette page n’a pas fini de s’ouvrir",
      "Les chiffres affichés sont justes. Rechargez la page si un bouton reste sans effet.",
    );
    throw cause;
  },
);
