/**
 * How a node reads a hub: JSON for what is only shown, log entries with proof for what it acts on. A statement
 * counts when it is in the hub's log (inclusion under the pinned log key) and signed by the pinned statement key.
 */
import { type Bytes, equal, fromBase64url, fromUtf8 } from "../../shared/bytes.ts";
import { openCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash } from "../../shared/log/merkle.ts";
import { parseCosignerVkey, parseVkey } from "../../shared/log/note.ts";
import { verifyProof } from "../../shared/log/proof.ts";
import { TILE_WIDTH } from "../../shared/log/tiles.ts";
import { hubKeysHistory } from "../../shared/protocol/api/keys.ts";
import type { Ed25519Jwk } from "../../shared/protocol/primitives.ts";
import type { Claims, Statement, StatementKind } from "../../shared/protocol/statement.ts";
import { hubDescriptor } from "../../shared/protocol/well-known.ts";
import { fail, ok, type Result } from "../../shared/result.ts";
import { thumbprint } from "../../shared/signing/ed25519.ts";
import { verifyJws } from "../../shared/signing/jws.ts";
import { type ParsedStatement, parseStatement } from "../../shared/signing/statement.ts";
import { fetchBundle } from "../lib/peer-bundle.ts";
import type { Peer, PeerRefusal } from "../lib/remote.ts";

/** Where a hub is, and the log key it is known by. */
export interface HubAddress {
  /** base URL without a trailing slash */
  url: string;
  /** `<origin>/log` */
  origin: string;
  vkey: string;
}
export interface PinnedHub extends HubAddress {
  /** the statement key current now, and the one that an entry at this index is signed by */
  statementJwk: Ed25519Jwk;
  keyAt(index: number): Ed25519Jwk;
}
export interface HubIntroduction extends HubAddress {
  name: string;
  statementKid: string;
  demo: boolean;
}
export interface Logged<K extends StatementKind> {
  index: number;
  jws: string;
  claims: Extract<Statement, { kind: K }>["claims"];
}

export interface Policy {
  leaf: string;
  claims: Claims<"hub-policy+jwt">;
  /** the key this hub cosigns books with, if it named one of its own */
  witnessVkey: string | null;
}

type Reply<T> = Promise<Result<T, PeerRefusal>>;

/** A bundle may hold 256 statements of 32 KiB. */
const MAX_BUNDLE_BYTES = 9 * 1024 * 1024;
const MAX_TEXT_BYTES = 256 * 1024;

export function baseOf(url: string): string {
  return url.replace(/\/+$/, "");
}

/** What a hub says of itself, for a person to compare. */
export async function introduce(peer: Peer, address: string): Reply<HubIntroduction> {
  const url = baseOf(address);
  const described = await peer.getJson(`${url}/.well-known/cocoon.json`, hubDescriptor);
  if (!described.ok) return described;
  const { name, demo, origin, log, statement_jwks: jwks } = described.value;
  const key = parseVkey(log.vkey);
  const [first] = jwks.keys;
  if (!key.ok || key.value.name !== log.origin || log.origin !== `${origin}/log` || first === undefined) {
    return fail("peer-invalid");
  }
  const { kty, crv, x } = first;
  return ok({ url, origin: log.origin, vkey: log.vkey, name, statementKid: thumbprint({ kty, crv, x }), demo });
}

/** The log's policy names the statement key; the descriptor does not decide it. It is entry 0, or a fork's first own entry. */
export async function readPolicy(peer: Peer, hub: HubAddress): Reply<Policy> {
  const note = await text(peer, `${hub.url}/log/checkpoint`);
  if (!note.ok) return note;
  const head = await openCheckpoint(note.value, hub.vkey, hub.origin);
  if (!head.ok || head.value.size === 0) return fail("peer-invalid");
  const bundle = await readBundle(peer, hub, 0, head.value.size);
  const [entry] = bundle.ok ? bundle.value : [];
  if (entry === undefined) return fail("peer-invalid");
  const parsed = parseStatement(entry);
  if (!parsed.ok || parsed.value.statement.kind !== "hub-policy+jwt") return fail("peer-invalid");
  if (parsed.value.statement.claims.iss !== hub.origin) return await readForkPolicy(peer, hub);
  const proven = await proveEntry(peer, hub, parsed.value.leaf);
  return proven.ok ? await policyIn(hub, parsed.value, proven.value.index) : proven;
}

