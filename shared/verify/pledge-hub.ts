/** What the hub's log says of a receipt: a report carries it, was found right, and counts in the published totals. */
import { type BookReset, currentReset } from "../network/resets.ts";
import type { NetworkState } from "../network/state.ts";
import type { Receipt } from "../protocol/document.ts";
import { verifyHub } from "./hub.ts";
import type { FollowOptions } from "./pledge.ts";
import type { ReadBook } from "./pledge-book.ts";
import { EXIT, Fault } from "./report.ts";
import { Heads, openNote } from "./tlog.ts";

/** What a verified hub's log says of this community. */
export interface Trail {
  /** the keys its book was ever signed with, the current one last */
  vkeys: string[];
  reports: {
    leaf: string;
    index: number;
    seq: number;
    note: string;
    vkey: string;
    verdict: { index: number; ok: boolean } | null;
  }[];
  campaigns: NetworkState["campaigns"];
  /** the entry by which its current book began; null: it is in the book it joined with */
  reset: BookReset | null;
  /** as of the published totals */
  counted: {
    leaf: string;
    seq: number;
    fresh: boolean;
    admitted: boolean;
    size: number;
    campaignEnded: boolean;
    /** whether the report tells this campaign; a large one leaves some out */
    told: boolean;
  } | null;
}

export async function readHub({ document, hub, node }: Receipt, { hubSource, now }: FollowOptions) {
  const trail: Trail = { vkeys: [], reports: [], campaigns: new Map(), reset: null, counted: null };
  const report = await verifyHub(hubSource, {
    vkey: hub.vkey,
    now,
    onStatement({ index, leaf, statement: { kind, claims }, state }) {
      trail.campaigns = state.campaigns;
      const community = state.communities.get(node.origin);
      if (community === undefined) return;
      trail.reset = currentReset(community);
      const vkey = community.book_vkey;
      if (trail.vkeys.at(-1) !== vkey) trail.vkeys.push(vkey);
      // reports so far are about a book that was given up
      if (kind === "book-reset+jwt" && claims.iss === node.origin) trail.reports = [];
      if (kind === "demand-report+jwt" && claims.iss === node.origin) {
        trail.reports.push({ leaf, index, seq: claims.seq, note: claims.book, vkey, verdict: null });
      }
      if (kind !== "report-check+jwt" || claims.node !== node.origin) return;
      const about = trail.reports.find((each) => each.leaf === claims.report);
      if (about !== undefined) about.verdict = { index, ok: claims.ok };
    },
    onTotals(state) {
      const community = state.communities.get(node.origin);
      const campaign = state.campaigns.get(document.campaign);
      if (community?.counted === null || community === undefined) return;
      const { leaf, seq, fresh, totals } = community.counted;
      const told = totals.some(({ c }) => c === document.campaign);
      const admitted = community.status === "admitted";
      trail.counted = { leaf, seq, fresh, admitted, size: state.size, campaignEnded: campaign?.ended ?? true, told };
    },
  });
  if (!report.ok) {
    const failed = report.checks.filter((check) => !check.ok);
    const names = failed.map(({ id, code }) => `${id}: ${code}`).join(", ");
    throw new Fault("hub-invalid", `the hub does not verify (${names})`, { exit: report.exit });
  }
  return {
    value: { report, trail },
    detail: `${report.size} entries of ${hub.origin} verified, and its numbers with them`,
    facts: { size: report.size },
  };
}

/** A logged report whose book holds the entry, with an ok verdict; its checkpoint is a prefix of the book as read. */
export async function checkReport({ entry }: Receipt, { head, log }: ReadBook, trail: Trail) {
  const heads = new Heads(log);
  for (const { note, vkey, seq, index, verdict } of trail.reports) {
    const reported = await openNote({ ...log, vkey }, note);
    if (reported.size <= entry.index || verdict?.ok !== true) continue;
    if (reported.size > head.size)
      throw new Fault("book-shrunk", `the book has ${head.size} entries, report ${seq} counted ${reported.size}`, {
        index,
      });
    await heads.prove(reported, head);
    return {
      value: true,
      detail: `report ${seq} carries it: entry ${index} of the hub's log, found right at ${verdict.index}`,
      facts: { seq, index, verdict: verdict.index },
    };
  }
  throw new Fault("not-reported", "no report with an ok verdict holds it yet", { exit: EXIT.stale });
}

/** The report that counts in the published totals is one that holds the entry. */
export function checkTotals({ entry }: Receipt, { counted, reports }: Trail, committed: boolean) {
  if (counted === null)
    throw new Fault("not-counted", "the published totals count no report of this community yet", { exit: EXIT.stale });
  const report = reports.find((each) => each.leaf === counted.leaf);
  const size = /\n(0|[1-9][0-9]*)\n/.exec(report?.note ?? "")?.[1];
  if (size === undefined || Number(size) <= entry.index) {
    throw new Fault("not-counted", "the published totals were made before the report that carries it", {
      exit: EXIT.stale,
    });
  }
  if (!counted.told)
    throw new Fault("left-out", "the community's report has no room for this campaign and leaves it out");
  if (!counted.admitted) throw new Fault("suspended", "the hub does not count this community at present");
  if (!counted.fresh)
    throw new Fault("report-old", "the community has not reported for 14 days, so nothing of it is counted", {
      exit: EXIT.stale,
    });
  if (counted.campaignEnded && !committed)
    throw new Fault("campaign-ended", "the campaign has ended, and only what was committed still counts");
  return {
    value: true,
    detail: `inside the totals published for ${counted.size} entries, by report ${counted.seq}`,
    facts: { size: counted.size, seq: counted.seq },
  };
}
