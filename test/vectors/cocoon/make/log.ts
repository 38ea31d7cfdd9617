/**
 * Makes log.json: a small hub log with every kind of entry about joining, reporting and keys, from keys whose seeds are
 * written down. Deterministic: Ed25519 is, and nothing here is random. See README.md.
 */
import { toBase64, toBase64url, toHex, utf8 } from "../../../../shared/bytes.ts";
import { formatCheckpoint } from "../../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../../shared/log/note.ts";
import { applyStatement } from "../../../../shared/network/fold.ts";
import { emptyNetwork } from "../../../../shared/network/state.ts";
import { headlineOf, stateHash } from "../../../../shared/network/summary.ts";
import type { BookEntry } from "../../../../shared/protocol/book-entry.ts";
import type { Claims, StatementKind } from "../../../../shared/protocol/statement.ts";
import { encodeEntry } from "../../../../shared/signing/book-entry.ts";
import { type Ed25519Signer, privateJwkOf, signer } from "../../../../shared/signing/ed25519.ts";
import { type KeyDraft, type KeyHands, noteHand, signKeyChange } from "../../../../shared/signing/key-change.ts";
import { parseStatement, signStatement } from "../../../../shared/signing/statement.ts";

const HUB = "hub.example";
const LOG = `${HUB}/log`;
const NODE = "node.example";
const START = 1_800_000_000;
const WEEK_S = 7 * 86_400;
const profile = { name: "Green Street", region: "NL", languages: ["nl"], members: 12 };

const seedOf = (n: number) => new Uint8Array(32).fill(n);

async function statementKey(n: number): Promise<Ed25519Signer> {
  return await signer(await privateJwkOf(seedOf(n)));
}

async function noteKey(role: "book" | "log", name: string, n: number) {
  const { skey, vkey } = await generateNoteKey(name, seedOf(n));
  return { vkey, hand: await noteHand(role, skey), notes: await noteSigner(skey) };
}

