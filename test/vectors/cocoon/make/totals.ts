/** totals.json: a log with two currencies and rates, its public state, the totals over it and /api/network (§6). */
import { fromUtf8, toBase64 } from "../../../../shared/bytes.ts";
import { publicState } from "../../../../shared/network/summary.ts";
import { canonicalJson } from "../../../../shared/signing/canonical.ts";
import type { TestHub } from "../../../unit/verify/world.ts";
import { smallWorld } from "./world.ts";

const DAY = "2026-06-10";

/** The log since `from`, and what it comes to. The totals that are signed here stand at no index. */
async function moment(hub: TestHub, from: number) {
  const { size } = hub.log;
  const state = publicState(hub.state);
  await hub.publishTotals({ logged: false });
  return {
    size,
    root: toBase64(hub.log.root()),
    entries: hub.log.entries.slice(from).map((entry) => fromUtf8(entry)),
    /** its RFC 8785 form is what `state_sha256` is the hash of */
    public_state: JSON.parse(canonicalJson(state)) as unknown,
    totals: hub.totals,
    /** the bytes of /api/network, as text */
    network: fromUtf8(hub.network),
  };
}

export async function makeTotals() {
  const { hub, campaign, nodes } = await smallWorld(["a.example", "b.example", "c.example"]);
  const [a, b, c] = nodes;
  if (a === undefined || b === undefined || c === undefined) throw new Error("three communities");
  const rice = (
    await hub.campaign({ name: "Rice", currency: "JPY", reference_price_minor: "900", bands_minor: ["333", "1000"] })
  ).leaf;
  const salt = (await hub.campaign({ name: "Salt", currency: "XAF", bands_minor: ["5"] })).leaf;
  await hub.say("rates+jwt", {
    source: "example",
    base: "EUR",
    date: "2026-05-28",
    rates: { JPY: "165.43", USD: "1.0875" },
  });
  a.pledge(campaign, "2", 0);
  a.pledge(campaign, "3", 2);
  a.pledge(rice, "1", 0);
  b.pledge(campaign, "4", 1);
  b.pledge(rice, "7", 1);
  b.pledge(salt, "10", 0);
  c.pledge(campaign, "50", 2);
  for (const node of nodes) await hub.report(node);
  await hub.say("node-status+jwt", { node: c.origin, status: "suspended", reason: "asked", join: c.join });
  const first = await moment(hub, 0);

  const { leaf: x } = await hub.say("campaign-close+jwt", { campaign, outcome: "locked", band: 1, reason: "" });
  await hub.say("node-status+jwt", { node: c.origin, status: "resumed", reason: "", join: c.join });
  b.write({ t: "lock", c: campaign, b: 1, x, n: b.nonce(), d: DAY });
  b.write({ t: "purchase", c: campaign, q: "1", m: "600", k: "order", w: "2026-W24", cm: b.nonce(), d: DAY });
  await hub.report(b);
  const locked = await moment(hub, first.size);
  hub.now += 15 * 86_400;
  await hub.report(b);
  const stale = await moment(hub, locked.size);
  hub.now += 16 * 86_400;
  await hub.report(a, { changes: { totals: [] }, verdict: { ok: false, code: "totals-mismatch" } });
  const over = await moment(hub, stale.size);
  return {
    log: hub.log.origin,
    ...first,
    later: [
      {
        name: "a campaign is locked, one community has followed and bought; the other's pledges count no more",
        ...locked,
      },
      { name: "two reports are older than fourteen days", ...stale },
      { name: "campaigns past their date, the last report too old, and a report with a failed verdict", ...over },
    ],
    /** exact: 2×500 + 3×700 + 4×600 = 5500 EUR cents; 1×333 + 7×900 = 6633 yen at 165.43 = 4009.5509… cents; no rate for XAF */
    expected: {
      by_currency: { EUR: "5500", JPY: "6633", XAF: "50" },
      purchasing_power_minor: "9510",
      unconverted: ["XAF"],
    },
  };
}
