/**
 * A hub as a node sees it over HTTP: a real log with real signatures, and as little else as a node asks for. It can be
 * down, forget what it was told, lie about its log, or refuse by code; every request is remembered.
 */
import { concat, fromUtf8, utf8 } from "../../../shared/bytes.ts";
import { encodeBundle } from "../../../shared/log/bundle.ts";
import { formatCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../shared/log/note.ts";
import { formatProof } from "../../../shared/log/proof.ts";
import { consistencyProof, inclusionProof } from "../../../shared/log/tiles.ts";
import { compareSameSeq } from "../../../shared/network/accept.ts";
import type { Claims, StatementKind } from "../../../shared/protocol/statement.ts";
import type { CommunityKeysView, HubKeysView } from "../../../shared/protocol/api/keys.ts";
import { fail, ok } from "../../../shared/result.ts";
import { generateEd25519, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { signReceipt } from "../../../shared/signing/entry-receipt.ts";
import { noteHand } from "../../../shared/signing/key-change.ts";
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import type { Peer, PeerResponse } from "../../../workers/lib/remote.ts";

export const HUB_URL = "https://hub.example.org";
export const HUB_LOG = "hub.example.org/log";
const NODE = "community.example.org";
const NOW_S = 1_790_000_000;

type Report = Claims<"demand-report+jwt">;
interface Taken {
  leaf: string;
  jws: string;
  claims: Report;
  verdict: "pending" | "ok" | "failed";
}

export async function fakeHub() {
  const { skey, vkey } = await generateNoteKey(HUB_LOG);
  const note = await noteSigner(skey);
  const statementSigner = await signer(await generateEd25519());
  const recovery = await signer(await generateEd25519());
  const entries: string[] = [];
  const common = { iss: HUB_LOG, iat: NOW_S, v: 1 as const };
  const hub = {
    vkey,
    /** what its witnesses have seen, where that is not the newest head */
    served: null as string | null,
    checkpoint,
    growth,
    /** signs its checkpoints; tests give it others */
    notes: [note],
    statementSigner,
    recovery,
    /** proves that the first log key agrees to another */
    oldLogHand: (await noteHand("log", skey)).sign,
    entries,
    reports: [] as Taken[],
    requests: [] as string[],
    status: "requested" as "requested" | "declined" | "admitted" | "suspended" | "left",
    down: false,
    /** answers to POST /log/entries that come before the honest one */
    answers: [] as { status: number; body: Record<string, unknown>; retryAfterS?: number }[],
    /** loses the answer after having taken the report in */
    loseAnswers: 0,
    /** whose key is under its receipts */
    signsReceipts: "itself" as "itself" | "stranger",
    views: [] as Record<string, unknown>[],
    join: "",
    /** thumbprint of the node's current report key; null: whatever signs is taken */
    kid: null as string | null,
    /** what it says of the node's keys, and of its own; null: nothing */
    nodeKeys: null as CommunityKeysView | null,
    ownKeys: null as HubKeysView | null,
    /** changes of keys it has taken in */
    keyChanges: [] as Claims<"node-key+jwt">[],
    append,
    publish,
    close,
    twoFaces,
    count,
    peer: {} as Peer,
  };
  await append("hub-policy+jwt", {
    ...common,
    name: "Hub",
    statement_jwk: statementSigner.publicJwk,
    recovery_sha256: recovery.kid,
    quorum: "none",
    formula: 1,
    currency: "USD",
    k: 1,
    report_interval_s: 60,
  });

  async function append<K extends StatementKind>(
    kind: K,
    claims: Claims<K>,
    by = hub.statementSigner,
  ): Promise<string> {
    const jws = await signStatement(by, kind, claims);
    entries.push(jws);
    return statementLeaf(jws);
  }

  async function publish(name: string, by = hub.statementSigner): Promise<string> {
    const terms = {
      name,
      text: "Less plastic",
      product: { gtin: null, name, brand: null },
      unit: "litre",
      currency: "USD",
      reference_price_minor: "900",
      bands_minor: ["600", "700", "800"],
      max_qty: "20",
      goal_qty: "500",
    };
    const closes = NOW_S + 30 * 86_400;
    const leaf = await append("campaign+jwt", { ...common, ...terms, closes, nonce: "A".repeat(22) }, by);
    hub.views.push({
      id: leaf,
      ...terms,
      interest: "7",
      pledged: "11",
      committed: "0",
      purchased: "0",
      pledges: 3,
      communities: 2,
      purchasing_power_minor: "9900",
      units_by_band: ["0", "0", "11"],
      opens: iso(NOW_S),
      closes: iso(closes),
      state: "open",
      closing: null,
      log: logRef(),
    });
    return leaf;
  }

  async function close(campaign: string, outcome: "locked" | "released", band: number | null): Promise<string> {
    const leaf = await append("campaign-close+jwt", { ...common, campaign, outcome, band, reason: "price reached" });
    const view = hub.views.find(({ id }) => id === campaign);
    Object.assign(view ?? {}, { state: outcome, closing: { reason: "price reached", band, at: iso(NOW_S), leaf } });
    return leaf;
  }

  /** The verdict on everything taken so far. */
  function count(verdict: "ok" | "failed"): void {
    for (const report of hub.reports) if (report.verdict === "pending") report.verdict = verdict;
  }

  function logRef() {
    return { origin: HUB_LOG, size: entries.length, root: "" };
  }

  const leaves = () => entries.map((jws) => leafHash(utf8(jws)));
  async function checkpoint(): Promise<string> {
    return await signNote(
      formatCheckpoint({ origin: HUB_LOG, size: entries.length, root: rootOf(leaves()) }),
      hub.notes,
    );
  }

  /** The newest checkpoint, and the proof that it continues the tree of this size. */
  async function growth(from: number) {
    const proof = consistencyProof(from, entries.length, () => concat(...leaves()));
    return { proof, note: await checkpoint() };
  }

  /** Two signed checkpoints of one size: what two readers would be shown. */
  async function twoFaces(): Promise<[string, string]> {
    const other = await signNote(
      formatCheckpoint({ origin: HUB_LOG, size: entries.length, root: leafHash(utf8("another")) }),
      hub.notes,
    );
    return [await checkpoint(), other];
  }

  async function proofOf(leaf: string): Promise<string | null> {
    const index = entries.findIndex((jws) => statementLeaf(jws) === leaf);
    if (index === -1) return null;
    const hashes = inclusionProof(index, entries.length, () => concat(...leaves()));
    return formatProof({ index, hashes, checkpoint: await checkpoint() });
  }

  function reportRef({ claims, leaf, verdict }: Taken) {
    const at = iso(NOW_S + claims.seq);
    const bookSize = Number(claims.book.split("\n")[1]);
    const code = verdict === "failed" ? "totals-mismatch" : null;
    return { seq: claims.seq, index: entries.length, leaf, at, verdict, code, book_size: bookSize };
  }

  function community() {
    const counted = hub.reports.findLast(({ verdict }) => verdict === "ok");
    const last = hub.reports.at(-1);
    return {
      origin: NODE,
      url: `https://${NODE}`,
      name: "Green Street",
      region: "TW-TPE",
      languages: ["en"],
      members_declared: 1,
      status: hub.status === "declined" ? "requested" : hub.status,
      reason: "",
      since: null,
      fresh: true,
      pledges: 0,
      campaigns: 0,
      last_report: last === undefined ? null : reportRef(last),
      counted: counted === undefined ? null : reportRef(counted),
      join_leaf: hub.join,
      report_kid: hub.kid,
      book_vkey: null,
      ...(hub.nodeKeys?.pending && { frozen: hub.nodeKeys.pending }),
      reports: [],
      log: logRef(),
    };
  }

  async function takeReport(jws: string): Promise<PeerResponse> {
    const parsed = parseStatement(jws);
    if (!parsed.ok) return problem(400, "statement-invalid");
    if (parsed.value.statement.kind === "node-key+jwt")
      return takeKeys(parsed.value.leaf, parsed.value.statement.claims);
    if (parsed.value.statement.kind !== "demand-report+jwt") return problem(400, "statement-invalid");
    const { claims } = parsed.value.statement;
    const { leaf } = parsed.value;
    const known = hub.reports.findIndex((taken) => taken.leaf === leaf);
    if (known !== -1) return json(200, await receiptOf(claims, leaf, known));
    if (hub.kid !== null && parsed.value.kid !== hub.kid) return problem(400, "kid-unknown");
    const stored = hub.reports.findIndex((taken) => taken.claims.seq === claims.seq);
    const first = hub.reports[stored];
    if (first !== undefined) {
      if (compareSameSeq(first.jws, jws) === "equivocation") return problem(409, "equivocation");
      return json(200, await receiptOf(claims, first.leaf, stored));
    }
    const expected = hub.reports.length + 1;
    const lastLeaf = hub.reports.at(-1)?.leaf ?? hub.join;
    if (claims.seq !== expected || claims.prev !== lastLeaf) {
      return problem(409, "seq-gap", { expected_seq: expected, last_leaf: lastLeaf });
    }
    hub.reports.push({ leaf, jws, claims, verdict: "pending" });
    entries.push(jws);
    return json(202, await receiptOf(claims, leaf, hub.reports.length - 1));
  }

  /** As if reports were entries 100 and later. */
  async function receiptOf({ iss, seq }: Report, leaf: string, at: number) {
    const [index, received] = [100 + at, NOW_S + at];
    const by = hub.signsReceipts === "itself" ? hub.statementSigner : await signer(await generateEd25519());
    const receipt = await signReceipt(by, { iss: HUB_LOG, leaf, node: iss, seq, index, received });
    return { leaf, index, receipt };
  }

  function takeKeys(leaf: string, claims: Claims<"node-key+jwt">): PeerResponse {
    hub.keyChanges.push(claims);
    if (hub.nodeKeys === null) return problem(404, "issuer-unknown");
    if (claims.act === "object") {
      if (hub.nodeKeys.pending?.leaf !== claims.prev) return problem(409, "recovery-unknown");
      hub.nodeKeys.pending.objected = true;
      return json(202, { leaf });
    }
    for (const { role, key } of claims.keys) {
      const before = hub.nodeKeys.keys.find((one) => one.role === role && one.until === null);
      Object.assign(before ?? {}, { until: 9, ended_by: leaf });
      const kid = role === "report" ? thumbprint({ kty: "OKP", crv: "Ed25519", x: key }) : null;
      hub.nodeKeys.keys.push({ role, key, kid, from: 10, until: null, ended_by: null });
      if (kid !== null) hub.kid = kid;
    }
    hub.nodeKeys.last = leaf;
    return json(202, { leaf });
  }

  async function answer(method: string, address: string, body: string): Promise<PeerResponse> {
    const { pathname } = new URL(address);
    if (pathname === "/.well-known/cocoon.json") {
      const jwk = statementSigner.publicJwk;
      return json(200, {
        kind: "hub",
        name: "Hub",
        origin: "hub.example.org",
        log: { origin: HUB_LOG, vkey, url: `${HUB_URL}/log` },
        statement_jwks: { keys: [{ ...jwk, kid: thumbprint(jwk) }] },
        protocol: ["cocoon/1"],
        demo: false,
      });
    }
    if (pathname === "/log/checkpoint") return text(200, hub.served ?? (await checkpoint()));
    if (pathname === "/log/head") return text(200, await checkpoint());
    if (pathname.startsWith("/log/tile/0/")) return bytes(concat(...leaves()));
    if (pathname.startsWith("/log/tile/entries/")) return bytes(encodeBundle(entries.map(utf8)));
    if (pathname.endsWith(".tlog-proof")) {
      const proof = await proofOf(pathname.slice("/log/entries/".length, -".tlog-proof".length));
      return proof === null ? problem(404, "entry-unknown") : text(200, proof);
    }
    if (pathname === "/api/joins" && method === "POST") {
      hub.join = statementLeaf(body);
      return json(202, { origin: NODE, leaf: hub.join, status: hub.status, reason: "" });
    }
    if (pathname.startsWith("/api/joins/")) {
      return json(200, { origin: NODE, leaf: hub.join, status: hub.status, reason: "as agreed" });
    }
    if (pathname === "/api/keys") return hub.ownKeys === null ? problem(404, "not-found") : json(200, hub.ownKeys);
    if (pathname.endsWith("/keys"))
      return hub.nodeKeys === null ? problem(404, "issuer-unknown") : json(200, hub.nodeKeys);
    if (pathname.startsWith("/api/communities/")) return json(200, community());
    if (pathname === "/api/campaigns") return json(200, { campaigns: hub.views, next: null, log: logRef() });
    if (pathname === "/log/entries" && method === "POST") {
      const prepared = hub.answers.shift();
      if (prepared) return { ...json(prepared.status, prepared.body), retryAfterS: prepared.retryAfterS ?? null };
      return await takeReport(body);
    }
    return problem(404, "not-found");
  }

  async function exchange(method: string, url: string, body: string) {
    hub.requests.push(`${method} ${new URL(url).pathname}`);
    if (hub.down || !url.startsWith(`${HUB_URL}/`)) return fail("peer-unreachable" as const);
    const response = await answer(method, url, body);
    if (method === "POST" && hub.loseAnswers > 0) {
      hub.loseAnswers -= 1;
      return fail("peer-unreachable" as const);
    }
    return ok(response);
  }

  hub.peer = {
    get: async (url) => await exchange("GET", url, ""),
    post: async (url, body) => await exchange("POST", url, typeof body === "string" ? body : fromUtf8(body)),
    async getJson(url, schema) {
      const response = await exchange("GET", url, "");
      if (!response.ok) return response;
      const parsed = schema.safeParse(
        response.value.status === 200 ? JSON.parse(fromUtf8(response.value.bytes)) : null,
      );
      return parsed.success ? ok(parsed.data) : fail("peer-invalid");
    },
  };
  return hub;
}
export type FakeHub = Awaited<ReturnType<typeof fakeHub>>;

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
function json(status: number, body: unknown): PeerResponse {
  return { status, contentType: "application/json", retryAfterS: null, bytes: utf8(JSON.stringify(body)) };
}
function text(status: number, body: string): PeerResponse {
  return { status, contentType: "text/plain", retryAfterS: null, bytes: utf8(body) };
}
function bytes(body: Uint8Array<ArrayBuffer>): PeerResponse {
  return { status: 200, contentType: "application/octet-stream", retryAfterS: null, bytes: body };
}
function problem(status: number, code: string, extra: Record<string, unknown> = {}): PeerResponse {
  return json(status, { type: `urn:cocoon:problem:${code}`, title: code, status, code, ...extra });
}