export async function makeLog() {
  const statement = [await statementKey(1), await statementKey(2)] as const;
  const log = [await noteKey("log", LOG, 3), await noteKey("log", LOG, 4)] as const;
  const hubRecovery = await statementKey(5);
  const report = [await statementKey(6), await statementKey(7), await statementKey(8)] as const;
  const book = [await noteKey("book", `${NODE}/book`, 9), await noteKey("book", `${NODE}/book`, 10)] as const;
  const recovery = await statementKey(11);
  const state = emptyNetwork();
  const entries: { name: string; index: number; leaf: string; jws: string }[] = [];
  const refused: { name: string; index: number; jws: string; fault: string }[] = [];
  let now = START;

  function append(name: string, jws: string): string {
    const parsed = parseStatement(jws);
    if (!parsed.ok) throw new Error(`${name}: ${parsed.error}`);
    const { leaf, statement: made } = parsed.value;
    const index = entries.length;
    applyStatement(state, { index, leaf, statement: made });
    entries.push({ name, index, leaf, jws });
    now += 60;
    return leaf;
  }
  async function byHub<K extends StatementKind>(
    name: string,
    kind: K,
    claims: Omit<Claims<K>, "iss" | "iat" | "v">,
    by: Ed25519Signer = statement[0],
  ): Promise<string> {
    return append(name, await signStatement(by, kind, { iss: LOG, iat: now, v: 1, ...claims } as unknown as Claims<K>));
  }
  const own = () => ({ iss: NODE, aud: LOG, iat: now, v: 1 as const });
  const bookEntries = (...list: BookEntry[]) => list.map((entry) => encodeEntry(entry));
  const bookNote = async (data: readonly Uint8Array<ArrayBuffer>[], by: (typeof book)[number]) =>
    await signNote(
      formatCheckpoint({
        origin: `${NODE}/book`,
        size: data.length,
        root: rootOf(data.map((entry) => leafHash(entry))),
      }),
      [by.notes],
    );

  await byHub("policy", "hub-policy+jwt", {
    name: "Example hub",
    statement_jwk: statement[0].publicJwk,
    recovery_sha256: hubRecovery.kid,
    quorum: "none",
    formula: 1,
    currency: "EUR",
    k: 1,
    report_interval_s: 60,
    recovery_delay_s: WEEK_S,
  });
  const genesis = bookEntries({ t: "genesis", iss: NODE, v: 1, n: "A".repeat(22) });
  const join = append(
    "join",
    await signStatement(report[0], "node-join+jwt", {
      ...own(),
      url: `https://${NODE}`,
      report_jwk: report[0].publicJwk,
      book: { vkey: book[0].vkey, checkpoint: await bookNote(genesis, book[0]) },
      recovery_sha256: recovery.kid,
      profile,
    }),
  );
  await byHub("admission", "node-status+jwt", { node: NODE, status: "admitted", reason: "", join });
  const campaign = await byHub("campaign", "campaign+jwt", {
    name: "Soap",
    text: "",
    product: { gtin: null, name: "Soap", brand: null },
    unit: "bar",
    currency: "EUR",
    reference_price_minor: "700",
    bands_minor: ["500", "600"],
    max_qty: "20",
    goal_qty: "1000",
    closes: START + 30 * 86_400,
    nonce: "B".repeat(22),
  });
  const pledged = bookEntries(
    { t: "genesis", iss: NODE, v: 1, n: "A".repeat(22) },
    { t: "pledge", c: campaign, q: "3", b: 1, cm: "C".repeat(42) + "A", a: "strong", d: "2027-01-15" },
  );
  const totals = [
    {
      c: campaign,
      pledges: 1,
      accounts: [0, 1],
      interest: "0",
      pledged: ["0", "3"],
      committed: ["0", "0"],
      purchased: "0",
      locked: "0",
    },
  ];
  const demand = async (seq: number, prev: string, by: Ed25519Signer, key: (typeof book)[number]) =>
    await signStatement(by, "demand-report+jwt", {
      ...own(),
      seq,
      prev,
      book: await bookNote(pledged, key),
      profile,
      totals,
    });
  const first = append("report", await demand(1, join, report[0], book[0]));
  await byHub("verdict", "report-check+jwt", { node: NODE, report: first, seq: 1, ok: true });

  const change = async (draft: Omit<KeyDraft, "iss" | "iat" | "v">, hands: KeyHands, by: Ed25519Signer) =>
    await signKeyChange(by, "node-key+jwt", { ...own(), ...draft }, hands);
  const reportHand = (key: Ed25519Signer) => ({ new: (message: Uint8Array<ArrayBuffer>) => key.sign(message) });
  const rotation = {
    act: "rotate" as const,
    prev: join,
    keys: [
      { role: "report" as const, key: report[1].publicJwk.x },
      { role: "book" as const, key: book[1].vkey },
    ],
  };
  const hands: KeyHands = {
    report: reportHand(report[1]),
    book: { new: book[1].hand.sign, old: book[0].hand.sign },
  };
  const refuse = (name: string, fault: string, jws: string) =>
    refused.push({ name, index: entries.length, jws, fault });
  refuse("rotation signed by a stranger", "signature-invalid", await change(rotation, hands, hubRecovery));
  refuse(
    "rotation whose new report key did not sign",
    "signature-invalid",
    await change(rotation, { ...hands, report: reportHand(report[0]) }, report[0]),
  );
  refuse(
    "rotation without the old book key",
    "key-change",
    await change(rotation, { ...hands, book: { new: book[1].hand.sign } }, report[0]),
  );
  refuse("rotation after nothing", "key-chain", await change({ ...rotation, prev: first }, hands, report[0]));
  refuse(
    "rotation to the key of the hub",
    "key-reused",
    await change(
      { ...rotation, keys: [{ role: "report", key: statement[0].publicJwk.x }] },
      { report: reportHand(statement[0]) },
      report[0],
    ),
  );
  const rotated = append("rotation of report and book key", await change(rotation, hands, report[0]));
  refuse("report by the key that went", "signature-invalid", await demand(2, first, report[0], book[1]));
  append("report by the key that came", await demand(2, first, report[1], book[1]));

  const hubChange = {
    iss: LOG,
    iat: now,
    v: 1 as const,
    act: "rotate" as const,
    prev: entries[0]?.leaf ?? "",
    keys: [
      { role: "statement" as const, key: statement[1].publicJwk.x },
      { role: "log" as const, from: log[0].vkey, key: log[1].vkey },
    ],
  };
  append(
    "rotation of the hub's statement and log key",
    await signKeyChange(statement[0], "hub-key+jwt", hubChange, {
      statement: reportHand(statement[1]),
      log: { new: log[1].hand.sign, old: log[0].hand.sign },
    }),
  );
  const leaves = () => entries.map(({ jws }) => leafHash(utf8(jws)));
  const size = entries.length;
  const totalsClaims = {
    size,
    root: toBase64(rootOf(leaves())),
    state_sha256: stateHash(state),
    headline: headlineOf(state),
  };
  refuse(
    "totals by the hub's key that went",
    "signature-invalid",
    await signStatement(statement[0], "totals+jwt", { iss: LOG, iat: now, v: 1, ...totalsClaims }),
  );
  await byHub("totals by the hub's key that came", "totals+jwt", totalsClaims, statement[1]);

  const recover = {
    act: "recover" as const,
    prev: join,
    keys: [{ role: "report" as const, key: report[2].publicJwk.x }],
    recovery_jwk: recovery.publicJwk,
  };
  const recovering = await change(recover, { report: reportHand(report[2]) }, recovery);
  refuse(
    "recovery by another key",
    "recovery-key",
    await change({ ...recover, recovery_jwk: hubRecovery.publicJwk }, { report: reportHand(report[2]) }, hubRecovery),
  );
  const recoveryLeaf = append("recovery", recovering);
  refuse("report while frozen", "frozen", await demand(3, entries[8]?.leaf ?? "", report[1], book[1]));
  refuse(
    "rotation while frozen",
    "frozen",
    await change(
      { ...rotation, prev: rotated, keys: [{ role: "report", key: report[2].publicJwk.x }] },
      { report: reportHand(report[2]) },
      report[1],
    ),
  );
  append("objection", await change({ act: "object", prev: recoveryLeaf, keys: [] }, {}, report[1]));
  refuse("second objection", "objection", await change({ act: "object", prev: recoveryLeaf, keys: [] }, {}, report[1]));
  const later = {
    size: entries.length,
    root: toBase64(rootOf(leaves())),
    state_sha256: stateHash(state),
    headline: headlineOf(state),
  };
  now += 2 * WEEK_S;
  await byHub("totals that end the wait", "totals+jwt", later, statement[1]);
  const last = entries.find(({ name }) => name === "report by the key that came")?.leaf ?? "";
  refuse("report by the key that was lost", "signature-invalid", await demand(3, last, report[1], book[1]));
  append("report by the recovered key", await demand(3, last, report[2], book[1]));

  const root = rootOf(leaves());
  return {
    log: LOG,
    node: NODE,
    seeds: {
      "statement key": [1, 2].map((n) => toHex(seedOf(n))),
      "log key": [3, 4].map((n) => toHex(seedOf(n))),
      "recovery key of the hub": [toHex(seedOf(5))],
      "report key": [6, 7, 8].map((n) => toHex(seedOf(n))),
      "book key": [9, 10].map((n) => toHex(seedOf(n))),
      "recovery key of the node": [toHex(seedOf(11))],
    },
    kids: { statement: statement.map(({ kid }) => kid), report: report.map(({ kid }) => kid), recovery: recovery.kid },
    vkeys: { log: log.map(({ vkey }) => vkey), book: book.map(({ vkey }) => vkey) },
    book: pledged.map((entry) => new TextDecoder().decode(entry)),
    entries,
    refused,
    checkpoint: await signNote(formatCheckpoint({ origin: LOG, size: entries.length, root }), [
      log[0].notes,
      log[1].notes,
    ]),
    root: toBase64url(root),
  };
}
