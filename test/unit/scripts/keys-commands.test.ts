/** The drills of docs/operate.md as far as an operator's machine goes: files, secrets, and what is told to whom. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { KeyView } from "../../../shared/protocol/api/keys.ts";
import { type PrivateJwk, generateEd25519, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { areProven } from "../../../shared/signing/key-change.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { makeNodeKeys } from "../../../shared/signing/keys.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { publicOf } from "../../../scripts/keys/log.ts";
import { object } from "../../../scripts/keys/object.ts";
import { recoverNode } from "../../../scripts/keys/recover.ts";
import { type Role, roles, secretOf } from "../../../scripts/keys/roles.ts";
import { finish, rotate } from "../../../scripts/keys/rotate.ts";
import { show } from "../../../scripts/keys/show.ts";
import type { KeyFile, Vault } from "../../../scripts/keys/vault.ts";

const NODE = "a.example.org";
const HUB = "https://hub.example.org";
const LEAF = `${"L".repeat(42)}A`;

let file: KeyFile;
/** what the Worker was given */
let worker: Record<string, string>;
let vault: Vault;
let said: string[];
/** what the hub says of the community, and what it was sent */
let keys: KeyView[];
let pending: { leaf: string; objected: boolean } | null;
let policy: string;
let sent: string[];

