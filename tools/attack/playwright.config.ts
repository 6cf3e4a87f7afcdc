// The part of `make attack` that needs a server with a network in it.
import { bench } from "../bench.ts";

export default bench("figures.ts");
