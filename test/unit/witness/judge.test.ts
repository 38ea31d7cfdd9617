import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256, toBase64, utf8 } from "../../../shared/bytes.ts";
import { EMPTY_ROOT } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../shared/log/note.ts";
import { parseCheckpoint } from "../../../shared/log/checkpoint.ts";
import { type KnownLog, judgeRequest, witnessStatus } from "../../../shared/witness/judge.ts";
import { formatAddCheckpoint, parseAddCheckpoint } from "../../../shared/witness/request.ts";
import { vectors } from "../vectors.ts";
import { type MemoryLog, memoryLog } from "../../../scripts/network/memory-log.ts";

interface Published {
  vkey?: string;
  add_checkpoint_requests: { old: number; new: number; request_body: string }[];
}
const { add_checkpoint_requests: requests } = vectors("derived/tessera-log-proofs.json") as Published;
const checkpoints = vectors("tlog-checkpoint/vectors.json") as { name: string; vkey: string; checkpoint: string }[];

function publishedRoot(size: number) {
  const { checkpoint } = checkpoints.find(({ name }) => name === `tessera-testdata-size-${String(size)}`)!;
  const parsed = parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1));
  return parsed.ok ? parsed.value.root : null;
}

/** The status a witness answers with: 200, or that of the refusal. */
async function statusOf(body: string, known: KnownLog | null): Promise<number> {
  const parsed = parseAddCheckpoint(body);
  if (!parsed.ok) return witnessStatus[parsed.error];
  const judged = await judgeRequest(parsed.value, known);
  return judged.ok ? 200 : witnessStatus[judged.error.code];
}

function knownAt(log: MemoryLog, size: number): KnownLog {
  return { vkeys: [log.vkey], last: { size, root: size === 0 ? null : log.root(size) } };
}

describe("published add-checkpoint bodies", () => {
  test.each(requests)("from $old to $new is cosigned, and formats back to the same bytes", async (vector) => {
    const parsed = parseAddCheckpoint(vector.request_body);
    expect(parsed).toMatchObject({ ok: true, value: { old: vector.old, checkpoint: { size: vector.new } } });
    if (parsed.ok) expect(formatAddCheckpoint(parsed.value)).toBe(vector.request_body);
    const known = { vkeys: [checkpoints[0]!.vkey], last: { size: vector.old, root: publishedRoot(vector.old) } };
    expect(await statusOf(vector.request_body, known)).toBe(200);
    const other = { vkeys: known.vkeys, last: { size: vector.old, root: sha256(utf8("another tree")) } };
    expect(await statusOf(vector.request_body, other)).toBe(vector.old === vector.new ? 409 : 422);
  });
});

describe("the status of each refusal", () => {
  test("a log that nobody told the witness of is 404, before any signature is checked", async () => {
    const log = await memoryLog();
    log.grow(3);
    expect(await statusOf(await log.request(0), null)).toBe(404);
  });

  test("another key's signature, none, and a broken one of the known key are 403", async () => {
    const [log, impostor] = [await memoryLog(), await memoryLog("hub.example.org/log", "another key")];
    log.grow(3);
    impostor.grow(3);
    expect(await statusOf(await impostor.request(0), knownAt(log, 0))).toBe(403);
    const [note, other] = [await log.checkpoint(3), await log.checkpoint(2)];
    const swapped = note.slice(0, note.indexOf("\n\n") + 2) + other.slice(other.indexOf("\n\n") + 2);
    expect(await statusOf(`old 0\n\n${swapped}`, knownAt(log, 0))).toBe(403);
  });

  test("an old size beyond the checkpoint is 400, whatever the witness has", async () => {
    const log = await memoryLog();
    log.grow(5);
    expect(await statusOf(await log.request(5, 4), knownAt(log, 5))).toBe(400);
    expect(await statusOf(await log.request(5, 4), knownAt(log, 2))).toBe(400);
  });

  test("another size than the last one cosigned is 409 and names that size", async () => {
    const log = await memoryLog();
    log.grow(5);
    for (const old of [0, 2, 4, 5]) {
      const parsed = parseAddCheckpoint(await log.request(old));
      expect(parsed.ok && (await judgeRequest(parsed.value, knownAt(log, 3)))).toEqual({
        ok: false,
        error: { code: "witness-size", size: 3 },
      });
    }
  });

  test("the same size with another root is 409 and named a fork", async () => {
    const log = await memoryLog();
    log.grow(4);
    const parsed = parseAddCheckpoint(await log.fork(2, 2).request(4));
    expect(parsed.ok && (await judgeRequest(parsed.value, knownAt(log, 4)))).toEqual({
      ok: false,
      error: { code: "witness-fork", size: 4 },
    });
  });

  test("an empty tree with a root, a proof from nothing, and a proof of something else are 422", async () => {
    const log = await memoryLog();
    log.grow(6);
    const { skey } = await generateNoteKey(log.origin, sha256(utf8(log.origin)));
    const signer = await noteSigner(skey);
    const impossible = await signNote(`${log.origin}\n0\n${toBase64(log.root(1))}\n`, [signer]);
    expect(await statusOf(`old 0\n\n${impossible}`, knownAt(log, 0))).toBe(422);
    const fromNothing = formatAddCheckpoint({ old: 0, proof: log.proof(3), note: await log.checkpoint() });
    expect(await statusOf(fromNothing, knownAt(log, 0))).toBe(422);
    const wrong = formatAddCheckpoint({ old: 3, proof: log.proof(2), note: await log.checkpoint() });
    expect(await statusOf(wrong, knownAt(log, 3))).toBe(422);
  });

  test("an empty tree is cosigned, and grows", async () => {
    const log = await memoryLog();
    expect(await statusOf(await log.request(0), knownAt(log, 0))).toBe(200);
    log.grow(2);
    const empty = { vkeys: [log.vkey], last: { size: 0, root: EMPTY_ROOT } };
    expect(await statusOf(await log.request(0), empty)).toBe(200);
  });
});

