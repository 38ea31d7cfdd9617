/** Formula 1 by example (docs/protocol.md §6). */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type LogItem, applyStatement, foldNetwork } from "../../../shared/network/fold.ts";
import { campaignSummaries, headlineOf, networkJson } from "../../../shared/network/summary.ts";
import { network } from "../../../shared/protocol/api/network.ts";
import type { CampaignTotals, Statement } from "../../../shared/protocol/statement.ts";
import { DAY, LOG, id, policy } from "./arbitrary.ts";

const T = policy.claims.iat;
const jwk = { kty: "OKP", crv: "Ed25519", x: id("key") } as const;
const zeros = (like: readonly string[]) => like.map(() => "0");

/** Statements by short names; a leaf is the name. */
function hub(at: number) {
  return { iss: LOG, iat: T + at, v: 1 as const };
}
function campaign(currency: string, bands: string[], reference: string, lasts = 30 * DAY): Statement {
  return {
    kind: "campaign+jwt",
    claims: {
      ...hub(0),
      name: "C",
      text: "",
      product: { gtin: null, name: "P", brand: null },
      unit: "piece",
      currency,
      reference_price_minor: reference,
      bands_minor: bands,
      max_qty: "100",
      goal_qty: "1000",
      closes: T + lasts,
      nonce: id("n").slice(0, 22),
    },
  };
}
function join(iss: string): Statement {
  return {
    kind: "node-join+jwt",
    claims: {
      iss,
      aud: LOG,
      iat: T,
      v: 1,
      url: `https://${iss}`,
      report_jwk: jwk,
      book: { vkey: `${iss}/book+00000000+AAAA`, checkpoint: "x" },
      recovery_sha256: id("r"),
      profile: { name: iss, region: "NL", languages: ["nl"], members: 7 },
    },
  };
}
function status(node: string, to: "admitted" | "suspended" | "resumed" | "left", at = 0): Statement {
  return { kind: "node-status+jwt", claims: { ...hub(at), node, status: to, reason: "", join: id(`join ${node}`) } };
}
function line(c: string, pledged: string[], changes: Partial<CampaignTotals> = {}): CampaignTotals {
  return {
    c: id(c),
    pledges: 1,
    interest: "0",
    pledged,
    committed: zeros(pledged),
    purchased: "0",
    locked: "0",
    ...changes,
  };
}
function report(iss: string, seq: number, totals: CampaignTotals[], at = 0): Statement {
  const prev = seq === 1 ? id(`join ${iss}`) : id(`report ${iss} ${seq - 1}`);
  const profile = { name: iss, region: "NL", languages: ["nl"], members: 7 };
  return {
    kind: "demand-report+jwt",
    claims: { iss, aud: LOG, iat: T + at, v: 1, seq, prev, book: "x", profile, totals },
  };
}
function verdict(node: string, seq: number, isOk = true, at = 0): Statement {
  const failed = isOk ? {} : { code: "totals-mismatch" as const };
  return {
    kind: "report-check+jwt",
    claims: { ...hub(at), node, report: id(`report ${node} ${seq}`), seq, ok: isOk, ...failed },
  };
}
function tick(at: number): Statement {
  return {
    kind: "rates+jwt",
    claims: { ...hub(at), source: "ECB", base: "EUR", date: "2026-04-13", rates: { USD: "1.25", JPY: "160" } },
  };
}

function items(...named: [string, Statement][]): LogItem[] {
  return [["policy", policy] as const, ...named].map(([name, statement], index) => ({
    index,
    leaf: id(name),
    statement,
  }));
}

const opening: [string, Statement][] = [
  ["soap", campaign("USD", ["300", "500", "800"], "600")],
  ["rice", campaign("EUR", ["100"], "120")],
  ["join a", join("a")],
  ["", status("a", "admitted")],
  ["join b", join("b")],
  ["", status("b", "admitted")],
];
const counted = (seq: number, totals: CampaignTotals[], at = 0, who = "a"): [string, Statement][] => [
  [`report ${who} ${seq}`, report(who, seq, totals, at)],
  ["", verdict(who, seq, true, at)],
];
const after = (...more: [string, Statement][]) => foldNetwork(items(...opening, ...more));

