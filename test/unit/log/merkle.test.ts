import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, fromBase64, toBase64, toHex, utf8 } from "../../../shared/bytes.ts";
import {
  EMPTY_ROOT,
  emptyFrontier,
  extendFrontier,
  frontierRoot,
  leafHash,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../shared/log/merkle.ts";
import { vectors } from "../vectors.ts";

interface Hashes {
  empty_root_hex: string;
  leaf_of_empty_string_hex: string;
  leaf: { data_utf8: string; hash_hex: string };
  node: { left_utf8: string; right_utf8: string; hash_hex: string };
  tlog_record: { data_utf8: string; hash_b64: string };
}
interface InclusionCase {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
  file: string;
}
interface ConsistencyCase {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
  file: string;
}
interface Derived {
  inclusion: { Index: number; Size: number; Proof: string[] | null }[];
  consistency: { Old: number; New: number; Proof: string[] | null }[];
}

const decode = (proof: string[] | null) => (proof ?? []).map(fromBase64);
/** Some vectors have short texts where roots belong, equal or not; here a root is 32 bytes. */
function rootLike(base64: string): Bytes {
  const bytes = fromBase64(base64);
  return bytes.length === 32 ? bytes : leafHash(bytes);
}

const tesseraLeaves = (vectors("tlog-tiles/tessera-testlog.json") as { entries_utf8: string[] }).entries_utf8.map(
  (entry) => leafHash(utf8(entry)),
);

describe("RFC 6962 hashes", () => {
  const published = vectors("merkle-rfc6962/hashes.json") as Hashes;

  test("empty tree, leaf and node hash as published", () => {
    expect(toHex(EMPTY_ROOT)).toBe(published.empty_root_hex);
    expect(toHex(rootOf([]))).toBe(published.empty_root_hex);
    expect(toHex(leafHash(new Uint8Array(0)))).toBe(published.leaf_of_empty_string_hex);
    expect(toHex(leafHash(utf8(published.leaf.data_utf8)))).toBe(published.leaf.hash_hex);
    const { left_utf8, right_utf8, hash_hex } = published.node;
    expect(toHex(nodeHash(utf8(left_utf8), utf8(right_utf8)))).toBe(hash_hex);
    expect(toBase64(leafHash(utf8(published.tlog_record.data_utf8)))).toBe(published.tlog_record.hash_b64);
  });
});

describe("inclusion", () => {
  test.each(vectors("merkle-rfc6962/inclusion.json") as InclusionCase[])("$file", (each) => {
    const claim = {
      leaf: fromBase64(each.leafHash),
      index: each.leafIdx,
      size: each.treeSize,
      proof: decode(each.proof),
      root: fromBase64(each.root),
    };
    expect(verifyInclusion(claim)).toBe(!each.wantErr);
  });

  test("every proof an independent implementation made over the tessera log verifies", () => {
    const { inclusion } = vectors("derived/tessera-log-proofs.json") as Derived;
    expect(inclusion).toHaveLength(120);
    for (const { Index, Size, Proof } of inclusion) {
      const claim = { index: Index, size: Size, proof: decode(Proof), root: rootOf(tesseraLeaves.slice(0, Size)) };
      expect(verifyInclusion({ ...claim, leaf: tesseraLeaves[Index]! })).toBe(true);
      expect(verifyInclusion({ ...claim, leaf: leafHash(utf8("another")) })).toBe(false);
    }
  });

  test("a leaf of a real certificate log of a thousand million entries verifies", () => {
    const sth = vectors("ct-argon2020/get-sth.json") as { tree_size: number; sha256_root_hash: string };
    const { entries } = vectors("ct-argon2020/get-entries-start-10000-end-10000.json") as {
      entries: { leaf_input: string }[];
    };
    const proof = vectors("ct-argon2020/get-proof-by-hash.json") as { leaf_index: number; audit_path: string[] };
    const claim = {
      leaf: leafHash(fromBase64(entries[0]!.leaf_input)),
      index: proof.leaf_index,
      size: sth.tree_size,
      proof: decode(proof.audit_path),
      root: fromBase64(sth.sha256_root_hash),
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index + 1 })).toBe(false);
    expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
  });

  test("sizes and indexes that are no safe integers are refused", () => {
    const leaf = leafHash(utf8("x"));
    for (const [index, size] of [
      [0.5, 1],
      [-1, 1],
      [0, 2 ** 60],
      [Number.NaN, 1],
    ] as const) {
      expect(verifyInclusion({ leaf, index, size, proof: [], root: leaf })).toBe(false);
    }
  });
});

describe("consistency", () => {
  test.each(vectors("merkle-rfc6962/consistency.json") as ConsistencyCase[])("$file", (each) => {
    const claim = {
      size1: each.size1,
      size2: each.size2,
      root1: rootLike(each.root1),
      root2: rootLike(each.root2),
      proof: decode(each.proof),
    };
    // "useless" for that library; for a log client it is the start of trust on first use
    const fromEmpty = each.file.endsWith("/size1-is-zero-and-size2-is-not-zero.json");
    expect(verifyConsistency(claim)).toBe(fromEmpty || !each.wantErr);
  });

  test("every proof an independent implementation made over the tessera log verifies", () => {
    const { consistency } = vectors("derived/tessera-log-proofs.json") as Derived;
    expect(consistency).toHaveLength(120);
    for (const { Old, New, Proof } of consistency) {
      const root2 = rootOf(tesseraLeaves.slice(0, New));
      const claim = { size1: Old, size2: New, proof: decode(Proof), root2 };
      expect(verifyConsistency({ ...claim, root1: rootOf(tesseraLeaves.slice(0, Old)) })).toBe(true);
      expect(verifyConsistency({ ...claim, root1: leafHash(utf8("another")) })).toBe(false);
    }
  });

  test("roots and hashes that are not 32 bytes are refused", () => {
    const short = utf8("short");
    expect(verifyConsistency({ size1: 1, size2: 1, root1: short, root2: short, proof: [] })).toBe(false);
    expect(verifyInclusion({ leaf: short, index: 0, size: 1, proof: [], root: short })).toBe(false);
  });

  test("the empty tree is consistent with every tree, by an empty proof only", () => {
    const root2 = rootOf(tesseraLeaves);
    const claim = { size1: 0, root1: EMPTY_ROOT, size2: 15, root2 };
    expect(verifyConsistency({ ...claim, proof: [] })).toBe(true);
    expect(verifyConsistency({ ...claim, proof: [root2] })).toBe(false);
    expect(verifyConsistency({ ...claim, root1: root2, proof: [] })).toBe(false);
  });
});

describe("the compact range", () => {
  test("extended in any batches it has the root of the whole list", () => {
    const leaves: Bytes[] = Array.from({ length: 600 }, (_, i) => leafHash(utf8(`leaf ${i}`)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 8 }), (batches) => {
        let frontier = emptyFrontier();
        for (const count of batches) {
          frontier = extendFrontier(frontier, leaves.slice(frontier.size, frontier.size + count));
          expect(frontierRoot(frontier)).toEqual(rootOf(leaves.slice(0, frontier.size)));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("holds one hash per set bit of its size, and extending leaves the old one alone", () => {
    const before = extendFrontier(emptyFrontier(), tesseraLeaves.slice(0, 7));
    const hashes = [...before.hashes];
    const after = extendFrontier(before, tesseraLeaves.slice(7, 8));
    expect(before.hashes).toEqual(hashes);
    expect(before.hashes).toHaveLength(3);
    expect(after.hashes).toHaveLength(1);
  });
});
