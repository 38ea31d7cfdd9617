/** Logs the hub's verdicts about reports. A report that already has one is left alone. */
import type { Verdict } from "../../../shared/book/judge.ts";
import { givenUpBefore } from "../../../shared/network/resets.ts";
import type { LoggedReport } from "../../../shared/network/state.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type Committed, commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";

export interface OpenVerdict {
  origin: string;
  report: LoggedReport;
  verdict: Verdict;
}

export async function logVerdicts(hub: Hub, open: readonly OpenVerdict[]): Promise<Committed<null>> {
  return await commit<null>(hub, {
    needs: {
      communities: open.map(({ origin }) => origin),
      campaigns: open.flatMap(({ report }) => report.totals.map(({ c }) => c)),
    },
    reads: [
      hub.db
        .prepare("SELECT report_idx FROM verdict WHERE report_idx IN (SELECT value FROM json_each(?))")
        .bind(jsonParameter(open.map(({ report }) => report.index))),
    ],
    decide: async ({ view, iat, results }) => {
      const given = new Set(((results[0]?.results ?? []) as { report_idx: number }[]).map((row) => row.report_idx));
      const due = open.filter(({ origin, report }) => {
        const community = view.state.communities.get(origin);
        // the community may have begun a new book while this one was read
        return !given.has(report.index) && community !== undefined && report.index >= givenUpBefore(community);
      });
      for (const { origin, report } of due) view.state.communities.get(origin)?.pending.set(report.leaf, report);
      const entries = await Promise.all(
        due.map(async ({ origin, report, verdict }) =>
          signed(hub, "report-check+jwt", iat, {
            node: origin,
            report: report.leaf,
            seq: report.seq,
            ...verdict,
          }),
        ),
      );
      return { entries, value: null };
    },
  });
}