test("a unit is worth the smaller of the reference price and the price of its band, converted once", () => {
  const state = after(...counted(1, [line("rice", ["5"]), line("soap", ["1", "2", "3"])]), ["", tick(0)]);
  // 1×3.00 + 2×5.00 + 3×6.00 (not 8.00) USD, and 5×1.00 EUR
  expect(headlineOf(state)).toMatchObject({
    by_currency: { EUR: "500", USD: "3100" },
    purchasing_power_minor: String(500 + 3100 / 1.25),
    unconverted: [],
    rates_date: "2026-04-13",
    communities: 1,
    pledges: 2,
    members_declared: 7,
    stages: { interest: "0", pledged: "11", committed: "0", purchased: "0" },
  });
});

test("without a rate a currency is listed and left out", () => {
  const state = after(...counted(1, [line("rice", ["5"]), line("soap", ["1", "0", "0"])]));
  expect(headlineOf(state)).toMatchObject({ purchasing_power_minor: "500", unconverted: ["USD"], rates_date: null });
});

test("a report counts only through its ok verdict, and the highest seq with one counts", () => {
  const first = counted(1, [line("rice", ["5"])]);
  const second: [string, Statement] = ["report a 2", report("a", 2, [line("rice", ["9"])])];
  const pledged = (...more: [string, Statement][]) => headlineOf(after(...more)).stages.pledged;
  expect(pledged(["report a 1", report("a", 1, [line("rice", ["5"])])])).toBe("0");
  expect(pledged(...first, second)).toBe("5");
  expect(pledged(...first, second, ["", verdict("a", 2, false)])).toBe("5");
  expect(pledged(...first, second, ["", verdict("a", 2)])).toBe("9");
  const late: [string, Statement][] = [
    ["report a 1", report("a", 1, [line("rice", ["5"])])],
    second,
    ["", verdict("a", 2)],
    ["", verdict("a", 1)],
  ];
  expect(pledged(...late)).toBe("9");
});

test("of two reports with the same units the accounts by band are those of the later one, and go with it", () => {
  const soap = (accounts: number[]) => [line("soap", ["3", "3", "0"], { pledges: 3, accounts })];
  const accounts = (...more: [string, Statement][]) => after(...more).campaigns.get(id("soap"))?.sums.accounts_open;
  const both = [...counted(1, soap([2, 1, 0])), ...counted(2, soap([1, 2, 0]))];
  expect(accounts(...both)).toEqual([1, 2, 0]);
  expect(accounts(...both, ["", status("a", "suspended")])).toEqual([0, 0, 0]);
});

test("suspension excludes from its index on, resumption restores, leaving is final", () => {
  const pledged = (...more: [string, Statement][]) =>
    headlineOf(after(...counted(1, [line("rice", ["5"])]), ...more)).stages.pledged;
  const suspended: [string, Statement] = ["", status("a", "suspended")];
  const resumed: [string, Statement] = ["", status("a", "resumed")];
  expect(pledged(suspended)).toBe("0");
  expect(pledged(suspended, resumed)).toBe("5");
  expect(pledged(["", status("a", "left")])).toBe("0");
  expect(pledged(["", status("a", "left")], resumed)).toBe("0");
});

test("a report older than fourteen days of log time leaves the live stages; what was bought stays", () => {
  const totals = [line("rice", ["5"], { purchased: "2", interest: "3" })];
  const at = (seconds: number) => headlineOf(after(...counted(1, totals), ["", tick(seconds)]));
  expect(at(14 * DAY)).toMatchObject({
    communities: 1,
    pledges: 1,
    stages: { interest: "3", pledged: "5", purchased: "2" },
  });
  expect(at(14 * DAY + 1)).toMatchObject({
    communities: 0,
    pledges: 0,
    members_declared: 0,
    purchasing_power_minor: "0",
    stages: { interest: "0", pledged: "0", purchased: "2" },
  });
});