beforeEach(async () => {
  const made = await makeNodeKeys(NODE);
  file = { secrets: { ...made.secrets }, recoveryJwk: made.recoveryJwk };
  worker = { ...made.secrets };
  [said, sent, pending, policy] = [[], [], null, "quorum none\n"];
  vault = {
    kind: "node",
    origin: NODE,
    url: `https://${NODE}`,
    file: "keys.json",
    read: () => Promise.resolve(structuredClone(file)),
    write: (next) => Promise.resolve(void (file = structuredClone(next))),
    setSecrets(secrets) {
      for (const [name, value] of Object.entries(secrets)) if (value === null) delete worker[name];
      Object.assign(worker, Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== null)));
      return Promise.resolve();
    },
    afterwards: "Start it again.",
  };
  keys = await Promise.all(roles.node.map(async (role) => await current(role, file.secrets[secretOf[role]]!)));
  vi.stubGlobal("fetch", async (address: string, init?: { body?: string }) => {
    if (init?.body !== undefined) sent.push(init.body);
    return await Promise.resolve(Response.json(answer(new URL(address))));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function current(role: Role, secret: string): Promise<KeyView> {
  const key = await publicOf(role, secret);
  const kid = role === "report" ? thumbprint({ kty: "OKP", crv: "Ed25519", x: key }) : null;
  return { role, key, kid, from: 1, until: null, ended_by: null };
}

function answer({ host, pathname: path }: URL): unknown {
  // any vkey: nobody here looks at it
  const { key: vkey } = keys.find(({ role }) => role === "book")!;
  const log = { origin: "hub.example.org/log", vkey, url: `${HUB}/log` };
  if (path === "/.well-known/cocoon.json") {
    const jwks = { keys: [{ kty: "OKP", crv: "Ed25519", x: "A".repeat(43), kid: "k" }] };
    const common = { protocol: ["cocoon/1"], demo: false };
    if (host !== NODE)
      return { ...common, kind: "hub", name: "Hub", origin: "hub.example.org", log, statement_jwks: jwks };
    const hubs = [{ origin: log.origin, url: HUB, status: "admitted" }];
    const book = { origin: `${NODE}/book`, vkey, url: `https://${NODE}/book` };
    return { ...common, kind: "node", name: "A", region: null, origin: NODE, book, report_jwks: jwks, hubs };
  }
  if (path === "/api/witnesses") {
    const rule = { policy, k: 1, n: 1, leaf: LEAF, index: 3, since: "2026-10-01T00:00:00Z" };
    const nothing = { pending: null, size: 9, witnessed: null, cosigned: 0, witnesses: [], halted: null };
    return { rule, ...nothing };
  }
  const waits = pending && { ...pending, index: 7, roles: ["report"], due: "2026-10-08T00:00:00Z" };
  return { origin: NODE, keys, last: LEAF, last_recovery: LEAF, pending: waits };
}

const say = (line: string): void => void said.push(line);
const options = { hubs: [HUB] };
function claimsOf(jws: string | undefined) {
  const parsed = parseStatement(jws ?? "");
  if (!parsed.ok || parsed.value.statement.kind !== "node-key+jwt") throw new Error("no change of keys");
  return { ...parsed.value, claims: parsed.value.statement.claims };
}

test.each<[string, Role]>([
  ["lost report key", "report"],
  ["lost book key", "book"],
  ["lost witness key", "witness"],
])("drill, %s: the recovery key speaks for a new one and nothing is asked of the old", async (_, role) => {
  delete file.secrets[secretOf[role]];
  await recoverNode(vault, [role], options, say);
  const { claims, parsed } = claimsOf(sent[0]);
  const recovery = await signer(file.recoveryJwk!);
  expect(await verifyJws(parsed, recovery.publicJwk)).toBe(true);
  expect(claims).toMatchObject({ act: "recover", prev: LEAF, keys: [{ role }] });
  expect(claims.keys[0]).not.toHaveProperty("old_proof");
  expect(await areProven(claims, () => null)).toBe(true);
  // a worker that has lost its key can start again, and knows what is to come
  expect(worker[secretOf[role]]).toBe(file.secrets[`${secretOf[role]}_NEXT`]);
  expect(worker[`${secretOf[role]}_NEXT`]).toBe(worker[secretOf[role]]);
  // run again, as after a crash: the same statement, not a second one
  await recoverNode(vault, [role], options, say);
  expect(sent[1]).toBe(sent[0]);
});

test("drill, lost recovery key: nothing is sent, and rotation goes on without it", async () => {
  delete file.recoveryJwk;
  await expect(recoverNode(vault, roles.node, options, say)).rejects.toThrow(/holds no recovery key/);
  expect(sent).toEqual([]);
  await rotate(vault, ["report"], say);
  expect(worker["REPORT_JWK_NEXT"]).toBe(file.secrets["REPORT_JWK_NEXT"]);
});

test("a recovery key gone astray is replaced by itself alone, and the next recovery is by the new one", async () => {
  const before = file.recoveryJwk!;
  await recoverNode(vault, [], { ...options, newRecovery: true }, say);
  const first = claimsOf(sent[0]);
  expect(await verifyJws(first.parsed, (await signer(before)).publicJwk)).toBe(true);
  const next = file.recoveryJwkNext as PrivateJwk;
  expect(first.claims).toMatchObject({ keys: [], recovery_sha256: (await signer(next)).kid });
  // it waits: the file keeps the old one until the new one counts
  pending = { leaf: LEAF, objected: false };
  const done = { chosen: [], now: Date.now(), isForced: false, say };
  const descriptors = vi.spyOn(vault, "setSecrets");
  await expect(finish(vault, done)).rejects.toThrow(/waits until/);
  expect(descriptors).not.toHaveBeenCalled();
  pending = null;
  await finish(vault, done);
  expect(file.recoveryJwk).toEqual(next);
  expect(worker["RECOVERY_SHA256"]).toBe((await signer(next)).kid);
  await recoverNode(vault, ["report"], options, say);
  expect(await verifyJws(claimsOf(sent.at(-1)).parsed, (await signer(next)).publicJwk)).toBe(true);
});

test("an old witness key is not taken away while a hub's rule counts it", async () => {
  await rotate(vault, ["witness"], say);
  const old = keys.find(({ role }) => role === "witness")!;
  const next = await current("witness", file.secrets["WITNESS_KEY_NEXT"]!);
  keys = [...keys.map((one) => (one === old ? { ...one, until: 8, ended_by: LEAF } : one)), { ...next, from: 9 }];
  policy = `witness a ${old.key} https://${NODE}/witness\nquorum a\n`;
  const asked = { chosen: roles.node, now: Date.now(), isForced: false, say };
  await expect(finish(vault, asked)).rejects.toThrow(/still counts the old witness key/);
  expect(worker["WITNESS_KEY_NEXT"]).toBeDefined();
  policy = policy.replace(old.key, next.key);
  await finish(vault, asked);
  expect(await publicOf("witness", worker["WITNESS_KEY"]!)).toBe(next.key);
  expect(worker).not.toHaveProperty("WITNESS_KEY_NEXT");
  expect(file.former?.map(({ secret }) => secret)).toEqual(["WITNESS_KEY"]);
});

test("drill, stolen report key: who recovers is seen, and who did not begin it objects from the command line", async () => {
  await object(vault, [HUB], say);
  expect([sent, said.at(-1)]).toEqual([[], "nothing to object to"]);
  pending = { leaf: `${"R".repeat(42)}A`, objected: false };
  await show(vault, [HUB], say);
  expect(said.join("\n")).toMatch(/a recovery waits until 2026-10-08T00:00:00Z/);
  expect(said.join("\n")).toMatch(/REPORT_JWK in the file/);
  await object(vault, [HUB], say);
  const { claims, parsed } = claimsOf(sent[0]);
  expect(claims).toMatchObject({ act: "object", prev: pending.leaf, keys: [] });
  const report = await signer(JSON.parse(file.secrets["REPORT_JWK"]!) as PrivateJwk);
  expect(await verifyJws(parsed, report.publicJwk)).toBe(true);
  // without the key that the log names there is nothing to object with
  file.secrets["REPORT_JWK"] = JSON.stringify(await generateEd25519());
  await expect(object(vault, [HUB], say)).rejects.toThrow(/does not hold the report key/);
});
