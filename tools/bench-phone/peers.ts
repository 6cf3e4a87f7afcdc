// The peers, built and served: one page each, with a worker that keeps it for when there is no network.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import babel from "@babel/core";
import solidPreset from "babel-preset-solid";
import { build, type Plugin } from "esbuild";

const FOLDER = fileURLToPath(new URL("peers/", import.meta.url));

export type PeerName = "solid" | "react";

/** A peer on a port of its own, until it is closed. */
export interface Peer {
  url: string;
  close(): Promise<void>;
}

/** Solid's own compiler, before esbuild sees the file. */
const solid: Plugin = {
  name: "solid",
  setup(plugins) {
    plugins.onLoad({ filter: /solid\.jsx$/ }, async ({ path }) => {
      const made = await babel.transformFileAsync(path, { presets: [solidPreset], configFile: false });
      return { contents: made?.code ?? "", loader: "js" };
    });
  },
};

export async function servePeer(name: PeerName): Promise<Peer> {
  const { outputFiles } = await build({
    absWorkingDir: FOLDER,
    entryPoints: [`${name}.jsx`],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    conditions: ["browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: name === "solid" ? [solid] : [],
    logLevel: "warning",
  });
  const files: Record<string, [string, Uint8Array]> = {
    "/": ["text/html; charset=utf-8", await readFile(`${FOLDER}index.html`)],
    "/app.js": ["text/javascript", outputFiles[0]!.contents],
    "/worker.js": ["text/javascript", await readFile(`${FOLDER}worker.js`)],
  };
  const server = createServer((request, response) => {
    const [type, bytes] = files[request.url ?? ""] ?? [];
    response.writeHead(bytes ? 200 : 404, { "content-type": type ?? "text/plain" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}
