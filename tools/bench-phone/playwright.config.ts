// `make bench-phone`: the phone in a real Chromium, beside peers in the same run.
import { bench } from "../bench.ts";

export default bench("cold.ts", "taps.ts", "scroll.ts", "lighthouse.ts");
