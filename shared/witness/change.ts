/**
 * How the rule "which witnesses" changes (docs/protocol.md §7): the change is logged, waits, and takes effect by a
 * checkpoint that contains it and that the quorum of the old rule has cosigned after the wait. The first rule has
 * nobody to ask and holds from its own entry on.
 */
import { type Checkpoint, parseCheckpoint } from "../log/checkpoint.ts";
import { readCosignatures } from "../log/cosignature.ts";
import { openNote, parseNote } from "../log/note.ts";
import { meetsQuorum, parsePolicy } from "./policy.ts";

export const POLICY_WAIT_S = 14 * 86_400;

/** As logged; `null` before the first. */
export interface WitnessRules {
  readonly current: { leaf: string; index: number; policy: string; since: number };
  readonly pending: { leaf: string; index: number; policy: string; effective: number } | null;
}

/** No rule, or one that needs nobody: the next holds at once. */
export function isFree(rules: WitnessRules | null): boolean {
  if (rules === null) return true;
  const policy = parsePolicy(rules.current.policy);
  return !policy.ok || policy.value.quorum === null;
}

/** Size and root of the checkpoint in a `witness-policy-start`, by its form alone. */
export function startOf(note: string): Checkpoint | null {
  const parsed = parseNote(note);
  const checkpoint = parsed === null ? null : parseCheckpoint(parsed.text);
  return checkpoint?.ok === true ? checkpoint.value : null;
}

/** Whether this log's key has signed what `isSeenByOld`. */
export async function mayStart(
  rules: WitnessRules,
  note: string,
  log: { vkey: string; origin: string },
): Promise<boolean> {
  const signed = await openNote(note, [log.vkey]);
  return signed.ok && startOf(note)?.origin === log.origin && (await isSeenByOld(rules, note));
}

/** Whether the old quorum has seen the change and the wait is over, by its own clocks. That the tree is the log's is shown elsewhere. */
export async function isSeenByOld({ current, pending }: WitnessRules, note: string): Promise<boolean> {
  const [old, head] = [parsePolicy(current.policy), startOf(note)];
  if (pending === null || !old.ok || head === null || head.size <= pending.index) return false;
  const vkeys = old.value.witnesses.map(({ vkey }) => vkey);
  const cosigned = await readCosignatures(note, vkeys);
  if (!cosigned.ok) return false;
  const late = cosigned.value.filter(({ at }) => at >= pending.effective).map(({ vkey }) => vkey);
  return meetsQuorum(old.value, new Set(late));
}
