/** How every command ends: its own exit code, or 64 and its usage when the command line was wrong (sysexits.h, EX_USAGE). */
const USAGE_EXIT = 64;

/** A wrong command line. */
export class Wrong extends Error {}

export async function runCommand(main: () => Promise<number>, usage: string): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = USAGE_EXIT;
  }
}
