// What a release holds, as a CycloneDX 1.6 document on the standard output: the crates of the server and of both wasm builds, and
// the npm packages that build the site (which are in no release). `make sbom`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const tree = (args) =>
  execFileSync("cargo", ["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
const wasm = ["--target", "wasm32-unknown-unknown", "-p", "frontend"];
const builds = {
  server: tree(["-p", "server"]),
  phone: tree([...wasm, "--features", "phone"]),
  office: tree([...wasm, "--features", "office"]),
};
const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--locked", "--format-version", "1"], { encoding: "utf8", maxBuffer: 1 << 28 }),
);
const licences = new Map(metadata.packages.map((it) => [`${it.name}@${it.version}`, it.license]));
const checksums = new Map();
for (const [, name, version, rest] of readFileSync("Cargo.lock", "utf8").matchAll(
  /\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"\n([^[]*)/g,
)) {
  const checksum = /checksum = "([0-9a-f]{64})"/.exec(rest);
  if (checksum) checksums.set(`${name}@${version}`, checksum[1]);
}

const crates = new Map();
for (const [build, text] of Object.entries(builds)) {
  for (const [, name, version] of text.matchAll(/^([A-Za-z0-9_-]+) v([^\s]+)/gm)) {
    const key = `${name}@${version}`;
    const known = crates.get(key) ?? { name, version, builds: new Set() };
    known.builds.add(build);
    crates.set(key, known);
  }
}
const components = [...crates.entries()]
  .filter(([key]) => checksums.has(key))
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([key, { name, version, builds }]) => ({
    type: "library",
    "bom-ref": `pkg:cargo/${key}`,
    name,
    version,
    purl: `pkg:cargo/${key}`,
    scope: "required",
    hashes: [{ alg: "SHA-256", content: checksums.get(key) }],
    ...(licences.get(key) && { licenses: [{ expression: licences.get(key).replaceAll("/", " OR ") }] }),
    properties: [...builds].map((value) => ({ name: "lanterne:build", value })),
  }));
for (const [path, it] of Object.entries(JSON.parse(readFileSync("package-lock.json", "utf8")).packages)) {
  if (!path) continue;
  const name = path.replace(/^.*node_modules\//, "");
  const [alg, digest] = (it.integrity ?? "").split("-");
  components.push({
    type: "library",
    "bom-ref": `pkg:npm/${name}@${it.version}#${path}`,
    name,
    version: it.version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${it.version}`,
    scope: "excluded",
    ...(alg === "sha512" && { hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] }),
    ...(it.license && { licenses: [{ expression: it.license }] }),
  });
}

const own = metadata.packages.find((it) => it.name === "server");
const serial = createHash("sha256").update(JSON.stringify(components)).digest("hex");
console.log(
  JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      // Of the same parts the same number: two documents can be compared.
      serialNumber: `urn:uuid:${serial.slice(0, 8)}-${serial.slice(8, 12)}-5${serial.slice(13, 16)}-8${serial.slice(17, 20)}-${serial.slice(20, 32)}`,
      version: 1,
      metadata: { component: { type: "application", name: "lanterne", version: own.version, licenses: [{ expression: own.license }] } },
      components,
    },
    null,
    1,
  ),
);
