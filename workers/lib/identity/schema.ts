/**
 * Members and their ways in, the same tables at a node and at a hub. Tokens, codes and session ids are stored
 * as SHA-256 only. Times are Unix milliseconds. No cascades: what ends is marked or deleted by name.
 */
import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** As in shared/protocol/api/identity.ts. */
const ROLES = ["member", "steward", "operator", "finance", "approver", "auditor", "funder", "supplier"] as const;

export const member = sqliteTable("member", {
  /** 128 random bits, base64url */
  id: text().primaryKey(),
  name: text().notNull(),
  role: text({ enum: ROLES }).notNull(),
  state: text({ enum: ["active", "left", "removed"] })
    .notNull()
    .default("active"),
  /** WebAuthn user.id: 32 random bytes, base64url, never anything about the person */
  userHandle: text("user_handle").notNull(),
  /** the invitation this member used; UNIQUE is what makes an invitation work once */
  inviteId: text("invite_id").notNull().unique(),
  inviterId: text("inviter_id"),
  joinedAt: integer("joined_at").notNull(),
  endedAt: integer("ended_at"),
});

export const credential = sqliteTable(
  "credential",
  {
    /** WebAuthn credential id, base64url: unique across members, ended ones included */
    id: text().primaryKey(),
    memberId: text("member_id")
      .notNull()
      .references(() => member.id),
    /** COSE key as registered */
    publicKey: blob("public_key").notNull(),
    counter: integer().notNull(),
    /** JSON array of transports */
    transports: text().notNull(),
    /** multi-device (BE) and backed up (BS) flags as last seen */
    multiDevice: integer("multi_device", { mode: "boolean" }).notNull(),
    backedUp: integer("backed_up", { mode: "boolean" }).notNull(),
    rpId: text("rp_id").notNull(),
    label: text().notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
    /** removed by its owner, by recovery or with the member; it signs nothing from then on */
    endedAt: integer("ended_at"),
    /** leaf and salt of its `key` entry in a node's book; null at a hub */
    keyLeaf: text("key_leaf"),
    keySalt: text("key_salt"),
  },
  (table) => [index("credential_member").on(table.memberId)],
);

export const invite = sqliteTable("invite", {
  /** SHA-256 of the token, base64url */
  id: text().primaryKey(),
  role: text({ enum: ROLES }).notNull(),
  note: text().notNull(),
  inviterId: text("inviter_id")
    .notNull()
    .references(() => member.id),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at").notNull(),
  revokedAt: integer("revoked_at"),
});

export const recoveryCode = sqliteTable(
  "recovery_code",
  {
    /** SHA-256 of the code, base64url */
    id: text().primaryKey(),
    memberId: text("member_id")
      .notNull()
      .references(() => member.id),
    usedAt: integer("used_at"),
  },
  (table) => [index("recovery_code_member").on(table.memberId)],
);

/** A ceremony under way: bound to a purpose, a browser and, once there is one, a member. */
export const challenge = sqliteTable("challenge", {
  /** 128 random bits, base64url */
  id: text().primaryKey(),
  purpose: text({ enum: ["join", "add-passkey", "sign-in"] }).notNull(),
  /** 32 random bytes, base64url */
  challenge: text().notNull(),
  memberId: text("member_id"),
  /** SHA-256 of the pre-session or session token of the browser that asked */
  browser: text().notNull(),
  /** JSON of what the ceremony will create: invitation, name, user handle */
  data: text().notNull(),
  expiresAt: integer("expires_at").notNull(),
  usedAt: integer("used_at"),
});

export const session = sqliteTable(
  "session",
  {
    /** SHA-256 of the cookie's token, base64url */
    id: text().primaryKey(),
    memberId: text("member_id")
      .notNull()
      .references(() => member.id),
    createdAt: integer("created_at").notNull(),
    /** moved forward at most once a day */
    seenAt: integer("seen_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** signed in by a recovery code */
    recovered: integer({ mode: "boolean" }).notNull(),
    /** the passkey that opened it, which is the one at hand on that device; null after a recovery or a mailed code */
    credentialId: text("credential_id"),
  },
  (table) => [index("session_member").on(table.memberId)],
);
