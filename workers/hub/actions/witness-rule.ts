/**
 * The operator's part of witnessing: which outside witnesses are asked, and the logged rule about how many of which
 * must have cosigned. Only witnesses that have proven to sign can be required, or nothing could be shown any more.
 */
import type { z } from "zod";
import type { changeWitnessRule } from "../../../shared/protocol/api/witness.ts";
import { POLICY_WAIT_S, isFree } from "../../../shared/witness/change.ts";
import { parseCosignerVkey } from "../../../shared/log/note.ts";
import { formatPolicy, meetsQuorum, parsePolicy } from "../../../shared/witness/policy.ts";
import { rowsOf } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import { permittedUrl } from "../../lib/remote.ts";
import { type CosignerRow, cosignersQuery } from "../../lib/witness/collect.ts";
import { commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { standingOf, standingReads } from "../witnesses.ts";
import type { LoggedEntry } from "./node-status.ts";

const MAX_OUTSIDE = 64;

export async function addOutsideWitness({ db, config, now }: Hub, asked: { vkey: string; url: string }): Promise<void> {
  if (!parseCosignerVkey(asked.vkey).ok) {
    throw new Refused("malformed-request", { detail: "not a verifier key of a witness" });
  }
  const url = permittedUrl(asked.url, config.loopback);
  if (url === null) throw new Refused("peer-forbidden");
  if (url.search !== "" || url.hash !== "") {
    throw new Refused("malformed-request", { detail: "an address to which paths are added: no query, no fragment" });
  }
  await db
    .prepare(
      `INSERT INTO outside_witness (vkey, url, added_at) SELECT ?1, ?2, ?3
       WHERE (SELECT count(*) FROM outside_witness) < ?4
       ON CONFLICT (vkey) DO UPDATE SET url = excluded.url`,
    )
    .bind(asked.vkey, asked.url.replace(/\/+$/, ""), now(), MAX_OUTSIDE)
    .run();
}

/** A witness the rule counts stays: first the rule changes. */
export async function removeOutsideWitness({ db }: Hub, vkey: string): Promise<void> {
  const { rules } = standingOf(await db.batch(standingReads(db)));
  const texts = [rules?.current.policy, rules?.pending?.policy];
  if (texts.some((text) => text?.includes(` ${vkey}`))) throw new Refused("status-conflict");
  await db.batch([
    db.prepare("DELETE FROM outside_witness WHERE vkey = ?").bind(vkey),
    db.prepare("DELETE FROM cosigner WHERE vkey = ?").bind(vkey),
  ]);
}

export async function changeRule(hub: Hub, change: z.infer<typeof changeWitnessRule>): Promise<LoggedEntry> {
  const { vkeys, k, reason } = change;
  const { value } = await commit<LoggedEntry>(hub, {
    reads: [...standingReads(hub.db), cosignersQuery(hub.db)],
    decide: async ({ view, next, iat, results }) => {
      const { witnesses } = standingOf(results);
      const members = witnesses.filter(({ vkey, former }) => !former && vkeys.includes(vkey));
      if (members.length !== new Set(vkeys).size || k > members.length || (k === 0) !== (members.length === 0)) {
        throw new Refused("malformed-request", { detail: "k of these witnesses, each of them known here" });
      }
      const policy = formatPolicy(members, k);
      const parsed = parsePolicy(policy);
      if (!parsed.ok) throw new Refused("malformed-request", { detail: "two witnesses share a key or a name" });
      const signers = rowsOf<CosignerRow>(results[2]).filter(({ line, error }) => line !== null && error === null);
      if (!meetsQuorum(parsed.value, new Set(signers.map(({ vkey }) => vkey)))) throw new Refused("policy-unmet");
      const effective = isFree(view.state.witnesses) ? iat : iat + POLICY_WAIT_S;
      const entry = await signed(hub, "witness-policy+jwt", iat, { policy, effective, reason });
      return { entries: [entry], value: { leaf: entry.entry.leaf, index: next } };
    },
  });
  return value;
}
