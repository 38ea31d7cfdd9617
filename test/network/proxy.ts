/** An address that is not the log's own: passes everything through, and changes one bit of one kind of response. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Proxy {
  url: string;
  /** bytes of each path served so far */
  served: Map<string, number>;
  /** which responses to change, and which byte of them (as a fraction of the length) */
  tamper: { matches: (path: string) => boolean; at: number } | null;
  close(): Promise<void>;
}

export async function openProxy(target: string): Promise<Proxy> {
  const proxy: Proxy = { url: "", served: new Map(), tamper: null, close };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    async function pass(): Promise<void> {
      const answer = await fetch(new URL(path, target));
      const body = new Uint8Array(await answer.arrayBuffer());
      proxy.served.set(path, body.length);
      if (proxy.tamper?.matches(path)) flip(body, proxy.tamper.at);
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
      response.end(body);
    }
    pass().catch(() => response.destroy());
  });
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return proxy;
}

export function flip(body: Uint8Array, at: number): void {
  const index = Math.min(body.length - 1, Math.floor(body.length * at));
  if (index >= 0) body[index] = body[index]! ^ 1;
}
