/** Rotation while the old key is at hand: the next one beside it, until the log says that it is current; then instead of it. */
import { setTimeout as pause } from "node:timers/promises";
import { signer } from "../../shared/signing/ed25519.ts";
import { countedAt, loggedKeys, logsOf, publicOf, waitingRoles } from "./log.ts";
import { type Role, secretOf } from "./roles.ts";
import { type KeyFile, type Vault, makeNext } from "./vault.ts";

type Say = (line: string) => void;

/** The cron comes every five minutes. */
const PATIENCE_MS = 11 * 60_000;
const LOOK_EVERY_MS = 5_000;
/** Whoever pinned a log's key, or witnesses the log, has this long to follow. */
const OVERLAP_MS = 30 * 86_400_000;

export async function rotate(vault: Vault, chosen: readonly Role[], say: Say): Promise<void> {
  const keys = await makeNext(vault, chosen);
  say(`the next keys are in ${vault.file}`);
  const names = chosen.map((role) => `${secretOf[role]}_NEXT`);
  await vault.setSecrets(Object.fromEntries(names.map((name) => [name, keys.secrets[name] ?? ""])));
  say(`${vault.origin} has been given ${names.join(", ")}; the old keys stay beside them`);
  if (vault.afterwards !== null) {
    say(`${vault.afterwards} Then: npm run keys -- finish ${vault.kind} …`);
    return;
  }
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const waiting = await waitingRoles(vault, await logsOf(vault)).catch((error: unknown) => [String(error)]);
    if (waiting.length === 0) break;
    if (Date.now() > end) {
      throw new Error(`not in every log yet (${waiting.join(", ")}): run this again, nothing is lost`);
    }
    await pause(LOOK_EVERY_MS);
  }
  say(`current in every log. Later: npm run keys -- finish ${vault.kind}`);
}

export interface Finish {
  chosen: readonly Role[];
  /** milliseconds */
  now: number;
  /** neither the 30 days nor a rule that counts the old witness key is waited for */
  isForced: boolean;
  say: Say;
}

export async function finish(vault: Vault, { chosen, now, isForced, say }: Finish): Promise<void> {
  const keys = await vault.read();
  const held = chosen.filter((role) => keys.secrets[`${secretOf[role]}_NEXT`] !== undefined);
  const isRecovery = keys.secrets["KEY_RECOVERY"] !== undefined || keys.recoveryJwkNext !== undefined;
  if (held.length === 0 && !isRecovery) return say("nothing waits to be finished");
  const places = await logsOf(vault);
  const waiting = (await waitingRoles(vault, places)).filter((role) => held.includes(role));
  if (waiting.length > 0) throw new Error(`not current in every log yet: ${waiting.join(", ")}`);
  for (const place of places) {
    const { pendingDue } = await loggedKeys(vault, place);
    if (pendingDue !== null) throw new Error(`${place.origin}: the recovery waits until ${pendingDue}`);
  }
  if (!isForced) await requireOver(vault, keys, held, { now, places });
  const { changes, file } = await finished(keys, held, new Date(now).toISOString());
  await vault.setSecrets(changes);
  await vault.write(file);
  const done = [...held, ...(keys.recoveryJwkNext === undefined ? [] : ["recovery"])];
  say(`${vault.origin} has the new keys in the place of the old ones: ${done.join(", ")}`);
  if (vault.afterwards !== null) say(vault.afterwards);
}

/** Whoever relies on a key that goes has had the time to follow. */
async function requireOver(
  { kind }: Vault,
  { nextSince, secrets }: KeyFile,
  held: readonly Role[],
  { now, places }: { now: number; places: Awaited<ReturnType<typeof logsOf>> },
): Promise<void> {
  const age = now - Date.parse(nextSince ?? new Date(now).toISOString());
  const isPinned = held.some((role) => role === "log" || role === "book");
  if (isPinned && age < OVERLAP_MS) {
    throw new Error("30 days are not over: those who pinned the old log or book key follow while both sign (or --now)");
  }
  const old = secrets[secretOf.witness];
  if (kind === "hub" || !held.includes("witness") || old === undefined) return;
  const counted = await countedAt(places, await publicOf("witness", old));
  if (counted.length > 0) {
    throw new Error(
      `the rule of ${counted.join(", ")} still counts the old witness key and follows within fifteen days ` +
        "(--keys report,book for the others now, or --now)",
    );
  }
}

async function finished(
  keys: KeyFile,
  held: readonly Role[],
  at: string,
): Promise<{ changes: Record<string, string | null>; file: KeyFile }> {
  const changes: Record<string, string | null> = { KEY_RECOVERY: null };
  const { KEY_RECOVERY: _, ...secrets } = keys.secrets;
  const former = [...(keys.former ?? [])];
  let { vkey } = keys;
  for (const role of held) {
    const name = secretOf[role];
    const next = secrets[`${name}_NEXT`] ?? "";
    const old = secrets[name];
    if (old !== undefined && old !== next) former.push({ secret: name, value: old, at });
    changes[name] = next;
    changes[`${name}_NEXT`] = null;
    secrets[name] = next;
    delete secrets[`${name}_NEXT`];
    if (role === "log" || role === "book") vkey = await publicOf(role, next);
  }
  const { nextSince, recoveries: __, recoveryJwkNext: recovery, ...rest } = keys;
  if (recovery !== undefined) {
    if (keys.recoveryJwk !== undefined)
      former.push({ secret: "recovery", value: JSON.stringify(keys.recoveryJwk), at });
    changes["RECOVERY_SHA256"] = secrets["RECOVERY_SHA256"] = (await signer(recovery)).kid;
  }
  const isLeft = Object.keys(secrets).some((name) => name.endsWith("_NEXT"));
  const file: KeyFile = {
    ...rest,
    secrets,
    former,
    ...(isLeft && nextSince !== undefined && { nextSince }),
    ...(recovery !== undefined && { recoveryJwk: recovery }),
    ...(vkey !== undefined && { vkey }),
  };
  return { changes, file };
}
