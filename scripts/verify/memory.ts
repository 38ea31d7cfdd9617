/** The checkpoints a command has seen, by log key, in a file: the next run notices a history that was rewritten. */
import { readFile, rename, writeFile } from "node:fs/promises";
import type { Remembered, VerifyReport } from "../../shared/verify/hub.ts";
import { Wrong } from "../command.ts";

export type State = Record<string, string>;

export async function readState(file: string): Promise<State> {
  try {
    const state: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof state === "object" && state !== null && Object.values(state).every((note) => typeof note === "string"))
      return state as State;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
  }
  throw new Wrong(`Not a state file of this command: ${file}`);
}

export async function writeState(file: string, state: State): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** The checkpoint kept under this key, or the newest under another key of the same log: its key may have changed. */
export function recallOf(state: State, vkey: string): Remembered | undefined {
  const nameOf = (key: string) => key.slice(0, key.indexOf("+"));
  const same = Object.entries(state).filter(([key]) => nameOf(key) === nameOf(vkey));
  const [known, note] = same.find(([key]) => key === vkey) ?? same.at(-1) ?? [];
  return known === undefined || note === undefined ? undefined : { vkey: known, note };
}

/** Only what verified, fresh or not, is worth remembering. */
export function rememberedAfter(state: State, { vkey, checkpoint, exit }: VerifyReport): State {
  const isSound = exit === 0 || exit === 2;
  return vkey !== null && checkpoint !== null && isSound ? { ...state, [vkey]: checkpoint } : state;
}
