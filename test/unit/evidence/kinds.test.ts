/** Every kind of evidence: produced by a misbehaving party, proven by the command with nobody to ask, and refused once anything in it is changed. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import { type Evidence, evidenceKinds } from "../../../shared/protocol/evidence.ts";
import { makeWorld } from "../verify/world.ts";
import { misdeeds, mutations } from "./misdeeds.ts";

let folder: string;
const made = new Map<Evidence["kind"], Evidence>();
const said = new Map<Evidence["kind"], { exit: number | null; text: string }>();

async function command(kind: Evidence["kind"], document: Evidence): Promise<void> {
  const file = join(folder, `${kind}.json`);
  await writeFile(file, JSON.stringify(document));
  const script = join(import.meta.dirname, "../../../scripts/verify.ts");
  const child = spawn(process.execPath, [script, "evidence", file, "--vkey", document.hub.vkey, "--json"], {
    cwd: folder,
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exit = await new Promise<number | null>((resolve) => void child.on("close", resolve));
  said.set(kind, { exit, text });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cocoon-kinds-"));
  for (const kind of evidenceKinds) made.set(kind, await misdeeds[kind].commit(await makeWorld()));
  await Promise.all([...made].map(async ([kind, document]) => await command(kind, document)));
}, 120_000);
afterAll(async () => await rm(folder, { recursive: true }));

describe.each(evidenceKinds)("%s", (kind) => {
  const accused = misdeeds[kind].by === "hub" ? "hub.example/log" : "a.example";

  test("is produced by a party that misbehaves, in its own form", () => {
    expect(made.get(kind)?.kind).toBe(kind);
  });

  test("is proven by the command, offline", () => {
    const { exit, text } = said.get(kind) ?? { exit: null, text: "{}" };
    expect({ exit, ...(JSON.parse(text) as object) }).toMatchObject({
      exit: 0,
      ok: true,
      party: misdeeds[kind].by,
      accused,
    });
  });

  test("is refused with any of its texts changed", async () => {
    const document = made.get(kind)!;
    const believed: string[] = [];
    for (const mutated of mutations(document)) {
      const parsed = parseEvidence(mutated.document);
      if (parsed !== null && (await verifyEvidence(parsed, [document.hub.vkey])).ok) believed.push(mutated.path);
    }
    expect(believed).toEqual([]);
  });
});
