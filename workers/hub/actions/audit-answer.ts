/**
 * A community's signed answer to an audit into the log (docs/protocol.md §8): submitted like a report, by anybody, and receipted
 * like one, so that whether there was an answer is not the hub's word. What it opens travels elsewhere, and in private.
 */
import { isFuture } from "../../../shared/network/accept.ts";
import { faultOfAnswer } from "../../../shared/network/audits.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { rowsOf } from "../../lib/d1.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { commit } from "../commit.ts";
import type { Hub } from "../hub.ts";
import type { Accepted } from "./demand-report.ts";

export async function takeAnswer(hub: Hub, data: string): Promise<Accepted> {
  const { leaf, kid, parsed, statement } = unwrap(parseStatement(data));
  if (statement.kind !== "audit-answer+jwt") throw new Refused("statement-not-accepted");
  const { claims } = statement;
  const { iss: node } = claims;
  if (claims.aud !== hub.config.logOrigin) throw new Refused("audience-wrong");
  const { value, first } = await commit(hub, {
    needs: { communities: [node] },
    reads: [hub.db.prepare("SELECT idx FROM log_entry WHERE leaf = ?").bind(leaf)],
    decide: async ({ view, iat, results }) => {
      const [known] = rowsOf<{ idx: number }>(results[0]);
      if (known !== undefined) return { entries: [], value: known.idx };
      const community = view.state.communities.get(node);
      if (community === undefined || community.status === "joined") throw new Refused("issuer-unknown");
      if (kid !== thumbprint(community.report_jwk)) throw new Refused("kid-unknown");
      if (!(await verifyJws(parsed, community.report_jwk))) throw new Refused("signature-invalid");
      if (isFuture(claims.iat, { log_time: view.state.log_time, now: iat })) throw new Refused("issued-in-future");
      const fault = faultOfAnswer(view.state, claims);
      if (fault !== null) throw new Refused(fault === "frozen" ? "issuer-frozen" : "audit-unknown");
      return { entries: [{ entry: { leaf, kind: "audit-answer+jwt", iss: node, data }, statement }], value: null };
    },
  });
  const received = Math.floor(hub.now() / 1000);
  return { leaf, node, seq: 0, index: value ?? first, received, isNew: value === null };
}
