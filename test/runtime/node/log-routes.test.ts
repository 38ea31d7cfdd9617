/** A log over HTTP in workerd: what a tlog client sees at every border, and what it must not see. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bytes, concat, toBase64, toBase64url, toHex, utf8 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { frontierRoot, leafHash, nodeHash, rootOf } from "../../../shared/log/merkle.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { decodeBundle, inclusionTiles, tileWidth } from "../../../shared/log/tiles.ts";
import { tileKey } from "../../../workers/lib/log-schema.ts";
import { appendToLog, entryLeaf } from "../../../workers/lib/log-store.ts";
import { type Frame, frame } from "../frame.ts";

const BOOK = "community.example.org/book";
let worker: Frame;

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  worker = await frame();
});

function data(index: number): string {
  return JSON.stringify({ n: index });
}

const hashes = Array.from({ length: 600 }, (_, i) => leafHash(utf8(data(i))));

async function fill(to: number): Promise<void> {
  await appendToLog(
    env.DB,
    (head) => {
      const texts = Array.from({ length: to - head.size }, (_, i) => data(head.size + i));
      const entries = texts.map((text) => ({ data: text, leaf: entryLeaf(text), kind: "test" }));
      return Promise.resolve({ entries, statements: [], value: null });
    },
    { now: () => worker.clock.now },
  );
}

async function bytesAt(path: string): Promise<Bytes> {
  const response = await worker.fetch(path);
  expect(response.status, path).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

async function codeAt(path: string): Promise<string> {
  const response = await worker.fetch(path);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return (await response.json<{ code: string }>()).code;
}

describe("the checkpoint", () => {
  it("is a signed note of the empty log before the first entry", async () => {
    const note = await (await worker.fetch("/book/checkpoint")).text();
    const opened = await openCheckpoint(note, worker.vkey, BOOK);
    expect(opened.ok && opened.value.size).toBe(0);
  });

  it("is the same bytes for the same head, and moves with it", async () => {
    await fill(3);
    const first = await (await worker.fetch("/book/checkpoint")).text();
    expect(await (await worker.fetch("/book/checkpoint")).text()).toBe(first);
    await fill(4);
    const note = await (await worker.fetch("/book/checkpoint")).text();
    const opened = await openCheckpoint(note, worker.vkey, BOOK);
    expect(opened.ok && [opened.value.size, toHex(opened.value.root)]).toEqual([4, toHex(rootOf(hashes.slice(0, 4)))]);
  });

  it("may be read from anywhere and is not to be cached", async () => {
    const response = await worker.fetch("/book/checkpoint", { headers: { origin: "https://elsewhere.example" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
  });
});

describe("tiles and bundles", () => {
  it.each([1, 255, 256, 257, 512, 600])("of a log of %i entries are the leaf hashes and the entries", async (size) => {
    await fill(size);
    for (let index = 0; index * 256 < size; index++) {
      const width = Math.min(256, size - index * 256);
      const name = `00${String(index)}${width === 256 ? "" : `.p/${String(width)}`}`;
      const expected = hashes.slice(index * 256, index * 256 + width);
      expect(toHex(await bytesAt(`/book/tile/0/${name}`))).toBe(expected.map(toHex).join(""));
      const entries = decodeBundle(await bytesAt(`/book/tile/entries/${name}`));
      expect(entries.map((entry) => toHex(leafHash(entry)))).toEqual(expected.map(toHex));
    }
    const full = Math.floor(size / 256);
    if (full > 0) {
      const roots = Array.from({ length: full }, (_, i) => toHex(rootOf(hashes.slice(i * 256, i * 256 + 256))));
      expect(toHex(await bytesAt(`/book/tile/1/000.p/${String(full)}`))).toBe(roots.join(""));
    }
  });

  it("serve every narrower partial width from one row, also after the tile has filled up", async () => {
    await fill(300);
    expect(toHex(await bytesAt("/book/tile/0/000.p/7"))).toBe(hashes.slice(0, 7).map(toHex).join(""));
    expect(decodeBundle(await bytesAt("/book/tile/entries/000.p/7")).length).toBe(7);
    expect((await bytesAt("/book/tile/0/001.p/44")).length).toBe(44 * 32);
  });

  it("never go beyond the committed head", async () => {
    await fill(10);
    // rows of a batch that has not moved the head must stay out of sight
    await env.DB.batch([
      env.DB.prepare("UPDATE log_tile SET hashes = CAST(hashes || zeroblob(64) AS BLOB)"),
      env.DB.prepare("INSERT INTO log_entry (idx, leaf, kind, data) VALUES (10, 'x', 'test', 'secret')"),
    ]);
    expect(await codeAt("/book/tile/0/000.p/11")).toBe("tile-unknown");
    expect(await codeAt("/book/tile/entries/000.p/11")).toBe("tile-unknown");
    expect((await bytesAt("/book/tile/0/000.p/10")).length).toBe(320);
  });

  it.each([
    "/book/tile/0/000",
    "/book/tile/0/001.p/1",
    "/book/tile/1/000.p/1",
    "/book/tile/0/000.p/0",
    "/book/tile/0/000.p/01",
    "/book/tile/0/000.p/256",
    "/book/tile/0/0",
    "/book/tile/0/x000/000.p/5",
    "/book/tile/00/000.p/5",
    "/book/tile/64/000.p/5",
    "/book/tile/entries/000",
    "/book/tile/nothing",
  ])("do not exist at %s", async (path) => {
    await fill(5);
    expect(await codeAt(path)).toBe("tile-unknown");
  });

  it("may be cached for ever, and cost one round trip", async () => {
    await fill(5);
    for (const path of ["/book/tile/0/000.p/5", "/book/tile/entries/000.p/5"]) {
      const response = await worker.fetch(path);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("content-type")).toBe("application/octet-stream");
      expect(response.headers.get("x-cocoon-db")).toMatch(/^queries=2;read=[1-6];written=0$/);
      await response.arrayBuffer();
    }
  });
});

describe("a tlog-proof", () => {
  it("of every entry verifies against the checkpoint it carries", async () => {
    await fill(257);
    for (const index of [0, 1, 127, 254, 255, 256]) {
      const leaf = leafHash(utf8(data(index)));
      const response = await worker.fetch(`/book/entries/${toBase64url(leaf)}.tlog-proof`);
      const proofText = await response.text();
      const verified = await verifyProof({ proofText, leaf, vkey: worker.vkey, origin: BOOK });
      expect(verified.ok && verified.value.index).toBe(index);
    }
  });

  it("of an entry does not verify for another", async () => {
    await fill(20);
    const proofText = await (await worker.fetch(`/book/entries/${entryLeaf(data(3))}.tlog-proof`)).text();
    const leaf = leafHash(utf8(data(4)));
    expect((await verifyProof({ proofText, leaf, vkey: worker.vkey, origin: BOOK })).ok).toBe(false);
  });

  it("does not exist for what the log does not hold", async () => {
    await fill(3);
    expect(await codeAt(`/book/entries/${entryLeaf("nothing")}.tlog-proof`)).toBe("entry-unknown");
    expect(await codeAt("/book/entries/short.tlog-proof")).toBe("entry-unknown");
    expect(await codeAt(`/book/entries/${entryLeaf(data(1))}`)).toBe("entry-unknown");
  });

  /**
   * A million appends would take minutes and show nothing more: what a proof reads depends on the rows that are there. So they
   * are made inside the database, the tree of equal leaves, in which every subtree of one height has one hash.
   */
  it("reads three rows for each of its tiles and five more, among a thousand entries as among a million, and holds", async () => {
    for (const size of [1_000, 1_000_000]) {
      await reset();
      await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
      const index = Math.floor(size / 3);
      await fillEqual(size, index);
      const response = await worker.fetch(`/book/entries/${entryLeaf(data(0))}.tlog-proof`);
      const read = Number(/read=([0-9]+)/.exec(response.headers.get("x-cocoon-db") ?? "")?.[1]);
      const tiles = inclusionTiles(index, size).length;
      expect(tiles).toBeLessThan(Math.log2(size) / 2);
      // the names of the tiles travel as a list, and SQLite counts its rows too
      expect(read).toBeLessThanOrEqual(3 * tiles + 5);
      const leaf = leafHash(utf8(data(0)));
      const verified = await verifyProof({ proofText: await response.text(), leaf, vkey: worker.vkey, origin: BOOK });
      expect(verified.ok && verified.value.index).toBe(index);
      expect(verified.ok && verified.value.checkpoint.size).toBe(size);
    }
  }, 120_000);
});

