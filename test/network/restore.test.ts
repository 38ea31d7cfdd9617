/**
 * `npm run restore`: a hub with demand and money is built again from what it publishes, equal to the last digit; and a fork
 * of it goes on under another name, with the communities that join it.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../scripts/demo/authenticator.ts";
import {
  admit,
  importRates,
  invite,
  join as joinAs,
  joinHub,
  pledge,
  publishCampaign,
  refreshHubs,
  type Person,
} from "../../scripts/demo/client.ts";
import { seedFunding } from "../../scripts/demo/funding.ts";
import { CAMPAIGNS } from "../../scripts/demo/plan.ts";
import { RATES } from "../../scripts/demo/seed.ts";
import { ROOT } from "../../scripts/build.ts";
import { bootNetwork, type Network } from "../../scripts/network.ts";
import { freePorts } from "../../scripts/network/ports.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { openProxy, type Proxy } from "./proxy.ts";
import { verifyNow } from "./honest.ts";

let net: TestNetwork;
let proxy: Proxy;
let folder: string;
let ana: Person;
const running: Network[] = [];

beforeAll(async () => {
  net = await openTestNetwork();
  proxy = await openProxy(net.hub.url);
  folder = await mkdtemp(join(tmpdir(), "cocoon-restore-"));
  ana = await newMember(net.communities[0]!, "Ana");
  const ben = await newMember(net.communities[1]!, "Ben");
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "2", max_unit_price_minor: "230" });
  await pledge(ben, { kind: "pledge", campaign: net.campaign, qty: "3", max_unit_price_minor: "300" });
  await eventually(async () => {
    await timePasses(net);
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 2 });
  });
  const closes = new Date(Date.now() + 40 * 86_400_000).toISOString();
  const second = await publishCampaign(net.operator, { ...CAMPAIGNS[1]!, closes });
  await importRates(net.operator, await readFile(RATES, "utf8"));
  const approver = await joinAs(await invite(net.operator, "approver"), "Approver", createAuthenticator());
  const community = net.communities[0]!.node.origin;
  await seedFunding(net.operator, approver, { campaigns: [net.campaign, second], community, now: Date.now() });
  await net.hub.scheduled();
});
afterAll(async () => {
  await Promise.all(running.map((network) => network.stop()));
  await proxy.close();
  await net.close();
  await rm(folder, { recursive: true });
});

async function restore(...args: string[]): Promise<{ exit: number; text: string }> {
  const run = [join(ROOT, "scripts/restore.ts"), ...args];
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, run, { cwd: ROOT }, (_, stdout, stderr) => {
      resolve({ exit: child.exitCode ?? -1, text: stdout + stderr });
    });
  });
}

/** As `npm start -- --data` runs it. */
async function run(data: string): Promise<Network> {
  const { port, hub } = JSON.parse(await readFile(join(data, "settings.json"), "utf8")) as {
    port: number;
    hub: Record<string, string>;
  };
  const network = await bootNetwork({
    port,
    nodes: 0,
    data,
    tickSeconds: 0,
    vars: { hub: { REPORT_INTERVAL_S: "0", ...hub } },
  });
  running.push(network);
  return network;
}

/** When a report arrived is the hub's word: no entry says it. */
async function bytesOf(url: string, path: string): Promise<string> {
  const response = await fetch(`${url}${path}`);
  return `${response.status} ${await response.text()}`.replaceAll(/"at":"[^"]*","verdict"/g, '"verdict"');
}

async function headOf({ hub }: Network): Promise<string[]> {
  return (await (await fetch(`${hub.url}/log/head`)).text()).split("\n").slice(0, 5);
}

/** What anybody can read of a hub's numbers; times at which a copy was made are in none of them. */
const PUBLIC = [
  "/api/network",
  "/api/history",
  "/api/history?resolution=statement",
  "/api/campaigns",
  "/api/communities",
  "/api/funding",
  "/api/funds",
  "/api/funders",
  "/api/awards",
  "/api/transfers",
  "/api/allocations",
  "/api/flows?currency=EUR",
  "/api/flows?currency=EUR&gross=true",
  "/api/stages?currency=EUR",
  "/api/loans?currency=EUR",
  "/api/offers",
  "/log/totals",
  "/log/checkpoint",
];

