// Starts the office's wasm on the page that the server rendered. `glue` is what bindgen wrote and WASM_URL the hashed
// name; tools/site.mjs gives both.
import start from "glue";
import { sayFailure } from "./failure.js";

start({ module_or_path: WASM_URL }).catch((cause) => {
  sayFailure(
    "Les commandes de cette page n’ont pas pu démarrer",
    "Ce qui est affiché est juste, mais les boutons peuvent rester sans effet. Rechargez la page pour réessayer.",
  );
  throw cause;
});
