/** What a visitor downloads first, and what Cloudflare is given: compressed sizes of the built artefacts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { workerPaths, type Kind } from "./build.ts";

export const FIRST_LOAD_LIMIT = 100_000;
export const WORKER_LIMIT = 1_000_000;

/** index.html with every script, stylesheet and preloaded module it names, as gzip: any visitor gets this or less. */
export async function firstLoadBytes(kind: Kind): Promise<number> {
  const { assets } = workerPaths(kind);
  const loaded = new Set<string>();
  async function load(path: string): Promise<number> {
    if (loaded.has(path)) return 0;
    loaded.add(path);
    const content = await readFile(join(assets, path));
    const imports = path.endsWith(".js") ? staticImports(content.toString(), path) : [];
    return compressed(content) + (await sum(imports.map(load)));
  }
  const html = await readFile(join(assets, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/([^":]+\.(?:js|css|woff2))"/g)].map((match) => match[1]!);
  return compressed(Buffer.from(html)) + (await sum(named.map(load)));
}

export async function workerBytes(kind: Kind): Promise<number> {
  return compressed(await readFile(workerPaths(kind).script));
}

function compressed(content: Buffer): number {
  return gzipSync(content, { level: 9 }).length;
}

async function sum(parts: Promise<number>[]): Promise<number> {
  return (await Promise.all(parts)).reduce((total, part) => total + part, 0);
}

/** `import "./x.js"` and `from "./x.js"` load at once; `import("./x.js")` does not. */
function staticImports(source: string, path: string): string[] {
  const found = source.matchAll(/(?:from|import)\s*"(\.{1,2}\/[^"]+\.js)"/g);
  return [...found].map((match) => new URL(match[1]!, `file:///${path}`).pathname.slice(1));
}
