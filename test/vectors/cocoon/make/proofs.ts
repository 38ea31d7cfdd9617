/** proofs.json: tlog-proofs of entries of a log and a book, notes of two keys, and what of them is refused (C2SP, Annex A of the design). */
import { fromUtf8, toBase64, toBase64url, toHex, utf8 } from "../../../../shared/bytes.ts";
import { formatCheckpoint } from "../../../../shared/log/checkpoint.ts";
import { cosigner } from "../../../../shared/log/cosignature.ts";
import { leafHash } from "../../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../../shared/log/note.ts";
import type { TestLog } from "../../../unit/verify/world.ts";
import { seedOf, smallWorld } from "./world.ts";

export async function makeProofs() {
  const { hub, campaign, a } = await smallWorld();
  for (let n = 1; n < 7; n += 1) a.pledge(campaign, String(n), 0);
  await hub.report(a);
  await hub.publishTotals();
  const proofOf = async (log: TestLog, vkey: string, index: number) => {
    const entry = fromUtf8(log.entries[index] ?? utf8(""));
    const leaf = toBase64url(leafHash(utf8(entry)));
    return { log: log.origin, vkey, index, size: log.size, entry, leaf, proof: (await log.proof(leaf)) ?? "" };
  };
  const proofs = [];
  for (const index of [0, 3, 6]) proofs.push(await proofOf(a.book, a.vkey, index));
  for (const index of [1, hub.log.size - 1]) proofs.push(await proofOf(hub.log, hub.vkey, index));
  const [one] = proofs.slice(1, 2);
  if (one === undefined) throw new Error("there are proofs");
  const changed = (name: string, code: string, proof: string) => ({ name, code, proof });
  const [head = "", checkpoint = ""] = one.proof.split(/\n\n(.*)/s);
  const lines = head.split("\n");
  const again = (parts: readonly string[], note = checkpoint) => `${parts.join("\n")}\n\n${note}`;
  const textsOf = (log: TestLog) => log.entries.map((entry) => fromUtf8(entry));
  return {
    logs: { [a.book.origin]: textsOf(a.book), [hub.log.origin]: textsOf(hub.log) } as Record<string, string[]>,
    proofs,
    /** of the second proof, each with the code it is refused with */
    refused: [
      changed("another index", "proof-invalid", again(lines.map((line) => line.replace("index 3", "index 2")))),
      changed(
        "hashes in another order",
        "proof-invalid",
        again([...lines.slice(0, 2), ...lines.slice(2).toReversed()]),
      ),
      changed("one hash less", "proof-invalid", again(lines.slice(0, -1))),
      changed("one hash more", "proof-invalid", again([...lines, lines.at(-1) ?? ""])),
      changed(
        "an index beyond the tree",
        "proof-invalid",
        again(lines.map((line) => line.replace("index 3", "index 7"))),
      ),
      changed(
        "an index with a leading zero",
        "proof-malformed",
        again(lines.map((line) => line.replace("index 3", "index 03"))),
      ),
      changed("another header", "proof-malformed", again(["c2sp.org/tlog-proof@v2", ...lines.slice(1)])),
      changed("a hash of 31 bytes", "proof-malformed", again([...lines.slice(0, -1), toBase64(new Uint8Array(31))])),
      changed("a changed root", "note-signature", again(lines, checkpoint.replace("\n7\n", "\n8\n"))),
      changed(
        "a checkpoint without a signature line of the key",
        "note-unsigned",
        again(
          lines,
          await signNote(checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1), [
            await noteSigner((await generateNoteKey("else.example/book", seedOf(0x60))).skey),
          ]),
        ),
      ),
      changed(
        "a checkpoint of another log under the same key",
        "checkpoint-origin",
        again(
          lines,
          await signNote(
            checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1).replace("a.example", "b.example"),
            a.book.signers,
          ),
        ),
      ),
    ],
    /** the same with a line of whatever the log adds, which is not authenticated */
    with_extra: again([lines[0] ?? "", `extra ${toBase64(utf8("whatever"))}`, ...lines.slice(1)]),
    notes: await makeNotes(),
  };
}

/** A key whose base64 has plus signs in it, notes of two keys, and unknown lines. */
async function makeNotes() {
  let n = 0x60;
  let made = await generateNoteKey("notes.example/log", seedOf(n));
  while (!made.vkey.slice(made.vkey.lastIndexOf("/log+") + 14).includes("+"))
    made = await generateNoteKey("notes.example/log", seedOf((n += 1)));
  const [plus, second] = [made, await generateNoteKey("notes.example/log", seedOf(0xf0))];
  const unknown = await generateNoteKey("else.example/log", seedOf(0xf1));
  const witness = await cosigner((await generateNoteKey("w.example/witness", seedOf(0xf2), 0x04)).skey);
  const text = formatCheckpoint({ origin: "notes.example/log", size: 1, root: leafHash(utf8("entry")) });
  const sign = async (...keys: { skey: string }[]) =>
    await signNote(text, await Promise.all(keys.map(async ({ skey }) => await noteSigner(skey))));
  const good = await sign(plus);
  const line = good.slice(good.indexOf("\n\n") + 2);
  const cosigned = await witness.cosign(text, 1_780_000_000);
  const broken = line.replace(/.{4}\n$/, "AAA=\n");
  return {
    seed_with_plus: toHex(seedOf(n)),
    vkeys: { plus: plus.vkey, second: second.vkey, unknown: unknown.vkey, witness: witness.vkey },
    text,
    /** which of `plus` and `second` have signed, or the code of the refusal */
    opened: [
      { name: "one key", note: good, verified: ["plus"] },
      { name: "two keys", note: await sign(plus, second), verified: ["plus", "second"] },
      {
        name: "a line of an unknown key before and after it is ignored",
        note: `${text}\n${(await sign(unknown)).slice(text.length + 1)}${line}${cosigned}`,
        verified: ["plus"],
      },
      { name: "a key's line twice is one signature", note: good + line, verified: ["plus"] },
      {
        name: "a known key's line that does not verify refuses the note, whoever else signed",
        note: (await sign(second)) + broken,
        code: "note-signature",
      },
      { name: "nobody known", note: await sign(unknown), code: "note-unsigned" },
      { name: "no blank line", note: text + line, code: "note-malformed" },
      { name: "no line feed at the end", note: good.slice(0, -1), code: "note-malformed" },
    ],
    /** the witness's line under the same text: cosignature/v1 at 1780000000 */
    cosigned: { at: 1_780_000_000, note: good + cosigned },
    vkeys_refused: [
      { name: "another key id", vkey: plus.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+") },
      { name: "another type byte", vkey: plus.vkey.replace(/\+A/, "+B") },
      { name: "three bytes less", vkey: plus.vkey.slice(0, -4) },
      { name: "no name", vkey: plus.vkey.slice(plus.vkey.indexOf("+")) },
    ],
  };
}
