/**
 * The one error shape: RFC 9457 problem details with a stable `code`. `type` is `urn:cocoon:problem:<code>`.
 * A code is part of the interface: it is added, never renamed. Titles are for developers; the dashboards
 * translate by code.
 */
import { z } from "zod";

export const problems = {
  // the request itself
  "malformed-json": [400, "The body is not valid JSON"],
  "malformed-request": [400, "The request does not match its schema"],
  "unsupported-media-type": [415, "The content type is not accepted here"],
  "body-too-large": [413, "The body is larger than this endpoint accepts"],
  "not-found": [404, "There is nothing at this address"],
  "method-not-allowed": [405, "The method is not offered here"],
  "rate-limited": [429, "Too many requests; see Retry-After"],
  "cross-site": [403, "The request came from another site"],
  internal: [500, "Something went wrong on our side; nothing was lost"],
  busy: [503, "Too much at once; try again shortly"],
  // people
  "not-signed-in": [401, "Sign in first"],
  "not-allowed": [403, "Your role does not allow this"],
  "invite-unknown": [404, "This invitation does not exist"],
  "invite-expired": [410, "This invitation has expired"],
  "invite-used": [410, "This invitation has been used"],
  "invite-revoked": [410, "This invitation was withdrawn"],
  "challenge-unknown": [400, "This request to sign is unknown or belongs to someone else"],
  "challenge-expired": [400, "This request to sign has expired; start again"],
  "challenge-used": [409, "This request to sign was already used"],
  "passkey-invalid": [400, "The passkey's answer does not verify"],
  "passkey-unknown": [400, "This passkey is not registered here"],
  "passkey-exists": [409, "This passkey is already registered"],
  "passkey-last": [409, "The last passkey cannot be removed while there are no recovery codes"],
  "recovery-invalid": [400, "This recovery code is unknown or was used"],
  "member-gone": [410, "This member has left"],
  "last-steward": [409, "The last one with this role cannot leave"],
  // signed things
  "signature-invalid": [400, "The signature does not verify"],
  "jws-malformed": [400, "Not a compact JWS in the form this protocol accepts"],
  "jws-header": [400, "The JWS header must be exactly alg Ed25519, kid and typ"],
  "kid-unknown": [400, "The key id is not the issuer's current key"],
  "statement-invalid": [400, "The claims do not match the schema of this kind"],
  "statement-too-large": [413, "A statement is at most 32 KiB"],
  "statement-not-accepted": [403, "This kind of statement is not accepted from outside"],
  "audience-wrong": [400, "The statement is addressed to another hub"],
  "issued-in-future": [400, "The statement's time is too far ahead of the log's"],
  "issuer-unknown": [404, "The issuer has not joined this hub"],
  "issuer-suspended": [403, "The issuer is suspended or has left"],
  "seq-gap": [409, "The sequence number or prev does not follow the last logged entry"],
  equivocation: [409, "A different statement with this issuer and sequence number exists"],
  "book-checkpoint-invalid": [400, "The book checkpoint is not signed by the joined book key"],
  "too-often": [429, "One report a minute; see Retry-After"],
  // joining and federation
  "join-exists": [409, "This community has already joined or asked with another key"],
  "key-reused": [409, "This key has been used by another join"],
  "peer-forbidden": [400, "This address may not be fetched"],
  "peer-unreachable": [502, "The other side did not answer"],
  "peer-invalid": [502, "The other side answered with something that is not the protocol"],
  // witnesses (C2SP tlog-witness)
  "witness-malformed": [400, "Not an add-checkpoint request in the form of C2SP tlog-witness"],
  "witness-log-unknown": [404, "This witness does not know a log of that origin"],
  "witness-signature": [403, "No valid signature by a key this witness knows the log by"],
  "witness-proof": [422, "The proof does not lead from the tree cosigned before to this one"],
  "status-conflict": [409, "The community is not in a state that allows this"],
  // campaigns and pledges
  "campaign-unknown": [404, "There is no such campaign here"],
  "campaign-closed": [409, "The campaign is closed"],
  "campaign-not-adopted": [409, "The community has not adopted this campaign"],
  "campaign-bands": [400, "Price bands must be strictly increasing"],
  "campaign-closing-date": [400, "The closing date must lie in the future"],
  "currency-unknown": [400, "Not an active ISO 4217 currency"],
  "price-below-lowest-band": [400, "The price is below the lowest band a supplier could meet"],
  "quantity-too-large": [400, "The quantity is above the campaign's limit for one account"],
  "pledge-unknown": [404, "There is no live pledge to change"],
  "pledge-changed": [409, "The pledge changed meanwhile; look again and sign anew"],
  // catalogue and rates
  "gtin-invalid": [400, "The GTIN's check digit is wrong"],
  "product-unknown": [404, "There is no such product in the catalogue"],
  "rates-invalid": [400, "Not a reference-rate file in the ECB's form"],
  "rates-too-many": [413, "More days than one request takes; send the file in portions, newest first"],
  "rate-missing": [404, "No rates were published on that day or in the seven days before it"],
  "currency-not-quoted": [404, "The source publishes no rate for this currency on that day"],
  // capital: funders, funds, awards, the ledger
  "funder-unknown": [404, "There is no such funder"],
  "fund-unknown": [404, "There is no such fund"],
  "fund-closed": [409, "The fund is closed, or holds historical data only"],
  "recipient-unknown": [404, "There is no such recipient"],
  "org-id-unknown": [400, "No register on the org-id list has this prefix"],
  "org-id-number": [400, "The number does not have the form that this register gives"],
  "commitment-unknown": [404, "There is no such commitment"],
  "commitment-state": [409, "The commitment is not in a state that allows this"],
  "award-unknown": [404, "There is no such award"],
  "award-exists": [409, "An award with this id was decided before"],
  "award-duplicate": [409, "The same award to the same recipient for the same campaign was decided before"],
  "award-state": [409, "The award is not in a state that allows this"],
  "award-terms": [400, "The terms do not fit the instrument"],
  "restriction-violated": [409, "The fund's restriction does not allow this; see detail"],
  overspent: [409, "The account does not hold that much"],
  "repaid-too-much": [409, "More than is owed"],
  "currency-mismatch": [400, "The currencies of fund and campaign, award or commitment differ"],
  "condition-unknown": [404, "The award has no such condition"],
  "condition-settled": [409, "This condition was settled before"],
  "condition-not-met": [409, "The log does not show that the condition holds"],
  "demand-doubtful": [409, "The demand that released this award is not there now; say why it is paid all the same"],
  "period-closed": [409, "The books are closed up to that day"],
  "date-in-future": [400, "Money cannot have moved on a day that has not come"],
  "transfer-unknown": [404, "There is no such transfer or event"],
  "already-reversed": [409, "This was undone before"],
  "not-reversible": [409, "This cannot be undone: undo first what followed from it, or it is no movement of money"],
  "journal-wrong": [400, "The transfers are not those that the events make"],
  "needs-approval": [403, "Somebody other than the proposer must approve this"],
  "own-proposal": [403, "Whoever proposed may not approve"],
  "over-limit": [403, "The amount is above your limit; somebody with a higher one must approve"],
  "proposal-unknown": [404, "There is no such proposal"],
  "proposal-settled": [409, "This proposal was approved, refused or withdrawn before"],
  "allocation-inputs": [409, "The run speaks of more of the log than there is"],
  "allocation-unknown": [404, "There is no such matching run"],
  "allocation-exists": [409, "A matching run with this id was recorded before"],
  "allocation-changed": [409, "The run does not come to this any more; look at it again"],
  "allocation-by-hand": [
    400,
    "A matching run is computed by the hub, not written by hand: POST /api/matching/proposals",
  ],
  "allocation-terms": [409, "The award is not what the run it names allotted"],
  "matching-too-large": [409, "More campaigns or communities than one run takes here; see detail"],
  // suppliers and their offers
  "supplier-unknown": [404, "There is no such supplier"],
  "supplier-exists": [409, "A supplier with this domain is known already"],
  "supplier-unverified": [409, "The supplier's domain or e-mail address has not been verified"],
  "domain-unproven": [409, "The file on the domain does not hold this supplier's line"],
  "offer-unknown": [404, "There is no such offer"],
  "offer-tiers": [400, "Quantities must rise and prices fall from tier to tier, and all must be deliverable"],
  "offer-validity": [400, "The offer must be valid for some time"],
  "offer-replaces": [
    409,
    "The supplier's standing offer for this campaign is another; look again and replace that one",
  ],
  "offers-full": [409, "This campaign has as many suppliers with an offer as it can have"],
  "offer-ended": [409, "The offer was replaced or withdrawn before"],
  // published data in and out
  "import-malformed": [400, "Not a 360Giving file, or not in a form this version reads"],
  "import-unknown": [404, "There is no such import"],
  "export-empty": [404, "There is nothing to export yet"],
  "period-too-large": [400, "More movements than one request converts; ask for a shorter period"],
  "campaign-not-fulfilled": [
    409,
    "The campaign has not been fulfilled: no community has reported a purchase after it was locked",
  ],
  // log
  "tile-unknown": [404, "The log is not that large, or the tile path is not canonical"],
  "entry-unknown": [404, "The log holds no such entry"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(problemCodes),
  detail: z.string().optional(),
  /** request id, to find the log line */
  instance: z.string().optional(),
  /** for schema errors: where and what */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** for seq-gap: what the log expects next */
  expected_seq: z.int().optional(),
  last_leaf: z.string().optional(),
  /** for a submitted entry: the hub's signature under this refusal, an entry-refusal+jwt */
  refusal: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;
