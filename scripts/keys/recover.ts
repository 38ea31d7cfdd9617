/**
 * Recovery with the offline key, after a loss or a theft. Of a node: signed here and told to each hub, where it freezes
 * the community at once and takes effect after seven days. Of a hub: signed here and given to the hub as a secret, which
 * only its operator can set, and in effect at once.
 */
import type { Ed25519Jwk } from "../../shared/protocol/primitives.ts";
import { type Ed25519Signer, type PrivateJwk, signer } from "../../shared/signing/ed25519.ts";
import { type KeyDraft, type KeyHands, noteHand, signKeyChange } from "../../shared/signing/key-change.ts";
import { type LoggedKeys, loggedKeys, logsOf, publicOf, submit } from "./log.ts";
import { type Role, secretOf } from "./roles.ts";
import { type KeyFile, type Vault, makeNext } from "./vault.ts";

type Say = (line: string) => void;

export async function recoverNode(
  vault: Vault,
  chosen: readonly Role[],
  { hubs, newRecovery = false }: { hubs: readonly string[]; newRecovery?: boolean },
  say: Say,
): Promise<void> {
  const recovery = await recoveryKey(await vault.read(), vault.file);
  let keys = await makeNext(vault, chosen, { newRecovery });
  const places = await logsOf(vault, hubs);
  if (places.length === 0) throw new Error("the node names no hub that has admitted it: say --hub URL");
  for (const place of places) {
    const jws =
      keys.recoveries?.[place.origin] ??
      (await signRecovery(recovery, "node-key+jwt", {
        ...(await changed(keys, chosen, await loggedKeys(vault, place))),
        iss: vault.origin,
        aud: place.origin,
      }));
    keys = { ...keys, recoveries: { ...keys.recoveries, [place.origin]: jws } };
    await vault.write(keys);
    await submit(place.url, jws);
    const { pendingDue } = await loggedKeys(vault, place);
    say(
      `${place.origin}: ${pendingDue === null ? "in effect" : `frozen; the new keys are in effect from ${pendingDue}`}`,
    );
  }
  const names = chosen.map((role) => `${secretOf[role]}_NEXT`);
  const given = chosen.flatMap((role) => {
    const [name, next] = [secretOf[role], keys.secrets[`${secretOf[role]}_NEXT`] ?? ""];
    // a worker that has lost everything cannot start without a key in the old place
    return keys.secrets[name] === undefined
      ? [[name, next] as const, [`${name}_NEXT`, next] as const]
      : [[`${name}_NEXT`, next] as const];
  });
  await vault.setSecrets(Object.fromEntries(given));
  say(`${vault.origin} has been given ${names.join(", ")}. Once in effect: npm run keys -- finish node`);
  if (vault.afterwards !== null) say(vault.afterwards);
}

export async function recoverHub(
  vault: Vault,
  chosen: readonly Role[],
  { newRecovery = false }: { newRecovery?: boolean },
  say: Say,
): Promise<void> {
  const recovery = await recoveryKey(await vault.read(), vault.file);
  let keys = await makeNext(vault, chosen, { newRecovery });
  const [place] = await logsOf(vault);
  if (place === undefined) throw new Error(`${vault.url} does not answer`);
  const jws =
    keys.recoveries?.[place.origin] ??
    (await signRecovery(recovery, "hub-key+jwt", {
      ...(await changed(keys, chosen, await loggedKeys(vault, place))),
      iss: place.origin,
    }));
  keys = { ...keys, recoveries: { ...keys.recoveries, [place.origin]: jws } };
  await vault.write(keys);
  const given = chosen.flatMap((role) => {
    const next = keys.secrets[`${secretOf[role]}_NEXT`] ?? "";
    return [[secretOf[role], next] as const];
  });
  await vault.setSecrets({ ...Object.fromEntries(given), KEY_RECOVERY: jws });
  say(`${vault.origin} has been given its new keys and the recovery; it logs it by itself within five minutes.`);
  if (vault.afterwards !== null) say(vault.afterwards);
  say(
    "Tell everybody who pinned the log's key. After a day, when witnesses have followed: npm run keys -- finish hub --now",
  );
}

async function recoveryKey({ recoveryJwk }: KeyFile, file: string): Promise<Ed25519Signer> {
  if (recoveryJwk === undefined)
    throw new Error(`${file} holds no recovery key: name the file from the deployment with --file`);
  return await signer(recoveryJwk);
}

interface Changed {
  draft: Pick<KeyDraft, "prev" | "keys" | "recovery_sha256">;
  hands: KeyHands;
}

async function changed(keys: KeyFile, chosen: readonly Role[], logged: LoggedKeys): Promise<Changed> {
  const changes: KeyDraft["keys"] = [];
  const hands: KeyHands = {};
  for (const role of chosen) {
    const secret = keys.secrets[`${secretOf[role]}_NEXT`] ?? "";
    const from = logged.keys.find((one) => one.role === role && one.until === null)?.key;
    changes.push({ role, key: await publicOf(role, secret), ...(role === "log" && from !== undefined && { from }) });
    hands[role] = { new: await handOf(role, secret) };
  }
  const next = keys.recoveryJwkNext;
  const draft = {
    prev: logged.last_recovery,
    keys: changes,
    ...(next !== undefined && { recovery_sha256: (await signer(next)).kid }),
  };
  return { draft, hands };
}

async function handOf(role: Role, secret: string) {
  if (role === "log" || role === "book" || role === "witness") return (await noteHand(role, secret)).sign;
  const key = await signer(JSON.parse(secret) as PrivateJwk);
  return (message: Uint8Array<ArrayBuffer>) => key.sign(message);
}

async function signRecovery(
  recovery: Ed25519Signer,
  kind: "node-key+jwt" | "hub-key+jwt",
  { draft, hands, iss, aud }: Changed & { iss: string; aud?: string },
): Promise<string> {
  const recovery_jwk: Ed25519Jwk = recovery.publicJwk;
  const iat = Math.floor(Date.now() / 1000);
  const whole = { iss, ...(aud !== undefined && { aud }), iat, v: 1 as const, act: "recover" as const, recovery_jwk };
  return await signKeyChange(recovery, kind, { ...whole, ...draft }, hands);
}
