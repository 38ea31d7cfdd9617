/** The operator's decisions about a community. Admission logs the node's own request and the decision in one batch. */
import type { Claims } from "../../../shared/protocol/statement.ts";
import { Refused } from "../../lib/problem.ts";
import { type Deciding, type DecidedEntry, commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { type JoinRow, joinClaims, joinQuery } from "../queries/join.ts";
import type { JoinStatus } from "./node-join.ts";

export interface LoggedEntry {
  leaf: string;
  index: number;
}

type Status = Claims<"node-status+jwt">["status"];

export async function admit(hub: Hub, origin: string, reason: string): Promise<LoggedEntry> {
  const { value } = await commit<LoggedEntry>(hub, {
    needs: { communities: [origin] },
    reads: [joinQuery(hub.db, origin)],
    decide: async ({ view, iat, next, results }) => {
      const request = results[0]?.results[0] as JoinRow | undefined;
      if (request === undefined) throw new Refused("not-found");
      if (request.status !== "requested" || view.state.communities.has(origin)) throw new Refused("status-conflict");
      const join: DecidedEntry = {
        entry: { leaf: request.leaf, kind: "node-join+jwt", iss: origin, data: request.jws },
        statement: { kind: "node-join+jwt", claims: joinClaims(request.jws) },
      };
      const status = await statusEntry(hub, iat, { node: origin, status: "admitted", reason, join: request.leaf });
      return {
        entries: [join, status],
        statements: [
          hub.db
            .prepare("UPDATE join_request SET status = 'admitted', reason = ? WHERE origin = ?")
            .bind(reason, origin),
        ],
        value: { leaf: status.entry.leaf, index: next + 1 },
      };
    },
  });
  return value;
}

export async function decline(hub: Hub, origin: string, reason: string): Promise<JoinStatus> {
  const row = await hub.db
    .prepare(
      `UPDATE join_request SET status = 'declined', reason = ? WHERE origin = ? AND status = 'requested'
       RETURNING leaf`,
    )
    .bind(reason, origin)
    .first<{ leaf: string }>();
  if (row !== null) return { origin, leaf: row.leaf, status: "declined", reason };
  const known = await joinQuery(hub.db, origin).first<JoinRow>();
  throw new Refused(known === null ? "not-found" : "status-conflict");
}

export async function setStatus(
  hub: Hub,
  origin: string,
  status: Extract<Status, "suspended" | "resumed">,
  reason: string,
): Promise<LoggedEntry> {
  const { value } = await commit<LoggedEntry>(hub, {
    needs: { communities: [origin] },
    decide: async ({ view, iat, next }: Deciding) => {
      const community = view.state.communities.get(origin);
      if (community === undefined) throw new Refused("issuer-unknown");
      if (community.status !== (status === "suspended" ? "admitted" : "suspended"))
        throw new Refused("status-conflict");
      const entry = await statusEntry(hub, iat, { node: origin, status, reason, join: community.join.leaf });
      return { entries: [entry], value: { leaf: entry.entry.leaf, index: next } };
    },
  });
  return value;
}

async function statusEntry(
  hub: Hub,
  iat: number,
  claims: Pick<Claims<"node-status+jwt">, "node" | "status" | "reason" | "join">,
): Promise<DecidedEntry> {
  return await signed(hub, "node-status+jwt", iat, claims);
}
