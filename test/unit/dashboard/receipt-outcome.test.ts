/** What a member is told of a receipt, from what the verifier found. */
import { expect, test } from "vitest";

import { outcomeOf, ticksSeen } from "../../../dashboard/node/receipt-outcome.ts";
import { nodeEn } from "../../../dashboard/messages/node.en.ts";
import type { PledgeCheckId, PledgeReport } from "../../../shared/verify/pledge.ts";
import { EXIT, type Exit } from "../../../shared/verify/report.ts";

const ALL: PledgeCheckId[] = ["receipt", "signature", "commitment", "hub", "book", "key", "live", "report", "totals"];

function report(fault: { id: PledgeCheckId; code: string } | null, exit: Exit, ticks: Partial<PledgeReport["ticks"]>) {
  const checks = ALL.map((id) =>
    id === fault?.id
      ? { id, ok: false, code: fault.code, detail: "", facts: {} }
      : { id, ok: true, detail: "", facts: {} },
  );
  const all = { signed: true, in_book: true, logged: true, counted: true };
  return { ok: fault === null, exit, checks, ticks: { ...all, ...ticks } };
}
const missing = (seen: ReturnType<typeof report>) =>
  ticksSeen(seen).flatMap((tick) => (tick.done ? [] : [`${tick.id} ${tick.missing}`]));

test("a pledge that was revised since is over, and nobody is told that something is wrong", () => {
  for (const code of ["ended", "let-go"]) {
    const seen = report({ id: "live", code }, EXIT.invalid, { counted: false });
    expect(outcomeOf(seen)).toBe("over");
    expect(missing(seen)).toEqual(["counted ended"]);
  }
});

test("what the hub has not reported yet waits", () => {
  const seen = report({ id: "report", code: "not-reported" }, EXIT.stale, { logged: false, counted: false });
  expect(outcomeOf(seen)).toBe("later");
  expect(missing(seen)).toEqual(["logged waiting", "counted waiting"]);
});

test("nobody is accused because a server does not answer", () => {
  const seen = report({ id: "hub", code: "unreachable" }, EXIT.network, { logged: false, counted: false });
  expect(outcomeOf(seen)).toBe("away");
  expect(missing(seen)).toEqual(["logged waiting", "counted waiting"]);
});

test("a signature that does not hold is wrong, and its tick says so", () => {
  const seen = report({ id: "signature", code: "assertion-challenge" }, EXIT.invalid, { signed: false });
  expect(outcomeOf(seen)).toBe("wrong");
  expect(missing(seen)).toEqual(["signed failed"]);
});

test("an entry that the book counts zero is wrong though it is the same check that finds an end", () => {
  const seen = report({ id: "live", code: "entry-refused" }, EXIT.invalid, { counted: false });
  expect(outcomeOf(seen)).toBe("wrong");
  expect(missing(seen)).toEqual(["counted failed"]);
});

test("every step has a name and a finding in words", () => {
  for (const id of ALL) {
    expect(nodeEn).toHaveProperty([`pledge-check.${id}`]);
    expect(nodeEn).toHaveProperty([`pledge-check.${id}-ok`]);
  }
});