test("at its closing date or by the hub's word a campaign keeps what was committed and loses what was pledged", () => {
  const committed = line("soap", ["0", "0", "0"], { committed: ["0", "4", "0"], pledges: 2 });
  const more = [
    ...counted(1, [line("soap", ["1", "2", "3"], { interest: "8", pledges: 3 })]),
    ...counted(1, [committed], 0, "b"),
  ];
  const before = { pledges: 5, stages: { interest: "8", pledged: "6", committed: "4", purchased: "0" } };
  const later = { pledges: 2, stages: { interest: "0", pledged: "0", committed: "4", purchased: "0" } };
  const close: Statement = {
    kind: "campaign-close+jwt",
    claims: { ...hub(0), campaign: id("soap"), outcome: "locked", band: 1, reason: "" },
  };
  expect(headlineOf(after(...more))).toMatchObject(before);
  expect(headlineOf(after(...more, ["", close]))).toMatchObject(later);
  const short = [["soap", campaign("USD", ["300", "500", "800"], "600", 60)], ...opening.slice(1)] as [
    string,
    Statement,
  ][];
  expect(headlineOf(foldNetwork(items(...short, ...more, ["", tick(59)])))).toMatchObject(before);
  expect(headlineOf(foldNetwork(items(...short, ...more, ["", tick(60)])))).toMatchObject(later);
  const amend: Statement = {
    kind: "campaign-amend+jwt",
    claims: { ...hub(61), campaign: id("soap"), closes: T + DAY, reason: "" },
  };
  expect(headlineOf(foldNetwork(items(...short, ...more, ["", tick(60)], ["", amend])))).toMatchObject(before);
});

test("a campaign the hub has not published counts nothing, even if it is published later", () => {
  const state = after(...counted(1, [line("tea", ["5"])]), ["tea", campaign("EUR", ["100"], "100")]);
  expect(headlineOf(state).stages.pledged).toBe("0");
  const next = after(
    ...counted(1, [line("tea", ["5"])]),
    ["tea", campaign("EUR", ["100"], "100")],
    ...counted(2, [line("tea", ["5"])]),
  );
  expect(headlineOf(next).stages.pledged).toBe("5");
});

test("/api/network has its public shape and lists the most purchasing power first, across currencies", () => {
  const state = after(...counted(1, [line("rice", ["30"]), line("soap", ["0", "7", "0"])]), ["", tick(0)]);
  const json = networkJson(state, { origin: LOG, size: state.size, root: `${"A".repeat(43)}=`, iat: T });
  expect(network.parse(json)).toEqual(json);
  expect(json.as_of).toBe("2023-11-14T22:13:20Z");
  // 3500 USD cents are 2800 euro cents: less than 3000, though the number is larger
  expect(campaignSummaries(state).map(({ id, purchasing_power_minor }) => [id, purchasing_power_minor])).toEqual([
    [id("rice"), "3000"],
    [id("soap"), "3500"],
  ]);
});

test("how the reports of several communities interleave makes no difference to the sums", () => {
  const chains = ["a", "b"].map((who) =>
    [1, 2, 3].flatMap((seq) =>
      counted(seq, [line("rice", [String(seq)]), line("soap", ["1", String(seq), "0"])], 0, who),
    ),
  );
  const order = fc.shuffledSubarray([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], { minLength: 12, maxLength: 12 });
  const expected = headlineOf(after(...chains.flat()));
  fc.assert(
    fc.property(order, (turns) => {
      const rest = chains.map((chain) => [...chain]);
      const mixed = turns.map((turn) => rest[turn]!.shift()!);
      expect(headlineOf(after(...mixed))).toEqual(expected);
    }),
  );
});

test("entries are applied in order: another index is a bug, not an entry", () => {
  const state = after();
  expect(() => applyStatement(state, { index: state.size + 1, leaf: id("x"), statement: tick(0) })).toThrow("size");
});
