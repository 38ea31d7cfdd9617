/** A log over HTTP in workerd: what a tlog client sees at every border, and what it must not see. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bytes, toBase64url, toHex, utf8 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { decodeBundle } from "../../../shared/log/tiles.ts";
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
});