/** The view, and what is read of books. `last_at`, `pulled_at` and `at` are by a clock of the hub that no entry tells. */
const TABLES: Record<string, string> = {
  network: "*",
  campaign: "*",
  community:
    "origin, status, reason, since, url, join_leaf, join_index, report_jwk, book_vkey, witness_vkey, keys, profile, last_seq, last_leaf, counted_leaf, counted",
  report: "idx, origin, seq, leaf, book_size",
  verdict: "*",
  report_todo: "report_idx",
  offer: "*",
  history: "*",
  history_day: "*",
  log_entry: "*",
  log_tile: "id, hex(hashes)",
  funder: "*",
  fund: "*",
  recipient: "*",
  commitment: "*",
  award: "*",
  allocation: "*",
  award_text: "*",
  matching_input: "*",
  transfer: "*",
  account: "*",
  stage_month: "*",
  flow_month: "*",
  mirror: "*",
  mirror_bundle: "*",
  mirror_chain: "*",
  mirror_key: "*",
};

async function rowsOf(network: Network, table: string): Promise<string[]> {
  const { results } = await (await network.hub.database()).prepare(`SELECT ${TABLES[table]} FROM ${table}`).all();
  return results.map((row) => JSON.stringify(row)).sort();
}

describe("a copy", () => {
  let copy: Network;
  let data: string;

  beforeAll(async () => {
    data = join(folder, "copy");
    const made = await restore(net.hub.url, "--data", data, "--port", String(await freePorts(1)));
    expect(made.exit, made.text).toBe(0);
    copy = await run(data);
  });

  test("says what the hub says, to the last byte", async () => {
    for (const path of PUBLIC) {
      const said = await bytesOf(net.hub.url, path);
      expect(said.slice(0, 3), path).toBe("200");
      expect(await bytesOf(copy.hub.url, path), path).toBe(said);
    }
  });
  test("holds the rows the hub holds, mirrors of the books included", async () => {
    for (const table of Object.keys(TABLES))
      expect(await rowsOf(copy, table), table).toEqual(await rowsOf(net.network, table));
    expect((await rowsOf(copy, "mirror_chain")).length).toBe(2);
    expect((await rowsOf(copy, "transfer")).length).toBeGreaterThan(10);
  });
  test("verifies under the hub's own key, by its own word too, with books and proofs", async () => {
    const report = await verifyNow({ ...copy.hub, vkey: net.hub.vkey }, true);
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    const described = (await (await fetch(`${copy.hub.url}/.well-known/cocoon.json`)).json()) as {
      log: { vkey: string };
    };
    expect(described.log.vkey).toBe(net.hub.vkey);
  });
  test("signs nothing and takes nothing in, and its clock changes nothing", async () => {
    await copy.hub.scheduled();
    const sent = await fetch(`${copy.hub.url}/log/entries`, {
      method: "POST",
      headers: { "content-type": "application/jose" },
      body: "x",
    });
    expect(sent.status).toBe(503);
    expect(await sent.json()).toMatchObject({ code: "key-missing" });
    expect(await headOf(copy)).toEqual(await headOf(net.network));
  });
  test("can be copied again, once the hub itself is gone", async () => {
    const again = join(folder, "again");
    expect(await restore(copy.hub.url, "--data", again)).toMatchObject({ exit: 0 });
    expect(await readdir(again)).toContain("settings.json");
  });
  test("is not made over something, and not of a hub that does not verify", async () => {
    expect((await restore(net.hub.url, "--data", data)).exit).toBe(64);
    proxy.tamper = { matches: (path) => path.startsWith("/log/tile/entries/"), at: 0.5 };
    const wrong = join(folder, "wrong");
    expect((await restore(proxy.url, "--data", wrong)).exit).toBe(1);
    proxy.tamper = null;
    expect(await readdir(folder)).not.toContain("wrong");
  });
});

