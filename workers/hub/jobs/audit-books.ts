/**
 * Audits of communities' books (docs/protocol.md §8), one step a run: draw a lot with the beacons that witnesses give at
 * once and log the question; ask the community until it answers; look at some of what it opened; log the outcome. Each
 * step is stored before the next, so a crash repeats one. What nobody answers in time the log settles by itself.
 */
import { isBeaconOf, rhoOf } from "../../../shared/audit/beacon.ts";
import { drawUnits, lotHash } from "../../../shared/audit/lot.ts";
import { checkOpening } from "../../../shared/audit/opening.ts";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import { faultOfAudit, faultOfOutcome } from "../../../shared/network/audits.ts";
import { BEACON_REQUEST, OPENING_REQUEST, auditAnswer, beaconAnswer } from "../../../shared/protocol/audit-request.ts";
import { AUDIT_ANSWER_S, type Beacon, MIN_BEACONS } from "../../../shared/protocol/audit.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { type Result, fail, ok } from "../../../shared/result.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { signJws } from "../../../shared/signing/jws.ts";
import { readProofs } from "../../lib/log-read.ts";
import { parseJson } from "../../lib/remote.ts";
import { Refused } from "../../lib/problem.ts";
import { takeAnswer } from "../actions/audit-answer.ts";
import { logFailedAudit } from "../actions/evidence.ts";
import { commit, signed } from "../commit.ts";
import { type Hub, settleCurrentKey } from "../hub.ts";
import { AUDIT_ODDS, AUDIT_SAMPLES, AUDIT_SLICE } from "../limits.ts";
import * as query from "../queries/book-audit.ts";

const BEACON_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
const FIRST_RETRY_S = 60;
const LAST_RETRY_S = 3600;
/** Longer than the longest pause between two questions. */
const LAST_CALL_S = 2 * LAST_RETRY_S;
const NO_OPENINGS = sha256url(utf8("[]"));

/** By the clock. Which tick begins an audit nobody can foresee, nor prepare for. */
export async function auditBooks(hub: Hub, random: () => number = Math.random): Promise<void> {
  const nowS = Math.floor(hub.now() / 1000);
  const row = await query.nextStep(hub.db, nowS, null);
  if (row !== null) await goOn(hub, row, nowS);
  else if (hub.config.auditIntervalS === 0 || random() * AUDIT_ODDS < 1) await begin(hub, nowS, null);
}

/** At the operator's wish: the same rules, one community, the question sent at once. */
export async function auditNow(hub: Hub, node: string): Promise<Result<{ leaf: string }, ProblemCode>> {
  const nowS = Math.floor(hub.now() / 1000);
  const begun = await begin(hub, nowS, node);
  if (!begun.ok) return begun;
  const row = await query.nextStep(hub.db, nowS, node);
  if (row !== null) await goOn(hub, row, nowS);
  return begun;
}

async function begin(hub: Hub, nowS: number, only: string | null): Promise<Result<{ leaf: string }, ProblemCode>> {
  const { db } = hub;
  const chosen = await query.candidate(db, nowS, only);
  if (chosen === null) return fail("audit-nothing");
  const book = await query.lotBook(db, chosen);
  if (book === null || book.groups.length === 0) return fail("audit-nothing");
  const { groups, terms, witnesses } = book;
  const beacons = await askBeacons(hub, chosen, witnesses, nowS);
  if (beacons.length < MIN_BEACONS) return fail("audit-witnesses");
  const { origin: node, report } = chosen;
  const termsOf = (campaign: string) => terms.get(campaign);
  const hits = drawUnits({ report, rho: rhoOf(beacons), samples: AUDIT_SAMPLES, groups, termsOf });
  const drawn = await query.holders(db, chosen, hits);
  if (drawn === null || drawn.length === 0) return fail("audit-nothing");
  const committed = await commit<Result<{ leaf: string }, ProblemCode>>(hub, {
    needs: { communities: [node], issuers: witnesses.map(({ origin }) => origin) },
    decide: async ({ view, iat }) => {
      const deadline = iat + AUDIT_ANSWER_S;
      const lot = { samples: AUDIT_SAMPLES, drawn: drawn.length, lot: lotHash(drawn), deadline };
      const entry = await signed(hub, "audit+jwt", iat, { node, report, beacons, ...lot });
      const { kind, claims } = entry.statement;
      if (kind !== "audit+jwt" || faultOfAudit(view.state, claims) !== null)
        return { entries: [], value: fail("audit-early") };
      const { leaf } = entry.entry;
      const insert = db
        .prepare(
          `INSERT INTO book_audit (leaf, node, asked_at, due, drawn, attempts, next_at, checked, found)
           VALUES (?, ?, ?, ?, ?, 0, ?, 0, ?)`,
        )
        .bind(leaf, node, iat, deadline, query.drawnText(drawn), nowS, NOTHING_FOUND);
      return { entries: [entry], statements: [insert], value: ok({ leaf }) };
    },
  });
  return committed.value;
}

