/** The objection to a recovery that somebody else began, by the current report key: what the page Run → Keys does too. */
import { type PrivateJwk, signer } from "../../shared/signing/ed25519.ts";
import { signKeyChange } from "../../shared/signing/key-change.ts";
import { loggedKeys, logsOf, submit } from "./log.ts";
import type { Vault } from "./vault.ts";

export async function object(vault: Vault, hubs: readonly string[], say: (line: string) => void): Promise<void> {
  const { secrets } = await vault.read();
  const held = await Promise.all(
    [secrets["REPORT_JWK"], secrets["REPORT_JWK_NEXT"]].flatMap((secret) =>
      secret === undefined ? [] : [signer(JSON.parse(secret) as PrivateJwk)],
    ),
  );
  let objected = 0;
  for (const place of await logsOf(vault, hubs)) {
    const { keys, pending } = await loggedKeys(vault, place);
    if (pending === null || pending.objected) {
      say(`${place.origin}: ${pending === null ? "no recovery waits" : "it has been objected to, once is all"}`);
      continue;
    }
    const current = keys.find(({ role, until }) => role === "report" && until === null);
    const key = held.find(({ kid }) => kid === current?.kid);
    if (key === undefined) throw new Error(`${vault.file} does not hold the report key that ${place.origin} names`);
    const iat = Math.floor(Date.now() / 1000);
    const draft = { iss: vault.origin, aud: place.origin, iat, v: 1 as const, act: "object" as const, keys: [] };
    await submit(place.url, await signKeyChange(key, "node-key+jwt", { ...draft, prev: pending.leaf }, {}));
    objected += 1;
    say(`${place.origin}: objected; it waits seven days more. Talk to the hub's people now.`);
  }
  if (objected === 0) say("nothing to object to");
}
