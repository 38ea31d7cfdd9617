/**
 * Our own vectors by another way than they were made: jose for every JWS, node:crypto for every signature and hash, trees
 * straight from RFC 9162 (plain.ts). Nothing of the product's code is used here.
 */
import { calculateJwkThumbprint, compactVerify, importJWK } from "jose";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cocoon, folder } from "./cocoon.ts";
import { foldBook, judge } from "./plain-book.ts";
import { foldLog } from "./plain-network.ts";
import { b64u, isSigned, jcs, leaf, mth, path, readNote, readVkey, sha, subproof } from "./plain.ts";

/** The public key of a 32-byte seed. */
function publicKeyOf(seed: Buffer): Buffer {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const { x } = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" })).export({
    format: "jwk",
  });
  return Buffer.from(x ?? "", "base64url");
}
const known = await Promise.all(
  Array.from({ length: 0x80 }, async (_, n) => {
    const publicKey = publicKeyOf(Buffer.alloc(32, n));
    const jwk = { kty: "OKP", crv: "Ed25519", x: b64u(publicKey) };
    return { publicKey, kid: await calculateJwkThumbprint(jwk, "sha256"), key: await importJWK(jwk, "Ed25519") };
  }),
);
const publicKeys = new Set(known.map(({ publicKey }) => publicKey.toString("hex")));

/** Every text of a file, at any depth, with the names it stands under. */
function* textsOf(value: unknown, under = ""): Generator<{ under: string; text: string }> {
  if (typeof value === "string") yield { under, text: value };
  else if (typeof value === "object" && value !== null)
    for (const [name, each] of Object.entries(value)) yield* textsOf(each, `${under}/${name}`);
}
const all = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => [...textsOf(JSON.parse(readFileSync(join(folder, name), "utf8")), name)]);

const JWS = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
/** what is there to be refused by its signature or its form */
const isRefusable = (under: string): boolean => /refused|unverified|compared/.test(under);

test("every JWS that is to be accepted verifies with jose, under the key its kid is the thumbprint of", async () => {
  const jwss = all.filter(({ text, under }) => JWS.test(text) && !isRefusable(under));
  expect(jwss.length).toBeGreaterThan(80);
  for (const { text, under } of jwss) {
    const { kid } = JSON.parse(Buffer.from(text.split(".")[0]!, "base64url").toString()) as { kid: string };
    const signer = known.find((each) => each.kid === kid);
    expect(signer, under).toBeDefined();
    const { payload, protectedHeader } = await compactVerify(text, signer!.key, { algorithms: ["Ed25519"] });
    expect(Object.keys(protectedHeader).sort(), under).toEqual(["alg", "kid", "typ"]);
    if (!under.startsWith("jws.json")) {
      const claims = Buffer.from(payload).toString();
      expect(jcs(JSON.parse(claims)), under).toBe(claims);
    }
  }
});

test("every vkey is of a seed, and its id the hash of its name and key", () => {
  const vkeys = all.filter(
    ({ text, under }) => /^[^\s+]+\+[0-9a-f]{8}\+[\w+/=]+$/.test(text) && !/refused/.test(under),
  );
  expect(vkeys.length).toBeGreaterThan(20);
  for (const { text, under } of vkeys) {
    const { isRight, publicKey, type } = readVkey(text);
    expect([isRight, type === 1 || type === 4, publicKey.length], under).toEqual([true, true, 32]);
    if (!under.startsWith("proofs.json/notes")) expect(publicKeys.has(publicKey.toString("hex")), under).toBe(true);
  }
});

