/**
 * Whether enough witnesses have seen the same log as this reader (docs/protocol.md §7, §10): cosignatures under the
 * checkpoint that is served, against the logged rule or one that was pinned, and the witnesses' own copies.
 */
import { equal, fromUtf8, sha256, toHex, utf8 } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { type Cosignature, readCosignatures } from "../log/cosignature.ts";
import type { NetworkState } from "../network/state.ts";
import { MAX_SKEW_S } from "../protocol/statement.ts";
import { isoTime } from "../time.ts";
import { type Policy, type PolicyWitness, meetsQuorum, parsePolicy, quorumRule } from "../witness/policy.ts";
import { fetchIfThere } from "./fetch.ts";
import { FRESH_S } from "./published.ts";
import { EXIT, Fault, counted } from "./report.ts";
import { type Source, Unreachable } from "./source.ts";
import { Heads, type Log, fetchNewest, openNote, splitView } from "./tlog.ts";

export interface WitnessQuestion {
  log: Log;
  /** the note that is served as the checkpoint, and the newest head that was read: often the same */
  served: string;
  head: Checkpoint & { note: string };
  /** after the whole log */
  state: NetworkState;
  /** checkpoints in the log by which its rules started */
  starts: readonly Checkpoint[];
  /** the text of a pinned policy: it decides, whatever the log says */
  pinned: string | undefined;
  /** reads a witness's own copy; without it they are not asked */
  witnessSource: ((witness: PolicyWitness) => Source) | undefined;
  now: number;
}

const MAX_NOTE_BYTES = 65_536;

/** Whether there is anything to say: a rule, or somebody who could cosign. */
export function isWitnessed(state: NetworkState, pinned: string | undefined): boolean {
  if (pinned !== undefined || state.witnesses !== null) return true;
  return [...state.communities.values()].some(({ witness_vkey }) => witness_vkey !== null);
}

export async function checkWitnesses(question: WitnessQuestion) {
  const { log, head, state, pinned, now } = question;
  const served = { ...(await openNote(log, question.served)), note: question.served };
  const policy = policyOf(pinned ?? state.witnesses?.current.policy);
  const known = policy?.witnesses.map(({ vkey }) => vkey) ?? communityKeys(state);
  const cosigned = await readCosignatures(served.note, known);
  if (!cosigned.ok)
    throw new Fault("cosignature-invalid", `a cosignature under the checkpoint is bad (${cosigned.error})`);
  if (served.size !== head.size) await new Heads(log).prove(served, head);
  for (const start of question.starts) await new Heads(log).prove(start, head);
  const times = cosigned.value.map(({ at }) => at).toSorted((a, b) => a - b);
  const newest = times.at(-1);
  if (served.size === head.size && newest !== undefined && state.log_time > newest + MAX_SKEW_S) {
    throw new Fault("log-time-ahead", `log time is ahead of every witness's clock by more than ${MAX_SKEW_S} seconds`);
  }
  if (policy === null || policy.quorum === null) return unruled(cosigned.value, known.length, served.size, newest);
  const { k, n } = quorumRule(policy);
  const names = new Set(cosigned.value.map(({ vkey }) => vkey));
  if (!meetsQuorum(policy, names)) {
    throw new Fault("quorum-missing", `${names.size} of ${n} witnesses have cosigned the checkpoint, ${k} must`, {
      exit: EXIT.stale,
    });
  }
  if (newest === undefined || (served.size < head.size && now - newest > FRESH_S)) {
    throw new Fault("witnesses-behind", `the log has grown for hours without its witnesses`, { exit: EXIT.stale });
  }
  const copies = await compareCopies(question, policy);
  const shown = copies === null ? "" : `; ${counted(copies, "copy", "copies")} of their own compared`;
  const since = state.witnesses === null ? "" : `, by the ${pinned === undefined ? "logged" : "pinned"} rule`;
  return {
    value: { k, n, cosigned: names.size },
    detail: `${names.size} of ${n} witnesses have cosigned ${served.size} entries, ${k} must${since}; the newest at ${isoTime(newest)}${shown}`,
    facts: { k, n, cosigned: names.size, size: served.size, at: isoTime(newest) },
  };
}

function policyOf(text: string | undefined): Policy | null {
  if (text === undefined) return null;
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Fault("policy-malformed", "the witness policy is not a C2SP tlog-policy");
  return policy.value;
}

function communityKeys(state: NetworkState): string[] {
  return [...state.communities.values()].flatMap(({ status, witness_vkey }) =>
    status === "admitted" && witness_vkey !== null ? [witness_vkey] : [],
  );
}

function unruled(cosigned: readonly Cosignature[], n: number, size: number, newest: number | undefined) {
  return {
    value: { k: 0, n, cosigned: cosigned.length },
    detail: `${cosigned.length} of ${n} possible witnesses have cosigned the checkpoint; the log requires none`,
    facts: { k: 0, n, cosigned: cosigned.length, size, ...(newest !== undefined && { at: isoTime(newest) }) },
  };
}

/** How many could be compared; a witness that does not answer is nobody's fault. */
async function compareCopies({ log, head, witnessSource }: WitnessQuestion, policy: Policy): Promise<number | null> {
  if (witnessSource === undefined) return null;
  const path = `/${toHex(sha256(utf8(log.origin)))}/checkpoint`;
  let compared = 0;
  for (const witness of policy.witnesses) {
    const note = witness.url === null ? null : await copyOf(witnessSource(witness), path);
    if (note === null) continue;
    const copy = await openNote(log, note);
    if (copy.size === head.size && !equal(copy.root, head.root)) throw splitView(log, copy.size, [head.note, note]);
    await proveCopy(log, head, copy, witness.name);
    compared += 1;
  }
  return compared;
}

/** The log may have grown since it was read; a witness that has more than it shows now was shown another one. */
async function proveCopy(log: Log, head: Checkpoint, copy: Checkpoint, name: string): Promise<void> {
  const heads = new Heads(log);
  if (copy.size <= head.size) return heads.prove(copy, head);
  const newest = await fetchNewest(log);
  if (newest === null || newest.size < copy.size) {
    throw new Fault("older-than-witnessed", `${name} has seen ${copy.size} entries of this log, which shows fewer`, {
      exit: EXIT.stale,
    });
  }
  await heads.prove(head, newest);
  await heads.prove(copy, newest);
}

async function copyOf(source: Source, path: string): Promise<string | null> {
  try {
    const bytes = await fetchIfThere(source, path, MAX_NOTE_BYTES);
    return bytes === null ? null : fromUtf8(bytes);
  } catch (error) {
    if (error instanceof Unreachable || error instanceof Fault || error instanceof TypeError) return null;
    throw error;
  }
}