/** The log begins with another hub's entries: this one says where its own begin, and the log proves it. */
async function readForkPolicy(peer: Peer, hub: HubAddress): Reply<Policy> {
  const keys = await peer.getJson(`${hub.url}/api/keys`, hubKeysHistory);
  if (!keys.ok) return keys;
  if (keys.value.policy === undefined) return fail("peer-invalid");
  const entry = await readEntry(peer, hub, keys.value.policy);
  if (!entry.ok) return entry;
  const parsed = parseStatement(entry.value.data);
  return parsed.ok ? await policyIn(hub, parsed.value, entry.value.index) : fail("peer-invalid");
}

/** A policy that was read at this index, if it is this log's. */
export async function policyIn(
  hub: HubAddress,
  { leaf, statement, parsed }: ParsedStatement,
  index: number,
): Reply<Policy> {
  if (statement.kind !== "hub-policy+jwt") return fail("peer-invalid");
  const { claims } = statement;
  const isIts = claims.iss === hub.origin && index === (claims.parent?.size ?? 0);
  if (!isIts || !(await verifyJws(parsed, claims.statement_jwk))) return fail("peer-invalid");
  return ok({ leaf, claims, witnessVkey: witnessOf(claims) });
}

function witnessOf({ iss, witness_vkey: vkey }: { iss: string; witness_vkey?: string | undefined }): string | null {
  const key = vkey === undefined ? null : parseCosignerVkey(vkey);
  return key?.ok === true && `${key.value.name.replace(/\/witness$/, "")}/log` === iss ? (vkey ?? null) : null;
}

/** A hub-signed entry by its leaf hash: two requests. */
export async function readStatement<K extends StatementKind>(
  peer: Peer,
  hub: PinnedHub,
  leaf: string,
  kind: K,
): Reply<Logged<K>> {
  const entry = await readEntry(peer, hub, leaf);
  if (!entry.ok) return entry;
  const { index, data } = entry.value;
  const parsed = parseStatement(data);
  if (!parsed.ok || parsed.value.statement.kind !== kind) return fail("peer-invalid");
  const claims = parsed.value.statement.claims as Logged<K>["claims"];
  const isIts = claims.iss === hub.origin && (await verifyJws(parsed.value.parsed, hub.keyAt(index)));
  return isIts || (await isTakenOver(peer, hub, index)) ? ok({ index, jws: data, claims }) : fail("peer-invalid");
}

/** Stands before a fork's first own entry, which signs for the tree of all that stands there. */
async function isTakenOver(peer: Peer, hub: PinnedHub, index: number): Promise<boolean> {
  const policy = await readPolicy(peer, hub);
  if (!policy.ok || index >= (policy.value.claims.parent?.size ?? 0)) return false;
  return policy.value.claims.statement_jwk.x === hub.keyAt(policy.value.claims.parent?.size ?? 0).x;
}

/** An entry that the log proves to hold, whoever signed it. */
export async function readEntry(peer: Peer, hub: HubAddress, leaf: string): Reply<{ index: number; data: string }> {
  const proven = await proveEntry(peer, hub, leaf);
  if (!proven.ok) return proven;
  const { index, size } = proven.value;
  const bundle = await readBundle(peer, hub, Math.floor(index / TILE_WIDTH), size);
  if (!bundle.ok) return bundle;
  const entry = bundle.value[index % TILE_WIDTH];
  if (entry === undefined || !equal(leafHash(entry), fromBase64url(leaf))) return fail("peer-invalid");
  return ok({ index, data: fromUtf8(entry) });
}

async function proveEntry(peer: Peer, hub: HubAddress, leaf: string): Reply<{ index: number; size: number }> {
  const file = await text(peer, `${hub.url}/log/entries/${leaf}.tlog-proof`);
  if (!file.ok) return file;
  const { vkey, origin } = hub;
  const proof = await verifyProof({ proofText: file.value, leaf: fromBase64url(leaf), vkey, origin });
  if (!proof.ok) return fail("peer-invalid");
  return ok({ index: proof.value.index, size: proof.value.checkpoint.size });
}

export async function readBundle(peer: Peer, hub: HubAddress, index: number, size: number): Reply<Bytes[]> {
  return await fetchBundle(peer, `${hub.url}/log`, { index, size }, { maxBytes: MAX_BUNDLE_BYTES });
}

async function text(peer: Peer, url: string): Reply<string> {
  const response = await peer.get(url, { maxBytes: MAX_TEXT_BYTES });
  if (!response.ok) return response;
  if (response.value.status !== 200) return fail("peer-invalid");
  try {
    return ok(fromUtf8(response.value.bytes));
  } catch {
    return fail("peer-invalid");
  }
}
