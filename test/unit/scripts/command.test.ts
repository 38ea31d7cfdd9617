/** How commands end: what goes wrong with the command itself is no verdict on a hub. */
import { afterEach, expect, test, vi } from "vitest";
import { runCommand, Wrong } from "../../../scripts/command.ts";
import { readState, writeState } from "../../../scripts/verify/memory.ts";
import { pinnedKey, pinnedPolicy } from "../../../scripts/verify/pinned.ts";
import { EXIT } from "../../../shared/verify/report.ts";

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
  vi.restoreAllMocks();
});

async function endOf(main: () => Promise<number>): Promise<{ code: typeof process.exitCode; said: string }> {
  let said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  await runCommand(main, "Usage");
  return { code: process.exitCode, said };
}

test("a command ends with what it found", async () => {
  for (const exit of Object.values(EXIT))
    expect(await endOf(() => Promise.resolve(exit))).toEqual({ code: exit, said: "" });
});

test("a wrong command line is 64 and says how it would be right", async () => {
  const said = "Name the hub.\n\nUsage\n";
  expect(await endOf(() => Promise.reject(new Wrong("Name the hub.")))).toEqual({ code: 64, said });
  expect(await endOf(async () => Object.keys(await readState("package.json")).length)).toMatchObject({ code: 64 });
});

test("what is pinned by mistake is a wrong command line too, not a wrong hub", async () => {
  expect(() => pinnedKey("hub.example.org/log")).toThrow(Wrong);
  expect(pinnedKey(undefined)).toBeUndefined();
  await expect(pinnedPolicy("package.json")).rejects.toThrow(Wrong);
  await expect(pinnedPolicy("nowhere/at/all")).rejects.toThrow(Wrong);
  expect(await pinnedPolicy(undefined)).toBeUndefined();
});

test("a state that cannot be written is 70 and no verdict: 1 would accuse the hub", async () => {
  const ended = await endOf(async () => {
    await writeState("/nowhere/at/all/state", {});
    return EXIT.ok;
  });
  expect(ended.code).toBe(70);
  expect(ended.said).toContain("ENOENT");
});
