/**
 * Writes docs/protocol/schemas.json: the form of everything that is signed, hashed or exchanged (shared/protocol/), as JSON
 * Schema, for whoever implements the protocol in another language. `node scripts/schemas.ts`; a test fails when it is not
 * what the code says.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  BEACON_REQUEST,
  auditAnswer,
  auditRequest,
  beaconRequest,
  beaconRequestClaims,
} from "../shared/protocol/audit-request.ts";
import { beacon, opening } from "../shared/protocol/audit.ts";
import { bookEntry } from "../shared/protocol/book-entry.ts";
import { memberDocument, memberKey, receipt, webauthnSignature } from "../shared/protocol/document.ts";
import { promiseKinds } from "../shared/protocol/entry-receipt.ts";
import { evidence } from "../shared/protocol/evidence.ts";
import * as primitives from "../shared/protocol/primitives.ts";
import { problem } from "../shared/protocol/problem.ts";
import { BOOK_PROMISE, bookPromise } from "../shared/protocol/promise.ts";
import { statementKinds } from "../shared/protocol/statement.ts";
import { hubDescriptor, nodeDescriptor } from "../shared/protocol/well-known.ts";

const COMMENT =
  "Made from shared/protocol by `node scripts/schemas.ts`. Rules that a form cannot say are in docs/protocol.md. Patterns are ECMAScript's, with the flag u.";

/** By the name it is known under in docs/protocol.md; claims by the `typ` of their JWS. */
function named(): Record<string, z.ZodType> {
  const statements = Object.entries(statementKinds).map(([typ, { schema }]): [string, z.ZodType] => [typ, schema]);
  return {
    ...Object.fromEntries(statements),
    ...promiseKinds,
    [BOOK_PROMISE]: bookPromise,
    [BEACON_REQUEST]: beaconRequestClaims,
    "book entry": bookEntry,
    "member document": memberDocument,
    "member key": memberKey,
    "webauthn signature": webauthnSignature,
    receipt,
    beacon,
    opening,
    "beacon request": beaconRequest,
    "audit request": auditRequest,
    "audit answer": auditAnswer,
    evidence,
    problem,
    "hub descriptor": hubDescriptor,
    "node descriptor": nodeDescriptor,
  };
}

function protocolSchemas(): object {
  const ids = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(primitives)) if (schema instanceof z.ZodType) ids.add(schema, { id });
  const all = named();
  for (const [id, schema] of Object.entries(all)) ids.add(schema, { id });
  const { $schema, $defs } = z.toJSONSchema(z.object(all), { metadata: ids, override: withoutCodes });
  const sorted = Object.entries($defs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { $schema, $comment: COMMENT, $defs: Object.fromEntries(sorted) };
}

/** Codes are added as the product grows; a reader takes any. Which there are: docs/protocol/http.md. */
function withoutCodes({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.enum?.includes("malformed-json") !== true) return;
  delete jsonSchema.enum;
  jsonSchema.pattern = "^[a-z]+(-[a-z]+)*$";
}

export function schemasText(): string {
  return `${JSON.stringify(protocolSchemas(), null, 1)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, "../docs/protocol/schemas.json"), schemasText());
}
