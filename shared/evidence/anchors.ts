/** Entries that set keys, each proven to stand in the hub's log, from wherever that log is served. */
import { fromUtf8 } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { formatProof } from "../log/proof.ts";
import type { Anchor } from "../protocol/evidence.ts";
import { type Log, readEntry } from "../verify/tlog.ts";

/** More than a document holds: the first entry and the newest count. */
const MAX_ANCHORS = 8;

/** In log order; `indexes` ascend. */
export async function anchorsAt(
  log: Log,
  head: Checkpoint & { note: string },
  indexes: readonly number[],
): Promise<Anchor[]> {
  const [first, ...rest] = indexes;
  const chosen = first === undefined ? [] : [first, ...rest.slice(1 - MAX_ANCHORS)];
  const anchors: Anchor[] = [];
  for (const index of chosen) {
    const { entry, proof: hashes } = await readEntry(log, head, index);
    anchors.push({ jws: fromUtf8(entry), proof: formatProof({ index, hashes, checkpoint: head.note }) });
  }
  return anchors;
}
