import { describe, expect, test } from "vitest";
import { fromBase64, fromUtf8, sha256, toBase64, utf8 } from "../../../shared/bytes.ts";
import {
  type NoteSigner,
  generateNoteKey,
  noteSigner,
  openNote,
  parseVkey,
  signNote,
} from "../../../shared/log/note.ts";
import { vectors } from "../vectors.ts";

interface NoteVector {
  name: string;
  vkey: string;
  skey?: string;
  text: string;
  note: string;
}
interface CosignatureVector {
  name: string;
  cosigner_vkey?: string;
  checkpoint?: string;
  ok_vkeys?: string[];
  pairs?: [vkey: string, skey: string][];
}
const published = vectors("signed-note/vectors.json") as NoteVector[];
const notes = published.filter(({ text }) => text !== undefined);
const [goExample, twoSignatures] = notes as [NoteVector, NoteVector];
const badVkeys = (published.find(({ name }) => name === "bad-vkeys") as unknown as { bad_vkeys: string[] }).bad_vkeys;
const cosignatures = vectors("tlog-cosignature/vectors.json") as CosignatureVector[];

async function signerOf(name: string, seedText: string): Promise<NoteSigner> {
  return noteSigner((await generateNoteKey(name, sha256(utf8(seedText)))).skey);
}

describe("published notes", () => {
  test.each(notes)("$name opens with its key", async ({ note, vkey, text }) => {
    expect(await openNote(note, [vkey])).toMatchObject({ ok: true, value: { text, verified: [vkey] } });
  });

  test("signing the text with the published key gives the published note", async () => {
    const signer = await noteSigner(goExample.skey!);
    expect(signer).toMatchObject({ name: "PeterNeumann", keyId: "c74f20a3", vkey: goExample.vkey });
    expect(await signNote(goExample.text, [signer])).toBe(goExample.note);
  });

  test("the note with two signatures counts each key that is asked for", async () => {
    const opened = await openNote(twoSignatures.note, [twoSignatures.vkey, goExample.vkey]);
    expect(opened).toMatchObject({ ok: true, value: { verified: [goExample.vkey, twoSignatures.vkey] } });
  });

  test("the EnochRoot key is the one of thirty-two zero bytes", async () => {
    expect((await generateNoteKey("EnochRoot", new Uint8Array(32))).vkey).toBe(twoSignatures.vkey);
  });

  test("the witness key pairs of transparency-dev/formats belong together", async () => {
    const { pairs } = cosignatures.find(({ name }) => name === "witness-key-pairs")!;
    expect(pairs).toHaveLength(3);
    for (const [vkey, skey] of pairs!) expect((await noteSigner(skey)).vkey).toBe(vkey);
  });
});

describe("verifier keys", () => {
  test.each(badVkeys)("%s is refused", (vkey) => {
    expect(parseVkey(vkey).ok).toBe(false);
  });

  test("every strict prefix and suffix, and every byte changed, is refused", () => {
    const { vkey } = goExample;
    expect(parseVkey(vkey).ok).toBe(true);
    for (let i = 1; i < vkey.length; i++) {
      expect(parseVkey(vkey.slice(0, i)).ok).toBe(false);
      expect(parseVkey(vkey.slice(i)).ok).toBe(false);
    }
    for (let i = 0; i < vkey.length; i++) {
      const changed = vkey.slice(0, i) + String.fromCharCode(vkey.charCodeAt(i) + 1) + vkey.slice(i + 1);
      expect(parseVkey(changed).ok).toBe(false);
    }
  });

  test("the base64 of a key may hold plus signs", async () => {
    let plus = "";
    for (let i = 0; !plus; i++) {
      const { vkey } = await generateNoteKey("hub.example.org/log", sha256(utf8(`seed ${i}`)));
      if (vkey.split("+").length > 3) plus = vkey;
    }
    expect(parseVkey(plus)).toMatchObject({ ok: true, value: { name: "hub.example.org/log" } });
  });

  test("cosigner keys are of another type and not taken for log keys", () => {
    const { ok_vkeys } = cosignatures.find(({ name }) => name === "vkey-forms")!;
    expect(ok_vkeys!.map((vkey) => parseVkey(vkey).ok)).toEqual([true, false, false]);
  });

  test("names with white space or plus signs cannot be key names", async () => {
    for (const name of ["", "a b", "a+b", "a\u00a0b", "a\u2028b", "a\u0085b", "a\nb"]) {
      await expect(generateNoteKey(name)).rejects.toThrow();
    }
  });

  test("a new key is another one each time and signs", async () => {
    const [a, b] = await Promise.all([generateNoteKey("x.example/log"), generateNoteKey("x.example/log")]);
    expect(a.vkey).not.toBe(b.vkey);
    const note = await signNote("hello\n", [await noteSigner(a.skey)]);
    expect((await openNote(note, [a.vkey])).ok).toBe(true);
    expect(await openNote(note, [b.vkey])).toEqual({ ok: false, error: "note-unsigned" });
  });

  test("a signing key whose key id is not its own is refused", async () => {
    await expect(noteSigner(goExample.skey!.replace("c74f20a3", "c74f20a4"))).rejects.toThrow();
    await expect(noteSigner(goExample.vkey)).rejects.toThrow();
    await expect(noteSigner(goExample.skey!.slice(0, -2))).rejects.toThrow();
  });
});

