/** Reading somebody's bundles as C2SP tlog-tiles asks of a client: the width a signed size requires, then the full one. */
import { expect, test } from "vitest";
import { utf8 } from "../../../shared/bytes.ts";
import { encodeBundle } from "../../../shared/log/bundle.ts";
import { fetchBundle } from "../../../workers/lib/peer-bundle.ts";
import type { Peer } from "../../../workers/lib/remote.ts";

const entries = Array.from({ length: 600 }, (_, at) => utf8(`entry ${at}`));

/** A log that serves these paths under https://log.example/log and nothing else. */
function logWith(paths: Record<string, Uint8Array>) {
  const asked: string[] = [];
  const get: Peer["get"] = (url) => {
    const path = url.replace("https://log.example/log/", "");
    asked.push(path);
    const bytes = paths[path];
    const status = bytes === undefined ? 404 : 200;
    return Promise.resolve({
      ok: true,
      value: { status, contentType: "", retryAfterS: null, bytes: new Uint8Array(bytes ?? []) },
    });
  };
  const read = (index: number, size: number) =>
    fetchBundle({ get } as Peer, "https://log.example/log", { index, size });
  return { read, asked };
}

test("a bundle is asked for at the width that the signed size gives it", async () => {
  const { read, asked } = logWith({ "tile/entries/001.p/44": encodeBundle(entries.slice(256, 300)) });
  expect(await read(1, 300)).toEqual({ ok: true, value: entries.slice(256, 300) });
  expect(asked).toEqual(["tile/entries/001.p/44"]);
});

test("a partial bundle that is gone is the beginning of the full one", async () => {
  const { read, asked } = logWith({ "tile/entries/001": encodeBundle(entries.slice(256, 512)) });
  expect(await read(1, 300)).toEqual({ ok: true, value: entries.slice(256, 300) });
  expect(asked).toEqual(["tile/entries/001.p/44", "tile/entries/001"]);
  expect(await read(1, 512)).toEqual({ ok: true, value: entries.slice(256, 512) });
});

test("what is missing, short or no bundle is not the protocol", async () => {
  const invalid = { ok: false, error: "peer-invalid" };
  expect(await logWith({}).read(0, 3)).toEqual(invalid);
  expect(await logWith({}).read(0, 256)).toEqual(invalid);
  expect(await logWith({ "tile/entries/000.p/3": encodeBundle(entries.slice(0, 2)) }).read(0, 3)).toEqual(invalid);
  expect(await logWith({ "tile/entries/000.p/3": Uint8Array.of(0, 9, 1) }).read(0, 3)).toEqual(invalid);
});