describe("requests that cannot be read are 400", () => {
  const HASH = toBase64(sha256(utf8("x")));
  test("each malformed part", async () => {
    const log = await memoryLog();
    log.grow(3);
    const note = await log.checkpoint();
    const lines = (count: number): string => `${HASH}\n`.repeat(count);
    const bodies = [
      "",
      "old 0",
      `old 0\n${note}`,
      `old\n\n${note}`,
      `old 00\n\n${note}`,
      `old -1\n\n${note}`,
      `old 1.0\n\n${note}`,
      `old 9007199254740993\n\n${note}`,
      `new 0\n\n${note}`,
      `old 0 \n\n${note}`,
      `old 1\n${HASH.slice(0, -1)}\n\n${note}`,
      `old 1\n${HASH.slice(0, 42)}J=\n\n${note}`,
      `old 1\n${"A".repeat(44)}\n\n${note}`,
      `old 1\n${lines(64)}\n${note}`,
      `old 0\n\n${note.slice(0, note.indexOf("\n\n") + 1)}`,
      `old 0\n\n${note.slice(0, -1)}`,
      `old 0\n\n${note.replace("\n3\n", "\n03\n")}`,
      `old 0\n\n${note.replace("\n3\n", "\n3 \n")}`,
      `old 0\n\n${note.replace("\n\n", `\n${"e".repeat(5000)}\n\n`)}`,
      `old 0\n\n${note}${"— a AAAAAAA=\n".repeat(101)}`,
    ];
    for (const body of bodies) expect([body, parseAddCheckpoint(body).ok]).toEqual([body, false]);
    expect(parseAddCheckpoint(`old 1\n${lines(63)}\n${note}`).ok).toBe(true);
    expect(parseAddCheckpoint(`old 0\n\n${note}— a ${"A".repeat(65_536)}\n`).ok).toBe(false);
  });
});

test("whatever is submitted in whatever order, what a witness cosigns is one growing tree", async () => {
  const step = fc.record({
    fork: fc.nat(3),
    size: fc.nat(40),
    old: fc.option(fc.nat(40)),
    proofFrom: fc.option(fc.nat(40)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(30), fc.nat(12))), fc.array(step), async (forks, steps) => {
      const log = await memoryLog();
      log.grow(40);
      const trees = [log, ...forks.slice(0, 3).map(([at, count]) => log.fork(at, count))];
      let last: KnownLog["last"] = { size: 0, root: null };
      let cosigned: { tree: MemoryLog; size: number } | null = null;
      for (const { fork, size: wanted, old: claimed, proofFrom } of steps) {
        const tree = trees[fork % trees.length]!;
        const size = Math.min(wanted, tree.leaves.length);
        const old = claimed ?? last.size;
        const from = Math.min(proofFrom ?? old, size);
        const body = formatAddCheckpoint({ old, proof: tree.proof(from, size), note: await tree.checkpoint(size) });
        const parsed = parseAddCheckpoint(body);
        if (!parsed.ok) throw new Error("an honest format");
        const judged = await judgeRequest(parsed.value, { vkeys: [log.vkey], last });
        if (!judged.ok) continue;
        // The tree cosigned before is a prefix of this one: leaf by leaf, not by the proof that was sent.
        if (cosigned !== null) {
          expect(size).toBeGreaterThanOrEqual(cosigned.size);
          expect(tree.leaves.slice(0, cosigned.size)).toEqual(cosigned.tree.leaves.slice(0, cosigned.size));
        }
        cosigned = { tree, size };
        last = { size, root: parsed.value.checkpoint.root };
      }
      // And an honest continuation is never refused.
      if (cosigned !== null) {
        const { tree } = cosigned;
        expect(await statusOf(await tree.request(last.size), { vkeys: [log.vkey], last })).toBe(200);
      }
    }),
    { numRuns: 60 },
  );
});
