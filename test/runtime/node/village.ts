/**
 * A whole node in workerd on D1 for tests: the real app with a clock that moves, a steward who has named the community,
 * members with passkeys, and campaigns put where the hub's would be.
 */
import { applyD1Migrations, createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { foldBook } from "../../../shared/book/fold.ts";
import type { CampaignRules } from "../../../shared/book/state.ts";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { DraftPledge } from "../../../shared/protocol/api/community.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import { parseBookEntry } from "../../../shared/signing/book-entry.ts";
import { nodeApp } from "../../../workers/node/app.ts";
import { holdAnnouncements } from "../../../workers/node/announce.ts";
import { type NodeContext, nodeContext } from "../../../workers/node/context.ts";
import { readConfig } from "../../../workers/node/env.ts";
import { tallyOfRow, type TallyRow } from "../../../workers/node/queries/tally.ts";
import { type Answer, type Person, person } from "../person.ts";

export const PAGE = "https://community.example.org";
export const HUB = "hub.example.org/log";
export const START = 1_790_000_000_000;
export const BANDS = ["600", "700", "800"];

export interface Village {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  clock: { now: number };
  lines: Record<string, unknown>[];
  steward: Person;
  context: NodeContext;
  campaign: string;
  newMember(name?: string): Promise<Person>;
  newSteward(): Promise<Person>;
  join(token: string): Promise<Answer>;
}

/** `hub: false` leaves joining one to the test. `gather`: seconds that signed documents wait for each other. */
export async function village(options: { hub: boolean; gather?: number } = { hub: true }): Promise<Village> {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  const clock = { now: START };
  const lines: Record<string, unknown>[] = [];
  const app = nodeApp({ now: () => clock.now, log: (line) => lines.push(line) });
  const bindings = { ...env, BOOK_BATCH_S: String(options.gather ?? 0) };
  holdAnnouncements(readConfig(bindings));
  const fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    const execution = createExecutionContext();
    const response = await app.request(`${PAGE}${path}`, init, bindings, execution);
    await waitOnExecutionContext(execution);
    return response;
  };
  const steward = person({ fetch });
  expect((await steward.join(env.SETUP_TOKEN, "Siddhi")).status).toBe(201);
  const profile = { name: "Green Street", about: "Neighbours", region: "TW-TPE", languages: ["en"] };
  expect((await steward.call("PUT", "/api/community", profile)).status).toBe(200);
  const newMember = async (name = "Ana"): Promise<Person> => {
    clock.now += 1000;
    const guest = person({ fetch });
    expect((await guest.join(await steward.invite(), name)).status).toBe(201);
    return guest;
  };
  const join = async (token: string): Promise<Answer> => await person({ fetch }).join(token);
  const newSteward = async (): Promise<Person> => {
    const guest = person({ fetch });
    expect((await guest.join(await steward.invite("steward"), "Second")).status).toBe(201);
    return guest;
  };
  const context = nodeContext(env.DB, readConfig(bindings), () => clock.now);
  if (options.hub) await putHub();
  const campaign = options.hub ? await putCampaign() : "";
  return { fetch, clock, lines, steward, context, campaign, newMember, newSteward, join };
}

