/** `npm run verify`: an honest hub passes, through any address; one changed byte fails, with the code that fits. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { pledge, type Person } from "../../scripts/demo/client.ts";
import { verifyHub, type VerifyReport } from "../../shared/verify/hub.ts";
import type { Source } from "../../shared/verify/source.ts";
import { ROOT } from "../../scripts/build.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, type TestNetwork } from "../network.ts";
import { sourceAt } from "./honest.ts";
import { compareWithOpenapi } from "./openapi.ts";
import { flip, openProxy, type Proxy } from "./proxy.ts";

let net: TestNetwork;
let ana: Person;
let folder: string;
let receiptLeaf: string;
let hubProxy: Proxy;
let nodeProxy: Proxy;

beforeAll(async () => {
  net = await openTestNetwork();
  folder = await mkdtemp(join(tmpdir(), "cocoon-verify-"));
  ana = await newMember(net.communities[0]!, "Ana");
  const ben = await newMember(net.communities[1]!, "Ben");
  const { leaf } = await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "2", max_unit_price_minor: "230" });
  receiptLeaf = leaf;
  await pledge(ben, { kind: "pledge", campaign: net.campaign, qty: "3", max_unit_price_minor: "300" });
  await eventually(async () => expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 2 }));
  hubProxy = await openProxy(net.hub.url);
  nodeProxy = await openProxy(net.communities[0]!.node.url);
});
afterEach(() => {
  hubProxy.tamper = null;
  nodeProxy.tamper = null;
});
afterAll(async () => {
  await Promise.all([hubProxy.close(), nodeProxy.close()]);
  await net.close();
  await rm(folder, { recursive: true });
});

async function verify(...args: string[]): Promise<{ exit: number; failed: string[]; text: string }> {
  const run = [join(ROOT, "scripts/verify.ts"), ...args];
  const { exit, stdout, text } = await new Promise<{ exit: number; stdout: string; text: string }>((resolve) => {
    const child = execFile(process.execPath, run, { cwd: folder }, (_, stdout, stderr) => {
      resolve({ exit: child.exitCode ?? -1, stdout, text: stdout + stderr });
    });
  });
  if (!args.includes("--json")) return { exit, failed: [], text };
  const { checks } = JSON.parse(stdout || text) as VerifyReport;
  return { exit, failed: checks.filter(({ ok }) => !ok).map(({ id }) => id), text };
}

describe("an honest network", () => {
  test("verifies, books included, and the exit code is 0", async () => {
    expect(await verify(net.hub.url, "--books", "--json")).toMatchObject({ exit: 0, failed: [] });
  });
  test("verifies through a proxy under the pinned key of its log", async () => {
    expect(await verify(hubProxy.url, "--vkey", net.hub.vkey, "--json")).toMatchObject({ exit: 0, failed: [] });
  });
  test("does not verify under another key, nor at an address where nobody answers", async () => {
    const other = net.communities[0]!.node.vkey;
    expect((await verify(net.hub.url, "--vkey", other, "--json")).exit).toBe(1);
    expect((await verify("http://localhost:9", "--json")).exit).toBe(3);
  });
  test("lets one pledge be followed from its receipt to the total; a changed receipt is refused", async () => {
    const file = join(folder, "receipt.json");
    const receipt = await (await ana.browser.raw("GET", `/api/receipts/${receiptLeaf}`)).text();
    await writeFile(file, receipt);
    expect(await verify("pledge", file)).toMatchObject({ exit: 0 });
    await writeFile(file, receipt.replace('"qty":"2"', '"qty":"9"'));
    expect((await verify("pledge", file)).exit).toBe(1);
  });
});

test("what hub and communities answer to anyone is what /openapi.json says", async () => {
  const origin = net.communities[0]!.node.origin;
  for (const { url } of [net.hub, net.communities[0]!.node]) {
    const { compared, faults } = await compareWithOpenapi(url, {
      origin,
      "/api/campaigns/{id} id": net.campaign,
      "/api/campaigns/{id}/demand-curve id": net.campaign,
      "/api/campaigns/{id}/history id": net.campaign,
    });
    expect(faults).toEqual([]);
    expect(compared).toBeGreaterThan(15);
  }
});

describe("one changed byte, at the hub", () => {
  const kinds: [string, RegExp, string][] = [
    ["the checkpoint", /^\/log\/checkpoint$/, "checkpoint"],
    ["the entries", /^\/log\/tile\/entries\//, "tiles"],
    ["the hashes of a tile", /^\/log\/tile\/[0-9]/, "tiles"],
    ["a proof", /\.tlog-proof$/, "proofs"],
    ["the totals", /^\/log\/totals$/, "totals"],
    ["the public numbers", /^\/api\/network$/, "network"],
  ];
  // a fifth from the beginning: in a checkpoint what its log has signed, however many witnesses have signed after it
  test.each(kinds)("in %s: exit code 1", async (_, pattern, check) => {
    hubProxy.tamper = { matches: (path) => pattern.test(path), at: 0.2 };
    const { exit, failed } = await verify(hubProxy.url, "--vkey", net.hub.vkey, "--json");
    expect([...hubProxy.served.keys()].some((path) => pattern.test(path))).toBe(true);
    expect(failed).toContain(check);
    expect(exit).toBe(1);
  });
});

describe("one changed byte, in a community's book", () => {
  const kinds: [string, RegExp][] = [
    ["the checkpoint", /^\/book\/checkpoint$/],
    ["the entries", /^\/book\/tile\/entries\//],
  ];
  test.each(kinds)("in %s: exit code 1", async (_, pattern) => {
    const book = `${net.communities[0]!.node.origin}=${nodeProxy.url}`;
    expect(await verify(net.hub.url, "--books", "--book", book, "--json")).toMatchObject({ exit: 0, failed: [] });
    nodeProxy.tamper = { matches: (path) => pattern.test(path), at: 0.2 };
    expect(await verify(net.hub.url, "--books", "--book", book, "--json")).toMatchObject({
      exit: 1,
      failed: ["books"],
    });
  });
});

/** Sixty places of each response, first and last byte among them: whatever a hub serves is bound by something. */
test("wherever a byte is changed, the verifier notices", async () => {
  const recorded = new Map<string, { status: number; bytes: Uint8Array<ArrayBuffer> }>();
  const hub = sourceAt(net.hub.url);
  const recorder: Source = {
    name: hub.name,
    async get(path, maxBytes) {
      const answer = await hub.get(path, maxBytes);
      recorded.set(path, answer);
      return answer;
    },
  };
  const options = { vkey: net.hub.vkey, now: Math.floor(Date.now() / 1000) };
  expect((await verifyHub(recorder, options)).exit).toBe(0);
  expect(recorded.size).toBeGreaterThanOrEqual(5);
  const unnoticed: string[] = [];
  for (const [changed, { bytes }] of recorded) {
    for (let place = 0; place <= 60; place += 1) {
      const replay: Source = {
        name: "replay",
        async get(path) {
          const served = recorded.get(path);
          // what is only asked for because of the change is not there
          if (served === undefined) return { status: 404, bytes: new Uint8Array(0) };
          const copy = Uint8Array.from(served.bytes);
          if (path === changed) flip(copy, place / 60);
          return { status: served.status, bytes: copy };
        },
      };
      const { exit } = await verifyHub(replay, options);
      if (exit !== 1) unnoticed.push(`${changed} of ${bytes.length} bytes at ${place}/60: exit ${exit}`);
    }
  }
  expect(unnoticed).toEqual([]);
});
