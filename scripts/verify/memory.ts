/** The trees a command has seen, by log key, in a file: the next run notices a history that was rewritten, and can prove it. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Remembered, VerifyReport } from "../../shared/verify/hub.ts";
import { Wrong } from "../command.ts";

const seen = z.object({ note: z.string(), frontier: z.array(z.string()) });
/** Older files hold the checkpoint alone. */
const file = z.record(z.string(), z.union([seen, z.string().transform((note) => ({ note, frontier: [] }))]));
export type State = Record<string, z.infer<typeof seen>>;

export async function readState(path: string): Promise<State> {
  try {
    const state = file.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (state.success) return state.data;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
  }
  throw new Wrong(`Not a state file of this command: ${path}`);
}

export async function writeState(path: string, state: State): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** The tree kept under this key, or the newest under another key of the same log: its key may have changed. */
export function recallOf(state: State, vkey: string): Remembered | undefined {
  const nameOf = (key: string) => key.slice(0, key.indexOf("+"));
  const same = Object.entries(state).filter(([key]) => nameOf(key) === nameOf(vkey));
  const [known, tree] = same.find(([key]) => key === vkey) ?? same.at(-1) ?? [];
  if (known === undefined || tree === undefined) return undefined;
  const { note, frontier } = tree;
  return { vkey: known, note, ...(frontier.length > 0 && { frontier }) };
}

/** Only what verified, fresh or not, is worth remembering. */
export function rememberedAfter(state: State, { vkey, checkpoint, frontier, exit }: VerifyReport): State {
  const isSound = exit === 0 || exit === 2;
  return vkey !== null && checkpoint !== null && isSound ? { ...state, [vkey]: { note: checkpoint, frontier } } : state;
}
