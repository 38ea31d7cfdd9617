import { describe, expect, test } from "vitest";
import { fromBase64, sha256, toBase64, utf8 } from "../../../shared/bytes.ts";
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from "../../../shared/log/checkpoint.ts";
import { EMPTY_ROOT, leafHash } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, openNote, signNote } from "../../../shared/log/note.ts";
import { vectors } from "../vectors.ts";

const published = vectors("tlog-checkpoint/vectors.json") as { name: string; vkey: string; checkpoint: string }[];
const root = leafHash(utf8("root"));
const origin = "hub.example.org/log";
const { vkey, skey } = await generateNoteKey(origin, sha256(utf8("checkpoint test")));
const signer = await noteSigner(skey);

describe("checkpoints", () => {
  test.each(published)("$name opens and is written back byte for byte", async ({ checkpoint, vkey }) => {
    const [origin, size, rootText] = checkpoint.split("\n") as [string, string, string];
    const opened = await openCheckpoint(checkpoint, vkey, origin);
    expect(opened).toEqual({ ok: true, value: { origin, size: Number(size), root: fromBase64(rootText) } });
    const note = await openNote(checkpoint, [vkey]);
    expect(opened.ok && note.ok && formatCheckpoint(opened.value) === note.value.text).toBe(true);
  });

  test("what is signed opens under its key and origin only", async () => {
    const note = await signCheckpoint({ origin, size: 12, root }, signer);
    expect(await openCheckpoint(note, vkey, origin)).toEqual({ ok: true, value: { origin, size: 12, root } });
    expect(await openCheckpoint(note, vkey, "other.example.org/log")).toEqual({
      ok: false,
      error: "checkpoint-origin",
    });
    const other = await generateNoteKey(origin);
    expect(await openCheckpoint(note, other.vkey, origin)).toEqual({ ok: false, error: "note-unsigned" });
  });

  test("one head has one signed form, so signing it again never differs", async () => {
    const head = { origin, size: 12, root };
    expect(await signCheckpoint(head, signer)).toBe(await signCheckpoint(head, signer));
  });

  test("extension lines are ignored if they are not empty", () => {
    const text = formatCheckpoint({ origin, size: 3, root });
    expect(parseCheckpoint(`${text}extension\nanother\n`)).toEqual({ ok: true, value: { origin, size: 3, root } });
    expect(parseCheckpoint(`${text}\n`).ok).toBe(false);
    expect(parseCheckpoint(`${text}extension\n\n`).ok).toBe(false);
  });

  const rootText = toBase64(root);
  test.each([
    ["a leading zero", `${origin}\n012\n${rootText}\n`],
    ["a size of two zeros", `${origin}\n00\n${toBase64(EMPTY_ROOT)}\n`],
    ["a sign", `${origin}\n+12\n${rootText}\n`],
    ["a negative size", `${origin}\n-1\n${rootText}\n`],
    ["a size beyond exact numbers", `${origin}\n9007199254740993\n${rootText}\n`],
    ["a size in hexadecimal", `${origin}\n0x10\n${rootText}\n`],
    ["a size with white space", `${origin}\n12 \n${rootText}\n`],
    ["no origin", `\n12\n${rootText}\n`],
    ["no root", `${origin}\n12\n`],
    ["no final line feed", `${origin}\n12\n${rootText}`],
    ["a root of 31 bytes", `${origin}\n12\n${toBase64(root.subarray(1))}\n`],
    ["an unpadded root", `${origin}\n12\n${rootText.slice(0, -1)}\n`],
    ["a root with loose bits", `${origin}\n12\n${"A".repeat(42)}B=\n`],
    ["an empty tree with another root", `${origin}\n0\n${rootText}\n`],
  ])("%s is malformed", (_, text) => {
    expect(parseCheckpoint(text)).toEqual({ ok: false, error: "checkpoint-malformed" });
  });

  test("a signed note that is no checkpoint is refused", async () => {
    const note = await signNote("just a text\n", [signer]);
    expect(await openCheckpoint(note, vkey, origin)).toEqual({ ok: false, error: "checkpoint-malformed" });
  });

  test("what is no tree head cannot be formatted", () => {
    expect(() => formatCheckpoint({ origin, size: -1, root })).toThrow();
    expect(() => formatCheckpoint({ origin, size: 0.5, root })).toThrow();
    expect(() => formatCheckpoint({ origin: "a\nb", size: 1, root })).toThrow();
    expect(() => formatCheckpoint({ origin, size: 1, root: new Uint8Array(31) })).toThrow();
  });
});
