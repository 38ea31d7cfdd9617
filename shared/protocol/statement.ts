/**
 * Entries of a hub's log (docs/protocol.md §5): each is one compact JWS whose `typ` names its kind.
 * Node-signed kinds carry the node's origin as `iss`; hub-signed ones the log's origin.
 * Only logged keys count, and an entry at index i is verified with the key current at i.
 */
import { z } from "zod";
import {
  baseUrl,
  count,
  currency,
  day,
  decimal,
  decimalSum,
  ed25519Jwk,
  hash,
  language,
  line,
  logOrigin,
  note,
  origin,
  positiveDecimal,
  prose,
  region,
  unixSeconds,
  vkey,
} from "./primitives.ts";
import { bookResetClaims } from "./book-reset.ts";
import { auditAnswerClaims, auditClaims, auditOutcomeClaims } from "./audit.ts";
import { MIN_FEEDBACK_ACCOUNTS, feedbackThemes } from "./feedback.ts";
import { evidenceKind } from "./evidence.ts";
import { fundClaims } from "./fund.ts";
import { hubKeyClaims, nodeKeyClaims } from "./key-change.ts";
import { offerClaims, offerEndClaims } from "./offer.ts";

export const MAX_STATEMENT_BYTES = 32 * 1024;
/** An `equivocation` carries a whole statement, which may be as large as any. */
export const MAX_LOGGED_BYTES = 48 * 1024;
export const MAX_CAMPAIGNS_PER_REPORT = 100;
/** A node's clock may run this far ahead of log time. */
export const MAX_SKEW_S = 300;

const fromHub = { iss: logOrigin, iat: unixSeconds, v: z.literal(1) };
const fromNode = { iss: origin, aud: logOrigin, iat: unixSeconds, v: z.literal(1) };

/** What a community says of itself; declared, never counted as proven. */
export const profile = z.strictObject({
  name: line(80),
  region,
  languages: z.array(language).min(1).max(8),
  members: count.max(100_000_000),
});
export type Profile = z.infer<typeof profile>;

/** The log that a fork goes on from: its origin, and the tree of all its entries that this log has taken over. */
export const parentLog = z.strictObject({
  origin: logOrigin,
  size: count.min(1),
  root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
});

/** Entry 0, or a fork's first own entry: the rules this log is kept by. */
export const hubPolicy = z.strictObject({
  ...fromHub,
  /** in a fork: what stands before this entry, which is its first own one (docs/protocol.md §11) */
  parent: parentLog.optional(),
  name: line(80),
  statement_jwk: ed25519Jwk,
  recovery_sha256: hash,
  /** the key this hub cosigns its communities' books with */
  witness_vkey: vkey.optional(),
  /** C2SP tlog-policy quorum: none until a witness-policy entry says otherwise */
  quorum: z.literal("none"),
  formula: z.literal(1),
  /** reference currency of the headline numbers */
  currency,
  /** smallest number of accounts that suppliers' signals speak of (docs/signals.md); the log itself says more */
  k: count.min(1),
  report_interval_s: count.max(86_400),
  /** how long a recovery waits for objections, in log time; seven days where it is not said */
  recovery_delay_s: count.max(90 * 86_400).optional(),
  /** a community is audited at most this often, in log time; once a week where it is not said */
  audit_interval_s: count.max(90 * 86_400).optional(),
});

/**
 * A node asks to join and proves that it holds its report key (by signing), its book key (by the checkpoint) and its
 * witness key (by a cosignature under that checkpoint).
 */
export const nodeJoin = z.strictObject({
  ...fromNode,
  url: baseUrl,
  report_jwk: ed25519Jwk,
  book: z.strictObject({ vkey, checkpoint: note }),
  /** the key it cosigns logs with */
  witness: vkey.optional(),
  recovery_sha256: hash,
  profile,
});

/** A node's keys change (key-change.ts). */
export const nodeKey = z.strictObject({ ...fromNode, ...nodeKeyClaims });

/** The hub's own keys change. */
export const hubKey = z.strictObject({ ...fromHub, ...hubKeyClaims });

/** The hub's decision about a node; `left` is final. */
export const nodeStatus = z.strictObject({
  ...fromHub,
  node: origin,
  status: z.enum(["admitted", "suspended", "resumed", "left"]),
  reason: prose(500),
  /** leaf of the node-join this is about */
  join: hash,
});

export const feedbackTheme = z.enum(feedbackThemes);