describe("a fork", () => {
  let fork: Network;
  let operator: Person;
  const parent = { size: 0, root: "" };
  let loaded: DatabaseSync;

  beforeAll(async () => {
    const data = join(folder, "fork");
    const made = await restore(
      net.hub.url,
      "--data",
      data,
      "--fork",
      "--name",
      "Second hub",
      "--sql",
      join(folder, "fork.sql"),
      "--port",
      String(await freePorts(1)),
    );
    expect(made.exit, made.text).toBe(0);
    loaded = new DatabaseSync(":memory:");
    loaded.exec(await readFile(join(folder, "fork.sql"), "utf8"));
    const [, size, root] = await headOf(net.network);
    Object.assign(parent, { size: Number(size), root });
    fork = await run(data);
    await fork.hub.scheduled();
    operator = await joinAs(fork.hub.setupUrl, "Other operator", createAuthenticator());
  });

  test("goes on behind the parent's last entry, and names it", async () => {
    const db = await fork.hub.database();
    const row = await db.prepare("SELECT policy FROM network").first<{ policy: string }>();
    expect(JSON.parse(row?.policy ?? "")).toMatchObject({
      claims: {
        iss: `${fork.hub.origin}/log`,
        name: "Second hub",
        parent: { origin: `${net.hub.origin}/log`, ...parent },
      },
    });
    expect(await publicNumbers(fork.hub)).toMatchObject({ parent: { origin: `${net.hub.origin}/log`, ...parent } });
    expect(await publicNumbers(net.hub)).not.toHaveProperty("parent");
    expect((await verifyNow(fork.hub, true)).checks.filter(({ ok }) => !ok)).toEqual([]);
  });
  test("is there as SQL too: another database that loads it holds the same", async () => {
    for (const table of ["log_entry", "log_tile", "transfer", "account", "campaign", "mirror_bundle", "award_text"]) {
      const sql = `SELECT ${TABLES[table] ?? "*"} FROM ${table}`;
      const rows = loaded.prepare(sql).all();
      expect(rows.map((row) => JSON.stringify(row)).sort(), table).toEqual(await rowsOf(fork, table));
    }
    const names = "SELECT name FROM d1_migrations ORDER BY id";
    const { results } = await (await fork.hub.database()).prepare(names).all();
    expect(loaded.prepare(names).all()).toEqual(results);
  });
  test("keeps campaigns and money, and counts no community before it has joined", async () => {
    const { funding, ...numbers } = await publicNumbers(fork.hub);
    expect(numbers).toMatchObject({ pledges: 0, communities: 0, purchasing_power_minor: "0" });
    expect(funding).toEqual((await publicNumbers(net.hub)).funding);
    const ids = async (url: string) =>
      ((await (await fetch(`${url}/api/campaigns`)).json()) as { campaigns: { id: string }[] }).campaigns
        .map(({ id }) => id)
        .sort();
    expect(await ids(fork.hub.url)).toEqual(await ids(net.hub.url));
    expect(await rowsOf(fork, "transfer")).toEqual(await rowsOf(net.network, "transfer"));
  });
  test("counts a community's book again once it has joined, pledges that were made before and after", async () => {
    const { node, steward } = net.communities[0]!;
    await joinHub(steward, fork.hub.url);
    await admit(operator, node.origin, "moved with us");
    await refreshHubs(steward);
    await eventually(async () => expect(await publicNumbers(fork.hub)).toMatchObject({ pledges: 1, communities: 1 }));
    const cid = await newMember(net.communities[0]!, "Cid");
    await pledge(cid, { kind: "pledge", campaign: net.campaign, qty: "4", max_unit_price_minor: "300" });
    await eventually(async () => expect(await publicNumbers(fork.hub)).toMatchObject({ pledges: 2, communities: 1 }));
    expect((await verifyNow(fork.hub, true)).checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
