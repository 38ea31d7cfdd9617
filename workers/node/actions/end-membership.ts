/**
 * A member leaves or is removed: live pledges are withdrawn in the book, keys end, and everything about the person that
 * this node stores goes in the same batch. What remains is a pseudonymous row and entries without meaning.
 */
import { isLive } from "../../../shared/book/fold.ts";
import type { CampaignRules, Chain, Tally } from "../../../shared/book/state.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { endMember } from "../../lib/identity/member.ts";
import { Refused } from "../../lib/problem.ts";
import { appendToBook, randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { markAllDirty } from "../queries/outbox.ts";
import { numberOf } from "../queries/rows.ts";
import { chainOf, tallyOfRow, type TallyRow } from "../queries/tally.ts";

interface ChainRow extends TallyRow {
  campaign: string;
  head: string;
  qty: string;
  band: number | null;
  bands_minor: string;
  max_qty: string;
}

export async function endMembership(context: NodeContext, member: string, why: "left" | "removed"): Promise<void> {
  const { db, now } = context;
  const reads = [
    db.prepare("SELECT role FROM member WHERE id = ? AND state = 'active'").bind(member),
    db
      .prepare("SELECT count(*) AS others FROM member WHERE role = 'steward' AND state = 'active' AND id <> ?")
      .bind(member),
    db
      .prepare("SELECT key_leaf FROM credential WHERE member_id = ? AND ended_at IS NULL AND key_leaf IS NOT NULL")
      .bind(member),
    db
      .prepare(
        `SELECT p.campaign, p.head, p.qty, p.band, c.bands_minor, c.max_qty,
           t.units, t.chains, t.interest, t.purchased, t.locked, t.ended
         FROM pledge p JOIN campaign c ON c.id = p.campaign JOIN tally t ON t.campaign = p.campaign
         WHERE p.member = ? AND p.head IS NOT NULL ORDER BY p.idx`,
      )
      .bind(member),
  ];
  await appendToBook(
    context,
    ({ day, rows }) => {
      const [who, others, keyRows, chainRows] = rows;
      const found = who?.[0] as { role: string } | undefined;
      if (found === undefined) throw new Refused("member-gone");
      if (found.role === "steward" && numberOf(others, "others") === 0) throw new Refused("last-steward");
      const leaves = ((keyRows ?? []) as { key_leaf: string }[]).map((row) => row.key_leaf);
      const state = loadChains((chainRows ?? []) as unknown as ChainRow[]);
      return Promise.resolve({
        entries: [
          ...[...state.chains.keys()].map((r): BookEntry => ({ t: "withdraw", r, why, n: nonce(), d: day })),
          ...leaves.map((r): BookEntry => ({ t: "key_end", r, n: nonce(), d: day })),
        ],
        state: { ...state, keys: new Map(leaves.map((leaf) => [leaf, { ended: false }])) },
        rulesOf: (campaign: string) => state.rules.get(campaign),
        finish: () => ({ statements: [...erase(db, member, why, now()), markAllDirty(db, now())], value: null }),
      });
    },
    reads,
  );
}

function nonce(): string {
  return randomBase64url(16);
}

/** Live chains only: what a lock or release let go needs no withdrawal. */
function loadChains(rows: readonly ChainRow[]) {
  const chains = new Map<string, Chain>();
  const tallies = new Map<string, Tally>();
  const rules = new Map<string, CampaignRules>();
  for (const row of rows) {
    const tally = tallyOfRow(row);
    const chain = chainOf(row);
    if (!isLive(chain, tally.ended)) continue;
    chains.set(row.head, chain);
    tallies.set(row.campaign, tally);
    const bands = (JSON.parse(row.bands_minor) as string[]).length;
    rules.set(row.campaign, { bands, max_qty: BigInt(row.max_qty), closing: null });
  }
  return { chains, tallies, rules };
}

function erase(db: D1Database, member: string, why: "left" | "removed", now: number): D1PreparedStatement[] {
  return [
    ...endMember(db, member, why, now),
    // Scans the ceremonies of the last hour; one that made this member still holds the name it was begun with.
    db
      .prepare(
        `DELETE FROM challenge WHERE member_id = ?1
           OR data ->> 'userHandle' = (SELECT user_handle FROM member WHERE id = ?1)`,
      )
      .bind(member),
    db.prepare("UPDATE member SET user_handle = '' WHERE id = ?").bind(member),
    db.prepare("DELETE FROM credential WHERE member_id = ?").bind(member),
    db.prepare("DELETE FROM receipt WHERE member = ?").bind(member),
    // an audit that drew one of these shows instead what the book says of it from now on
    db.prepare("UPDATE audit_opening SET member = NULL, idx = NULL, opening = NULL WHERE member = ?").bind(member),
    db.prepare("DELETE FROM waiting WHERE member = ?").bind(member),
    db.prepare("DELETE FROM pledge WHERE member = ?").bind(member),
  ];
}