describe("opening", () => {
  test("every byte of a note changed in any bit makes it refused", async () => {
    const bytes = utf8(goExample.note);
    for (let i = 0; i < bytes.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = new Uint8Array(bytes);
        changed[i]! ^= 1 << bit;
        let text;
        try {
          text = fromUtf8(changed);
        } catch {
          continue; // not UTF-8: refused before it is a note
        }
        expect((await openNote(text, [goExample.vkey])).ok, `byte ${i} bit ${bit}`).toBe(false);
      }
    }
  });

  test("a note cut short anywhere is refused", async () => {
    for (let end = 0; end < goExample.note.length; end++) {
      expect((await openNote(goExample.note.slice(0, end), [goExample.vkey])).ok, `first ${end}`).toBe(false);
    }
  });

  test("the signatures follow the last blank line: text may hold blank lines", async () => {
    const signer = await signerOf("a.example/log", "a");
    const text = "one\n\ntwo\n\n— a.example/log AAAA\n";
    expect(await openNote(await signNote(text, [signer]), [signer.vkey])).toMatchObject({ ok: true, value: { text } });
  });

  test("signatures of unknown keys and types are ignored", async () => {
    const signer = await signerOf("a.example/log", "a");
    const other = await signerOf("b.example/log", "b");
    const witnessed = cosignatures.find(({ name }) => name === "witness.example.org")!.checkpoint!;
    const witnessLines = witnessed.slice(witnessed.lastIndexOf("\n\n") + 2);
    const note = (await signNote("text\n", [other, signer])) + witnessLines;
    expect(await openNote(note, [signer.vkey])).toMatchObject({ ok: true, value: { verified: [signer.vkey] } });
  });

  test.each(cosignatures.filter(({ checkpoint }) => checkpoint !== undefined))(
    "the cosigned checkpoint $name parses, and no key of ours signed it",
    async ({ checkpoint }) => {
      expect(await openNote(checkpoint!, [goExample.vkey])).toEqual({ ok: false, error: "note-unsigned" });
    },
  );

  test("a key that shares a name or an id with a known one, but not both, is unknown", async () => {
    const [known, sameName] = await Promise.all([signerOf("a.example/log", "a"), signerOf("a.example/log", "b")]);
    const text = "text\n";
    const good = await signNote(text, [known]);
    const line = good.slice(good.indexOf("\n\n") + 2);
    // the id of the known key under another name, and a signature that would not verify
    const sameId = line.replace("a.example/log", "b.example/log").replace(/.{4}\n$/, "AAA=\n");
    for (const other of [await sameName.sign(text), sameId]) {
      expect(await openNote(good + other, [known.vkey])).toMatchObject({ ok: true, value: { verified: [known.vkey] } });
      expect(await openNote(`${text}\n${other}`, [known.vkey])).toEqual({ ok: false, error: "note-unsigned" });
    }
  });

  test("a known key with a bad signature refuses the whole note, whoever else signed", async () => {
    const [a, b] = await Promise.all([signerOf("a.example/log", "a"), signerOf("b.example/log", "b")]);
    const good = await signNote("text\n", [a]);
    const badLine = await b.sign("another text\n");
    expect(await openNote(good + badLine, [a.vkey, b.vkey])).toEqual({ ok: false, error: "note-signature" });
    expect((await openNote(good + badLine, [a.vkey])).ok).toBe(true);
  });

  test("one key is counted once: repeated, under two names, or given twice", async () => {
    const [a, b] = await Promise.all([signerOf("a.example/log", "same"), signerOf("b.example/log", "same")]);
    const note = await signNote("text\n", [a, a, b]);
    const opened = await openNote(note, [a.vkey, a.vkey, b.vkey]);
    expect(opened).toMatchObject({ ok: true, value: { verified: [a.vkey] } });
  });

  test.each([
    ["no blank line", "text\n— a.example/log AAAAAAA=\n"],
    ["no signature", "text\n\n"],
    ["no final line feed", "text\n\n— a.example/log AAAAAAA="],
    ["a hyphen for the dash", "text\n\n- a.example/log AAAAAAA=\n"],
    ["a control character", "te\u0001xt\n\n— a.example/log AAAAAAA=\n"],
    ["a carriage return", "text\r\n\n— a.example/log AAAAAAA=\n"],
    ["a signature of four bytes", "text\n\n— a.example/log AAAAAA==\n"],
    ["base64 with loose bits", "text\n\n— a.example/log AAAAAAB=\n"],
    ["a third field", "text\n\n— a.example/log AAAAAAA= x\n"],
    ["a lone surrogate", "te\ud800xt\n\n— a.example/log AAAAAAA=\n"],
  ])("%s is malformed", async (_, note) => {
    expect(await openNote(note, [goExample.vkey])).toEqual({ ok: false, error: "note-malformed" });
  });

  test("sixteen signatures are read, more than a hundred and enormous notes are not", async () => {
    const signer = await signerOf("a.example/log", "a");
    const line = "— w.example/w AAAAAAA=\n";
    const note = await signNote("text\n", [signer]);
    expect((await openNote(note + line.repeat(99), [signer.vkey])).ok).toBe(true);
    expect(await openNote(note + line.repeat(100), [signer.vkey])).toEqual({ ok: false, error: "note-malformed" });
    const long = await signNote(`${"x".repeat(70_000)}\n`, [signer]);
    expect(await openNote(long, [signer.vkey])).toEqual({ ok: false, error: "note-malformed" });
  });

  test("what is no text of a note is not signed", async () => {
    const signer = await signerOf("a.example/log", "a");
    await expect(signNote("no line feed", [signer])).rejects.toThrow();
    await expect(signNote("tab\t\n", [signer])).rejects.toThrow();
  });

  test("key ids are four bytes of the hash over name, type and key", () => {
    const key = parseVkey(goExample.vkey);
    if (!key.ok) throw new Error(key.error);
    expect(key.value.publicKey).toEqual(fromBase64(goExample.vkey.split("+").slice(2).join("+")).subarray(1));
    expect(toBase64(key.value.publicKey)).toHaveLength(44);
  });
});
