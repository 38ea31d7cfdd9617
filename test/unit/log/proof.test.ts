import { describe, expect, test } from "vitest";
import { fromBase64, sha256, utf8 } from "../../../shared/bytes.ts";
import { signCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner } from "../../../shared/log/note.ts";
import { formatProof, parseProof, verifyProof } from "../../../shared/log/proof.ts";
import { extendTiles, inclusionProof } from "../../../shared/log/tiles.ts";
import { vectors } from "../vectors.ts";

const format = vectors("tlog-proof/format.json") as {
  marshal: { index: number; hashes_b64: string[]; extra_utf8?: string; checkpoint: string; want: string }[];
  unmarshal_must_fail: string[];
};
const { tlog_proof_files } = vectors("derived/tessera-log-proofs.json") as {
  tlog_proof_files: { leaf_utf8: string; tlog_proof: string; vkey: string }[];
};

describe("tlog-proof files", () => {
  test.each(format.marshal)("index $index is written and read as published", (each) => {
    const plain = { index: each.index, hashes: each.hashes_b64.map(fromBase64), checkpoint: each.checkpoint };
    const proof = each.extra_utf8 === undefined ? plain : { ...plain, extra: utf8(each.extra_utf8) };
    expect(formatProof(proof)).toBe(each.want);
    expect(parseProof(each.want)).toEqual({ ok: true, value: proof });
  });

  test.each(format.unmarshal_must_fail)("%j is refused", (text) => {
    expect(parseProof(text)).toEqual({ ok: false, error: "proof-malformed" });
  });

  test.each([
    "c2sp.org/tlog-proof@v1\nindex 05\n\ncheckpoint\n",
    "c2sp.org/tlog-proof@v1\nindex 9007199254740993\n\ncheckpoint\n",
    "c2sp.org/tlog-proof@v1\nindex 0\n\n",
    "c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\ncheckpoint\n",
    "c2sp.org/tlog-proof@v1\r\nindex 0\n\ncheckpoint\n",
    `c2sp.org/tlog-proof@v1\nindex 0\n${"rzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=\n".repeat(64)}\ncheckpoint\n`,
  ])("%j is refused too", (text) => {
    expect(parseProof(text).ok).toBe(false);
  });

  test.each(tlog_proof_files)("the independent proof of $leaf_utf8 verifies, and of no other leaf", async (each) => {
    const claim = { proofText: each.tlog_proof, vkey: each.vkey, origin: "example.com/log/testdata" };
    const verified = await verifyProof({ ...claim, leaf: leafHash(utf8(each.leaf_utf8)) });
    expect(verified).toMatchObject({ ok: true, value: { checkpoint: { origin: "example.com/log/testdata" } } });
    const other = await verifyProof({ ...claim, leaf: leafHash(utf8("zwei")) });
    expect(other).toEqual({ ok: false, error: "proof-invalid" });
  });

  test("a proof made here verifies until any of its bytes changes", async () => {
    const origin = "hub.example.org/log";
    const { skey, vkey } = await generateNoteKey(origin, sha256(utf8("proof test")));
    const leaves = Array.from({ length: 5 }, (_, i) => leafHash(utf8(`entry ${i}`)));
    const { tiles } = extendTiles(0, () => new Uint8Array(0), leaves);
    const hashes = inclusionProof(3, 5, () => tiles[0]!.hashes);
    const checkpoint = await signCheckpoint({ origin, size: 5, root: rootOf(leaves) }, await noteSigner(skey));
    const proofText = formatProof({ index: 3, hashes, checkpoint });
    const claim = { proofText, leaf: leaves[3]!, vkey, origin };
    expect(await verifyProof(claim)).toMatchObject({ ok: true, value: { index: 3, checkpoint: { size: 5 } } });
    for (let i = 0; i < proofText.length; i++) {
      const changed = proofText.slice(0, i) + String.fromCharCode(proofText.charCodeAt(i) ^ 1) + proofText.slice(i + 1);
      expect((await verifyProof({ ...claim, proofText: changed })).ok, `character ${i}`).toBe(false);
    }
  });
});
