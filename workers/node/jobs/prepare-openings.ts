/**
 * Opens a few of the pledges that an audit drew, at the schedule's turn and whenever the hub asks: proofs cost processor
 * time, and there are up to 120. What is opened is noted for its members in the same batch, before it can leave.
 */
import { jsonParameter } from "../../lib/d1.ts";
import type { NodeContext } from "../context.ts";
import { readOpenings, unopened } from "../queries/audit.ts";

/** Two proofs each, of hashes that their tiles are hashed for: `npm run bench` holds them against 10 ms. */
const PORTION = 2;

export async function prepareOpenings(context: NodeContext, audit: string | null = null): Promise<void> {
  const { db, now } = context;
  const drawn = await unopened(db, audit, PORTION);
  if (drawn.length === 0) return;
  const openings = new Map((await readOpenings(context, drawn)).map((opening) => [opening.leaf, opening]));
  const rows = drawn.map((one) => {
    const opening = openings.get(one.leaf);
    // "": nothing is kept that could open it, and the book does not say why
    return { ...one, opening: opening === undefined ? "" : JSON.stringify(opening) };
  });
  const opened = rows.filter(({ member, opening }) => member !== null && opening !== "");
  await db.batch([
    // not for a member who has left meanwhile: what the book then says is opened instead
    db
      .prepare(
        `UPDATE audit_opening SET opening = one.value ->> 'opening' FROM json_each(?) AS one
         WHERE audit_opening.audit = one.value ->> 'audit' AND audit_opening.leaf = one.value ->> 'leaf'
         AND audit_opening.member IS one.value ->> 'member'`,
      )
      .bind(jsonParameter(rows)),
    db
      .prepare(
        `UPDATE receipt SET audited_at = ?1 FROM json_each(?2) AS opened WHERE receipt.member = opened.value ->> 'member'
         AND receipt.idx = opened.value ->> 'idx' AND receipt.audited_at IS NULL`,
      )
      .bind(now(), jsonParameter(opened)),
  ]);
}