/** Units per campaign as the node's book folds to them. Arrays have one element per price band, lowest first. */
export const campaignTotals = z.strictObject({
  c: hash,
  /** live pledge chains: participating accounts of this community */
  pledges: count,
  interest: decimal,
  pledged: z.array(decimal).min(1).max(64),
  committed: z.array(decimal).min(1).max(64),
  purchased: decimal,
  /** units ever locked, the denominator of fulfilment */
  locked: decimal,
  /** live pledge chains by band; reports made before this existed leave it out. Proven by the book like the units */
  accounts: z.array(count).min(1).max(64).optional(),
  /** accounts by theme, each of them many enough. Said by the community: no book can prove it, and no number follows from it */
  feedback: z.partialRecord(feedbackTheme, count.min(MIN_FEEDBACK_ACCOUNTS)).optional(),
});
export type CampaignTotals = z.infer<typeof campaignTotals>;

/** A node's complete, current demand (§3). */
export const demandReport = z.strictObject({
  ...fromNode,
  seq: count.min(1),
  /** leaf of this node's previous own entry in the hub log; for seq 1 its join */
  prev: hash,
  /** signed checkpoint note of the pledge book the totals were folded from */
  book: note,
  profile,
  /** ascending by `c`, campaigns with any number only */
  totals: z.array(campaignTotals).max(MAX_CAMPAIGNS_PER_REPORT),
  /** how many campaigns with numbers are left out, because a report with them would be too large; they count nothing */
  omitted: count.min(1).optional(),
});

/** A community begins a new book (book-reset.ts). */
export const bookReset = z.strictObject({ ...fromNode, ...bookResetClaims });

export const verdictCodes = [
  "book-fork",
  "book-shrunk",
  "book-unavailable",
  "book-entry-invalid",
  "book-genesis",
  "totals-mismatch",
] as const;
/** The hub's verdict: a report counts only through its ok verdict. */
export const reportCheck = z.strictObject({
  ...fromHub,
  node: origin,
  report: hash,
  seq: count.min(1),
  ok: z.boolean(),
  /** present when not ok */
  code: z.enum(verdictCodes).optional(),
  /** first bad book index, where there is one */
  index: count.optional(),
});

export const productRef = z.strictObject({
  /** GTIN-8, -12, -13 or -14 with a valid check digit, or null for a product without one */
  gtin: z
    .string()
    .regex(/^([0-9]{8}|[0-9]{12,14})$/)
    .nullable(),
  name: line(160),
  brand: line(80).nullable(),
});

/** Terms of a campaign. Everything but text and closing is immutable. */
export const campaign = z.strictObject({
  ...fromHub,
  name: line(80),
  text: prose(4000),
  product: productRef,
  /** what one unit is: "jar of 400 g" */
  unit: line(60),
  currency,
  reference_price_minor: positiveDecimal,
  /** strictly increasing unit prices; a member's maximum falls in the highest band not above it */
  bands_minor: z.array(positiveDecimal).min(1).max(32),
  /** most units one account may ask for */
  max_qty: positiveDecimal,
  /** units at which the ladder is full; shown, not enforced */
  goal_qty: positiveDecimal,
  closes: unixSeconds,
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
});
export type CampaignTerms = z.infer<typeof campaign>;

export const campaignAmend = z.strictObject({
  ...fromHub,
  campaign: hash,
  text: prose(4000).optional(),
  closes: unixSeconds.optional(),
  reason: prose(500),
});

/** The end of a campaign. `band` = the price reached: pledges from that band up become commitments. */
export const campaignClose = z.strictObject({
  ...fromHub,
  campaign: hash,
  outcome: z.enum(["locked", "released"]),
  band: count.max(63).nullable(),
  reason: prose(500),
});

/** Reference rates: units of each currency for one unit of `base`, decimal strings as published. */
export const rates = z.strictObject({
  ...fromHub,
  source: line(120),
  base: currency,
  date: day,
  rates: z.record(currency, z.string().regex(/^[0-9]{1,12}(\.[0-9]{1,10})?$/)),
});

/** What happened to money, with the transfers that follow (fund.ts). */
export const fund = z.strictObject({ ...fromHub, ...fundClaims });

/** What a verified supplier offers (offer.ts). */
export const offer = z.strictObject({ ...fromHub, ...offerClaims });

export const offerEnd = z.strictObject({ ...fromHub, ...offerEndClaims });

/** A community said two things under one number: the report that stands, and the other one, whole. */
export const equivocation = z.strictObject({
  ...fromHub,
  node: origin,
  seq: count.min(1),
  /** leaf of the report in this log */
  first: hash,
  other: z.string().max(MAX_STATEMENT_BYTES),
});