/** As many equal leaves, one of which is an entry that can be asked for. */
async function fillEqual(size: number, index: number): Promise<void> {
  const subtree = [leafHash(utf8(data(0)))];
  for (let height = 1; height <= 20; height += 1) subtree.push(nodeHash(subtree.at(-1)!, subtree.at(-1)!));
  const peaks = subtree
    .flatMap((hash, height) => (Math.floor(size / 2 ** height) % 2 === 1 ? [hash] : []))
    .toReversed();
  const root = toBase64(frontierRoot({ size, hashes: peaks }));
  await env.DB.batch([
    env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
       INSERT INTO log_entry (idx, leaf, kind, data) SELECT i, iif(i = ?2, ?3, 'leaf ' || i), 'test', '' FROM n`,
    ).bind(size, index, entryLeaf(data(0))),
    env.DB.prepare("INSERT INTO log_head (id, size, root, frontier, at) VALUES (1, ?, ?, '', 0)").bind(size, root),
  ]);
  for (let level = 0; 256 ** level <= size; level += 1) {
    const count = Math.ceil(Math.floor(size / 256 ** level) / 256);
    const last = tileWidth(level, count - 1, size);
    const full = concat(...Array.from({ length: 256 }, () => subtree[level * 8]!));
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
       INSERT INTO log_tile (id, hashes) SELECT ?2 + i, CAST(iif(i + 1 = ?1, ?4, ?3) AS BLOB) FROM n`,
    )
      .bind(count, tileKey(level, 0), full, full.slice(0, last * 32))
      .run();
  }
}
