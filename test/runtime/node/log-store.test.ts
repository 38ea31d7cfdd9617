/** The append side of a log in workerd on D1: races, row costs, and what a crash leaves. */
import { reset, applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64url, toBase64 } from "../../../shared/bytes.ts";
import { MAX_ENTRY_BYTES } from "../../../shared/log/bundle.ts";
import { rootOf } from "../../../shared/log/merkle.ts";
import { meter, noCounts } from "../../../workers/lib/d1.ts";
import { readBundle } from "../../../workers/lib/log-read.ts";
import { tileKey } from "../../../workers/lib/log-schema.ts";
import { appendToLog, entryLeaf, type NewEntry, readHead } from "../../../workers/lib/log-store.ts";

const now = (): number => 1_790_000_000_000;

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

function entry(name: string): NewEntry {
  const data = JSON.stringify({ name });
  return { data, leaf: entryLeaf(data), kind: "test" };
}

function entries(from: number, to: number): NewEntry[] {
  return Array.from({ length: to - from }, (_, i) => entry(`entry ${String(from + i)}`));
}

function append(some: NewEntry[], statements: D1PreparedStatement[] = []) {
  return appendToLog(env.DB, () => Promise.resolve({ entries: some, statements, value: null }), { now });
}

async function leaves(): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT leaf FROM log_entry ORDER BY idx").all<{ leaf: string }>();
  return results.map(({ leaf }) => leaf);
}

/** Everything the database holds of the log, recomputed from its entries. */
async function expectConsistent(size: number): Promise<void> {
  const all = (await leaves()).map((leaf) => fromBase64url(leaf));
  expect(all.length).toBe(size);
  const head = await readHead(env.DB);
  expect(head.size).toBe(size);
  expect(toBase64(head.root)).toBe(toBase64(rootOf(all)));
  const { results: tiles } = await env.DB.prepare("SELECT id, hashes FROM log_tile ORDER BY id").all<{
    id: number;
    hashes: number[];
  }>();
  const byId = new Map(tiles.map((tile) => [tile.id, new Uint8Array(tile.hashes)]));
  let level = 0;
  let expected = all;
  let count = 0;
  while (expected.length > 0) {
    for (let index = 0; index * 256 < expected.length; index++) {
      const part = expected.slice(index * 256, index * 256 + 256);
      const stored = byId.get(tileKey(level, index));
      expect(stored && toBase64(stored)).toBe(toBase64(new Uint8Array(part.flatMap((hash) => [...hash]))));
      count += 1;
    }
    const full = Math.floor(expected.length / 256);
    expected = Array.from({ length: full }, (_, i) => rootOf(expected.slice(i * 256, i * 256 + 256)));
    level += 1;
  }
  expect(tiles.length).toBe(count);
}

