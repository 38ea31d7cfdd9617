/**
 * What every action and job of a hub is handed: configuration, database, keys, clock and the way out.
 * Built per request from the metered database, or per cron run; keys are imported once per isolate.
 */
import { connect } from "cloudflare:sockets";
import type { Cosigner } from "../../shared/log/cosignature.ts";
import { type NoteSigner, noteSigner } from "../../shared/log/note.ts";
import { hubKeysOf } from "../../shared/network/keys.ts";
import type { NetworkState } from "../../shared/network/state.ts";
import type { Claims, StatementKind } from "../../shared/protocol/statement.ts";
import { type Ed25519Signer, signer, thumbprint } from "../../shared/signing/ed25519.ts";
import { TooLarge, parseStatement, signStatement } from "../../shared/signing/statement.ts";
import type { Result } from "../../shared/result.ts";
import { randomToken } from "../lib/identity/token.ts";
import type { LogKeys } from "../lib/log-read.ts";
import type { NewEntry } from "../lib/log-store.ts";
import { entryLeaf } from "../lib/log-store.ts";
import { type Mail, mailData } from "../lib/mail/message.ts";
import { type MailFault, sendMail } from "../lib/mail/smtp.ts";
import { Refused } from "../lib/problem.ts";
import { type Peer, peer } from "../lib/remote.ts";
import { cosignerOf } from "../lib/witness/routes.ts";
import { type HubConfig, type HubEnv, readConfig } from "./env.ts";

export interface HubKeys {
  /** the one that the log holds as current: see `useCurrentKey` */
  statement: Ed25519Signer;
  /** every statement key this hub was given */
  statements: readonly Ed25519Signer[];
  log: NoteSigner;
  /** the log key to come; both sign checkpoints while it is here */
  logNext: NoteSigner | null;
  /** null where the hub was given no witness key */
  witness: Cosigner | null;
}

export type Mailer = (mail: Mail) => Promise<Result<null, MailFault>>;

export interface Hub {
  config: HubConfig;
  db: D1Database;
  keys: HubKeys;
  peer: Peer;
  /** null: this hub has no mail server */
  mail: Mailer | null;
  /** Unix milliseconds */
  now: () => number;
}

const imported = new WeakMap<HubConfig, Promise<HubKeys>>();

export function hubKeys(config: HubConfig): Promise<HubKeys> {
  const known = imported.get(config);
  if (known !== undefined) return known;
  const keys = importKeys(config);
  imported.set(config, keys);
  return keys;
}

async function importKeys(config: HubConfig): Promise<HubKeys> {
  const { statementJwk, statementJwkNext, logKey, logKeyNext } = config;
  const [statement, statementNext, log, logNext, witness] = await Promise.all([
    signer(statementJwk),
    statementJwkNext && signer(statementJwkNext),
    noteSigner(logKey),
    logKeyNext === null ? null : noteSigner(logKeyNext),
    cosignerOf(config),
  ]);
  if (log.name !== config.logOrigin) throw new Error("LOG_KEY names another log than ORIGIN");
  if (logNext !== null && logNext.name !== config.logOrigin) throw new Error("LOG_KEY_NEXT names another log");
  const statements = statementNext === null ? [statement] : [statement, statementNext];
  return { statement, statements, log, logNext, witness };
}

export async function openHub(env: HubEnv, db: D1Database, now: () => number): Promise<Hub> {
  const config = readConfig(env);
  return { config, db, keys: { ...(await hubKeys(config)) }, peer: peer(config), mail: mailer(config, now), now };
}

function mailer({ mail: settings, name, publicUrl }: HubConfig, now: () => number): Mailer | null {
  if (settings === null) return null;
  const host = new URL(publicUrl).hostname;
  const { server, from } = settings;
  return async (mail) => {
    const data = mailData(mail, { name, address: from, host }, { at: now(), id: randomToken() });
    return await sendMail(server, { from, to: mail.to, data, helo: host }, connect);
  };
}

/** What this hub's log is signed with: every log key it was given, and by name one that a recovery has replaced. */
export function logKeysOf({ logOrigin, logKey, logKeyNext, keyRecovery }: HubConfig): LogKeys {
  const parsed = keyRecovery === null ? null : parseStatement(keyRecovery);
  const recovery = parsed?.ok === true && parsed.value.statement.kind === "hub-key+jwt" ? parsed.value.statement : null;
  const former = recovery?.claims.keys.flatMap((change) => (change.role === "log" ? [change.from] : [])) ?? [];
  return { origin: logOrigin, skey: logKey, next: logKeyNext, former };
}

/** From here on this hub signs with the key that is current in `state`; where it was not given that one, with none. */
export function useCurrentKey(hub: Hub, state: Pick<NetworkState, "policy" | "hub_keys">): void {
  const keys = hubKeysOf(state);
  if (keys === null) return;
  const { statement_jwk: jwk } = keys;
  hub.keys.statement = hub.keys.statements.find(({ publicJwk }) => publicJwk.x === jwk.x) ?? {
    publicJwk: jwk,
    kid: thumbprint(jwk),
    sign: () => Promise.reject(new Refused("key-missing")),
  };
}

/** For what is signed outside a commit; asks the database only where there is a choice. */
export async function settleCurrentKey(hub: Hub): Promise<void> {
  if (hub.keys.statements.length < 2) return;
  const row = await hub.db
    .prepare("SELECT policy, hub_keys FROM network WHERE id = 1")
    .first<{ policy: string | null; hub_keys: string | null }>();
  if (row === null) return;
  const { policy, hub_keys: keys } = row;
  useCurrentKey(hub, {
    policy: policy === null ? null : (JSON.parse(policy) as NetworkState["policy"]),
    hub_keys: keys === null ? null : (JSON.parse(keys) as NetworkState["hub_keys"]),
  });
}

/** Hub-signed entries carry log time: this hub's clock, never behind what is already logged. */
export function entryTime(hub: Hub, logTime: number): number {
  return Math.max(Math.floor(hub.now() / 1000), logTime);
}

type Own = "iss" | "iat" | "v";

/** Signs a statement of this hub as a log entry. */
export async function hubEntry<K extends StatementKind>(
  hub: Hub,
  kind: K,
  iat: number,
  claims: Omit<Claims<K>, Own>,
): Promise<NewEntry> {
  const whole = { iss: hub.config.logOrigin, iat, v: 1, ...claims } as unknown as Claims<K>;
  const data = await signStatement(hub.keys.statement, kind, whole).catch((error: unknown) => {
    throw error instanceof TooLarge ? new Refused("statement-too-large") : error;
  });
  return { leaf: entryLeaf(data), kind, iss: hub.config.logOrigin, data };
}
