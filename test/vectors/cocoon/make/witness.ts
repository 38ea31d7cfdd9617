/** witness.json: what a witness answers to one add-checkpoint after the other (§7, C2SP tlog-witness v1.0.0). */
import { type Bytes, toBase64, toHex, sha256, utf8 } from "../../../../shared/bytes.ts";
import { formatCheckpoint } from "../../../../shared/log/checkpoint.ts";
import { cosigner } from "../../../../shared/log/cosignature.ts";
import { leafHash, rootOf } from "../../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner, signNote } from "../../../../shared/log/note.ts";
import { consistencyProof } from "../../../../shared/log/tiles.ts";
import { type Witnessed, judgeRequest, witnessStatus } from "../../../../shared/witness/judge.ts";
import { formatAddCheckpoint, parseAddCheckpoint } from "../../../../shared/witness/request.ts";
import { seedOf } from "./world.ts";

const ORIGIN = "hub.example/log";
const NOW = 1_780_000_000;

export interface Step {
  name: string;
  /** the witness's clock */
  at: number;
  body: string;
  status: number;
  /** the problem's code; null when it cosigned */
  code: string | null;
  /** the signature line, or the size of a 409 */
  answer: string | null;
  size_after: number;
}

export async function makeWitness() {
  const log = await generateNoteKey(ORIGIN, seedOf(0x11));
  const signer = await noteSigner(log.skey);
  const witness = await cosigner((await generateNoteKey("a.example/witness", seedOf(0x22), 0x04)).skey);
  const leaves = Array.from({ length: 9 }, (_, at) => leafHash(utf8(`entry ${at}`)));
  const tile = Uint8Array.from(leaves.flatMap((leaf) => [...leaf]));
  const root = (size: number) => rootOf(leaves.slice(0, size));
  const note = async (size: number, at: Bytes = root(size), by = signer, origin = ORIGIN) =>
    await signNote(formatCheckpoint({ origin, size, root: at }), [by]);
  const proof = (from: number, to: number) => consistencyProof(from, to, () => tile);
  const body = async (old: number, size: number) =>
    formatAddCheckpoint({ old, proof: proof(old, size), note: await note(size) });
  const stranger = await noteSigner((await generateNoteKey(ORIGIN, seedOf(0x61))).skey);
  const emptyWithRoot = await signNote(`${ORIGIN}\n0\n${toBase64(root(1))}\n`, [signer]);

  let last: Witnessed = { size: 0, root: null };
  const steps: Step[] = [];
  async function post(name: string, text: string, at = NOW + steps.length) {
    const parsed = parseAddCheckpoint(text);
    const known = parsed.ok && parsed.value.checkpoint.origin === ORIGIN ? { vkeys: [log.vkey], last } : null;
    const judged = parsed.ok ? await judgeRequest(parsed.value, known) : null;
    const before = last.size;
    if (parsed.ok && judged?.ok) last = { size: parsed.value.checkpoint.size, root: parsed.value.checkpoint.root };
    const code = judged === null ? "witness-malformed" : judged.ok ? null : judged.error.code;
    const status = code === null ? 200 : witnessStatus[code];
    const answer =
      code === null && judged?.ok ? await witness.cosign(judged.value.text, at) : status === 409 ? `${before}\n` : null;
    steps.push({ name, at, body: text, status, code, answer, size_after: last.size });
  }
  await post("an empty tree that has a root", `old 0\n\n${emptyWithRoot}`);
  await post("a proof from nothing", formatAddCheckpoint({ old: 0, proof: proof(2, 3), note: await note(3) }));
  await post("the first checkpoint, from nothing", await body(0, 3));
  await post("who does not know what was cosigned begins with 0 and is told", await body(0, 5));
  await post("and comes again from there", await body(3, 5));
  await post("the same size again is signed again, with a new time", await body(5, 5));
  await post("a smaller checkpoint than was cosigned", await body(3, 4));
  await post("old beyond the checkpoint", formatAddCheckpoint({ old: 6, proof: [], note: await note(5) }));
  await post(
    "the same size with another root",
    formatAddCheckpoint({ old: 5, proof: [], note: await note(5, root(4)) }),
  );
  await post("a proof of something else", formatAddCheckpoint({ old: 5, proof: proof(4, 7), note: await note(7) }));
  await post("no proof", formatAddCheckpoint({ old: 5, proof: [], note: await note(7) }));
  await post(
    "another key",
    formatAddCheckpoint({ old: 5, proof: proof(5, 7), note: await note(7, root(7), stranger) }),
  );
  await post(
    "a broken line of the log's key",
    formatAddCheckpoint({ old: 5, proof: proof(5, 7), note: (await note(7)).replace(/.{4}\n$/, "AAA=\n") }),
  );
  await post(
    "another origin",
    formatAddCheckpoint({ old: 0, proof: [], note: await note(1, root(1), signer, "else.example/log") }),
  );
  await post("an empty tree with a root, at old 5: the size is looked at first", `old 5\n\n${emptyWithRoot}`);
  await post("a hash that is not 32 bytes", `old 5\n${toBase64(new Uint8Array(31))}\n\n${await note(7)}`);
  await post("64 hashes", `old 5\n${`${toBase64(root(1))}\n`.repeat(64)}\n${await note(7)}`);
  await post("old with a leading zero", (await body(5, 7)).replace("old 5", "old 05"));
  await post("no empty line", (await body(5, 5)).replace("\n\n", "\n"));
  await post("from 5 to 9", await body(5, 9));
  return {
    log: { origin: ORIGIN, vkey: log.vkey },
    witness: { vkey: witness.vkey, seed: toHex(seedOf(0x22)) },
    /** where the newest cosigned checkpoint is: `GET <witness>/<this>/checkpoint` */
    origin_sha256: toHex(sha256(utf8(ORIGIN))),
    steps,
  };
}
