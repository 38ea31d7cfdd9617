/**
 * RFC 6962 Merkle tree over SHA-256: hashes, compact range, verification of proofs.
 * Sizes are numbers below 2^53, so no bit operators here. Making proofs from stored tiles: tiles.ts.
 */
import { type Bytes, equal, sha256 } from "../bytes.ts";

/** Root of the empty tree: SHA-256 of nothing. */
export const EMPTY_ROOT: Bytes = sha256(new Uint8Array(0));

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Bytes {
  return sha256(LEAF, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(NODE, left, right);
}

export function rootOf(leafHashes: readonly Bytes[]): Bytes {
  if (leafHashes.length === 0) return EMPTY_ROOT;
  let row = [...leafHashes];
  while (row.length > 1) {
    const above: Bytes[] = [];
    for (let i = 0; i < row.length; i += 2) above.push(joinPair(row[i], row[i + 1]));
    row = above;
  }
  return row[0] ?? EMPTY_ROOT;
}

/** An odd node at the end of a row rises unchanged. */
function joinPair(left: Bytes | undefined, right: Bytes | undefined): Bytes {
  if (left === undefined) throw new RangeError("no left node");
  return right === undefined ? left : nodeHash(left, right);
}

/** Compact range: roots of the perfect subtrees that make up the first `size` leaves, left to right. */
export interface Frontier {
  readonly size: number;
  readonly hashes: Bytes[];
}

export function emptyFrontier(): Frontier {
  return { size: 0, hashes: [] };
}

export function extendFrontier(frontier: Frontier, leafHashes: readonly Bytes[]): Frontier {
  const hashes = [...frontier.hashes];
  let size = frontier.size;
  for (const leaf of leafHashes) {
    let hash = leaf;
    for (let trailing = size; trailing % 2 === 1; trailing = Math.floor(trailing / 2)) {
      const left = hashes.pop();
      if (left === undefined) throw new RangeError("the frontier has too few hashes for its size");
      hash = nodeHash(left, hash);
    }
    hashes.push(hash);
    size++;
  }
  return { size, hashes };
}

export function frontierRoot(frontier: Frontier): Bytes {
  return foldPeaks(frontier.hashes);
}

/** The tree hash over perfect subtrees given left to right, largest first. */
export function foldPeaks(peaks: readonly Bytes[]): Bytes {
  return (
    peaks.reduceRight<Bytes | null>((right, left) => (right === null ? left : nodeHash(left, right)), null) ??
    EMPTY_ROOT
  );
}

export interface InclusionClaim {
  /** leaf hash, not leaf data */
  leaf: Bytes;
  index: number;
  size: number;
  proof: readonly Bytes[];
  root: Bytes;
}

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion({ leaf, index, size, proof, root }: InclusionClaim): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(hash, root);
}

export interface ConsistencyClaim {
  size1: number;
  root1: Bytes;
  size2: number;
  root2: Bytes;
  proof: readonly Bytes[];
}

/**
 * RFC 9162 §2.1.4.2. From size 0 there is nothing to prove: the empty root and an empty proof are consistent with
 * every tree.
 */
export function verifyConsistency({ size1, root1, size2, root2, proof }: ConsistencyClaim): boolean {
  if (!isSize(size1) || !isSize(size2) || size1 > size2 || !areHashes([root1, root2, ...proof])) return false;
  if (size1 === 0 && !equal(root1, EMPTY_ROOT)) return false;
  if (size1 === size2) return proof.length === 0 && equal(root1, root2);
  if (size1 === 0) return proof.length === 0;
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  // fn is 0 exactly when size1 is a power of two: the old tree is then itself the first node of the path
  const path = fn === 0 ? [root1, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined || proof.length === 0) return false;
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(oldHash, root1) && equal(newHash, root2);
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function areHashes(hashes: readonly Bytes[]): boolean {
  return hashes.every((hash) => hash.length === 32);
}
