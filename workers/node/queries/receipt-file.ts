/**
 * The file a member keeps (shared/protocol/document.ts `receipt`): enough for a third party to follow one pledge years
 * later without this node. Proofs lead to the book's current checkpoint.
 */
import { type Receipt, receipt, webauthnSignature } from "../../../shared/protocol/document.ts";
import { coseToJwk } from "../../../shared/signing/webauthn.ts";
import { readProofs, signerOf } from "../../lib/log-read.ts";
import type { NodeContext } from "../context.ts";

export interface ReceiptFileRow {
  idx: number;
  leaf: string;
  data: string;
  document: string;
  signature: string;
  salt: string;
  public_key: ArrayBuffer | number[];
  key_salt: string;
  key_leaf: string;
  key_idx: number;
  hub: string;
  hub_url: string;
  hub_vkey: string;
}

/** Reads the member's own only: by book index, then by primary keys. */
export async function readReceiptFile(
  { db, config }: NodeContext,
  member: string,
  leaf: string,
): Promise<Receipt | null> {
  const row = await db
    .prepare(
      `SELECT e.idx, e.leaf, e.data, r.document, r.signature, r.salt, k.public_key, k.key_salt, k.key_leaf,
         ke.idx AS key_idx, h.origin AS hub, h.url AS hub_url, h.vkey AS hub_vkey
       FROM log_entry e
       JOIN receipt r ON r.member = ?1 AND r.idx = e.idx
       JOIN log_entry ke ON ke.leaf = r.key_leaf
       JOIN credential k ON k.member_id = ?1 AND k.key_leaf = r.key_leaf
       JOIN hub h ON h.origin = r.document ->> 'hub'
       WHERE e.leaf = ?2`,
    )
    .bind(member, leaf)
    .first<ReceiptFileRow>();
  if (row === null) return null;
  const [entryProof, keyProof] = await readProofs(db, [row.leaf, row.key_leaf], config.book);
  if (!entryProof || !keyProof) throw new Error("a logged entry has no proof");
  return await receiptFile(config, row, { entry: entryProof, key: keyProof });
}

export async function receiptFile(
  config: NodeContext["config"],
  row: ReceiptFileRow,
  proofs: { entry: string; key: string },
): Promise<Receipt> {
  return receipt.parse({
    kind: "cocoon-receipt",
    v: 1,
    node: { origin: config.origin, url: config.publicUrl, vkey: (await signerOf(config.book.skey)).vkey },
    hub: { origin: row.hub, url: row.hub_url, vkey: row.hub_vkey },
    document: JSON.parse(row.document) as unknown,
    suite: "webauthn",
    signature: webauthnSignature.parse(JSON.parse(row.signature)),
    key: {
      jwk: coseToJwk(new Uint8Array(row.public_key as ArrayBuffer)),
      salt: row.key_salt,
      leaf: row.key_leaf,
      index: row.key_idx,
      proof: proofs.key,
    },
    salt: row.salt,
    entry: { json: row.data, leaf: row.leaf, index: row.idx, proof: proofs.entry },
    web_origins: [config.publicUrl],
  } satisfies Record<keyof Receipt, unknown>);
}
