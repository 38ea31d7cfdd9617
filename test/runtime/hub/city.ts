/**
 * A whole hub in workerd on D1 for tests: the real app with a clock that moves, an operator with a passkey, and an
 * internet of node doubles that its fetches land in.
 */
import { applyD1Migrations, createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { CampaignRules } from "../../../shared/book/state.ts";
import type { CommunityDetail, Network } from "../../../shared/protocol/api/network.ts";
import { hubApp } from "../../../workers/hub/app.ts";
import type { Hub } from "../../../workers/hub/hub.ts";
import { openHub } from "../../../workers/hub/hub.ts";
import { replayDifferences } from "../../../workers/hub/jobs/replay.ts";
import { settle } from "../../../workers/hub/jobs/settle.ts";
import { type Answer, type Person, person } from "../person.ts";
import { type NodeDouble, nodeDouble } from "./node-double.ts";
import { bodyText, type WitnessDouble, witnessDouble } from "./witness-double.ts";

export const PAGE = "https://hub.example.org";
/** 2026-09-21T13:33:20Z */
export const START = 1_790_000_000_000;
export const BANDS = ["600", "700", "800"];

export interface City {
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  clock: { now: number };
  lines: Record<string, unknown>[];
  operator: Person;
  guest: Person;
  hub: Hub;
  nodes: Map<string, NodeDouble>;
  /** by host: what answers under `/witness/` there */
  witnesses: Map<string, WitnessDouble>;
  rules: Map<string, CampaignRules>;
  /** minutes pass */
  later(seconds: number): void;
  newNode(origin: string): Promise<NodeDouble>;
  /** asked, admitted and ready to report */
  admitted(origin: string): Promise<NodeDouble>;
  /** the same, and it cosigns */
  admittedWitness(origin: string): Promise<{ node: NodeDouble; witness: WitnessDouble }>;
  /** a node that joined without a witness key answers as a witness from now on */
  lateWitness(node: NodeDouble): Promise<{ witness: WitnessDouble }>;
  publish(change?: Record<string, unknown>): Promise<string>;
  submit(jws: string): Promise<Answer>;
  /** signs, submits and expects 202 */
  report(node: NodeDouble): Promise<string>;
  network(): Promise<Network>;
  community(origin: string): Promise<CommunityDetail>;
  settle(): Promise<void>;
}

export async function city(vars: Record<string, string> = {}): Promise<City> {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  const clock = { now: START };
  const lines: Record<string, unknown>[] = [];
  const app = hubApp({ now: () => clock.now, log: (line) => lines.push(line) });
  const bindings = { ...env, SETTLE_MS: "0", ...vars };
  const nodes = new Map<string, NodeDouble>();
  const witnesses = new Map<string, WitnessDouble>();
  const rules = new Map<string, CampaignRules>();
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const witness = url.pathname.startsWith("/witness/") ? witnesses.get(url.host) : undefined;
    if (witness !== undefined) return witness.answer(url.pathname, bodyText(init));
    const node = nodes.get(url.host);
    if (node === undefined || !node.reachable) return Promise.reject(new TypeError("connection refused"));
    if (url.pathname === "/audit") return node.audit(bodyText(init));
    return Promise.resolve(node.answer(url.pathname + url.search));
  });
  vi.spyOn(console, "log").mockImplementation((line: string) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );

  const fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    const execution = createExecutionContext();
    const response = await app.request(`${PAGE}${path}`, init, bindings, execution);
    await waitOnExecutionContext(execution);
    return response;
  };
  const operator = person({ fetch }, PAGE);
  const guest = person({ fetch }, PAGE);
  const hub = await openHub(bindings, env.DB, () => clock.now);
  expect((await operator.join(env.SETUP_TOKEN, "Olu")).status).toBe(201);

  const newNode = async (origin: string): Promise<NodeDouble> => {
    const node = await nodeDouble(origin, clock);
    nodes.set(origin, node);
    return node;
  };
  const submit = async (jws: string): Promise<Answer> => await send(fetch, "/log/entries", jws, "application/jose");
  return {
    fetch,
    clock,
    lines,
    operator,
    guest,
    hub,
    nodes,
    witnesses,
    rules,
    later: (seconds) => {
      clock.now += seconds * 1000;
    },
    newNode,
    async admitted(origin) {
      const node = await newNode(origin);
      const asked = await send(fetch, "/api/joins", await node.join(), "application/jose");
      expect(asked.body).toMatchObject({ origin, status: "requested" });
      const admission = await operator.call("POST", `/api/joins/${origin}/admit`, { reason: "known to us" });
      expect(admission.status).toBe(201);
      return node;
    },
    async lateWitness({ origin }) {
      const witness = await witnessDouble(origin, { vkey: hub.keys.log.vkey, origin: hub.config.logOrigin }, clock);
      witnesses.set(origin, witness);
      return { witness };
    },
    async admittedWitness(origin) {
      const node = await newNode(origin);
      const witness = await witnessDouble(origin, { vkey: hub.keys.log.vkey, origin: hub.config.logOrigin }, clock);
      witnesses.set(origin, witness);
      node.witness = witness.key;
      const asked = await send(fetch, "/api/joins", await node.join(), "application/jose");
      expect(asked.body).toMatchObject({ origin, status: "requested" });
      const admission = await operator.call("POST", `/api/joins/${origin}/admit`, { reason: "known to us" });
      expect(admission.status).toBe(201);
      return { node, witness };
    },
    async publish(change = {}) {
      const { status, body } = await operator.call("POST", "/api/campaigns", { ...campaignTerms(), ...change });
      expect({ status, code: body["code"] }).toEqual({ status: 201, code: undefined });
      const id = String(body["leaf"]);
      const bands = (change["bands_minor"] as string[] | undefined) ?? BANDS;
      const max_qty = BigInt((change["max_qty"] as string | undefined) ?? "20");
      rules.set(id, { bands: bands.length, max_qty, closing: null });
      return id;
    },
    submit,
    async report(node) {
      const jws = await node.report(rules);
      const answer = await submit(jws);
      expect({ status: answer.status, code: answer.code }).toEqual({ status: 202, code: "" });
      node.accepted(jws);
      return jws;
    },
    async network() {
      return await (await fetch("/api/network")).json();
    },
    async community(origin) {
      return await (await fetch(`/api/communities/${origin}`)).json();
    },
    settle: async () => await settle(hub),
  };
}

