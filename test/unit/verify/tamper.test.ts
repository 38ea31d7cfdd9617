/** Whatever byte of whatever is served changes, the check that covers it fails, with exit code 1. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Bytes } from "../../../shared/bytes.ts";
import { type VerifyReport, verifyHub } from "../../../shared/verify/hub.ts";
import type { Source } from "../../../shared/verify/source.ts";
import { flip, makeWorld } from "./world.ts";

/** Every path a verification asks for, with what it answers. */
type Recording = Map<string, Bytes>;
let recorded: Recording;
let books: Map<string, Recording>;
let options: { vkey: string; now: number };

function recorder(source: Source, into: Recording): Source {
  return {
    name: source.name,
    async get(path, maxBytes) {
      const answer = await source.get(path, maxBytes);
      if (answer.status === 200) into.set(path, answer.bytes);
      return answer;
    },
  };
}

function replay(from: Recording, changes: { path: string; bytes: Bytes } | null): Source {
  return {
    name: "replay",
    async get(path) {
      const bytes = path === changes?.path ? changes.bytes : from.get(path);
      return bytes === undefined ? { status: 404, bytes: new Uint8Array(0) } : { status: 200, bytes };
    },
  };
}

beforeAll(async () => {
  const world = await makeWorld();
  options = { vkey: world.hub.vkey, now: world.hub.now };
  recorded = new Map();
  books = new Map();
  const report = await verifyHub(recorder(world.hub.served.source, recorded), {
    ...options,
    books: (node) => {
      const into: Recording = new Map();
      books.set(node.origin, into);
      return recorder(world.books(node), into);
    },
  });
  expect(report.exit).toBe(0);
});

async function unnoticed(path: string, verify: (bytes: Bytes) => Promise<VerifyReport>, bytes: Bytes, check: string) {
  const missed: string[] = [];
  // every byte of what is small, and a hundred places and more of what is not
  const stride = Math.max(1, Math.floor(bytes.length / 120));
  for (let at = 0; at < bytes.length; at += stride) {
    const { exit, checks } = await verify(flip(bytes, at, 1 << (at % 7)));
    const failed = checks.find(({ ok }) => !ok)?.id;
    if (exit !== 1 || failed !== check) missed.push(`${path} byte ${at}: exit ${exit}, ${failed}`);
  }
  return missed;
}

describe("a changed byte at the hub", () => {
  test.each([
    ["/log/checkpoint", "checkpoint"],
    ["/log/totals", "totals"],
    ["/api/network", "network"],
    ["/log/tile/entries/000.p/17", "tiles"],
    ["/log/tile/0/000.p/17", "tiles"],
  ])(
    "in %s fails the check %s",
    async (path, check) => {
      const bytes = recorded.get(path)!;
      const verify = (changed: Bytes) => verifyHub(replay(recorded, { path, bytes: changed }), options);
      expect(await unnoticed(path, verify, bytes, check)).toEqual([]);
    },
    60_000,
  );

  test("in the proof of an entry fails the check proofs", async () => {
    const path = [...recorded.keys()].find((each) => each.endsWith(".tlog-proof"))!;
    const verify = (changed: Bytes) => verifyHub(replay(recorded, { path, bytes: changed }), options);
    expect(await unnoticed(path, verify, recorded.get(path)!, "proofs")).toEqual([]);
  }, 60_000);
});

describe("a changed byte in a book", () => {
  test.each(["/book/checkpoint", "/book/tile/entries/000.p/3", "/book/tile/0/000.p/3"])(
    "in %s fails the check books",
    async (path) => {
      const book = books.get("b.example")!;
      const bytes = book.get(path)!;
      const verify = (changed: Bytes) =>
        verifyHub(replay(recorded, null), {
          ...options,
          books: ({ origin }) => replay(books.get(origin)!, origin === "b.example" ? { path, bytes: changed } : null),
        });
      expect(await unnoticed(path, verify, bytes, "books")).toEqual([]);
    },
    60_000,
  );
});
