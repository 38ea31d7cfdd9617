/**
 * The network fold and its published forms, written from docs/protocol/rules.md §3 and §4 alone, as far as joining, status,
 * campaigns, rates, reports and verdicts go. Knows nothing of the product's code.
 */
import { b64u, jcs, leaf } from "./plain.ts";

interface Totals {
  c: string;
  pledges: number;
  interest: string;
  pledged: string[];
  committed: string[];
  purchased: string;
}
interface Report {
  leaf: string;
  seq: number;
  iat: number;
  members: number;
  totals: Totals[];
}
interface Community {
  status: string;
  last_seq: number;
  last_leaf: string;
  waiting: Map<string, Report>;
  counted: (Report & { fresh: boolean }) | null;
}
interface Terms {
  name: string;
  unit: string;
  currency: string;
  reference_price_minor: string;
  bands_minor: string[];
  closes: number;
}
const LIFETIME_S = 14 * 86_400;
/** ISO 4217 */
const DECIMALS: Record<string, number> = { EUR: 2, USD: 2, JPY: 0, XAF: 0 };

export function foldLog(entries: readonly string[]) {
  const communities = new Map<string, Community>();
  const campaigns = new Map<string, Terms & { ended: boolean; closing: string | null }>();
  const leaves = { policy: null as string | null, rates: null as string | null };
  let currency = "";
  let rates: { base: string; date: string; rates: Record<string, string> } | null = null;
  let logTime = 0;

  for (const jws of entries) {
    const [header = "", payload = ""] = jws.split(".").map((part) => Buffer.from(part, "base64url").toString());
    const { typ } = JSON.parse(header) as { typ: string };
    const claims = JSON.parse(payload);
    const own = b64u(leaf(jws));
    if (typ !== "node-join+jwt" && typ !== "demand-report+jwt") logTime = Math.max(logTime, claims.iat);
    for (const { counted } of communities.values())
      if (counted !== null && counted.iat < logTime - LIFETIME_S) counted.fresh = false;
    for (const campaign of campaigns.values()) if (campaign.closes <= logTime) campaign.ended = true;
    const community = communities.get(typ === "demand-report+jwt" ? claims.iss : claims.node);
    if (typ === "hub-policy+jwt") [leaves.policy, currency] = [own, claims.currency];
    else if (typ === "rates+jwt") [leaves.rates, rates] = [own, claims];
    else if (typ === "campaign+jwt") campaigns.set(own, { ...claims, ended: claims.closes <= logTime, closing: null });
    else if (typ === "campaign-close+jwt")
      Object.assign(campaigns.get(claims.campaign)!, { ended: true, closing: own });
    else if (typ === "node-join+jwt")
      communities.set(claims.iss, { status: "joined", last_seq: 0, last_leaf: own, waiting: new Map(), counted: null });
    else if (community === undefined) continue;
    else if (typ === "node-status+jwt") community.status = claims.status === "resumed" ? "admitted" : claims.status;
    else if (typ === "demand-report+jwt") {
      Object.assign(community, { last_seq: claims.seq, last_leaf: own });
      const { seq, iat, totals, profile } = claims;
      community.waiting.set(own, { leaf: own, seq, iat, totals, members: profile.members });
    } else if (typ === "report-check+jwt") {
      const report = community.waiting.get(claims.report);
      community.waiting.delete(claims.report);
      if (report === undefined || !claims.ok || report.seq <= (community.counted?.seq ?? 0)) continue;
      const totals = report.totals.filter(
        ({ c }, at, all) => campaigns.has(c) && all.findIndex((one) => one.c === c) === at,
      );
      community.counted = { ...report, totals, fresh: report.iat >= logTime - LIFETIME_S };
    }
  }

  const counting = [...communities.values()].flatMap(({ status, counted }) =>
    status === "admitted" && counted !== null ? [counted] : [],
  );
  const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, one) => all + one, 0n);
  const lines = [...campaigns].map(([id, terms]) => {
    const parts = counting.flatMap(({ fresh, totals }) =>
      totals.filter(({ c }) => c === id).map((one) => ({ ...one, fresh })),
    );
    const live = parts.filter(({ fresh }) => fresh);
    const byBand = (of: "pledged" | "committed") =>
      terms.bands_minor.map((_, band) => sum(live.map((one) => BigInt(one[of][band] ?? "0"))));
    const [pledged, committed] = [
      terms.ended ? terms.bands_minor.map(() => 0n) : byBand("pledged"),
      byBand("committed"),
    ];
    const isPledged = (one: (typeof parts)[number]) => one.fresh && one.pledged.some((units) => units !== "0");
    const pledgesEnded = (one: (typeof parts)[number]) => (one.fresh && !isPledged(one) ? one.pledges : 0);
    const countsEnded = (one: (typeof parts)[number]) =>
      (one.fresh && one.committed.some((units) => units !== "0")) || one.purchased !== "0" || pledgesEnded(one) > 0;
    const countsOpen = (one: (typeof parts)[number]) =>
      countsEnded(one) || isPledged(one) || (one.fresh && (one.interest !== "0" || one.pledges > 0));
    const price = (band: number) => {
      const [own, reference] = [BigInt(terms.bands_minor[band] ?? "0"), BigInt(terms.reference_price_minor)];
      return own < reference ? own : reference;
    };
    return {
      id,
      terms,
      interest: terms.ended ? 0n : sum(live.map(({ interest }) => BigInt(interest))),
      pledged,
      committed,
      purchased: sum(parts.map(({ purchased }) => BigInt(purchased))),
      pledges: parts.reduce((all, one) => all + (terms.ended ? pledgesEnded(one) : one.fresh ? one.pledges : 0), 0),
      communities: parts.filter(terms.ended ? countsEnded : countsOpen).length,
      power: sum(pledged.map((units, band) => (units + (committed[band] ?? 0n)) * price(band))),
    };
  });

  /** Minor units of `code` in minor units of the reference currency, as a fraction; null without a rate. */
  const worth = (code: string): [bigint, bigint] | null => {
    if (code === currency) return [1n, 1n];
    const [from, to] = [code, currency].map((one) => (one === rates?.base ? "1" : rates?.rates[one]));
    if (from === undefined || to === undefined || /^0*\.?0*$/.test(from) || /^0*\.?0*$/.test(to)) return null;
    const exact = (text: string): [bigint, bigint] => {
      const [whole = "", part = ""] = text.split(".");
      return [BigInt(whole + part), 10n ** BigInt(part.length)];
    };
    const [[fromOver, fromUnder], [toOver, toUnder]] = [exact(from), exact(to)];
    const scale = (one: string) => 10n ** BigInt(DECIMALS[one] ?? 2);
    return [toOver * fromUnder * scale(currency), toUnder * fromOver * scale(code)];
  };
  const convert = (power: Iterable<[string, bigint]>): bigint => {
    let [over, under] = [0n, 1n];
    for (const [code, minor] of power) {
      const rate = worth(code);
      if (rate !== null) [over, under] = [over * rate[1] + minor * rate[0] * under, under * rate[1]];
    }
    const [whole, rest] = [over / under, (over % under) * 2n];
    return rest > under || (rest === under && whole % 2n === 1n) ? whole + 1n : whole;
  };
  const power = new Map<string, bigint>();
  for (const { terms, power: here } of lines) power.set(terms.currency, (power.get(terms.currency) ?? 0n) + here);
  const fresh = counting.filter((one) => one.fresh);
  const stage = (of: (line: (typeof lines)[number]) => bigint) => String(sum(lines.map(of)));
  const headline = {
    formula: 1,
    currency,
    purchasing_power_minor: String(convert(power)),
    by_currency: Object.fromEntries(
      [...power].filter(([, minor]) => minor > 0n).map(([code, minor]) => [code, String(minor)]),
    ),
    unconverted: [...power]
      .filter(([code, minor]) => minor > 0n && worth(code) === null)
      .map(([code]) => code)
      .sort(),
    rates_date: rates?.date ?? null,
    communities: fresh.length,
    pledges: lines.reduce((all, { pledges }) => all + pledges, 0),
    members_declared: fresh.reduce((all, { members }) => all + members, 0),
    stages: {
      interest: stage(({ interest }) => interest),
      pledged: stage(({ pledged }) => sum(pledged)),
      committed: stage(({ committed }) => sum(committed)),
      purchased: stage(({ purchased }) => purchased),
    },
  };
  const ascending = <T>(list: T[], by: (one: T) => string): T[] => list.sort((a, b) => (by(a) < by(b) ? -1 : 1));
  const state = {
    ...leaves,
    log_time: logTime,
    headline,
    campaigns: ascending(lines, ({ id }) => id).map((line) => ({
      id: line.id,
      ended: line.terms.ended,
      closing: line.terms.closing,
      interest: String(line.interest),
      pledged: line.pledged.map(String),
      committed: line.committed.map(String),
      purchased: String(line.purchased),
      pledges: line.pledges,
      communities: line.communities,
    })),
    communities: ascending([...communities], ([origin]) => origin).map(
      ([origin, { status, last_seq, last_leaf, counted }]) => ({
        origin,
        status,
        last_seq,
        last_leaf,
        counted: counted?.leaf ?? null,
        fresh: counted?.fresh ?? false,
      }),
    ),
  };
  /** `/api/network` for the totals of this head. */
  const network = (log: { origin: string; size: number; root: string }, iat: number): string => {
    const ranked = lines
      .map((line) => ({ ...line, rank: convert([[line.terms.currency, line.power]]) }))
      .sort((a, b) => (a.rank === b.rank ? (a.id < b.id ? -1 : 1) : a.rank > b.rank ? -1 : 1));
    const shown = ranked
      .slice(0, 100)
      .map(({ id, terms, interest, pledged, committed, purchased, pledges, communities, power }) => ({
        id,
        name: terms.name,
        unit: terms.unit,
        currency: terms.currency,
        reference_price_minor: terms.reference_price_minor,
        interest: String(interest),
        pledged: String(sum(pledged)),
        committed: String(sum(committed)),
        purchased: String(purchased),
        pledges,
        communities,
        purchasing_power_minor: String(power),
      }));
    const as_of = new Date(iat * 1000).toISOString().replace(".000Z", "Z");
    return jcs({ ...headline, log, campaigns: shown, as_of });
  };
  return { state, headline, network };
}
