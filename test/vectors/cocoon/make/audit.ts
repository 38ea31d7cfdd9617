/** audit.json: beacons, the lot they draw, the logged audit, what is sent, an opening, its outcome; and what of them is refused (§8). */
import type { Receipt } from "../../../../shared/protocol/document.ts";
import { BEACON_REQUEST, OPENING_REQUEST } from "../../../../shared/protocol/audit-request.ts";
import { rhoOf, signBeacon } from "../../../../shared/audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../../../../shared/audit/lot.ts";
import {
  concat,
  fromBase64url,
  fromUtf8,
  sha256,
  sha256url,
  toBase64url,
  toHex,
  utf8,
} from "../../../../shared/bytes.ts";
import { cosigner } from "../../../../shared/log/cosignature.ts";
import { rulesFrom } from "../../../../shared/network/book-rules.ts";
import { foldBook } from "../../../../shared/book/fold.ts";
import { faultOf } from "../../../../shared/network/rules.ts";
import { AUDIT_ANSWER_S, type Opening } from "../../../../shared/protocol/audit.ts";
import type { Claims } from "../../../../shared/protocol/statement.ts";
import { canonicalBytes, canonicalJson } from "../../../../shared/signing/canonical.ts";
import { signJws } from "../../../../shared/signing/jws.ts";
import { statementLeaf } from "../../../../shared/signing/statement.ts";
import { makeMember } from "../../../unit/verify/member.ts";
import { seededPasskey } from "./passkey.ts";
import { smallWorld } from "./world.ts";

const SAMPLES = 3;
const DAY = "2026-06-01";

export async function makeAudit() {
  const { hub, campaign, nodes, a } = await smallWorld(["a.example", "b.example", "c.example"]);
  const terms = hub.state.campaigns.get(campaign)?.terms;
  if (terms === undefined) throw new Error("the campaign is published");
  const terms_sha256 = sha256url(canonicalBytes(terms));
  const receipts: { receipt: Receipt; key_entry: string }[] = [];
  for (let n = 0; n < 6; n += 1) {
    const member = await makeMember(a, hub, campaign, {
      passkey: await seededPasskey(0x70 + n),
      terms_sha256,
      name: ` ${n}`,
    });
    const receipt = await member.sign({ typ: "pledge", qty: String(n + 1), band: 1 });
    receipts.push({ receipt, key_entry: fromUtf8(a.book.entries[member.key.index] ?? utf8("")) });
  }
  await hub.report(a);
  const { prev: report } = a;
  const reportAt = hub.log.entries.findIndex((entry) => statementLeaf(fromUtf8(entry)) === report);
  const jwsAt = (index: number) => fromUtf8(hub.log.entries[index] ?? utf8(""));
  const proofOf = async (jws: string) => (await hub.log.proof(statementLeaf(jws))) ?? "";

  const request = await signJws(hub.signer, BEACON_REQUEST, { iss: hub.log.origin, iat: hub.now, v: 1, report });
  const beaconRequest = { request, report: jwsAt(reportAt), proof: await proofOf(jwsAt(reportAt)) };
  const beacons = await Promise.all(
    nodes.slice(1).map(async ({ made }) => ({
      vkey: (await cosigner(made.secrets.WITNESS_KEY)).vkey,
      signature: await signBeacon(made.secrets.WITNESS_KEY, report),
    })),
  );
  const rho = rhoOf(beacons);
  const { state } = foldBook(a.parsed, rulesFrom(hub.state.campaigns));
  const ballots = ballotsOf(state);
  const drawn = drawLot({
    report,
    rho,
    samples: SAMPLES,
    ballots,
    termsOf: (id) => hub.state.campaigns.get(id)?.terms,
  });
  const claims = {
    node: a.origin,
    report,
    beacons,
    samples: SAMPLES,
    drawn: drawn.length,
    lot: lotHash(drawn),
    deadline: hub.now + 1 + AUDIT_ANSWER_S,
  };
  const refusedAudits = [
    refusal("the beacons in another order", { beacons: beacons.toReversed() }),
    refusal("a beacon of the audited community", {
      beacons: [
        {
          vkey: (await cosigner(a.made.secrets.WITNESS_KEY)).vkey,
          signature: await signBeacon(a.made.secrets.WITNESS_KEY, report),
        },
        ...beacons.slice(1),
      ],
    }),
    refusal("another report than the one that counts", { report: campaign }),
    refusal("a second less than 72 hours", { deadline: claims.deadline - 1 }),
    refusal("of a community that has not joined", { node: "d.example" }),
  ];
  function refusal(name: string, changes: Partial<Claims<"audit+jwt">>) {
    const whole = { iss: hub.log.origin, iat: hub.now + 1, v: 1 as const, ...claims, ...changes };
    return {
      name,
      fault: faultOf(hub.state, { index: hub.log.size, leaf: "", statement: { kind: "audit+jwt", claims: whole } }),
      claims: whole,
    };
  }
  const { index, leaf: audit } = await hub.say("audit+jwt", claims);
  const logged = jwsAt(index);
  const joins = nodes
    .slice(1)
    .map(
      ({ join }) => hub.log.entries.map((entry) => fromUtf8(entry)).find((jws) => statementLeaf(jws) === join) ?? "",
    );
  const asks = { iss: hub.log.origin, iat: hub.now, v: 1, audit };
  const auditRequest = {
    request: await signJws(hub.signer, OPENING_REQUEST, asks),
    audit: logged,
    proof: await proofOf(logged),
    keys: await Promise.all(joins.map(async (entry) => ({ entry, proof: await proofOf(entry) }))),
  };
  // one member has left meanwhile: the book's own entry is all there is of the pledge
  const leaver = drawn[0]?.leaf ?? "";
  const left = a.write({ t: "withdraw", r: leaver, why: "left", n: a.nonce(), d: DAY });
  const openings: Opening[] = await Promise.all(
    drawn.map(async ({ leaf }) => {
      if (leaf === leaver)
        return {
          leaf,
          gone: {
            entry: fromUtf8(a.book.entries[left.index] ?? utf8("")),
            proof: (await a.book.proof(left.leaf)) ?? "",
          },
        };
      const found = receipts.find(({ receipt }) => receipt.entry.leaf === leaf);
      if (found === undefined) throw new Error("a drawn pledge has a receipt");
      return { leaf, ...found };
    }),
  );
  const openings_sha256 = sha256url(canonicalBytes(openings));
  await hub.say("audit-outcome+jwt", {
    node: a.origin,
    audit,
    ok: true,
    opened: drawn.length - 1,
    gone: 1,
    codes: [],
    openings_sha256,
  });
  return {
    hub: { log: hub.log.origin, statement_jwk: hub.signer.publicJwk },
    node: { origin: a.origin, vkey: a.vkey },
    book: a.book.entries.map((entry) => fromUtf8(entry)),
    campaign: { c: campaign, jcs: canonicalJson(terms) },
    beacon_request: beaconRequest,
    beacon_message: `cocoon/audit/v1\n${report}\n`,
    beacons,
    rho_hex: toHex(rho),
    ...lotSteps({ report, rho, ballots, terms }),
    drawn: drawn.map(({ leaf }) => leaf),
    lot: claims.lot,
    audit: { index, jws: logged },
    audits_refused: refusedAudits,
    audit_request: auditRequest,
    answer: { audit, openings },
    outcome: { index: hub.log.size - 1, jws: jwsAt(hub.log.size - 1), openings_sha256 },
    openings_refused: wrongOpenings(openings),
  };
}

