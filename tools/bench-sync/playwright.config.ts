// The browser's half of `make bench-sync`: the real phone in a real Chromium.
import { bench } from "../bench.ts";

export default bench("browser.ts");
