/** Why a document is no evidence. A refusal is a value: evidence comes from strangers, and most of what is wrong with it is nobody's fault. */
import { type Result, fail } from "../result.ts";

export const evidenceFaults = [
  "malformed",
  "hub-unknown",
  "anchor-invalid",
  "key-unknown",
  "signature-invalid",
  "proof-invalid",
  "no-contradiction",
  "unread",
] as const;
export type EvidenceFault = (typeof evidenceFaults)[number];

export interface NotEvidence {
  /** "unread": what is in the document holds, and the entries that it only names were not to be had */
  fault: EvidenceFault;
  /** one English sentence for the terminal */
  detail: string;
}

export function refuse(fault: EvidenceFault, detail: string): { ok: false; error: NotEvidence } {
  return fail({ fault, detail });
}

/** Who is shown to have done what. */
export interface Finding {
  /** `<hub>/log` for a hub, the origin for a community */
  accused: string;
  party: "hub" | "node";
  /** one English sentence for the terminal */
  detail: string;
  /** numbers the detail speaks of */
  facts: Record<string, string | number>;
}
export type Found = Result<Finding, NotEvidence>;