/** A document of evidence that this hub has checked and keeps (evidence.ts): at most one of each kind against anybody. */
export const evidenceEntry = z.strictObject({
  ...fromHub,
  /** a community's origin, or a hub's log */
  accused: z.string().min(1).max(260),
  kind: evidenceKind,
  /** of the document's RFC 8785 form */
  sha256: hash,
});

export const stages = z.strictObject({
  interest: decimalSum,
  pledged: decimalSum,
  committed: decimalSum,
  purchased: decimalSum,
});

/** The numbers of the front page, over the first `size` entries of the log. */
export const headline = z.strictObject({
  formula: z.literal(1),
  currency,
  purchasing_power_minor: decimalSum,
  by_currency: z.record(currency, decimalSum),
  /** currencies with demand but no logged rate: listed, left out of the sum */
  unconverted: z.array(currency),
  rates_date: day.nullable(),
  communities: count,
  pledges: count,
  members_declared: count,
  stages,
});
export type Headline = z.infer<typeof headline>;

/** The hub asks a community to open pledges that a lot has drawn (audit.ts). */
export const audit = z.strictObject({ ...fromHub, ...auditClaims });

/** The community's signed answer to an audit. */
export const auditAnswer = z.strictObject({ ...fromNode, ...auditAnswerClaims });

export const auditOutcome = z.strictObject({ ...fromHub, ...auditOutcomeClaims });

/** The hub's signature under the numbers for one log size (§6); ignored by the fold. */
export const totals = z.strictObject({
  ...fromHub,
  size: count.min(1),
  root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  state_sha256: hash,
  headline,
});

/** Which witnesses must have cosigned this log's checkpoints: C2SP tlog-policy (shared/witness/policy.ts). */
export const witnessPolicy = z.strictObject({
  ...fromHub,
  policy: z.string().min(1).max(16_384),
  /** log time from which it may start; the first one starts at once */
  effective: unixSeconds,
  reason: prose(500),
});

/** A changed policy takes effect: the quorum of the old one has cosigned a checkpoint that contains the change. */
export const witnessPolicyStart = z.strictObject({
  ...fromHub,
  change: hash,
  /** the note with the old witnesses' cosignatures */
  checkpoint: z.string().min(1).max(16_384),
});

/** typ -> schema and signer. The one list of what may be in a hub log. */
export const statementKinds = {
  "hub-policy+jwt": { schema: hubPolicy, signer: "hub" },
  "node-join+jwt": { schema: nodeJoin, signer: "node" },
  "node-key+jwt": { schema: nodeKey, signer: "node" },
  "hub-key+jwt": { schema: hubKey, signer: "hub" },
  "node-status+jwt": { schema: nodeStatus, signer: "hub" },
  "demand-report+jwt": { schema: demandReport, signer: "node" },
  "book-reset+jwt": { schema: bookReset, signer: "node" },
  "report-check+jwt": { schema: reportCheck, signer: "hub" },
  "campaign+jwt": { schema: campaign, signer: "hub" },
  "campaign-amend+jwt": { schema: campaignAmend, signer: "hub" },
  "campaign-close+jwt": { schema: campaignClose, signer: "hub" },
  "rates+jwt": { schema: rates, signer: "hub" },
  "fund+jwt": { schema: fund, signer: "hub" },
  "offer+jwt": { schema: offer, signer: "hub" },
  "offer-end+jwt": { schema: offerEnd, signer: "hub" },
  "witness-policy+jwt": { schema: witnessPolicy, signer: "hub" },
  "witness-policy-start+jwt": { schema: witnessPolicyStart, signer: "hub" },
  "audit+jwt": { schema: audit, signer: "hub" },
  "audit-answer+jwt": { schema: auditAnswer, signer: "node" },
  "audit-outcome+jwt": { schema: auditOutcome, signer: "hub" },
  "equivocation+jwt": { schema: equivocation, signer: "hub" },
  "evidence+jwt": { schema: evidenceEntry, signer: "hub" },
  "totals+jwt": { schema: totals, signer: "hub" },
} as const;
export type StatementKind = keyof typeof statementKinds;
export type Claims<K extends StatementKind> = z.infer<(typeof statementKinds)[K]["schema"]>;
/** A parsed entry: the discriminant is `kind`. */
export type Statement = { [K in StatementKind]: { kind: K; claims: Claims<K> } }[StatementKind];
