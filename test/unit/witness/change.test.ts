import { beforeAll, describe, expect, test } from "vitest";
import { sha256, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, parseNote } from "../../../shared/log/note.ts";
import { applyStatement } from "../../../shared/network/fold.ts";
import { faultOf } from "../../../shared/network/rules.ts";
import { type NetworkState, emptyNetwork } from "../../../shared/network/state.ts";
import type { Claims, Statement } from "../../../shared/protocol/statement.ts";
import { POLICY_WAIT_S, type WitnessRules, mayStart } from "../../../shared/witness/change.ts";
import { formatPolicy } from "../../../shared/witness/policy.ts";
import { type MemoryLog, memoryLog } from "../../../scripts/network/memory-log.ts";

const AT = 1_790_000_000;
let log: MemoryLog;
const witnesses: Cosigner[] = [];

beforeAll(async () => {
  log = await memoryLog();
  log.grow(12);
  for (const name of ["a", "b", "c", "d"]) {
    const { skey } = await generateNoteKey(`${name}.example/witness`, sha256(utf8(name)), COSIGNATURE);
    witnesses.push(await cosigner(skey));
  }
});

function policyOf(k: number, ...at: number[]): string {
  const members = at.map((i) => ({ name: `w${String(i)}`, vkey: witnesses[i]!.vkey, url: null }));
  return formatPolicy(members, k);
}
async function cosigned(size: number, times: readonly (number | null)[]): Promise<string> {
  const note = await log.checkpoint(size);
  const lines = await Promise.all(
    times.map(async (at, i) => (at === null ? "" : await witnesses[i]!.cosign(parseNote(note)!.text, at))),
  );
  return note + lines.join("");
}
function id(name: string): string {
  return toBase64url(sha256(utf8(name)));
}

describe("a changed rule starts", () => {
  const effective = AT + POLICY_WAIT_S;
  const rules = (): WitnessRules => ({
    current: { leaf: id("old"), index: 3, policy: policyOf(2, 0, 1, 2), since: AT },
    pending: { leaf: id("new"), index: 7, policy: policyOf(1, 3), effective },
  });

  test("once two of the old three have cosigned it after the wait, and not before", async () => {
    const key = { vkey: log.vkey, origin: log.origin };
    const cases: [boolean, number, (number | null)[]][] = [
      [true, 8, [effective, effective + 5, null]],
      [true, 12, [effective, null, effective]],
      [false, 7, [effective, effective, effective]],
      [false, 8, [effective, null, null]],
      [false, 8, [effective - 1, effective, null]],
      [false, 8, [null, null, null, effective]],
      [false, 8, [effective, null, null, effective]],
    ];
    for (const [expected, size, times] of cases) {
      expect([size, times, await mayStart(rules(), await cosigned(size, times), key)]).toEqual([size, times, expected]);
    }
    expect(await mayStart({ ...rules(), pending: null }, await cosigned(8, [effective, effective]), key)).toBe(false);
  });

  test("never by another log's checkpoint, another key's, or a broken cosignature", async () => {
    const good = await cosigned(8, [effective, effective]);
    const other = await memoryLog("other.example/log");
    expect(await mayStart(rules(), good, { vkey: other.vkey, origin: log.origin })).toBe(false);
    expect(await mayStart(rules(), good, { vkey: log.vkey, origin: other.origin })).toBe(false);
    const later = await cosigned(9, [effective, effective]);
    const mixed = good.slice(0, good.indexOf("\n\n")) + later.slice(later.indexOf("\n\n"));
    expect(await mayStart(rules(), mixed, { vkey: log.vkey, origin: log.origin })).toBe(false);
  });
});

describe("the log's rules about rules", () => {
  const LOG = "hub.example.org/log";
  let state: NetworkState;

  function entry(statement: Statement): string | null {
    const item = { index: state.size, leaf: id(`entry ${String(state.size)}`), statement };
    const fault = faultOf(state, item);
    applyStatement(state, item);
    return fault;
  }
  const fromHub = { iss: LOG, v: 1 as const };
  const change = (policy: string, iat: number, effective = iat): Statement => ({
    kind: "witness-policy+jwt",
    claims: { ...fromHub, iat, policy, effective, reason: "" },
  });
  const start = (of: string, checkpoint: string, iat: number): Statement => ({
    kind: "witness-policy-start+jwt",
    claims: { ...fromHub, iat, change: of, checkpoint },
  });

  function begin(): void {
    state = emptyNetwork();
    const claims = {
      ...fromHub,
      iat: AT,
      name: "Hub",
      statement_jwk: { kty: "OKP", crv: "Ed25519", x: id("x") },
      recovery_sha256: id("r"),
      quorum: "none",
      formula: 1,
      currency: "USD",
      k: 1,
      report_interval_s: 60,
    } as Claims<"hub-policy+jwt">;
    expect(entry({ kind: "hub-policy+jwt", claims })).toBeNull();
  }

  test("the first holds at once, the next only after its wait and start", async () => {
    begin();
    expect(entry(change(policyOf(2, 0, 1, 2), AT))).toBeNull();
    expect(state.witnesses).toMatchObject({ current: { index: 1, since: AT }, pending: null });

    expect(entry(change(policyOf(1, 3), AT + 10, AT + POLICY_WAIT_S))).toBe("witness-policy");
    const effective = AT + 20 + POLICY_WAIT_S;
    expect(entry(change(policyOf(1, 3), AT + 20, effective))).toBeNull();
    expect(state.witnesses).toMatchObject({ current: { index: 1 }, pending: { index: 3, effective } });
    const leaf = state.witnesses!.pending!.leaf;
    expect(entry(start(leaf, await log.checkpoint(4), effective - 1))).toBe("witness-policy");
    expect(entry(start(id("another"), await log.checkpoint(4), effective))).toBe("witness-policy");
    expect(entry(start(leaf, await log.checkpoint(3), effective))).toBe("witness-policy");
    expect(entry(start(leaf, await log.checkpoint(12), effective))).toBe("witness-policy");
    expect(entry(start(leaf, "no note", effective))).toBe("witness-policy");
    expect(state.witnesses).toMatchObject({ current: { index: 1 } });
    expect(entry(start(leaf, await log.checkpoint(4), effective))).toBeNull();
    expect(state.witnesses).toEqual({
      current: { leaf, index: 3, policy: policyOf(1, 3), since: effective },
      pending: null,
    });
    expect(entry(start(leaf, await log.checkpoint(4), effective))).toBe("witness-policy");
  });

  test("a policy that does not parse is never logged, and a newer change takes the waiting one's place", () => {
    begin();
    expect(entry(change("quorum nobody\n", AT))).toBe("witness-policy");
    expect(entry(change("quorum none\n", AT))).toBeNull();
    expect(entry(change(policyOf(1, 0), AT + 1))).toBeNull();
    expect(entry(change(policyOf(1, 1), AT + 2, AT + 2 + POLICY_WAIT_S))).toBeNull();
    expect(entry(change(policyOf(1, 2), AT + 3, AT + 3 + POLICY_WAIT_S))).toBeNull();
    expect(state.witnesses).toMatchObject({ current: { index: 3 }, pending: { index: 5, policy: policyOf(1, 2) } });
  });
});
