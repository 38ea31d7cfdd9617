/** What a worker tells the identity routes about itself, and what it is told when keys come and go. */
import type { Bytes } from "../../../shared/bytes.ts";
import type { Role } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";

export type IdentityEvent =
  | { kind: "key-added"; memberId: string; credentialId: string; /** COSE */ publicKey: Bytes }
  | { kind: "key-ended"; memberId: string; credentialId: string; keyLeaf: string | null };

export interface IdentityKind<C extends CommonConfig> {
  /** the role SETUP_TOKEN gives, which is also the one that invites and removes */
  chief: "steward" | "operator";
  invitable: readonly Role[];
  /** the name people see in invitations and in their passkey manager */
  placeName(c: AppContext<C>): Promise<string>;
  /**
   * Writes the statements in one batch with whatever the event means to this worker: a node appends `key` and
   * `key_end` to its book. Conflicts must reach the caller as they are.
   */
  commit(c: AppContext<C>, statements: D1PreparedStatement[], event: IdentityEvent): Promise<void>;
}

/** A worker without a book: the statements are all there is. */
export async function commitOnly<C extends CommonConfig>(
  c: AppContext<C>,
  statements: D1PreparedStatement[],
): Promise<void> {
  await c.get("db").batch(statements);
}