const NOTHING_FOUND = JSON.stringify({ opened: 0, gone: 0, codes: [] } satisfies query.Found);

/** All at once; whoever has not answered in a few seconds has no part in this lot. */
async function askBeacons(
  hub: Hub,
  { report, jws }: query.Candidate,
  witnesses: readonly query.AuditWitness[],
  iat: number,
): Promise<Beacon[]> {
  await settleCurrentKey(hub);
  const [proof] = await readProofs(hub.db, [report], newest(hub));
  if (!proof) throw new Error("a counted report is not in the log");
  const request = await signJws(hub.keys.statement, BEACON_REQUEST, { iss: hub.config.logOrigin, iat, v: 1, report });
  const answers = witnesses.map(async ({ url, vkey }): Promise<Beacon[]> => {
    const options = { timeoutMs: BEACON_TIMEOUT_MS, maxBytes: 4096 };
    const body = JSON.stringify({ request, report: jws, proof, witness: vkey });
    const response = await hub.peer.post(`${url}/witness/beacon`, body, "application/json", options);
    if (!response.ok || response.value.status !== 200) return [];
    const answer = parseJson(response.value.bytes, beaconAnswer);
    const beacon = answer.ok ? { vkey, signature: answer.value.signature } : null;
    return beacon !== null && (await isBeaconOf(report, beacon)) ? [beacon] : [];
  });
  return (await Promise.all(answers)).flat().toSorted((a, b) => (a.vkey < b.vkey ? -1 : 1));
}

/** The head with the newest entries, whoever has witnessed it. */
function newest({ config }: Hub) {
  return { origin: config.logOrigin, skey: config.logKey, next: config.logKeyNext };
}

async function goOn(hub: Hub, row: query.AuditRow, nowS: number): Promise<void> {
  if (row.answered === 1) await check(hub, row, nowS);
  else if (nowS >= row.due) await endUnanswered(hub, row, nowS);
  else if (!(await ask(hub, row, nowS)) && nowS >= row.due - LAST_CALL_S) await sayWithheld(hub, row);
}

/** Whether openings came. */
async function ask(hub: Hub, row: query.AuditRow, nowS: number): Promise<boolean> {
  await settleCurrentKey(hub);
  const { url, audit, keys } = await query.requestParts(hub.db, row);
  const [proof, ...proofs] = await readProofs(hub.db, [row.leaf, ...keys.map(({ leaf }) => leaf)], newest(hub));
  const { statement } = hub.keys;
  const { logOrigin: iss } = hub.config;
  const request = await signJws(statement, OPENING_REQUEST, { iss, iat: nowS, v: 1, audit: row.leaf });
  const named = keys.map(({ data }, at) => ({ entry: data, proof: proofs[at] ?? "" }));
  const body = JSON.stringify({ request, audit, proof: proof ?? "", keys: named });
  const response = await hub.peer.post(`${url}/audit`, body, "application/json", { maxBytes: MAX_ANSWER_BYTES });
  const answer =
    response.ok && response.value.status === 200 ? parseJson(response.value.bytes, auditAnswer) : fail("peer-invalid");
  if (!answer.ok || answer.value.audit !== row.leaf) {
    // 202: it has been drawn there, and is being opened
    const isTaken = response.ok && response.value.status === 202;
    const attempts = isTaken ? 0 : row.attempts + 1;
    const next = nowS + (isTaken ? FIRST_RETRY_S : Math.min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** row.attempts));
    const later = "UPDATE book_audit SET attempts = ?, next_at = ? WHERE leaf = ? AND openings IS NULL";
    await hub.db.prepare(later).bind(attempts, next, row.leaf).run();
    return false;
  }
  const own = answer.value.answer;
  if (own !== undefined) await logAnswer(hub, own);
  const text = canonicalJson(answer.value.openings);
  await hub.db
    .prepare("UPDATE book_audit SET openings = ?, openings_sha256 = ?, next_at = ? WHERE leaf = ? AND openings IS NULL")
    .bind(text, sha256url(utf8(text)), nowS, row.leaf)
    .run();
  return true;
}

