/** A community as a witness: judged by shared/witness, stored before it answers. */
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import type { Checkpoint } from "../../../shared/log/checkpoint.ts";
import { type WitnessRefusal, type Witnessed, judgeRequest } from "../../../shared/witness/judge.ts";
import { parseAddCheckpoint } from "../../../shared/witness/request.ts";

export class ModelWitness {
  readonly name: string;
  readonly key: Cosigner;
  held: Witnessed = { size: 0, root: null };
  /** the note it holds, with its own line */
  note = "";
  readonly refusals: WitnessRefusal["code"][] = [];
  readonly #log: { origin: string; vkey: string };

  private constructor(name: string, key: Cosigner, log: { origin: string; vkey: string }) {
    this.name = name;
    this.key = key;
    this.#log = log;
  }

  static async create(name: string, skey: string, log: { origin: string; vkey: string }): Promise<ModelWitness> {
    return new ModelWitness(name, await cosigner(skey), log);
  }

  /** The cosignature line, the size it holds, or null for a body it cannot use. */
  async add(body: string, at: number): Promise<{ line: string } | { size: number } | null> {
    const request = parseAddCheckpoint(body);
    if (!request.ok) return null;
    const { checkpoint }: { checkpoint: Checkpoint } = request.value;
    const known = checkpoint.origin === this.#log.origin ? { vkeys: [this.#log.vkey], last: this.held } : null;
    const judged = await judgeRequest(request.value, known);
    if (!judged.ok) {
      this.refusals.push(judged.error.code);
      return "size" in judged.error ? { size: judged.error.size } : null;
    }
    const { text, lines } = judged.value;
    const line = await this.key.cosign(text, at);
    this.held = { size: checkpoint.size, root: checkpoint.root };
    this.note = `${text}\n${lines}${line}`;
    return { line };
  }
}
