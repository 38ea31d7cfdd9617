/**
 * A hub and its communities from seeds that are written down: everything they sign is the same every time. Seed n is 32
 * bytes of n.
 */
import { toHex } from "../../../../shared/bytes.ts";
import { COSIGNATURE, generateNoteKey } from "../../../../shared/log/note.ts";
import { type PrivateJwk, privateJwkOf, thumbprint } from "../../../../shared/signing/ed25519.ts";
import type { HubKeys, NodeKeys } from "../../../../shared/signing/keys.ts";
import { TestHub, TestNode } from "../../../unit/verify/world.ts";

export const seedOf = (n: number) => new Uint8Array(32).fill(n);

const SETUP_TOKEN = "A".repeat(32);

async function commonKeys(origin: string, first: number) {
  const statements = await privateJwkOf(seedOf(first));
  const witness = await generateNoteKey(`${origin}/witness`, seedOf(first + 2), COSIGNATURE);
  const recoveryJwk: PrivateJwk = await privateJwkOf(seedOf(first + 3));
  return { jwk: JSON.stringify(statements), WITNESS_KEY: witness.skey, recoveryJwk };
}

/** Seeds first … first + 3: statement, log, witness and recovery key. */
async function hubKeys(origin: string, first: number): Promise<HubKeys> {
  const { jwk, WITNESS_KEY, recoveryJwk } = await commonKeys(origin, first);
  const { skey, vkey } = await generateNoteKey(`${origin}/log`, seedOf(first + 1));
  const secrets = {
    LOG_KEY: skey,
    STATEMENT_JWK: jwk,
    WITNESS_KEY,
    RECOVERY_SHA256: thumbprint(recoveryJwk),
    SETUP_TOKEN,
  };
  return { secrets, vkey, recoveryJwk };
}

/** Seeds first … first + 3: report, book, witness and recovery key. */
async function nodeKeys(origin: string, first: number): Promise<NodeKeys> {
  const { jwk, WITNESS_KEY, recoveryJwk } = await commonKeys(origin, first);
  const { skey, vkey } = await generateNoteKey(`${origin}/book`, seedOf(first + 1));
  const secrets = {
    BOOK_KEY: skey,
    REPORT_JWK: jwk,
    WITNESS_KEY,
    RECOVERY_SHA256: thumbprint(recoveryJwk),
    SETUP_TOKEN,
  };
  return { secrets, vkey, recoveryJwk };
}

const FIRST = { "hub.example": 0x10, "a.example": 0x20, "b.example": 0x30, "c.example": 0x40 } as const;

/** Which seed is whose, for the files: the four keys of each party are consecutive. */
export const seeds = Object.fromEntries(
  Object.entries(FIRST).map(([origin, first]) => {
    const [one, two] = origin === "hub.example" ? ["statement", "log"] : ["report", "book"];
    const roles = [one, two, "witness", "recovery"];
    return [origin, Object.fromEntries(roles.map((role, at) => [role, toHex(seedOf(first + at))]))];
  }),
);

export type NodeName = "a.example" | "b.example" | "c.example";
export const makeNode = async (name: NodeName) => await TestNode.create(name, await nodeKeys(name, FIRST[name]));

/** A hub with one campaign and these communities, admitted; nothing pledged. */
export async function smallWorld(names: readonly NodeName[] = ["a.example"]) {
  const hub = await TestHub.create("hub.example", await hubKeys("hub.example", FIRST["hub.example"]));
  const { leaf: campaign } = await hub.campaign();
  const nodes: TestNode[] = [];
  for (const name of names) {
    const node = await makeNode(name);
    await hub.admit(node, { witness: true });
    nodes.push(node);
  }
  const [a] = nodes;
  if (a === undefined) throw new Error("a world has a community");
  return { hub, campaign, nodes, a };
}