describe("trees, straight from RFC 9162", () => {
  test("the log of log.json, its leaves and its root", () => {
    const { entries, root, checkpoint, vkeys } = cocoon("log.json");
    const leaves = entries.map(({ jws }) => leaf(jws));
    expect(leaves.map(b64u)).toEqual(entries.map((entry) => entry.leaf));
    expect(b64u(mth(leaves))).toBe(root);
    for (const vkey of vkeys.log) {
      const note = readNote(checkpoint, vkey);
      expect([note.isGood, note.size, b64u(note.root)]).toEqual([true, entries.length, root]);
    }
  });

  test("the books of verdicts.json lead to their notes, except those that are said not to", () => {
    const { cases, vkey } = cocoon("verdicts.json");
    for (const { name, read, served, note, verdict } of cases) {
      const head = readNote(note, vkey);
      const texts = [...read, ...served];
      const leads = head.size === texts.length && mth(texts.map((text) => leaf(text))).equals(head.root);
      const code = verdict.ok ? "" : verdict.code;
      expect([name, head.isGood, leads]).toEqual([name, true, !/fork|shrunk|unavailable/.test(code)]);
    }
  });

  test("inclusion proofs of proofs.json are PATH(m, D)", () => {
    const { proofs, logs } = cocoon("proofs.json");
    for (const { index, size, entry, proof, vkey, log } of proofs) {
      const d = logs[log]!.map((text) => leaf(text));
      const [header, at, ...hashes] = proof.slice(0, proof.indexOf("\n\n")).split("\n");
      expect([header, at]).toEqual(["c2sp.org/tlog-proof@v1", `index ${index}`]);
      expect(hashes).toEqual(path(index, d).map((hash) => hash.toString("base64")));
      const note = readNote(proof.slice(proof.indexOf("\n\n") + 2), vkey);
      expect([note.isGood, note.size, note.origin]).toEqual([true, size, log]);
      expect([note.root.equals(mth(d)), d[index]!.equals(leaf(entry))]).toEqual([true, true]);
    }
  });

  test("the receipt's two proofs, and the consistency proofs of witness.json", () => {
    const { key, entry, node } = cocoon("receipt.json");
    for (const { proof } of [key, entry])
      expect(readNote(proof.slice(proof.indexOf("\n\n") + 2), node.vkey)).toMatchObject({ isGood: true, size: 3 });
    const { steps, log, witness } = cocoon("witness.json");
    const d = Array.from({ length: 9 }, (_, at) => leaf(`entry ${at}`));
    let answered = 0;
    for (const { status, body, answer, at } of steps) {
      if (status !== 200) continue;
      const blank = body.indexOf("\n\n");
      const [first = "", ...hashes] = body.slice(0, blank).split("\n");
      const old = Number(first.slice("old ".length));
      const note = readNote(body.slice(blank + 2), log.vkey);
      const part = d.slice(0, note.size);
      expect([note.isGood, note.root.equals(mth(part))]).toEqual([true, true]);
      expect(hashes).toEqual(old === 0 ? [] : subproof(old, part).map((hash) => hash.toString("base64")));
      const text = body.slice(blank + 2, body.lastIndexOf("\n\n") + 1);
      expect(readNote(`${text}\n${answer}`, witness.vkey)).toMatchObject({ isGood: true, time: BigInt(at) });
      answered += 1;
    }
    expect(answered).toBe(4);
  });

  test("the places in the fork are the same subtrees of two signed trees", () => {
    const { document } = cocoon("evidence-fork.json");
    const { place, notes, anchors } = document;
    const [, claims = ""] = anchors[0]!.jws.split(".");
    const { book } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { book: { vkey: string } };
    for (const at of [0, 1] as const) {
      const note = readNote(notes[at], book.vkey);
      const siblings = place!.proofs[at].map((hash) => Buffer.from(hash, "base64url"));
      const own: Buffer = Buffer.from(place!.hashes[at], "base64url");
      // index 0: every sibling is to the right
      const root = siblings.reduce((left, right) => sha(Buffer.of(1), left, right), own);
      expect([note.isGood, root.equals(note.root)]).toEqual([true, true]);
    }
    expect(place).toMatchObject({ level: 1, index: 0 });
    expect(place!.hashes[0]).not.toBe(place!.hashes[1]);
  });
});

describe("verdicts.json, by what docs/protocol/rules.md says", () => {
  const { node, vkey, campaigns, cases } = cocoon("verdicts.json");
  test.each(cases)("$name", ({ read, served, note, totals, omitted, verdict, problems, fold }) => {
    const report = { totals, ...(omitted !== undefined && { omitted }) };
    expect(judge({ node, campaigns, read, served, head: readNote(note, vkey), report })).toEqual(verdict);
    if (fold === undefined) return;
    const found = foldBook([...read, ...served], campaigns);
    expect(found.problems.filter(({ index }) => index >= read.length)).toEqual(problems);
    const chains = [...found.chains].map(([head, { c, q, b }]) => ({ head, c, q: String(q), b }));
    expect(chains.sort((one, two) => (one.head < two.head ? -1 : 1))).toEqual(fold.chains);
    expect([...found.keys].map(([key, isGood]) => ({ leaf: key, ended: !isGood }))).toEqual(fold.keys);
    expect(found.day === "" ? null : found.day).toBe(fold.day);
  });
});

test("receipt-steps.json: every hash and the passkey's signature", () => {
  const { document, signature, key, salt, entry } = cocoon("receipt.json");
  const steps = cocoon("receipt-steps.json");
  expect(steps.document_jcs).toBe(jcs(document));
  expect(b64u(sha(steps.terms_jcs))).toBe(document.terms_sha256);
  const hash = sha("cocoon/doc/v1\0", steps.document_jcs);
  expect(hash.toString("hex")).toBe(steps.document_hash_hex);
  const clientData = Buffer.from(signature.client_data_json, "base64url");
  expect(JSON.parse(clientData.toString())).toMatchObject({ challenge: b64u(hash), origin: "https://a.example" });
  const authenticatorData = Buffer.from(signature.authenticator_data, "base64url");
  expect(authenticatorData.subarray(0, 32)).toEqual(sha(document.rp_id));
  const signed = Buffer.concat([authenticatorData, sha(clientData)]);
  expect(signed.toString("hex")).toBe(steps.signed_hex);
  const publicKey = Buffer.from(key.jwk.kty === "OKP" ? key.jwk.x : "", "base64url");
  expect(isSigned(publicKey, signed, Buffer.from(signature.signature, "base64url"))).toBe(true);
  expect(b64u(sha(jcs(key.jwk)))).toBe(document.key);

  const cmOf = (salted: string, opened: string) => b64u(sha(Buffer.from(salted, "base64url"), opened));
  const opened = jcs({ document, suite: "webauthn", signature, key_leaf: key.leaf });
  expect(steps.commitment.jcs).toBe(opened);
  expect((JSON.parse(entry.json) as { cm: string }).cm).toBe(cmOf(salt, opened));
  expect(b64u(leaf(entry.json))).toBe(entry.leaf);
  expect(steps.key_commitment.jcs).toBe(jcs({ account: document.account, jwk: key.jwk }));
  expect(steps.key_commitment.cm).toBe(cmOf(key.salt, steps.key_commitment.jcs));
  expect(b64u(leaf(steps.key_commitment.entry))).toBe(key.leaf);
  const bits = BigInt(`0x${Buffer.from(entry.leaf, "base64url").toString("hex")}`) >> (256n - 60n);
  const digits = Array.from(
    { length: 12 },
    (_, at) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number((bits >> BigInt(5 * (11 - at))) & 31n)],
  );
  expect(steps.tracker_code.replaceAll("-", "")).toBe(digits.join(""));
});