/** An admitted hub, as joining leaves it. */
async function putHub(): Promise<void> {
  const key = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "A".repeat(43) });
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO hub (origin, url, name, vkey, statement_jwk, status, reason, join_jws, join_leaf, requested_at,
         counted_seq, counted_book_size) VALUES (?, 'https://hub.example.org', 'Hub', 'vkey', ?, 'requested', '', '', ?, ?, 0, 0)`,
    ).bind(HUB, key, leafNamed("join"), START),
    env.DB.prepare("INSERT INTO outbox (hub, rev, attempts, last_seq, last_leaf) VALUES (?, 0, 0, 0, ?)").bind(
      HUB,
      leafNamed("join"),
    ),
  ]);
}

/** A hash that stands for something. */
export function leafNamed(name: string): string {
  return sha256url(utf8(name));
}

export async function putCampaign(
  name = "Oat drink",
  terms: { closes?: number; adopted?: boolean; maxQty?: string } = {},
): Promise<string> {
  const id = leafNamed(name);
  const { closes = START + 30 * 86_400_000, adopted = true, maxQty = "20" } = terms;
  await env.DB.prepare(
    `INSERT INTO campaign (id, hub, idx, name, text, product, unit, currency, reference_price_minor, bands_minor, max_qty,
       goal_qty, closes, terms_sha256, jws, adopted_at)
     VALUES (?, ?, 7, ?, '', '{"gtin":null,"name":"Oat drink","brand":null}', 'litre', 'USD', '900', ?, ?, '500', ?, ?, '', ?)`,
  )
    .bind(id, HUB, name, JSON.stringify(BANDS), maxQty, closes, leafNamed(`terms of ${name}`), adopted ? START : null)
    .run();
  return id;
}

export interface Drafted {
  challenge_id: string;
  document: MemberDocument;
  hash: string;
  options: { challenge: string };
}

export async function draft(who: Person, intent: DraftPledge): Promise<Drafted> {
  const { status, body } = await who.call("POST", "/api/pledges/draft", intent);
  expect(body).toMatchObject({ challenge_id: expect.any(String) as string });
  expect(status).toBe(201);
  return body as unknown as Drafted;
}

export async function sign(who: Person, drafted: Drafted, page = PAGE): Promise<Answer> {
  const response = await who.authenticator.get(drafted.options, page);
  return await who.call("POST", "/api/pledges", { challenge_id: drafted.challenge_id, response });
}

export function pledgeOf(campaign: string, qty = "2", max = "750"): DraftPledge {
  return { kind: "pledge", campaign, qty, max_unit_price_minor: max };
}

export async function pledge(who: Person, campaign: string, qty = "2", max = "750"): Promise<Answer> {
  return await sign(who, await draft(who, pledgeOf(campaign, qty, max)));
}

/** The book as anyone replays it must be what the tables say. */
export async function expectReplayEqualsTables(): Promise<void> {
  const { results: entries } = await env.DB.prepare("SELECT idx, leaf, data FROM log_entry ORDER BY idx").all<{
    idx: number;
    leaf: string;
    data: string;
  }>();
  const rules = new Map<string, CampaignRules>();
  const campaigns = await env.DB.prepare(
    "SELECT id, bands_minor, max_qty, close_leaf, close_outcome, close_band FROM campaign",
  ).all<{
    id: string;
    bands_minor: string;
    max_qty: string;
    close_leaf: string | null;
    close_outcome: "locked" | "released";
    close_band: number | null;
  }>();
  for (const row of campaigns.results) {
    rules.set(row.id, {
      bands: (JSON.parse(row.bands_minor) as string[]).length,
      max_qty: BigInt(row.max_qty),
      closing:
        row.close_leaf === null ? null : { leaf: row.close_leaf, outcome: row.close_outcome, band: row.close_band },
    });
  }
  const items = entries.map(({ idx, leaf, data }) => {
    const parsed = parseBookEntry(utf8(data));
    expect(parsed).toMatchObject({ ok: true, value: { leaf } });
    return { index: idx, leaf, entry: parsed.ok ? parsed.value.entry : null };
  });
  const { state, effect } = foldBook(items, (campaign) => rules.get(campaign));
  expect(effect.problems).toEqual([]);
  expect(state.genesis).toBe("community.example.org");

  const { results: tallies } = await env.DB.prepare("SELECT * FROM tally").all<TallyRow & { campaign: string }>();
  expect(new Map(tallies.map((row) => [row.campaign, tallyOfRow(row)]))).toEqual(state.tallies);
  const { results: pledges } = await env.DB.prepare(
    "SELECT head, campaign, qty, band FROM pledge WHERE head IS NOT NULL",
  ).all<{
    head: string;
    campaign: string;
    qty: string;
    band: number | null;
  }>();
  const chains = pledges.map((row) => [
    row.head,
    { campaign: row.campaign, qty: BigInt(row.qty), band: row.band, assurance: "strong" },
  ]);
  expect(new Map(chains as [string, unknown][])).toEqual(state.chains);
  const { results: keys } = await env.DB.prepare("SELECT key_leaf FROM credential WHERE ended_at IS NULL").all<{
    key_leaf: string;
  }>();
  const live = [...state.keys].filter(([, key]) => !key.ended).map(([leaf]) => leaf);
  expect(keys.map((row) => row.key_leaf).toSorted()).toEqual(live.toSorted());
}
