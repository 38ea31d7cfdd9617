/** A node's JSON: its public community page, the member's pledges and receipts, the steward's pages. */
import { z } from "zod";
import {
  baseUrl,
  count,
  currency,
  day,
  decimal,
  hash,
  language,
  line,
  positiveDecimal,
  prose,
  region,
  typed,
} from "../primitives.ts";
import { watchCodes } from "../../watch/judge.ts";
import { memberDocument } from "../document.ts";
import { feedbackTheme, productRef } from "../statement.ts";
import { authenticationResponse, role, webauthnOptions } from "./identity.ts";

/** Where a community stands with one hub, and how its news travel. */
export const hubLink = z.object({
  origin: z.string(),
  url: z.string(),
  name: z.string(),
  vkey: z.string(),
  status: z.enum(["requested", "declined", "admitted", "suspended", "left", "unreachable"]),
  reason: z.string(),
  delivery: z.object({
    /** true when a change is waiting to be delivered */
    waiting: z.boolean(),
    since: z.iso.datetime().nullable(),
    attempts: count,
    next_at: z.iso.datetime().nullable(),
    last_error: z.string().nullable(),
    last_seq: count,
    last_delivered_at: z.iso.datetime().nullable(),
    /** what the hub signed for the newest report that arrived; null when it signed nothing */
    receipt: z
      .object({ jws: z.string(), index: count, received: z.iso.datetime(), include_by: z.iso.datetime() })
      .nullable(),
  }),
  /** highest book size the hub has counted with an ok verdict, and the totals it is inside */
  counted_book_size: count,
  counted_at: z.iso.datetime().nullable(),
  failed_code: z.string().nullable(),
  /** what this community's own watching of the hub says; null before the first look */
  watch: z
    .object({ codes: z.array(z.enum(watchCodes)), since: z.iso.datetime(), checked_at: z.iso.datetime() })
    .nullable(),
});
export type HubLink = z.infer<typeof hubLink>;
/** Answer to POST /api/hubs/refresh. */
export const hubLinks = z.object({ hubs: z.array(hubLink) });

export const community = z.object({
  named: z.boolean(),
  name: z.string(),
  about: z.string(),
  region: region.nullable(),
  languages: z.array(z.string()),
  members: count,
  pledges: count,
  origin: z.string(),
  demo: z.boolean(),
  book: z.object({ origin: z.string(), size: count, vkey: z.string() }),
  hubs: z.array(hubLink),
});
export type Community = z.infer<typeof community>;
export const updateCommunity = z.strictObject({
  name: typed(line(80)),
  about: typed(prose(2000)),
  region,
  languages: z.array(language).min(1).max(8),
});

export const member = z.object({
  id: z.string(),
  name: z.string(),
  role,
  state: z.enum(["active", "left", "removed"]),
  joined_at: z.iso.datetime(),
  pledges: count,
});
export const memberPage = z.object({ members: z.array(member), next: z.string().nullable(), total: count });

export const nodeCampaign = z.object({
  id: hash,
  hub: z.string(),
  hub_url: z.string(),
  name: z.string(),
  text: z.string(),
  product: productRef,
  unit: z.string(),
  currency,
  reference_price_minor: decimal,
  bands_minor: z.array(decimal),
  max_qty: decimal,
  goal_qty: decimal,
  closes: z.iso.datetime(),
  state: z.enum(["open", "ended", "locked", "released"]),
  closing: z.object({ reason: z.string(), band: count.nullable(), at: z.iso.datetime() }).nullable(),
  adopted: z.boolean(),
  /** this community's live numbers, from its own book */
  here: z.object({
    pledges: count,
    interest: decimal,
    pledged: decimal,
    committed: decimal,
    purchased: decimal,
    /** open units by band, thin bands joined with others; null: fewer than k accounts */
    units_by_band: z.array(decimal).nullable(),
  }),
  /** the whole network's numbers as the hub last published them, or null before the first contact */
  network: z
    .object({
      interest: z.string(),
      pledged: z.string(),
      committed: z.string(),
      purchased: z.string(),
      pledges: count,
      communities: count,
      size: count,
      as_of: z.iso.datetime(),
    })
    .nullable(),
});
export type NodeCampaign = z.infer<typeof nodeCampaign>;
export const nodeCampaignList = z.object({ campaigns: z.array(nodeCampaign) });

/** "I want 2, only if 8.00 or less": the intent; the server builds the document from its own data. */
export const draftPledge = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("pledge"),
    campaign: hash,
    qty: positiveDecimal,
    max_unit_price_minor: positiveDecimal,
  }),
  z.strictObject({ kind: z.literal("interest"), campaign: hash, qty: positiveDecimal }),
  z.strictObject({ kind: z.literal("withdraw"), campaign: hash }),
]);
export type DraftPledge = z.infer<typeof draftPledge>;
export const drafted = z.object({
  challenge_id: z.string(),
  document: memberDocument,
  /** SHA-256 of the document, base64url; the page recomputes it */
  hash,
  options: webauthnOptions,
});
export const signPledge = z.strictObject({ challenge_id: z.string().max(64), response: authenticationResponse });

