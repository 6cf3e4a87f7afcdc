// Starts the phone's wasm. `glue` is what bindgen wrote and WASM_URL the hashed name; tools/site.mjs gives both.
import start from "glue";
import { sayFailure } from "./failure.js";

start({ module_or_path: WASM_URL }).catch((cause) => {
  sayFailure(
    "Le carnet n’a pas pu s’ouvrir",
    "Vos saisies restent sur ce téléphone. Fermez Lanterne, puis rouvrez-la\u202f; si cela recommence, prévenez votre coordination.",
  );
  throw cause;
});
