/** Rotation while the old key is at hand: the next one beside it, until the log says that it is current; then instead of it. */
import { setTimeout as pause } from "node:timers/promises";
import { logsOf, publicOf, waitingRoles } from "./log.ts";
import { type KeyFile, type Role, type Vault, makeNext, roles, secretOf } from "./vault.ts";

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

export async function finish(
  vault: Vault,
  { now, isForced, say }: { now: number; isForced: boolean; say: Say },
): Promise<void> {
  const keys = await vault.read();
  const held = roles[vault.kind].filter((role) => keys.secrets[`${secretOf[role]}_NEXT`] !== undefined);
  if (held.length === 0 && keys.secrets["KEY_RECOVERY"] === undefined) return say("nothing waits to be finished");
  const waiting = await waitingRoles(vault, await logsOf(vault));
  if (waiting.length > 0) throw new Error(`not current in every log yet: ${waiting.join(", ")}`);
  const age = now - Date.parse(keys.nextSince ?? new Date(now).toISOString());
  const isPinned = held.some((role) => role === "log" || role === "book");
  if (isPinned && age < OVERLAP_MS && !isForced) {
    throw new Error("30 days are not over: those who pinned the old log or book key follow while both sign (or --now)");
  }
  const { changes, file } = await finished(keys, held, new Date(now).toISOString());
  await vault.setSecrets(changes);
  await vault.write(file);
  say(`${vault.origin} has the new keys in the place of the old ones: ${held.join(", ")}`);
  if (vault.afterwards !== null) say(vault.afterwards);
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
  const { nextSince: __, recoveries: ___, ...rest } = keys;
  return { changes, file: { ...rest, secrets, former, ...(vkey !== undefined && { vkey }) } };
}
