/** The files of a folder over loopback, as a static host would serve them, and proofs of single entries. */
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = { ".js": "text/javascript", ".html": "text/html", ".json": "application/json" };

/** `answer` is asked before the folder is; null leaves a path to it. */
export async function serveFolder(folder: string, answer: (path: string) => string | null): Promise<Served> {
  async function bodyOf(path: string): Promise<Uint8Array | string | null> {
    const made = answer(path);
    if (made !== null) return made;
    return path.includes("..") ? null : await readFile(join(folder, path)).catch(() => null);
  }
  async function respond(path: string, response: ServerResponse): Promise<void> {
    const body = await bodyOf(path);
    response.writeHead(body === null ? 404 : 200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "access-control-allow-origin": "*",
    });
    response.end(body ?? "");
  }
  const server = createServer((request, response) => {
    void respond(new URL(request.url ?? "/", "http://localhost").pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
