/**
 * Evidence into the log (docs/protocol.md §9): once against each party and kind. Two reports under one number exclude
 * their community by rule, if one of them is in this log: then the entry carries the other one whole.
 */
import { evidenceHash, verifyEvidence } from "../../../shared/evidence/verify.ts";
import type { Anchor, EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { type HubKeyState, speaksNow } from "../../../shared/network/keys.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { statementLeaf } from "../../../shared/signing/statement.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type Checked, insertEvidence, knownEvidence } from "../../lib/evidence/store.ts";
import { readProofs } from "../../lib/log-read.ts";
import { Refused } from "../../lib/problem.ts";
import { type DecidedEntry, commit, signed } from "../commit.ts";
import { type Hub, logKeysOf } from "../hub.ts";
import type { Ingested } from "./demand-report.ts";

export async function logEvidence(hub: Hub, checked: Checked): Promise<void> {
  const { document, finding, sha256 } = checked;
  const { accused } = finding;
  const { kind } = document;
  const statements = kind === "equivocation" ? document.statements : [];
  await commit<null>(hub, {
    needs: { communities: kind === "equivocation" ? [accused] : [] },
    reads: [
      hub.db.prepare("SELECT 1 FROM evidence WHERE accused = ? AND kind = ?").bind(accused, kind),
      hub.db
        .prepare("SELECT leaf FROM log_entry WHERE leaf IN (SELECT value FROM json_each(?))")
        .bind(jsonParameter(statements.map(statementLeaf))),
    ],
    decide: async ({ view, iat, next, results }) => {
      if ((results[0]?.results.length ?? 0) > 0) return { entries: [], value: null };
      const community = view.state.communities.get(accused);
      if (statements.some((jws) => community !== undefined && !speaksNow(community, kidOf(jws)))) {
        throw new Refused("evidence-invalid", { detail: "key-gone" });
      }
      const logged = new Set(((results[1]?.results ?? []) as { leaf: string }[]).map(({ leaf }) => leaf));
      const first = statements.find((jws) => logged.has(statementLeaf(jws)));
      const other = statements.find((jws) => jws !== first);
      const entry: DecidedEntry =
        first !== undefined && other !== undefined && community !== undefined
          ? await signed(hub, "equivocation+jwt", iat, {
              node: accused,
              seq: Number(finding.facts["seq"]),
              first: statementLeaf(first),
              other,
            })
          : await signed(hub, "evidence+jwt", iat, { accused, kind, sha256 });
      return {
        entries: [entry],
        statements: [insertEvidence(hub.db, checked, { now: hub.now(), index: next })],
        value: null,
      };
    },
  });
}

function kidOf(jws: string): string {
  const parsed = parseJws(jws);
  return parsed.ok ? parsed.value.kid : "";
}

/** What submitted reports have shown: kept and logged like evidence that was handed in, one document of each community. */
export async function logEquivocations(hub: Hub, found: Ingested["equivocations"]): Promise<void> {
  for (const [iss, statements] of new Map(found.map((one) => [one.iss, one.statements]))) {
    await logEquivocation(hub, iss, statements);
  }
}

async function logEquivocation(hub: Hub, accused: string, statements: [string, string]): Promise<void> {
  const { db, config, keys } = hub;
  if ((await knownEvidence(db, { sha256: "", accused, kind: "equivocation" })) !== null) return;
  const document: EvidenceOf<"equivocation"> = {
    v: 1,
    hub: { origin: config.logOrigin, vkey: keys.log.vkey },
    anchors: await anchorsOf(hub, accused),
    kind: "equivocation",
    statements,
  };
  // A report signed anew after a change of keys is none: then this finds nothing.
  const found = await verifyEvidence(document, [keys.log.vkey]);
  if (!found.ok) return;
  try {
    await logEvidence(hub, { document, sha256: evidenceHash(document), finding: found.value });
  } catch (error) {
    // While a recovery waits, what the current key says excludes nobody; the report is refused all the same.
    if (!(error instanceof Refused && error.code === "evidence-invalid")) throw error;
  }
}

/** An audit that the log says nobody answered: the two entries, and the keys of the hub, are the whole proof. */
export async function logFailedAudit(hub: Hub, audit: string, stated: number): Promise<void> {
  const { config, keys, db } = hub;
  const outcome = await db.prepare("SELECT data FROM log_entry WHERE idx = ?").bind(stated).first<string>("data");
  const entries = [await entryOf(db, audit), outcome ?? "", ...(await ownKeyEntries(db))];
  // the newest head, whoever has witnessed it: the outcome was logged a moment ago
  const head = { origin: config.logOrigin, skey: config.logKey, next: config.logKeyNext };
  const proofs = await readProofs(db, entries.map(statementLeaf), head);
  const [question, answer, ...anchors] = entries.map((jws, at): Anchor => ({ jws, proof: proofs[at] ?? "" }));
  if (question === undefined || answer === undefined) return;
  const document: EvidenceOf<"failed-audit"> = {
    v: 1,
    hub: { origin: config.logOrigin, vkey: keys.log.vkey },
    anchors,
    kind: "failed-audit",
    audit: question,
    shown: { by: "silence", outcome: answer },
  };
  const found = await verifyEvidence(document, [keys.log.vkey]);
  if (!found.ok) return;
  await logEvidence(hub, { document, sha256: evidenceHash(document), finding: found.value });
}

/** The policy that this hub began with, and what changed its statement key since. */
async function ownKeyEntries(db: D1Database): Promise<string[]> {
  const row = await db
    .prepare("SELECT policy ->> '$.leaf' AS leaf, hub_keys AS keys FROM network WHERE id = 1")
    .first<{ leaf: string | null; keys: string | null }>();
  const past = row?.keys ? (JSON.parse(row.keys) as HubKeyState).past.map(({ by }) => by) : [];
  const leaves = [...new Set([row?.leaf ?? "", ...past.slice(-MAX_CHANGES)])];
  return await Promise.all(leaves.map(async (leaf) => await entryOf(db, leaf)));
}

/** More changes of keys than a document holds: the newest count. */
const MAX_CHANGES = 7;

/** The community's join and what changed its keys since, oldest first, each with its proof. */
async function anchorsOf(hub: Hub, origin: string): Promise<Anchor[]> {
  const community = await hub.db
    .prepare("SELECT join_leaf, keys ->> 'last' AS last FROM community WHERE origin = ?")
    .bind(origin)
    .first<{ join_leaf: string; last: string | null }>();
  if (community === null) return [];
  const entries: string[] = [];
  let leaf = community.last ?? community.join_leaf;
  while (leaf !== community.join_leaf && entries.length < MAX_CHANGES) {
    const jws = await entryOf(hub.db, leaf);
    const claims = claimsOf(jws);
    if (claims.act !== "object") entries.unshift(jws);
    leaf = claims.prev;
  }
  entries.unshift(await entryOf(hub.db, community.join_leaf));
  const proofs = await readProofs(hub.db, entries.map(statementLeaf), logKeysOf(hub.config));
  return entries.map((jws, at) => ({ jws, proof: proofs[at] ?? "" }));
}

async function entryOf(db: D1Database, leaf: string): Promise<string> {
  const data = await db.prepare("SELECT data FROM log_entry WHERE leaf = ?").bind(leaf).first<string>("data");
  if (data === null) throw new Error("an entry about keys is not in the log");
  return data;
}

function claimsOf(jws: string): Claims<"node-key+jwt"> {
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error("a logged entry is not a JWS");
  return parsed.value.claims as Claims<"node-key+jwt">;
}