/** How far one signed document has come. Each tick is null until it is true. */
export const ticks = z.object({
  signed_at: z.iso.datetime(),
  book: z.object({ index: count, leaf: hash }),
  /** the report that carries it, once the hub logged it */
  logged: z.object({ seq: count, at: z.iso.datetime() }).nullable(),
  /** inside the published total: the hub checked the book and counted it */
  counted: z.object({ at: z.iso.datetime() }).nullable(),
  /** false once it was revised, withdrawn or let go */
  live: z.boolean(),
});
export const receiptSummary = z.object({
  leaf: hash,
  kind: z.enum(["pledge", "interest", "withdraw"]),
  campaign: hash,
  campaign_name: z.string(),
  unit: z.string(),
  currency,
  qty: decimal.nullable(),
  max_unit_price_minor: decimal.nullable(),
  ticks,
  /** when this community opened it to its hub in an audit; null: never */
  audited_at: z.iso.datetime().nullable(),
  /** false: no file can be made of it any more */
  available: z.boolean(),
  /** of a book that this community lost: it counts no more */
  given_up: z.boolean().optional(),
});
export type ReceiptSummary = z.infer<typeof receiptSummary>;
export const receiptList = z.object({ receipts: z.array(receiptSummary), next: z.string().nullable() });

/** `/api/track/<code>`: an entry of the book by its short code (shared/book/tracker.ts). */
export const trackedEntry = z.object({
  leaf: hash,
  index: count,
  kind: z.enum(["interest", "pledge", "revise", "withdraw"]),
  day,
  /** the first report to each hub that carries it */
  reports: z.array(z.object({ hub: z.string(), seq: count, at: z.iso.datetime(), counted: z.boolean() })),
});
export type TrackedEntry = z.infer<typeof trackedEntry>;

export const myPledge = z.object({
  campaign: hash,
  campaign_name: z.string(),
  unit: z.string(),
  currency,
  kind: z.enum(["pledge", "interest"]),
  qty: decimal,
  max_unit_price_minor: decimal.nullable(),
  stage: z.enum(["interest", "pledged", "committed"]),
  closes: z.iso.datetime(),
  /** why not more, if the member said so */
  theme: feedbackTheme.nullable(),
  ticks,
});
export type MyPledge = z.infer<typeof myPledge>;

/** Signed and not in the book yet: it goes in with others', in random order, by `include_by`. */
export const waitingPledge = z.object({
  kind: z.enum(["pledge", "interest", "withdraw"]),
  campaign: hash,
  campaign_name: z.string(),
  unit: z.string(),
  currency,
  qty: decimal.nullable(),
  max_unit_price_minor: decimal.nullable(),
  signed_at: z.iso.datetime(),
  include_by: z.iso.datetime(),
  /** `book-promise+jwt`: keep it until the receipt is there */
  promise: z.string(),
});
export type WaitingPledge = z.infer<typeof waitingPledge>;
export const myPledges = z.object({ pledges: z.array(myPledge), waiting: z.array(waitingPledge) });
export type MyPledges = z.infer<typeof myPledges>;

/** PUT /api/campaigns/{id}/feedback: why not more; null takes it back. Seen by the community's server, counted in its reports. */
export const sayFeedback = z.strictObject({ theme: feedbackTheme.nullable() });

export const previewHub = z.strictObject({ url: baseUrl });
/** What the hub says of itself, for the steward to compare before joining. */
export const hubPreview = z.object({
  origin: z.string(),
  url: z.string(),
  name: z.string(),
  vkey: z.string(),
  statement_kid: hash,
  demo: z.boolean(),
});
/** The steward confirms the key that was shown. */
export const joinHub = z.strictObject({ url: baseUrl, vkey: z.string().max(400) });
export const leaveBody = z.strictObject({ confirm: typed(line(60)) });

/** GET /reports?after=N[&hub=<log origin>]: signed reports in seq order, for a hub that missed some (pull repair). */
export const reportPage = z.object({ reports: z.array(z.string()), next: count.nullable() });
/** GET /api/me/data: everything this community stores about the member who asks, and nothing about anyone else. */
export const memberData = z.object({
  kind: z.literal("cocoon-member-data"),
  v: z.literal(1),
  community: z.string(),
  exported_at: z.iso.datetime(),
  member: z.object({
    id: z.string(),
    account: z.string(),
    name: z.string(),
    role,
    joined_at: z.iso.datetime(),
    recovery_codes_left: count,
  }),
  passkeys: z.array(z.looseObject({ id: z.string(), label: z.string() })),
  sessions: z.array(
    z.object({
      created_at: z.iso.datetime(),
      last_seen_at: z.iso.datetime(),
      expires_at: z.iso.datetime(),
      passkey: z.string().nullable(),
    }),
  ),
  invites: z.array(z.object({ role, note: z.string(), created_at: z.iso.datetime(), state: z.string() })),
  pledges: z.array(myPledge),
  waiting: z.array(waitingPledge),
  receipts: z.array(z.looseObject({ leaf: hash })),
});
export type MemberData = z.infer<typeof memberData>;