/** The pool in order, and for each sample the hash, the point and the leaf it falls on. */
function lotSteps({
  report,
  rho,
  ballots,
  terms,
}: {
  report: string;
  rho: Uint8Array;
  ballots: ReturnType<typeof ballotsOf>;
  terms: { reference_price_minor: string; bands_minor: readonly string[] };
}) {
  const reference = BigInt(terms.reference_price_minor);
  const pool = ballots
    .toSorted((p, q) => (p.leaf < q.leaf ? -1 : 1))
    .map(({ leaf, qty, band }) => {
      const price = BigInt(terms.bands_minor[band] ?? "0");
      return { leaf, value: qty * (price < reference ? price : reference) };
    });
  const sum = pool.reduce((all, { value }) => all + value, 0n);
  const samples = Array.from({ length: SAMPLES }, (_, i) => {
    const hash = sha256(
      concat(utf8("cocoon/audit/v1"), Uint8Array.of(0), fromBase64url(report), rho, Uint8Array.of(0, 0, 0, i)),
    );
    const point = BigInt(`0x${toHex(hash)}`) % sum;
    let end = 0n;
    const found = pool.find(({ value }) => (end += value) > point);
    return { i, sha256_hex: toHex(hash), point: String(point), leaf: found?.leaf ?? "" };
  });
  return { pool: pool.map(({ leaf, value }) => ({ leaf, value: String(value) })), sum: String(sum), samples };
}

/** Changes to the first opening that shows a receipt, each with the code of what is wrong. */
function wrongOpenings(openings: readonly Opening[]) {
  const opened = openings.find((each) => "receipt" in each);
  if (opened === undefined || !("receipt" in opened)) throw new Error("one is opened");
  const { receipt } = opened;
  const other = toBase64url(new Uint8Array(32).fill(9));
  const change = (name: string, code: string, more: object) => ({ name, code, opening: { ...opened, ...more } });
  return [
    change("another salt", "commitment", { receipt: { ...receipt, salt: other } }),
    change("another quantity in the document", "commitment", {
      receipt: { ...receipt, document: { ...receipt.document, qty: "99" } },
    }),
    change("another salt of the key", "key", { receipt: { ...receipt, key: { ...receipt.key, salt: other } } }),
    change("the pledge's entry in place of the key's", "key", { key_entry: receipt.entry.json }),
    change("no receipt", "malformed", { receipt: { ...receipt, kind: "other" } }),
    {
      name: "said to be gone, by an entry that the book does not hold",
      code: "missing",
      opening: {
        leaf: opened.leaf,
        gone: {
          entry: `{"d":"${DAY}","n":"AAAAAAAAAAAAAAAAAAAAAA","r":"${opened.leaf}","t":"withdraw","why":"left"}`,
          proof: receipt.entry.proof,
        },
      },
    },
  ];
}
