import { describe, expect, test } from "vitest";
import { fromBase64, sha256, utf8 } from "../../../shared/bytes.ts";
import { cosigner, readCosignatureLines, readCosignatures } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, noteSigner, parseCosignerVkey, parseNote } from "../../../shared/log/note.ts";
import { vectors } from "../vectors.ts";

interface Vector {
  name: string;
  cosigner_vkey: string;
  ed25519_seed: string;
  checkpoint: string;
  ok_vkeys: string[];
  timestamp: { sig_b64: string; unix: number };
}
const published = vectors("tlog-cosignature/vectors.json") as Vector[];
const signed = published.filter(({ ed25519_seed }) => ed25519_seed !== undefined);
const AT = 1_790_000_000;
const TEXT = "hub.example.org/log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

async function newCosigner(name = "w.example/witness", seed = "w") {
  return await cosigner((await generateNoteKey(name, sha256(utf8(seed)), COSIGNATURE)).skey);
}

describe("published cosignatures", () => {
  test.each(signed)("$name cosigned this checkpoint", async ({ checkpoint, cosigner_vkey }) => {
    const read = await readCosignatures(checkpoint, [cosigner_vkey]);
    expect(read).toMatchObject({ ok: true, value: [{ vkey: cosigner_vkey, at: 0x69546780 }] });
  });

  test.each(signed)("the key of $name signs the same bytes again", async (vector) => {
    const seed = sha256(utf8(/'(.*)'/.exec(vector.ed25519_seed)![1]!));
    const { vkey, skey } = await generateNoteKey(vector.name, seed, COSIGNATURE);
    expect(vkey).toBe(vector.cosigner_vkey);
    const line = await (await cosigner(skey)).cosign(parseNote(vector.checkpoint)!.text, 0x69546780);
    expect(vector.checkpoint.endsWith(line)).toBe(true);
  });

  test("the time stands in the first eight bytes behind the key id", () => {
    const { sig_b64, unix } = published.find(({ name }) => name === "vkey-forms")!.timestamp;
    const note = `x\n\n— remora.n621.de ${sig_b64}\n`;
    const { signature } = parseNote(note)!.signatures[0]!;
    expect(signature).toEqual(fromBase64(sig_b64).subarray(4));
    expect(Number(new DataView(signature.buffer).getBigUint64(0))).toBe(unix);
  });

  test("log keys and post-quantum keys are not taken for witnesses", () => {
    const { ok_vkeys } = published.find(({ name }) => name === "vkey-forms")!;
    expect(ok_vkeys.map((vkey) => parseCosignerVkey(vkey).ok)).toEqual([false, true, false]);
  });
});

describe("cosigning", () => {
  test("what was cosigned is read back with its time", async () => {
    const witness = await newCosigner();
    const line = await witness.cosign(TEXT, AT);
    expect(await readCosignatureLines(line, TEXT, witness.vkey)).toEqual({ vkey: witness.vkey, at: AT, line });
    expect(fromBase64(line.trim().split(" ").at(-1)!)).toHaveLength(76);
  });

  test("every changed bit of the line, and another text, is refused", async () => {
    const witness = await newCosigner();
    const line = await witness.cosign(TEXT, AT);
    const blob = fromBase64(line.trim().split(" ").at(-1)!);
    for (let at = 4; at < blob.length; at += 1) {
      const changed = blob.slice();
      changed[at]! ^= 1;
      const altered = `— ${witness.name} ${Buffer.from(changed).toString("base64")}\n`;
      expect(await readCosignatureLines(altered, TEXT, witness.vkey)).toBeNull();
      expect(await readCosignatures(`${TEXT}\n${altered}`, [witness.vkey])).toEqual({
        ok: false,
        error: "note-signature",
      });
    }
    expect(await readCosignatureLines(line, TEXT.replace("\n1\n", "\n2\n"), witness.vkey)).toBeNull();
  });

  test("a time beyond every clock is refused", async () => {
    const witness = await newCosigner();
    await expect(witness.cosign(TEXT, 2 ** 53)).rejects.toThrow(RangeError);
    await expect(witness.cosign(TEXT, -1)).rejects.toThrow(RangeError);
  });

  test("a witness that signs twice, or under two names with one key, counts once", async () => {
    const one = await newCosigner("a.example/witness");
    const again = await newCosigner("b.example/witness");
    const lines = [await one.cosign(TEXT, AT), await one.cosign(TEXT, AT + 1), await again.cosign(TEXT, AT)];
    const read = await readCosignatures(`${TEXT}\n${lines.join("")}`, [one.vkey, again.vkey]);
    expect(read).toMatchObject({ ok: true, value: [{ vkey: one.vkey, at: AT }] });
  });

  test("lines of strangers are ignored, also in a witness's answer", async () => {
    const [known, stranger] = [await newCosigner(), await newCosigner("s.example/witness", "s")];
    const lines = (await stranger.cosign(TEXT, AT)) + (await known.cosign(TEXT, AT));
    expect(await readCosignatureLines(lines, TEXT, known.vkey)).toMatchObject({ at: AT });
    expect(await readCosignatures(`${TEXT}\n${lines}`, [known.vkey])).toMatchObject({ value: [{ at: AT }] });
    expect(await readCosignatures(`${TEXT}\n${lines}`, [])).toEqual({ ok: true, value: [] });
  });

  test("a log's key cannot cosign, nor a witness's sign notes", async () => {
    const log = await generateNoteKey("hub.example.org/log");
    const witness = await generateNoteKey("w.example/witness", undefined, COSIGNATURE);
    await expect(cosigner(log.skey)).rejects.toThrow(TypeError);
    await expect(noteSigner(witness.skey)).rejects.toThrow(TypeError);
  });
});
