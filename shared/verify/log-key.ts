/**
 * Which key a log is known by, once its log key has changed (docs/protocol.md §1): every change is an entry of the log
 * itself. A rotation is proven by the key that goes, so whoever pinned that one may follow it. A recovery is not: it
 * follows from entry 0, so only who has seen this very log before may follow it.
 */
import type { Claims } from "../protocol/statement.ts";
import { EXIT, Fault } from "./report.ts";

interface Link {
  index: number;
  act: "rotate" | "recover";
  from: string;
  to: string;
}

export class LogKeys {
  links: Link[] = [];

  /** A log's policy stands under its first keys: what a fork's parent did with its own is not its concern. */
  begin(): void {
    this.links = [];
  }

  add(index: number, { act, keys }: Claims<"hub-key+jwt">): void {
    for (const change of keys) {
      if (change.role === "log") this.links.push({ index, act, from: change.from, to: change.key });
    }
  }

  /** Every key that the log was signed with, as its entries have it. */
  all(): string[] {
    return [...new Set(this.links.flatMap(({ from, to }) => [from, to]))];
  }

  /** The newest key, from the one the log was read under. */
  newest(vkey: string): string {
    const [first] = this.links;
    return first === undefined ? vkey : (this.links.at(-1)?.to ?? vkey);
  }
}

/**
 * `read` is the key this log was read under, `known` the one it was known by before, `seen` whether that was with a
 * checkpoint that this log extends.
 */
export function checkLogKey({ links }: LogKeys, read: string, known: string, seen: boolean) {
  const place = (vkey: string) => {
    const at = links.findIndex(({ from }) => from === vkey);
    return at === -1 ? links.length : at;
  };
  const isThere = (vkey: string) => links.some(({ from, to }) => from === vkey || to === vkey);
  if (read !== known && !(isThere(read) && isThere(known))) {
    throw new Fault("log-key-unknown", "this log is signed by another key than the one known, and no entry says why", {
      exit: EXIT.invalid,
    });
  }
  const followed = links.slice(Math.min(place(read), place(known)));
  const recovered = links.slice(place(known)).find(({ act }) => act === "recover");
  if (recovered !== undefined && !seen) {
    throw new Fault(
      "log-key-recovered",
      `the log key was lost and replaced at entry ${recovered.index}; pin the new one if its people confirm it`,
      { index: recovered.index },
    );
  }
  const last = followed.at(-1);
  if (last === undefined)
    return { value: true, detail: "the key that signs this log is the one known", facts: { changes: 0 } };
  return {
    value: true,
    detail: `the log key was followed by ${last.to} at entry ${last.index}`,
    facts: { changes: followed.length, index: last.index },
  };
}
