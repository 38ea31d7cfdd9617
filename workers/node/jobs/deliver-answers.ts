/**
 * This community's signed answers to audits into the hub's log (docs/protocol.md §8), until there is the hub's receipt or its
 * signed refusal for each: what was answered is then shown by the log, and what the hub would not take by its own word.
 */
import { z } from "zod";
import { entryReceipt } from "../../../shared/protocol/api/log.ts";
import { INCLUDE_WITHIN_S } from "../../../shared/protocol/entry-receipt.ts";
import { problem } from "../../../shared/protocol/problem.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { statementLeaf } from "../../../shared/signing/statement.ts";
import { parseJson } from "../../lib/remote.ts";
import type { NodeContext } from "../context.ts";
import { reportSigner } from "../keys.ts";
import { type HubRow, pinned } from "../queries/hub.ts";
import { promiseRow } from "./check-promises.ts";
import { newestAtHub } from "./sign-report.ts";

const refused = problem.extend({ refusal: z.string() });

/** One a run, the newest: audits are a week apart, and none waits behind one that the hub answers in no word of its own. */
export async function deliverAnswer(context: NodeContext, hub: HubRow): Promise<void> {
  const { db, peer, now } = context;
  const row = await db
    .prepare(
      "SELECT asked, answer FROM audit WHERE hub = ? AND answer IS NOT NULL AND receipt IS NULL ORDER BY asked DESC LIMIT 1",
    )
    .bind(hub.origin)
    .first<{ asked: number; answer: string }>();
  if (row === null) return;
  const response = await peer.post(`${hub.url}/log/entries`, row.answer, "application/jose");
  if (!response.ok) return;
  const { status, bytes } = response.value;
  const taken = status === 200 || status === 202 ? parseJson(bytes, entryReceipt) : null;
  if (taken?.ok === true) {
    const { receipt } = taken.value;
    const opened = await openPromise("entry-receipt+jwt", receipt, pinned(hub).statementJwk);
    if (!opened.ok || opened.value.leaf !== statementLeaf(row.answer)) return;
    await db.batch([
      keep(db, hub, row.asked, receipt),
      promiseRow(db, hub.origin, receipt, now() + INCLUDE_WITHIN_S * 1000),
    ]);
    return;
  }
  const answer = parseJson(bytes, refused);
  if (!answer.ok) return;
  if (answer.value.code === "kid-unknown" && (await signAnew(context, hub, row))) return;
  if (answer.value.code !== "audit-unknown") return;
  // Too late, judged before it came, or the hub's wrong: either way the hub has signed that it said no.
  const signed = await openPromise("entry-refusal+jwt", answer.value.refusal, pinned(hub).statementJwk);
  if (signed.ok && signed.value.leaf === statementLeaf(row.answer))
    await keep(db, hub, row.asked, answer.value.refusal).run();
}

function keep(db: D1Database, { origin }: HubRow, asked: number, word: string): D1PreparedStatement {
  return db.prepare("UPDATE audit SET receipt = ? WHERE hub = ? AND asked = ?").bind(word, origin, asked);
}

/** The same words under the key that the log holds as current: sent in the next run. */
async function signAnew(
  context: NodeContext,
  hub: HubRow,
  { asked, answer }: { asked: number; answer: string },
): Promise<boolean> {
  const newest = await newestAtHub(context, hub);
  const parsed = parseJws(answer);
  if (newest === null || newest.kid === null || !parsed.ok || parsed.value.kid === newest.kid) return false;
  const key = await reportSigner(context.config, newest.kid);
  if (key === null) return false;
  const jws = await signJws(key, "audit-answer+jwt", parsed.value.claims);
  await context.db
    .prepare("UPDATE audit SET answer = ? WHERE hub = ? AND asked = ?")
    .bind(jws, hub.origin, asked)
    .run();
  return true;
}
