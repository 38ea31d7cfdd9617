/** What joining and keys mean at a node: a passkey exists once its salted commitment is a leaf of the book, and not before. */
import { fromBase64url } from "../../shared/bytes.ts";
import type { BookEntry } from "../../shared/protocol/book-entry.ts";
import { commitKey } from "../../shared/signing/document.ts";
import { coseToJwk } from "../../shared/signing/webauthn.ts";
import type { IdentityEvent, IdentityKind } from "../lib/identity/kind.ts";
import { appendToBook, randomBase64url } from "./book.ts";
import { contextOf, type NodeContext } from "./context.ts";
import type { NodeConfig } from "./env.ts";
import { markAllDirty } from "./queries/outbox.ts";

export const nodeIdentity: IdentityKind<NodeConfig> = {
  chief: "steward",
  invitable: ["member", "steward"],
  async placeName(c) {
    const row = await c.get("db").prepare("SELECT name FROM community WHERE id = 1").first<{ name: string }>();
    return row?.name ?? c.get("config").origin;
  },
  async commit(c, statements, event) {
    await commitKeyEvent(contextOf(c), statements, event);
  },
};

/** The number of members is part of the profile, so every hub hears of a new one with the next report. */
async function commitKeyEvent(
  context: NodeContext,
  statements: D1PreparedStatement[],
  event: IdentityEvent,
): Promise<void> {
  const { db } = context;
  const salt = randomBase64url(32);
  await appendToBook(context, ({ day }) => {
    const keys = new Map<string, { ended: boolean }>();
    if (event.kind === "key-ended" && event.keyLeaf !== null) keys.set(event.keyLeaf, { ended: false });
    return Promise.resolve({
      entries: keyEntries(event, salt, day),
      state: { chains: new Map(), keys, tallies: new Map() },
      rulesOf: () => undefined,
      finish: ([leaf]) => {
        if (event.kind === "key-ended") return { statements, value: null };
        const bind = db
          .prepare("UPDATE credential SET key_leaf = ?, key_salt = ? WHERE id = ?")
          .bind(leaf ?? null, salt, event.credentialId);
        return { statements: [...statements, bind, markAllDirty(db, context.now())], value: null };
      },
    });
  });
}

function keyEntries(event: IdentityEvent, salt: string, d: string): BookEntry[] {
  if (event.kind === "key-added") {
    const cm = commitKey({ account: event.memberId, jwk: coseToJwk(event.publicKey) }, fromBase64url(salt));
    return [{ t: "key", cm, d }];
  }
  return event.keyLeaf === null ? [] : [{ t: "key_end", r: event.keyLeaf, n: randomBase64url(16), d }];
}