describe("an append", () => {
  it("of one entry writes an entry row, its leaf index, a tile and a head", async () => {
    const first = await append([entry("first")]);
    expect(first.rowsWritten).toBe(4);
    const second = await append([entry("second")]);
    expect(second.rowsWritten).toBe(4);
    expect(second.first).toBe(1);
    await expectConsistent(2);
  });

  it("of a hundred entries writes two rows each and the edge once", async () => {
    await append(entries(0, 10));
    const { rowsWritten } = await append(entries(10, 110));
    expect(rowsWritten).toBe(202);
    await expectConsistent(110);
  });

  it("of nothing leaves the log as it is and still writes the caller's statements", async () => {
    await append([entry("first")]);
    const statement = env.DB.prepare("UPDATE log_entry SET kind = 'seen'");
    const { head, rowsWritten } = await append([], [statement]);
    expect([head.size, rowsWritten]).toEqual([1, 1]);
    await expectConsistent(1);
  });

  it("keeps tiles right across the borders of 255, 256 and 257 entries, whatever the batches", async () => {
    await append(entries(0, 255));
    await expectConsistent(255);
    await append(entries(255, 256));
    await expectConsistent(256);
    await append(entries(256, 257));
    await expectConsistent(257);
    await append(entries(257, 1100));
    await expectConsistent(1100);
  });

  it("reads five rows at most, whatever the log's size", async () => {
    await append(entries(0, 700));
    const counts = noCounts();
    const append1 = { entries: [entry("one more")], statements: [], value: null };
    await appendToLog(meter(env.DB, counts), () => Promise.resolve(append1), { now });
    expect(counts.rowsWritten).toBe(4);
    expect(counts.queries).toBe(4);
    expect(counts.rowsRead).toBeLessThanOrEqual(5);
  });

  it("carries entries of 32 KiB and any Unicode through one JSON parameter", async () => {
    const big = entries(0, 60).map(({ data }, i) => {
      const text = `${data}${'ż\u2028"\\'.repeat(4000)}${String(i)}`;
      return { data: text, leaf: entryLeaf(text), kind: "test", iss: null, seq: i };
    });
    await append(big);
    const { results } = await env.DB.prepare("SELECT data, seq FROM log_entry ORDER BY idx").all<{
      data: string;
      seq: number;
    }>();
    expect(results.map(({ data }) => data)).toEqual(big.map(({ data }) => data));
    expect(results.map(({ seq }) => seq)).toEqual(big.map(({ seq }) => seq));
    await expectConsistent(60);
  });

  it("takes an entry of 65,535 bytes, which its bundle gives back, and none of 65,536", async () => {
    const sized = (bytes: number): NewEntry => {
      const data = `ż${"x".repeat(bytes - 2)}`;
      return { data, leaf: entryLeaf(data), kind: "test" };
    };
    await append([sized(MAX_ENTRY_BYTES)]);
    const bundle = await readBundle(env.DB, { index: 0, width: 1 });
    expect(bundle?.length).toBe(2 + 65_535);
    await expect(append([sized(MAX_ENTRY_BYTES + 1)])).rejects.toThrow("no bundle can hold");
    await expectConsistent(1);
  });

  it("that fails in the caller's statement leaves no trace of the log's own rows", async () => {
    await append([entry("first")]);
    const bad = env.DB.prepare("INSERT INTO log_entry (idx, leaf, kind, data) VALUES (9, 'x', NULL, '')");
    await expect(append([entry("second")], [bad])).rejects.toThrow(/NOT NULL/);
    await expectConsistent(1);
  });
});

describe("sequencers that meet", () => {
  it("do not fork the log: every entry of twenty concurrent appends is in it once", async () => {
    const names = Array.from({ length: 20 }, (_, i) => `racer ${String(i)}`);
    const results = await Promise.allSettled(names.map(async (name) => await append([entry(name)])));
    const done = results.filter((result) => result.status === "fulfilled");
    const refused = results.filter((result) => result.status === "rejected");
    // Whoever lost six races was told to come back; nobody was told a lie.
    for (const { reason } of refused) expect((reason as Error).message).toBe("busy");
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ value }) => value.first)).size).toBe(done.length);
    await expectConsistent(done.length);
    for (const name of names.filter((_, i) => results[i]?.status === "rejected")) await append([entry(name)]);
    expect(new Set(await leaves())).toEqual(new Set(names.map((name) => entry(name).leaf)));
    await expectConsistent(20);
  });

  it("decide again on the head they lost to", async () => {
    const seen: number[] = [];
    let interfered = false;
    await appendToLog(
      env.DB,
      async (head) => {
        seen.push(head.size);
        if (!interfered) {
          interfered = true;
          await append(entries(0, 3));
        }
        return { entries: [entry(`after ${String(head.size)}`)], statements: [], value: null };
      },
      { now },
    );
    expect(seen).toEqual([0, 3]);
    expect((await leaves()).at(-1)).toBe(entry("after 3").leaf);
    await expectConsistent(4);
  });

  it("never store one leaf twice", async () => {
    await append([entry("same")]);
    await expect(append([entry("same")])).rejects.toThrow();
    await expectConsistent(1);
  });
});
