#!/usr/bin/env node
// Builds the site that the server serves: the two wasm bundles with their scripts, the stylesheet, the service worker,
// fonts and icons, and assets.json, which tells the server their hashed names (server/src/http/assets.rs reads it).
//
//   node tools/site.mjs [--phone <wasm>] [--office <wasm>] [--bindgen <program>] [--out <folder>]
//
// Nothing happens when no input has changed. Otherwise the whole site is written beside the old one and takes its place
// at the end, so that a server never sees half a site.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { shortened } from "./names.mjs";
import { ordered } from "./order.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
const WASM = join(TARGET, "wasm32-unknown-unknown/wasm/examples");
const { values: options } = parseArgs({
  options: {
    phone: { type: "string", default: join(WASM, "phone.wasm") },
    office: { type: "string", default: join(WASM, "office.wasm") },
    bindgen: { type: "string", default: join(TARGET, "release/bindgen") },
    out: { type: "string", default: join(TARGET, "site") },
  },
});
const SITE = resolve(options.out);
const CACHE = join(TARGET, "site-cache");

/** Most that all files of the site that a phone downloads may weigh, packed, as a promeneur's evening often has one bar of
 * network; its two pages, which the server writes, come besides. The goal is 300 kB: this is what they weigh now, and goes up
 * for a reason only. */
const MOST_PHONE_BYTES = 394_000;
/** Builds before this one whose /pkg files stay, for pages that are still open and phones that update late. */
const KEPT_BUILDS = 3;
/** Named one by one: with --all-features wasm-opt writes what browsers refuse to compile. */
const WASM_OPT_FLAGS = [
  // leptos draws in wasm-streams, whose classes a script could make and nobody does: their exports keep 4 kB alive.
  "--remove-exports=*intounderlying*",
  "--remove-exports=_WASM_SPLIT_MARKER*",
  "--strip-producers",
  "--strip-target-features",
  "--remove-unused-module-elements",
  // Twice over flattened code finds what once over nested code does not.
  "--flatten",
  "--rereloop",
  "-Oz",
  "-Oz",
  // By the names that tools/order.mjs gives them.
  "--reorder-functions-by-name",
  // What is called once is written once by the compiler already; moving it into its caller packs worse (by 1 %).
  "--one-caller-inline-max-function-size=0",
  // The lowest kilobyte is the far end of the stack (rustc links with --stack-first), so no address that the code
  // computes lies in it, and small offsets fold into the loads and stores.
  "--low-memory-unused",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];
/** What the list of files calls the script that stands in the shell. */
const AHEAD = "ahead.js, in the shell";
const FONT = "/fonts/atkinson-hyperlegible-next-latin.woff2";
/** Files without a hash in their name that the phone shows or needs to be installed. The launcher's icons are not:
 * the system fetches them once, at the installation, with a network. */
const PHONE_FILES = [FONT, "/icons/favicon.svg", "/manifest.webmanifest"];

const run = promisify(execFile);
const pack = {
  // In small blocks wasm packs by half a kilobyte better.
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGBLOCK]: 16 },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};
const isPackable = (name) => /\.(js|css|wasm|svg|webmanifest)$/.test(name);
const hash = (...parts) => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part).update("\0");
  return digest.digest("hex");
};

