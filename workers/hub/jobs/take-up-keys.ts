/**
 * Keys that this hub was given to take the place of its own (docs/protocol.md §1): setting the secret is the order, the
 * log is where it happens. Logged once, in one batch; before it nothing has changed, after it the log says which key
 * is current, so a crash anywhere repeats a step that then has nothing to do.
 */
import { KnownKeys, newKeys } from "../../../shared/network/key-once.ts";
import {
  type HubKeyState,
  faultOfHubKey,
  hubKeyBefore,
  hubKeySigner,
  hubKeysOf,
} from "../../../shared/network/keys.ts";
import type { Statement } from "../../../shared/protocol/statement.ts";
import { areProven, noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { rowsOf } from "../../lib/d1.ts";
import { commit, type DecidedEntry } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { keyOwnersQuery, keyWrites } from "../queries/keys.ts";
import { logLine } from "../log-line.ts";

export async function takeUpKeys(hub: Hub): Promise<void> {
  const { logKeyNext, statementJwkNext, keyRecovery } = hub.config;
  if (logKeyNext === null && statementJwkNext === null && keyRecovery === null) return;
  const candidates = candidateKeys(hub);
  await commit(hub, {
    reads: [keyOwnersQuery(hub.db, candidates)],
    decide: async ({ view, head, iat, results }) => {
      const keys = hubKeysOf(view.state);
      const used = new Set(rowsOf<{ key: string }>(results[0]).map(({ key }) => key));
      const decided =
        keys === null || head.size === 0 ? null : ((await recovery(hub, keys)) ?? (await rotation(hub, keys, iat)));
      if (decided === null) return { entries: [], value: null };
      const changed = newKeys(decided.statement);
      if (changed.some((key) => used.has(key)) || !new KnownKeys().add(changed)) {
        logLine({ level: "error", job: "keys", alarm: "key-reused" });
        return { entries: [], value: null };
      }
      return { entries: [decided], statements: keyWrites(hub.db, hub.config.logOrigin, changed), value: null };
    },
  });
}

/** Public keys that may come into the log with this run. */
function candidateKeys({ config, keys }: Hub): string[] {
  const given = config.keyRecovery === null ? null : parseStatement(config.keyRecovery);
  const next = keys.statements.slice(1).map(({ publicJwk }) => publicJwk.x);
  const log = keys.logNext === null ? [] : newKeys(bareLogChange(keys.log.vkey, keys.logNext.vkey));
  return [...next, ...log, ...(given?.ok === true ? newKeys(given.value.statement) : [])];
}

function bareLogChange(from: string, key: string): Statement {
  const keys = [{ role: "log" as const, from, key, proof: "" }];
  return { kind: "hub-key+jwt", claims: { iss: "", iat: 0, v: 1, act: "rotate", prev: "", keys } };
}

/** The statement that was made with the recovery key, if it is one that may be logged now. */
async function recovery(hub: Hub, keys: HubKeyState): Promise<DecidedEntry | null> {
  const data = hub.config.keyRecovery;
  if (data === null) return null;
  const parsed = parseStatement(data);
  if (!parsed.ok || parsed.value.statement.kind !== "hub-key+jwt") {
    logLine({ level: "error", job: "keys", alarm: "recovery-malformed" });
    return null;
  }
  const { leaf, statement } = parsed.value;
  const { claims } = statement;
  // Logged before: the secret has simply not been taken away yet.
  if (leaf === keys.last_recovery || claims.prev !== keys.last_recovery) return null;
  const isGood =
    claims.iss === hub.config.logOrigin &&
    faultOfHubKey(keys, claims) === null &&
    (await verifyJws(parsed.value.parsed, hubKeySigner(keys, claims))) &&
    (await areProven(claims, hubKeyBefore));
  if (!isGood) {
    logLine({ level: "error", job: "keys", alarm: "recovery-refused" });
    return null;
  }
  return { entry: { leaf, kind: "hub-key+jwt", iss: claims.iss, data }, statement };
}

/** Signed by the current key and both new and old of each role, all of which this hub holds. */
async function rotation(hub: Hub, keys: HubKeyState, iat: number): Promise<DecidedEntry | null> {
  const { config, keys: held } = hub;
  const isPast = (key: string) => keys.past.some((one) => one.key === key);
  const statement = held.statements.find(
    ({ publicJwk: { x } }) => x !== keys.statement_jwk.x && x === config.statementJwkNext?.x && !isPast(x),
  );
  const from = keys.log_vkey ?? held.log.vkey;
  const { logNext } = held;
  const log =
    logNext !== null && logNext.vkey !== from && from === held.log.vkey && !isPast(logNext.vkey) ? logNext : null;
  if (statement === undefined && log === null) return null;
  const [oldLog, newLog] =
    log === null || config.logKeyNext === null
      ? []
      : [await noteHand("log", config.logKey), await noteHand("log", config.logKeyNext)];
  const draft = {
    iss: config.logOrigin,
    iat,
    v: 1 as const,
    act: "rotate" as const,
    prev: keys.last,
    keys: [
      ...(statement === undefined ? [] : [{ role: "statement" as const, key: statement.publicJwk.x }]),
      ...(log === null ? [] : [{ role: "log" as const, from, key: log.vkey }]),
    ],
  };
  const data = await signKeyChange(held.statement, "hub-key+jwt", draft, {
    ...(statement && { statement: { new: (message) => statement.sign(message) } }),
    ...(newLog && { log: { new: newLog.sign, old: oldLog?.sign } }),
  });
  const parsed = parseStatement(data);
  if (!parsed.ok) throw new Error("a change of keys that was just signed does not parse");
  const { leaf, statement: made } = parsed.value;
  return { entry: { leaf, kind: "hub-key+jwt", iss: config.logOrigin, data }, statement: made };
}
