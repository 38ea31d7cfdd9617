/** Our own log (test/vectors/cocoon/log.json): a second implementation should accept and refuse exactly these entries. */
import { expect, test } from "vitest";
import { toBase64url, utf8 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { Fault } from "../../../shared/verify/report.ts";
import { StatementReader } from "../../../shared/verify/statements.ts";
import { cocoon } from "./cocoon.ts";

const vectors = cocoon("log.json");

async function read(log: readonly string[]): Promise<NetworkState> {
  const reader = new StatementReader(vectors.log, { sizes: new Set(), onSize: () => undefined });
  const entries = log.map(utf8);
  await reader.add({ start: 0, entries, leaves: entries.map((entry) => leafHash(entry)) });
  return (await reader.finish()).state;
}

test("every entry verifies with the key current at its index, and the whole under the signed root", async () => {
  const log = vectors.entries.map(({ jws }) => jws);
  const state = await read(log);
  expect(state.communities.get(vectors.node)).toMatchObject({ last_seq: 3, book_vkey: vectors.vkeys.book[1] });
  expect(vectors.entries.map(({ leaf }) => leaf)).toEqual(log.map((jws) => toBase64url(leafHash(utf8(jws)))));
  for (const vkey of vectors.vkeys.log) {
    const opened = await openCheckpoint(vectors.checkpoint, vkey, vectors.log);
    expect(opened.ok && toBase64url(opened.value.root)).toBe(vectors.root);
  }
  expect(toBase64url(rootOf(log.map((jws) => leafHash(utf8(jws)))))).toBe(vectors.root);
});

test.each(vectors.refused)("refused at entry $index: $name ($fault)", async ({ index, jws, fault }) => {
  const before = vectors.entries.slice(0, index).map((entry) => entry.jws);
  const found = await read([...before, jws]).catch((error: unknown) => error as Fault);
  expect(found).toMatchObject({ code: fault, index });
});