async function build() {
  const inputs = await readInputs();
  const before = await readJson(join(SITE, "build.json"));
  if (before?.inputs === inputs.all) return;

  const { build: esbuild } = await import("esbuild");
  const next = `${SITE}.next-${process.pid}`;
  await mkdir(join(next, "pkg"), { recursive: true });
  try {
    const add = async (stem, extension, bytes) => {
      const path = `/pkg/${stem}.${hash(bytes).slice(0, 10)}.${extension}`;
      await writeFile(join(next, path), bytes);
      return path;
    };
    const styles = { phone: "style/phone.css", office: "style/coordination.css" };
    const [phone, office] = await Promise.all(
      Object.entries(styles).map(async ([name, style]) => {
        const css = await add(name, "css", await bundle(esbuild, style, { external: ["/fonts/*"] }));
        const folder = await makeWasm(name, inputs);
        const wasm = await add(name, "wasm", await readFile(join(folder, `${name}_bg.wasm`)));
        const script = await bundle(esbuild, `frontend/boot/${name}.js`, {
          // The service worker imports the phone's, and imports classic scripts only.
          format: name === "phone" ? "iife" : "esm",
          alias: { glue: join(folder, `${name}.js`) },
          // The glue's own guess where the wasm is; it is always told.
          define: { WASM_URL: JSON.stringify(wasm), "import.meta.url": '""' },
          // What the glue says of servers that are not ours, and of ways of calling it that are not ours either.
          pure: ["console.warn"],
        });
        return { css, js: await add(name, "js", script), wasm };
      }),
    );
    const passkeys = await add("passkey", "js", await bundle(esbuild, "frontend/boot/passkey.js", { format: "iife" }));
    // Within the shell, which lets nothing else of its kind run.
    const text = Buffer.from(await bundle(esbuild, "frontend/boot/ahead.js", { format: "iife" })).toString().trim();
    const ahead = { text, hash: `sha256-${createHash("sha256").update(text).digest("base64")}` };
    // A classic worker: BUILD and KEPT are what the server puts in front.
    await writeFile(join(next, "worker.js"), await bundle(esbuild, "public/sw.js", { format: "iife" }));
    await copyPublic(next);

    const precache = [phone.css, phone.js, phone.wasm, ...PHONE_FILES];
    // Files without a hash in their name are named with one here, because the server derives the build's name from
    // this file: a changed icon must reach the phones like a changed script.
    const contents = {};
    for (const path of PHONE_FILES) contents[path] = hash(await readFile(join(next, path))).slice(0, 10);
    await writeJson(join(next, "assets.json"), { font: FONT, bundles: { phone, office }, passkeys, ahead, precache, contents });

    const report = await Promise.all((await packAll(next)).map((path) => measure(next, path)));
    const pkg = [...[phone, office].flatMap(({ css, js, wasm }) => [css, js, wasm]), passkeys];
    const older = await keepOlderBuilds(next, before, pkg);
    await writeJson(join(next, "build.json"), { inputs: inputs.all, pkg, older });
    report.push({ path: AHEAD, raw: text.length, packed: (await pack.br(Buffer.from(text))).length });
    const total = printReport(report, new Set(precache));
    // A build for the developer's own eyes (`make build LOUD=1` or `LIVING=1`) may weigh more.
    if (total > MOST_PHONE_BYTES && !process.env.LOUD && !process.env.LIVING) {
      throw new Failure(
        `a phone would download ${kilobytes(total)} kB and may download ${kilobytes(MOST_PHONE_BYTES)}: ` +
          "make the phone's bundle smaller (what has the last change drawn into it?)",
      );
    }
    await replace(next);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

class Failure extends Error {}

/** Every file that has a say in the site, as one hash; and the hashes on which the wasm alone depends. */
async function readInputs() {
  const bytesOf = async (path, remedy) => {
    try {
      return await readFile(path);
    } catch {
      throw new Failure(`${relative(process.cwd(), path)} is missing: ${remedy}`);
    }
  };
  const [bindgen, lock, self, order, names, bytes, phone, office] = await Promise.all([
    bytesOf(resolve(options.bindgen), "build it with `make site`"),
    bytesOf(join(ROOT, "package-lock.json"), "restore it from git"),
    bytesOf(fileURLToPath(import.meta.url), "restore it from git"),
    bytesOf(join(ROOT, "tools/order.mjs"), "restore it from git"),
    bytesOf(join(ROOT, "tools/names.mjs"), "restore it from git"),
    bytesOf(join(ROOT, "tools/wasm.mjs"), "restore it from git"),
    bytesOf(resolve(options.phone), "build it with `make site`"),
    bytesOf(resolve(options.office), "build it with `make site`"),
  ]);
  const tools = hash(bindgen, lock, order, names, bytes, WASM_OPT_FLAGS.join());
  const wasm = { phone: hash(tools, phone), office: hash(tools, office) };
  const files = [];
  for (const folder of ["style", "frontend/boot", "public"]) {
    for (const path of await filesUnder(join(ROOT, folder))) files.push(relative(ROOT, path), await readFile(path));
  }
  return { wasm, all: hash(self, wasm.phone, wasm.office, ...files) };
}

/** The glue and the optimised wasm of a bundle, in a folder of the cache; made only if its wasm is a new one. */
async function makeWasm(name, inputs) {
  const folder = join(CACHE, `${name}-${inputs.wasm[name].slice(0, 16)}`);
  if (await readFile(join(folder, `${name}.js`)).catch(() => null)) return folder;
  const before = (await readdir(CACHE).catch(() => [])).filter((entry) => entry.startsWith(`${name}-`));
  const fresh = `${folder}.next-${process.pid}`;
  await mkdir(fresh, { recursive: true });
  say(`making the ${name}'s wasm small (a minute or less)`);
  await run(resolve(options.bindgen), [resolve(options[name]), fresh, name]);
  const wasm = join(fresh, `${name}_bg.wasm`);
  await writeFile(wasm, ordered(await readFile(wasm)));
  await run(join(ROOT, "node_modules/.bin/wasm-opt"), [...WASM_OPT_FLAGS, wasm, "-o", wasm]);
  if (!WebAssembly.validate(await readFile(wasm))) {
    throw new Failure(`wasm-opt wrote a ${name}.wasm that does not compile: check the feature flags in tools/site.mjs`);
  }
  const glue = join(fresh, `${name}.js`);
  const short = shortened(await readFile(wasm), await readFile(glue, "utf8"));
  await Promise.all([writeFile(wasm, short.wasm), writeFile(glue, short.script)]);
  await rename(fresh, folder);
  await Promise.all(before.map((entry) => rm(join(CACHE, entry), { recursive: true, force: true })));
  return folder;
}

/** One bundled and minified file. */
async function bundle(esbuild, entry, settings) {
  const { outputFiles } = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    write: false,
    ...settings,
  });
  return outputFiles[0].contents;
}

