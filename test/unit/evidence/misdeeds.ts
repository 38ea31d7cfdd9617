/** Each kind of §9 as a party that misbehaves produces it: the one table that unit, hub and node tests walk. A new kind does not compile without a row. */
import type { Evidence, EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { type makeWorld, TestNode } from "../verify/world.ts";
import * as make from "./makers.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;
interface Misdeed<K extends Evidence["kind"]> {
  by: "hub" | "node";
  /** of a world of two counted communities; the document against `a`, or the hub */
  commit: (world: World) => Promise<EvidenceOf<K>>;
}

const others = async () => [await TestNode.create("c.example"), await TestNode.create("d.example")];

export const misdeeds: { [K in Evidence["kind"]]: Misdeed<K> } = {
  fork: { by: "node", commit: make.forkedBook },
  equivocation: { by: "node", commit: make.equivocation },
  "broken-promise": { by: "hub", commit: make.droppedReport },
  "wrong-totals": { by: "hub", commit: make.inflatedTotals },
  "wrong-verdict": { by: "hub", commit: async (world) => await make.falseVerdict(world, false) },
  "dropped-entry": { by: "node", commit: make.alteredPledge },
  "failed-audit": { by: "node", commit: async (world) => await make.silentAudit(world, await others()) },
};

/** The document with one character of one of its texts changed: every text in turn. */
export function* mutations(document: Evidence): Generator<{ path: string; document: unknown }> {
  for (const path of textPaths(document)) {
    const copy = structuredClone(document) as unknown;
    let holder = copy as Record<string, unknown>;
    for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
    const last = path.at(-1) ?? "";
    holder[last] = changed(String(holder[last]));
    yield { path: path.join("."), document: copy };
  }
}

function textPaths(value: unknown, path: string[] = []): string[][] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textPaths(each, [...path, name]));
}

function changed(text: string): string {
  const at = Math.floor(text.length / 2);
  const other = text[at] === "A" ? "B" : "A";
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}
