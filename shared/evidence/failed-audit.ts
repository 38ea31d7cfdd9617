/**
 * An audit that was not answered, or with something else than pledges that members signed (docs/protocol.md §8, §9). That there is
 * no answer the log itself says, and a community's answer stands in it by the community's own signature. An opening
 * holds what a member signed: documents that carry one are for whoever is shown them, and no hub or community takes them in.
 */
import { type Ballot, lotHash } from "../audit/lot.ts";
import { checkOpening } from "../audit/opening.ts";
import { fromBase64url, sha256url, utf8 } from "../bytes.ts";
import { leafHash, verifyInclusion } from "../log/merkle.ts";
import { verifyProof } from "../log/proof.ts";
import { bookOrigin, generationOfProof } from "../network/book-origin.ts";
import type { Anchor, EvidenceOf } from "../protocol/evidence.ts";
import type { Claims, StatementKind } from "../protocol/statement.ts";
import { type Result, ok } from "../result.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { parseStatement } from "../signing/statement.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";

type Document = EvidenceOf<"failed-audit">;
type Opened = Extract<Document["shown"], { by: "opening" }>;
interface Logged<K extends StatementKind> {
  leaf: string;
  index: number;
  claims: Claims<K>;
}

export async function checkFailedAudit(document: Document, keys: Keys): Promise<Found> {
  const audit = await openLogged("audit+jwt", document.audit, keys);
  if (!audit.ok) return audit;
  const failed = await checkShown(document, audit.value, keys);
  if (!failed.ok) return failed;
  const { node, drawn } = audit.value.claims;
  return ok({
    accused: node,
    party: "node",
    detail: `${node} was asked in entry ${audit.value.index} to open ${drawn} pledges, and ${failed.value}`,
    facts: { audit: audit.value.index, drawn },
  });
}

async function checkShown(
  { shown, anchors }: Document,
  audit: Logged<"audit+jwt">,
  keys: Keys,
): Promise<Result<string, NotEvidence>> {
  if (shown.by === "silence") {
    const outcome = await openLogged("audit-outcome+jwt", shown.outcome, keys);
    if (!outcome.ok) return outcome;
    const { claims, index } = outcome.value;
    const isOfIt = claims.audit === audit.leaf && claims.node === audit.claims.node && index > audit.index;
    if (!isOfIt || !claims.codes.includes("unanswered") || claims.iat < audit.claims.deadline)
      return refuse("no-contradiction", "the log does not say that this audit was left unanswered until its deadline");
    return ok(`entry ${index} says that the log held no answer at the deadline`);
  }
  const answer = await openAnswer(shown.answer, audit, keys);
  if (!answer.ok) return answer;
  if (shown.by === "short") {
    if (answer.value.openings >= audit.claims.drawn)
      return refuse("no-contradiction", "the answer opens as many pledges as were drawn");
    return ok(`its answer opens ${answer.value.openings}`);
  }
  return await checkOne({ shown, anchors }, audit, answer.value, keys);
}

/** One opening under the root that the community signed, against the lot that the hub logged. */
async function checkOne(
  { shown, anchors }: { shown: Opened; anchors: readonly Anchor[] },
  { claims: { node, lot } }: Logged<"audit+jwt">,
  { openings: size, root }: Claims<"audit-answer+jwt">,
  keys: Keys,
): Promise<Result<string, NotEvidence>> {
  const { opening, index, drawn } = shown;
  const leaf = leafHash(canonicalBytes(opening));
  const proof = shown.proof.map(fromBase64url);
  if (!verifyInclusion({ leaf, index, size, proof, root: fromBase64url(root) }))
    return refuse("proof-invalid", "the opening is not in the answer");
  const isDrawn = lotHash(drawn.map((one) => ({ leaf: one }))) === lot && drawn.includes(opening.leaf);
  if (!isDrawn) return refuse("proof-invalid", "the pledge is not one of those drawn");
  const asked = await ballotOf(shown, keys);
  if (!asked.ok) return asked;
  if (asked.value === null) return ok("it opened another entry than the one that was drawn");
  const page = pageOf(node, anchors);
  if (page === null) return refuse("key-unknown", `no anchor is the join of ${node}`);
  const { ballot, terms } = asked.value;
  const generation = generationOfProof("gone" in opening ? opening.gone.proof : opening.receipt.entry.proof, node);
  const bookVkeys = keys.vkeysOf(bookOrigin(node));
  const context = { node, ...page, hub: keys.hub.origin, bookVkeys, generation, termsOf: () => terms };
  const found = await checkOpening(ballot, opening, context);
  if (found === "opened" || found === "gone") return refuse("no-contradiction", "the opening is in order");
  return ok(`what it opened for one of them is not in order (${found})`);
}

