/**
 * How every command ends: its own exit code, 64 and its usage when the command line was wrong, or 70 when it broke off by
 * itself (sysexits.h): a disk that is full must never look like a verdict on a hub, as node's own exit code 1 would.
 */
import { inspect } from "node:util";

const USAGE_EXIT = 64;
const BROKEN_EXIT = 70;

/** A wrong command line. */
export class Wrong extends Error {}

export async function runCommand(main: () => Promise<number>, usage: string): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isWrong = error instanceof Wrong;
    process.stderr.write(isWrong ? `${error.message}\n\n${usage}\n` : `${inspect(error)}\n`);
    process.exitCode = isWrong ? USAGE_EXIT : BROKEN_EXIT;
  }
}
