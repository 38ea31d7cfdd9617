/** What the verifier found about one receipt, as a member needs it: is it right, is it over, too early, out of reach, or wrong. */
import type { PledgeCheckId, PledgeReport } from "../../shared/verify/pledge.ts";
import { EXIT } from "../../shared/verify/report.ts";

type Seen = Pick<PledgeReport, "ok" | "exit" | "checks" | "ticks">;
type TickId = "signed" | "booked" | "logged" | "counted";
type Missing = "waiting" | "failed" | "ended";

/** A pledge that was revised, withdrawn or let go is not counted, and nothing is wrong with that. */
const OVER: readonly string[] = ["ended", "let-go"];

export function outcomeOf({ ok, exit, checks }: Seen): "ok" | "over" | "later" | "away" | "wrong" {
  if (ok) return "ok";
  const failed = checks.filter((check) => !check.ok);
  if (failed.every(({ id, code }) => id === "live" && OVER.includes(code ?? ""))) return "over";
  if (exit === EXIT.network) return "away";
  return exit === EXIT.stale ? "later" : "wrong";
}

const CHECKS_OF: Record<TickId, readonly PledgeCheckId[]> = {
  signed: ["receipt", "signature", "commitment"],
  booked: ["book", "key"],
  logged: ["hub", "report"],
  counted: ["live", "totals"],
};

interface TickSeen {
  id: TickId;
  done: boolean;
  missing: Missing;
  /** the check that found why it is not done, where time alone will not help */
  fault: PledgeReport["checks"][number] | null;
}

/** The four ticks; one that is not done says why. */
export function ticksSeen(report: Seen): TickSeen[] {
  const outcome = outcomeOf(report);
  const { signed, in_book, logged, counted } = report.ticks;
  const done: [TickId, boolean][] = [
    ["signed", signed],
    ["booked", in_book],
    ["logged", logged],
    ["counted", counted],
  ];
  return done.map(([id, isDone]) => {
    const fault = report.checks.find((check) => !check.ok && CHECKS_OF[id].includes(check.id)) ?? null;
    if (isDone || fault === null || (outcome !== "wrong" && outcome !== "over"))
      return { id, done: isDone, missing: "waiting", fault: null };
    return { id, done: false, missing: outcome === "over" ? "ended" : "failed", fault };
  });
}