/** What the drawn entry promises, and the terms its campaign showed; null when what was opened is not that entry. */
async function ballotOf({ opening, campaign }: Opened, keys: Keys) {
  if ("gone" in opening)
    return ok({ ballot: { leaf: opening.leaf, campaign: "", qty: 0n, band: 0 }, terms: undefined });
  const entry = parseBookEntry(utf8(opening.receipt.entry.json));
  if (!entry.ok || entry.value.leaf !== opening.leaf) return ok(null);
  const pledge = entry.value.entry;
  if (pledge === null || !("q" in pledge) || !("b" in pledge) || pledge.b === undefined)
    return refuse("no-contradiction", "what was drawn is no pledge");
  if (campaign === null) return refuse("malformed", "the campaign of the pledge is missing");
  const logged = await openLogged("campaign+jwt", campaign, keys);
  if (!logged.ok) return logged;
  // A revision does not name its campaign; the document does, and the community has signed that it opened this document.
  if (opening.receipt.document.campaign !== logged.value.leaf)
    return refuse("proof-invalid", "the campaign is not the one that the document names");
  const { currency, bands_minor } = logged.value.claims;
  const ballot: Ballot = {
    leaf: opening.leaf,
    campaign: "c" in pledge ? pledge.c : logged.value.leaf,
    qty: BigInt(pledge.q),
    band: pledge.b,
  };
  return ok({ ballot, terms: { currency, bands_minor, sha256: sha256url(canonicalBytes(logged.value.claims)) } });
}

/** The community's address, where its members sign, and its host. */
function pageOf(node: string, anchors: readonly Anchor[]): { webOrigin: string; rpId: string } | null {
  for (const { jws } of anchors) {
    const parsed = parseStatement(jws);
    if (!parsed.ok || parsed.value.statement.kind !== "node-join+jwt") continue;
    const { iss, url } = parsed.value.statement.claims;
    const [, webOrigin, rpId] = /^(https?:\/\/([^/:?#]+)(?::[0-9]+)?)/.exec(url) ?? [];
    if (iss === node && webOrigin !== undefined && rpId !== undefined) return { webOrigin, rpId };
  }
  return null;
}

async function openAnswer(
  jws: string,
  audit: Logged<"audit+jwt">,
  keys: Keys,
): Promise<Result<Claims<"audit-answer+jwt">, NotEvidence>> {
  const parsed = parseStatement(jws);
  if (!parsed.ok || parsed.value.statement.kind !== "audit-answer+jwt") return refuse("malformed", "not an answer");
  const { claims } = parsed.value.statement;
  if (claims.iss !== audit.claims.node || claims.aud !== keys.hub.origin || claims.audit !== audit.leaf)
    return refuse("no-contradiction", "the answer is to another audit");
  if (!(await keys.hasSigned(claims.iss, jws)))
    return refuse("signature-invalid", `the answer is not signed by ${claims.iss}`);
  return ok(claims);
}

/** An entry of the hub's own, proven to stand in its log. */
async function openLogged<K extends StatementKind>(
  kind: K,
  { jws, proof }: Anchor,
  keys: Keys,
): Promise<Result<Logged<K>, NotEvidence>> {
  const parsed = parseStatement(jws);
  const { origin, vkey } = keys.hub;
  if (!parsed.ok || parsed.value.statement.kind !== kind || parsed.value.statement.claims.iss !== origin)
    return refuse("malformed", `not ${kind} of this hub`);
  const { leaf } = parsed.value;
  const proven = await verifyProof({ proofText: proof, leaf: fromBase64url(leaf), vkey, origin });
  if (!proven.ok) return refuse("proof-invalid", `${kind} is not proven to be in the log (${proven.error})`);
  if (!(await keys.hasSigned(origin, jws))) return refuse("signature-invalid", `${kind} is not signed by the hub`);
  return ok({ leaf, index: proven.value.index, claims: parsed.value.statement.claims as Claims<K> });
}
