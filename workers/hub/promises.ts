/**
 * The signed answer to a submitted entry (docs/protocol.md §4): a receipt for what was taken in, a refusal for what was
 * not. Both are functions of stored rows, the request and the clock; nothing here is stored.
 */
import type { ProblemCode } from "../../shared/protocol/problem.ts";
import { MAX_STATEMENT_BYTES } from "../../shared/protocol/statement.ts";
import { signReceipt, signRefusal } from "../../shared/signing/entry-receipt.ts";
import { entryLeaf } from "../lib/log-store.ts";
import type { Accepted } from "./actions/demand-report.ts";
import { type Hub, settleCurrentKey } from "./hub.ts";

export async function receiptFor(hub: Hub, entry: Accepted): Promise<string> {
  const { leaf, node, seq, index, received } = entry;
  await settleCurrentKey(hub);
  return await signReceipt(hub.keys.statement, { iss: hub.config.logOrigin, leaf, node, seq, index, received });
}

/** Undefined for what is too large to be an entry: anyone sees that, and hashing it would cost more than refusing. */
export async function refusalFor(hub: Hub, text: string, code: ProblemCode): Promise<string | undefined> {
  if (text.length > MAX_STATEMENT_BYTES) return undefined;
  const at = Math.floor(hub.now() / 1000);
  await settleCurrentKey(hub);
  return await signRefusal(hub.keys.statement, { iss: hub.config.logOrigin, leaf: entryLeaf(text), code, at });
}