/** The community submits it as well: what this hub does not take here, it must refuse there under its own signature. */
async function logAnswer(hub: Hub, jws: string): Promise<void> {
  try {
    await takeAnswer(hub, jws);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

async function check(hub: Hub, row: query.AuditRow, nowS: number): Promise<void> {
  const drawn = query.drawnOf(row);
  const until = Math.min(drawn.length, row.checked + AUDIT_SLICE);
  const slice = drawn.slice(row.checked, until);
  const openings = await query.someOpenings(
    hub.db,
    row.leaf,
    slice.map(({ leaf }) => leaf),
  );
  const byLeaf = new Map(openings.map((opening) => [opening.leaf, opening]));
  const { url, bookVkeys, generation, terms } = await query.openingTerms(hub.db, row, drawn);
  const page = new URL(url);
  const context = {
    node: row.node,
    webOrigin: page.origin,
    rpId: page.hostname,
    hub: hub.config.logOrigin,
    bookVkeys,
    generation,
    termsOf: (campaign: string) => terms.get(campaign),
  };
  const found = JSON.parse(row.found) as query.Found;
  const codes = new Set(found.codes);
  for (const ballot of slice) {
    const opening = byLeaf.get(ballot.leaf);
    const one = opening === undefined ? "missing" : await checkOpening(ballot, opening, context);
    if (one === "opened" || one === "gone") found[one] += 1;
    else codes.add(one);
  }
  const isLast = until === drawn.length;
  if (isLast && (await query.hasAccountTwice(hub.db, row.leaf))) codes.add("account-twice");
  found.codes = [...codes].toSorted();
  if (isLast) {
    await logOutcome(hub, row, found);
    return;
  }
  // Two runs at once look at the same openings, and one of them counts.
  await hub.db
    .prepare("UPDATE book_audit SET checked = ?, found = ?, next_at = ? WHERE leaf = ? AND checked = ?")
    .bind(until, JSON.stringify(found), nowS, row.leaf, row.checked)
    .run();
}

/** Log time has settled it. Said in one entry it can be shown to others, which the run after that does. */
async function endUnanswered(hub: Hub, row: query.AuditRow, nowS: number): Promise<void> {
  const stated = await query.statedIndex(hub.db, row);
  if (stated !== null) await logFailedAudit(hub, row.leaf, stated);
  const found: query.Found = { opened: 0, gone: 0, codes: ["unanswered"] };
  await logOutcome(hub, { ...row, openings_sha256: NO_OPENINGS }, found, stated === null ? nowS : null);
}

/** The log holds the answer and nobody opened anything: that is judged while there is time, or it would be the hub's silence. */
async function sayWithheld(hub: Hub, row: query.AuditRow): Promise<void> {
  if (!(await query.isAnswered(hub.db, row))) return;
  await logOutcome(hub, { ...row, openings_sha256: NO_OPENINGS }, { opened: 0, gone: 0, codes: ["missing"] });
}

/** `next`: when the row is looked at again if an entry was logged. */
async function logOutcome(
  hub: Hub,
  row: query.AuditRow,
  { opened, gone, codes }: query.Found,
  next: number | null = null,
): Promise<void> {
  const { node, leaf: audit, openings_sha256 } = row;
  await commit(hub, {
    needs: { communities: [node] },
    decide: async ({ view, iat }) => {
      const done = hub.db.prepare("UPDATE book_audit SET next_at = ?, checked = ? WHERE leaf = ?");
      const claims = {
        node,
        audit,
        ok: codes.length === 0,
        opened,
        gone,
        codes,
        openings_sha256: openings_sha256 ?? "",
      };
      const entry = await signed(hub, "audit-outcome+jwt", iat, claims);
      const { statement } = entry;
      const isDue = statement.kind === "audit-outcome+jwt" && faultOfOutcome(view.state, statement.claims) === null;
      const statements = [done.bind(isDue ? next : null, opened + gone, audit)];
      return { entries: isDue ? [entry] : [], statements, value: null };
    },
  });
}