export function campaignTerms(): Record<string, unknown> {
  return {
    name: "Oat drink",
    text: "Together",
    product: { gtin: null, name: "Oat drink", brand: null },
    unit: "litre",
    currency: "USD",
    reference_price_minor: "900",
    bands_minor: BANDS,
    max_qty: "20",
    goal_qty: "500",
    closes: new Date(START + 30 * 86_400_000).toISOString(),
  };
}

export async function send(fetch: City["fetch"], path: string, body: string, contentType: string): Promise<Answer> {
  // every sender has an address of its own: limits by address are tested where they are made
  const address = Array.from(crypto.getRandomValues(new Uint8Array(3)), String).join(".");
  const headers = { "content-type": contentType, "cf-connecting-ip": `10.${address}` };
  const response = await fetch(path, { method: "POST", body, headers });
  const parsed = await response.clone().json<Record<string, unknown>>();
  return { status: response.status, code: codeOf(parsed), body: parsed, response };
}

/** The log as anyone replays it must be what the tables say, to the last digit. */
export async function expectReplayEqualsTables(): Promise<void> {
  expect(await replayDifferences(env.DB)).toEqual([]);
}

/** The problem code of an answer, or "". */
export function codeOf(body: Record<string, unknown>): string {
  return typeof body["code"] === "string" ? body["code"] : "";
}