test("audit.json: beacons, ρ, the points and the lot", () => {
  const { beacons, beacon_message, rho_hex, pool, sum, samples, drawn, lot, audit, answer, outcome } =
    cocoon("audit.json");
  for (const { vkey, signature } of beacons)
    expect(isSigned(readVkey(vkey).publicKey, beacon_message, Buffer.from(signature, "base64url"))).toBe(true);
  const rho = sha(
    ...beacons
      .toSorted((a, b) => (a.vkey < b.vkey ? -1 : 1))
      .map(({ signature }) => Buffer.from(signature, "base64url")),
  );
  expect(rho.toString("hex")).toBe(rho_hex);
  const report = Buffer.from(beacon_message.split("\n")[1]!, "base64url");
  expect(pool.reduce((all, { value }) => all + BigInt(value), 0n)).toBe(BigInt(sum));
  for (const sample of samples) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(sample.i);
    const hash = sha("cocoon/audit/v1", Buffer.of(0), report, rho, number);
    let point = BigInt(`0x${hash.toString("hex")}`) % BigInt(sum);
    expect([hash.toString("hex"), String(point)]).toEqual([sample.sha256_hex, sample.point]);
    const found = pool.find(({ value }) => (point -= BigInt(value)) < 0n);
    expect(found?.leaf).toBe(sample.leaf);
  }
  expect([...new Set(samples.map(({ leaf }) => leaf))].sort()).toEqual(drawn);
  expect(b64u(sha(jcs(drawn)))).toBe(lot);
  expect(b64u(sha(jcs(answer.openings)))).toBe(outcome.openings_sha256);
  expect(b64u(leaf(audit.jws))).toBe(answer.audit);
});

test("totals.json: the state's hash, and the one rounding", () => {
  const { public_state, totals, entries, root, expected } = cocoon("totals.json");
  const claims = JSON.parse(Buffer.from(totals.split(".")[1]!, "base64url").toString()) as {
    state_sha256: string;
    root: string;
    headline: { purchasing_power_minor: string };
  };
  expect(b64u(sha(jcs(public_state)))).toBe(claims.state_sha256);
  expect(mth(entries.map((entry) => leaf(entry))).toString("base64")).toBe(root);
  expect(claims.root).toBe(root);
  // 5500 cents and 6633 yen at 165.43 yen for one euro of a hundred cents
  const [over, under] = [5500n * 16543n + 6633n * 100n * 100n, 16543n];
  const nearest = (2n * over + under) / (2n * under);
  expect([claims.headline.purchasing_power_minor, String(nearest)]).toEqual([
    expected.purchasing_power_minor,
    expected.purchasing_power_minor,
  ]);
});

test("totals.json: state, headline and /api/network, by what docs/protocol/rules.md says", () => {
  const { log: origin, later, ...first } = cocoon("totals.json");
  const log: string[] = [];
  for (const { entries, size, root, public_state, totals, network } of [first, ...later]) {
    log.push(...entries);
    const folded = foldLog(log);
    expect(jcs(folded.state)).toBe(jcs(public_state));
    const claims = JSON.parse(Buffer.from(totals.split(".")[1]!, "base64url").toString()) as {
      iat: number;
      state_sha256: string;
      headline: object;
    };
    expect(b64u(sha(jcs(folded.state)))).toBe(claims.state_sha256);
    expect(jcs(folded.headline)).toBe(jcs(claims.headline));
    expect(folded.network({ origin, size, root }, claims.iat)).toBe(network);
  }
});

test("seeds.json names the keys that the files use", () => {
  const receipt = cocoon("receipt.json");
  const seeds = cocoon("seeds.json") as Record<string, Record<string, string>>;
  const book = publicKeyOf(Buffer.from(seeds["a.example"]!["book"]!, "hex"));
  expect(readVkey(receipt.node.vkey).publicKey).toEqual(book);
  expect(readVkey(receipt.hub.vkey).publicKey).toEqual(publicKeyOf(Buffer.from(seeds["hub.example"]!["log"]!, "hex")));
});
