/** Ports of the embedded network: the hub's, then one for each node. A port is part of an origin, so it is known before boot. */
import { createServer } from "node:net";

const HOST = "127.0.0.1";

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export async function takenPorts(first: number, count: number): Promise<number[]> {
  const ports = Array.from({ length: count }, (_, i) => first + i);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, i) => !free[i]);
}

/** The first of `count` neighbouring free ports, for tests and benchmarks. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    if ((await takenPorts(first, count)).length === 0) return first;
  }
  throw new Error(`no ${count} neighbouring free ports found`);
}
