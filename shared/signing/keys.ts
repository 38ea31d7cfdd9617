/**
 * All keys a hub or a node starts with, under the names its worker reads them by (docs/protocol.md §1).
 * The start and deploy scripts call this once. The recovery key is not a worker secret: only its hash goes there,
 * the key itself into a file the operator keeps elsewhere.
 */
import { type Bytes, toBase64url } from "../bytes.ts";
import { COSIGNATURE, generateNoteKey } from "../log/note.ts";
import { crypto } from "../platform.ts";
import { type PrivateJwk, generateEd25519, thumbprint } from "./ed25519.ts";

export interface HubKeys {
  readonly secrets: {
    readonly LOG_KEY: string;
    readonly STATEMENT_JWK: string;
    readonly WITNESS_KEY: string;
    readonly RECOVERY_SHA256: string;
    readonly SETUP_TOKEN: string;
  };
  /** public, to pin the log by */
  readonly vkey: string;
  readonly recoveryJwk: PrivateJwk;
}
export interface NodeKeys {
  readonly secrets: {
    readonly BOOK_KEY: string;
    readonly REPORT_JWK: string;
    readonly WITNESS_KEY: string;
    readonly RECOVERY_SHA256: string;
    readonly SETUP_TOKEN: string;
  };
  /** public, to pin the book by */
  readonly vkey: string;
  readonly recoveryJwk: PrivateJwk;
}

export async function makeHubKeys(origin: string): Promise<HubKeys> {
  const { skey, vkey } = await generateNoteKey(`${origin}/log`);
  const recoveryJwk = await generateEd25519();
  const statementJwk = await generateEd25519();
  const secrets = {
    LOG_KEY: skey,
    STATEMENT_JWK: JSON.stringify(statementJwk),
    WITNESS_KEY: await makeWitnessKey(origin),
    ...commonSecrets(recoveryJwk),
  };
  return { secrets, vkey, recoveryJwk };
}

export async function makeNodeKeys(origin: string): Promise<NodeKeys> {
  const { skey, vkey } = await generateNoteKey(`${origin}/book`);
  const recoveryJwk = await generateEd25519();
  const reportJwk = await generateEd25519();
  const secrets = {
    BOOK_KEY: skey,
    REPORT_JWK: JSON.stringify(reportJwk),
    WITNESS_KEY: await makeWitnessKey(origin),
    ...commonSecrets(recoveryJwk),
  };
  return { secrets, vkey, recoveryJwk };
}

/** Cosigns the logs of others and nothing else. */
export async function makeWitnessKey(origin: string): Promise<string> {
  return (await generateNoteKey(`${origin}/witness`, undefined, COSIGNATURE)).skey;
}

/** The hash that a policy or join commits to is the thumbprint: SHA-256 of the canonical public JWK. */
function commonSecrets(recoveryJwk: PrivateJwk): { RECOVERY_SHA256: string; SETUP_TOKEN: string } {
  return { RECOVERY_SHA256: thumbprint(recoveryJwk), SETUP_TOKEN: toBase64url(randomBytes(24)) };
}

function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
