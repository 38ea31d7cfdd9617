/** A real log: what is shown follows from it and from the sizes at which it changed, and `verify` accepts the reports. */
import { expect, test } from "vitest";
import { cellsOf } from "../../../shared/signals/cells.ts";
import { releaseAt, recountRelease } from "../../../shared/signals/recount.ts";
import { noRelease } from "../../../shared/signals/release.ts";
import type { LogItem } from "../../../shared/network/fold.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { fromUtf8 } from "../../../shared/bytes.ts";
import { TestHub, TestNode } from "../verify/world.ts";

test("whoever has the log and the sizes makes the same cells", async () => {
  const hub = await TestHub.create();
  const { leaf: campaign } = await hub.campaign();
  const node = await TestNode.create("a.example");
  await hub.admit(node);
  let release = noRelease();
  for (const quantities of [["1", "2"], ["3"], ["1", "1"], ["2"], ["4", "2", "1", "1"]]) {
    for (const qty of quantities) node.pledge(campaign, qty, 1);
    await hub.report(node);
    release = releaseAt(release, hub.state, campaign);
  }
  const items: LogItem[] = hub.log.entries.map((data, index) => {
    const parsed = parseStatement(fromUtf8(data));
    if (!parsed.ok) throw new Error("not a statement");
    return { index, leaf: parsed.value.leaf, statement: parsed.value.statement };
  });
  const again = recountRelease(items, campaign, release.sizes);
  expect(again.release).toEqual(release);
  expect(release.sizes.length).toBe(3);
  const cells = cellsOf(again.release, again.fulfilment);
  expect(cells.map(({ region, shown }) => [region, shown?.accounts, shown?.pledged])).toEqual([
    ["*", 10, 18n],
    ["NL", 10, 18n],
  ]);
});
