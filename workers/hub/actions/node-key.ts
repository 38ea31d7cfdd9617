/**
 * A community's keys change (docs/protocol.md §1): rotated by the keys themselves, recovered by the recovery key, or
 * objected to. Whoever may say so is decided on the head the entry is logged on; anyone may submit it.
 */
import { isFuture } from "../../../shared/network/accept.ts";
import { newKeys } from "../../../shared/network/key-once.ts";
import { faultOfNodeKey, keyBefore, nodeKeySigner } from "../../../shared/network/keys.ts";
import type { Community } from "../../../shared/network/state.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { areProven } from "../../../shared/signing/key-change.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { type ParsedStatement, parseStatement } from "../../../shared/signing/statement.ts";
import { rowsOf } from "../../lib/d1.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { commit } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { joinClaims } from "../queries/join.ts";
import { keyOwnersQuery, keyWrites } from "../queries/keys.ts";
import type { Accepted } from "./demand-report.ts";

/** More rotations than that are no care for keys; the recovery key is not counted. */
const MAX_PAST_KEYS = 100;

const codes: Record<NonNullable<ReturnType<typeof faultOfNodeKey>>, ProblemCode> = {
  frozen: "issuer-frozen",
  "key-change": "key-change-invalid",
  "key-chain": "key-chain",
  "recovery-key": "recovery-key-wrong",
  objection: "recovery-unknown",
};

export async function changeKeys(hub: Hub, data: string): Promise<Accepted> {
  const { leaf, kid, parsed, statement } = unwrap(parseStatement(data));
  if (statement.kind !== "node-key+jwt") throw new Refused("statement-not-accepted");
  const { claims } = statement;
  const { iss: node } = claims;
  if (claims.aud !== hub.config.logOrigin) throw new Refused("audience-wrong");
  const keys = newKeys(statement);
  const { value, first } = await commit(hub, {
    needs: { communities: [node] },
    reads: [
      hub.db.prepare("SELECT idx FROM log_entry WHERE leaf = ?").bind(leaf),
      keyOwnersQuery(hub.db, keys),
      // what rows from before keys could change do not say: the recovery key laid down in the join
      hub.db
        .prepare(
          `SELECT log_entry.data FROM community JOIN log_entry ON log_entry.idx = community.join_index
           WHERE community.origin = ? AND community.keys IS NULL`,
        )
        .bind(node),
    ],
    decide: async ({ view, iat, results }) => {
      const [known] = rowsOf<{ idx: number }>(results[0]);
      if (known !== undefined) return { entries: [], value: known.idx };
      const community = view.state.communities.get(node);
      const [join] = rowsOf<{ data: string }>(results[2]);
      if (community !== undefined && join !== undefined)
        community.keys.recovery_sha256 = joinClaims(join.data).recovery_sha256;
      if (isFuture(claims.iat, { log_time: view.state.log_time, now: iat })) throw new Refused("issued-in-future");
      await authorise(community, claims, { kid, parsed });
      if (rowsOf(results[1]).length > 0 || new Set(keys).size !== keys.length) throw new Refused("key-reused");
      return {
        entries: [{ entry: { leaf, kind: "node-key+jwt", iss: node, data }, statement }],
        statements: keyWrites(hub.db, node, keys),
        value: null,
      };
    },
  });
  const received = Math.floor(hub.now() / 1000);
  return { leaf, node, seq: 0, index: value ?? first, received, isNew: value === null };
}

/** Whether this key may say this, now; signatures first, so that only who holds a key learns why it may not. */
async function authorise(
  community: Community | undefined,
  claims: Claims<"node-key+jwt">,
  { kid, parsed }: Pick<ParsedStatement, "kid" | "parsed">,
): Promise<void> {
  if (community === undefined || community.status === "joined") throw new Refused("issuer-unknown");
  if (community.status === "left") throw new Refused("issuer-suspended");
  const key = nodeKeySigner(community, claims);
  if (kid !== thumbprint(key)) throw new Refused("kid-unknown");
  if (!(await verifyJws(parsed, key))) throw new Refused("signature-invalid");
  const fault = faultOfNodeKey(community, claims);
  if (fault !== null) {
    const { last, last_recovery } = community.keys;
    const lastLeaf = claims.act === "recover" ? last_recovery : last;
    throw new Refused(codes[fault], fault === "key-chain" ? { last_leaf: lastLeaf } : {});
  }
  if (!(await areProven(claims, ({ role }) => keyBefore(community, role)))) throw new Refused("key-change-invalid");
  if (claims.act === "rotate" && community.keys.past.length >= MAX_PAST_KEYS) throw new Refused("too-often");
}
