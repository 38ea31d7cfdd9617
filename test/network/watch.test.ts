/** `npm run watch`: silent about an honest hub, loud about a changed byte: exit code, log line, signed webhook. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/build.ts";
import { pledge } from "../../scripts/demo/client.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, type TestNetwork } from "../network.ts";
import { openProxy, type Proxy } from "./proxy.ts";

const SECRET = `whsec_${Buffer.from("a secret that only two parties know").toString("base64")}`;

interface Call {
  headers: Record<string, string>;
  body: string;
}

let net: TestNetwork;
let proxy: Proxy;
let folder: string;
let receiver: Server;
let calls: Call[];
let refusals: number;

beforeAll(async () => {
  net = await openTestNetwork({ nodes: 1 });
  folder = await mkdtemp(join(tmpdir(), "cocoon-watch-"));
  const ana = await newMember(net.communities[0]!, "Ana");
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "2", max_unit_price_minor: "230" });
  await eventually(async () => expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 1 }));
  proxy = await openProxy(net.hub.url);
  calls = [];
  refusals = 0;
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
      response.writeHead(refusals-- > 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, "127.0.0.1", resolve);
  });
});
afterEach(() => {
  proxy.tamper = null;
  calls.length = 0;
});
afterAll(async () => {
  receiver.close();
  await proxy.close();
  await net.close();
  await rm(folder, { recursive: true });
});

function start(...args: string[]): { child: ChildProcess; ended: Promise<{ exit: number | null; lines: Line[] }> } {
  const env = { ...process.env, WATCH_WEBHOOK_SECRET: SECRET };
  const child = spawn(process.execPath, [join(ROOT, "scripts/watch.ts"), ...args], { cwd: folder, env });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<{ exit: number | null; lines: Line[] }>((resolve) => {
    child.on("close", (exit) => {
      const lines = text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Line);
      resolve({ exit, lines });
    });
  });
  return { child, ended };
}
interface Line {
  type: string;
  webhook?: string;
  data: { exit: number; size: number; faults: { check: string; code: string }[] };
}

function webhook(): string {
  return `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
}

describe("watching", () => {
  test("an honest hub: exit code 0, one quiet line, its checkpoint remembered, nobody called", async () => {
    const state = join(folder, "quiet.json");
    const { exit, lines } = await start(net.hub.url, "--once", "--books", "--state", state, "--webhook", webhook())
      .ended;
    expect({ exit, lines }).toMatchObject({ exit: 0, lines: [{ type: "watch.ok", data: { exit: 0, faults: [] } }] });
    expect(calls).toEqual([]);
    expect(await readFile(state, "utf8")).toContain("/log\\n");
  });

  test("a changed number: exit code 1, an alarm with its check, and a webhook that the receiver can verify", async () => {
    proxy.tamper = { matches: (path) => path === "/api/network", at: 0.5 };
    refusals = 1;
    const { exit, lines } = await start(proxy.url, "--once", "--vkey", net.hub.vkey, "--webhook", webhook()).ended;
    expect({ exit, lines }).toMatchObject({ exit: 1, lines: [{ type: "watch.alarm", webhook: "delivered" }] });
    expect(lines[0]!.data.faults.map(({ check }) => check)).toContain("network");
    expect(calls).toHaveLength(2);
    const [refused, taken] = calls;
    expect(taken!.headers["webhook-id"]).toBe(refused!.headers["webhook-id"]);
    expect(new Webhook(SECRET).verify(taken!.body, taken!.headers)).toMatchObject({ type: "watch.alarm" });
    expect(() => new Webhook(SECRET).verify(taken!.body.replace("alarm", "calm"), taken!.headers)).toThrow();
  });

  test("goes on until it is stopped, and ends at once when there is proof of wrongdoing", async () => {
    const first = start(proxy.url, "--vkey", net.hub.vkey, "--every", "10");
    await once(first.child.stdout!, "data");
    first.child.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ exit: 0, lines: [{ type: "watch.ok" }] });
    proxy.tamper = { matches: (path) => path === "/api/network", at: 0.5 };
    expect(await start(proxy.url, "--vkey", net.hub.vkey, "--every", "10").ended).toMatchObject({ exit: 1 });
  });

  test("a wrong command line is said, with exit code 64", async () => {
    for (const args of [[], [net.hub.url, "--every", "1"], ["http://hub.example.org"]])
      expect((await start(...args).ended).exit).toBe(64);
  });
});