async function copyPublic(site) {
  for (const entry of ["fonts", "icons", "manifest.webmanifest"]) {
    await cp(join(ROOT, "public", entry), join(site, entry), { recursive: true });
  }
}

/** Packs what compresses, once, as small as it gets: the server only has to send it. Returns the site's paths. */
async function packAll(site) {
  const paths = [];
  for (const folder of ["pkg", "fonts", "icons"]) {
    for (const file of await filesUnder(join(site, folder))) paths.push("/" + relative(site, file));
  }
  paths.push("/manifest.webmanifest", "/worker.js");
  await Promise.all(
    paths.filter(isPackable).map(async (path) => {
      const bytes = await readFile(join(site, path));
      for (const [extension, packed] of [["br", pack.br], ["gz", pack.gz]]) {
        await writeFile(join(site, `${path}.${extension}`), await packed(bytes));
      }
    }),
  );
  return paths;
}

async function measure(site, path) {
  const raw = (await readFile(join(site, path))).length;
  const packed = isPackable(path) ? (await readFile(join(site, `${path}.br`))).length : raw;
  return { path, raw, packed };
}

/** Links the /pkg files of the builds before into the new site. Returns their lists, the newest first. */
async function keepOlderBuilds(next, before, pkg) {
  const builds = before ? [before.pkg, ...before.older] : [];
  const older = builds.filter((build) => !isDeepStrictEqual(build, pkg)).slice(0, KEPT_BUILDS);
  for (const path of new Set(older.flat())) {
    for (const suffix of ["", ".br", ".gz"]) {
      await link(join(SITE, path + suffix), join(next, path + suffix)).catch((cause) => {
        // The same file in two builds, or one that somebody removed.
        if (!["EEXIST", "ENOENT"].includes(cause.code)) throw cause;
      });
    }
  }
  return older;
}

/** Puts the new site in the place of the old one. */
async function replace(next) {
  const old = `${SITE}.old-${process.pid}`;
  await rename(SITE, old).catch((cause) => {
    if (cause.code !== "ENOENT") throw cause;
  });
  await rename(next, SITE);
  await rm(old, { recursive: true, force: true });
}

/** Prints a line for each file that a phone keeps and for each bundle; returns what counts for the budget. */
function printReport(report, precache) {
  const ofPhone = ({ path }) => precache.has(path) || path === "/worker.js" || path === AHEAD;
  const shown = report.filter((file) => ofPhone(file) || file.path.startsWith("/pkg/"));
  shown.sort((a, b) => ofPhone(b) - ofPhone(a) || b.packed - a.packed);
  const row = (name, raw, packed) => say(`${name.padEnd(48)}${raw.padStart(9)}${packed.padStart(9)}`);
  row("file (* on every phone)", "raw kB", "sent kB");
  for (const file of shown) {
    row(`${ofPhone(file) ? "*" : " "} ${file.path}`, kilobytes(file.raw), kilobytes(file.packed));
  }
  const total = (key) => shown.filter(ofPhone).reduce((sum, file) => sum + file[key], 0);
  row(`a phone downloads (at most ${kilobytes(MOST_PHONE_BYTES)})`, kilobytes(total("raw")), kilobytes(total("packed")));
  return total("packed");
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
const say = (text) => console.log(`site: ${text}`);
const writeJson = (path, value) => writeFile(path, JSON.stringify(value, null, 1) + "\n");
const readJson = (path) => readFile(path, "utf8").then(JSON.parse).catch(() => null);

/** Every file under a folder, in one order on every machine. */
async function filesUnder(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

try {
  await build();
} catch (cause) {
  // A program that failed has said why on its standard error, which the message holds.
  console.error(`site: ${cause instanceof Failure ? cause.message : (cause.stack ?? cause)}`);
  process.exitCode = 1;
}
