/** What the logs say of a worker's keys, beside what its file holds: to look before and after every other command. */
import { loggedKeys, logsOf, publicOf } from "./log.ts";
import { type Role, roles, secretOf } from "./roles.ts";
import type { Vault } from "./vault.ts";

export async function show(vault: Vault, hubs: readonly string[], say: (line: string) => void): Promise<void> {
  const { secrets, recoveryJwk } = await vault.read();
  const held = new Map<string, string>();
  for (const role of roles[vault.kind] as readonly Role[]) {
    for (const name of [secretOf[role], `${secretOf[role]}_NEXT`]) {
      const secret = secrets[name];
      if (secret !== undefined) held.set(`${role} ${await publicOf(role, secret)}`, name);
    }
  }
  say(`${vault.file}: ${held.size} keys, ${recoveryJwk === undefined ? "no recovery key" : "the recovery key"}`);
  for (const place of await logsOf(vault, hubs)) {
    const { keys, pendingDue } = await loggedKeys(vault, place);
    say(place.origin);
    for (const { role, key, kid, from, until } of keys) {
      const when = until === null ? `current since entry ${from}` : `entries ${from} to ${until}`;
      const where = held.get(`${role} ${key}`);
      say(`  ${role.padEnd(9)} ${kid ?? key}  ${when}${where === undefined ? "" : `, ${where} in the file`}`);
    }
    if (pendingDue !== null)
      say(`  a recovery waits until ${pendingDue}; npm run keys -- object node, if it was not you`);
  }
}
