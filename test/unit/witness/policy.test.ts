import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { sha256, utf8 } from "../../../shared/bytes.ts";
import { COSIGNATURE, generateNoteKey } from "../../../shared/log/note.ts";
import { formatPolicy, meetsQuorum, parsePolicy, quorumRule } from "../../../shared/witness/policy.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const keys = new Map<string, string>();
let log = "";

beforeAll(async () => {
  for (const name of NAMES) {
    keys.set(name, (await generateNoteKey(`${name}.example/witness`, sha256(utf8(name)), COSIGNATURE)).vkey);
  }
  log = (await generateNoteKey("hub.example.org/log", sha256(utf8("log")))).vkey;
});

const vkey = (name: string): string => keys.get(name)!;
const witnesses = (...names: string[]): string => names.map((name) => `witness ${name} ${vkey(name)}\n`).join("");
const of = (...names: string[]): Set<string> => new Set(names.map(vkey));

function policyOf(text: string) {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error(`refused: ${text}`);
  return policy.value;
}

describe("quorum", () => {
  test("none is met by nobody", () => {
    const policy = policyOf("quorum none\n");
    expect(meetsQuorum(policy, new Set())).toBe(true);
    expect(quorumRule(policy)).toEqual({ k: 0, n: 0 });
  });

  test("groups of groups, all, any and k", () => {
    const policy = policyOf(
      `# two of three communities, and one outside\nlog ${log} https://hub.example.org/log\n${witnesses("a", "b", "c", "d", "e")}` +
        "group ours 2 a b c\ngroup outside any d e\ngroup both all ours outside\nquorum both\n",
    );
    expect(quorumRule(policy)).toEqual({ k: 3, n: 5 });
    expect(policy.logs).toEqual([{ vkey: log, url: "https://hub.example.org/log" }]);
    expect(meetsQuorum(policy, of("a", "c", "e"))).toBe(true);
    expect(meetsQuorum(policy, of("a", "b", "c"))).toBe(false);
    expect(meetsQuorum(policy, of("a", "d", "e"))).toBe(false);
  });

  test("one witness alone can be the quorum", () => {
    const policy = policyOf(`${witnesses("a", "b")}quorum b\n`);
    expect([meetsQuorum(policy, of("a")), meetsQuorum(policy, of("b"))]).toEqual([false, true]);
    expect(quorumRule(policy)).toEqual({ k: 1, n: 1 });
  });

  test("k of n is met by any k of them and by no fewer, and strangers do not count", () => {
    fc.assert(
      fc.property(fc.subarray(NAMES, { minLength: 1 }), fc.nat(), fc.subarray(NAMES), (members, seed, cosigned) => {
        const k = 1 + (seed % members.length);
        const text = formatPolicy(
          members.map((name) => ({ name, vkey: vkey(name), url: null })),
          k,
        );
        const policy = policyOf(text);
        expect(quorumRule(policy)).toEqual({ k, n: members.length });
        const counted = cosigned.filter((name) => members.includes(name)).length;
        expect(meetsQuorum(policy, of(...cosigned))).toBe(counted >= k);
      }),
    );
  });

  test("the fewest that suffice really suffice, in groups of groups", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), (k1, k2, all) => {
        const policy = policyOf(
          `${witnesses("a", "b", "c", "d", "e", "f")}group x ${k1} a b c\ngroup y ${k2} d e f\ngroup z ${all ? "all" : "any"} x y\nquorum z\n`,
        );
        const { k, n } = quorumRule(policy);
        expect(n).toBe(6);
        const sets = fc.sample(fc.subarray(["a", "b", "c", "d", "e", "f"]), 64);
        for (const names of sets) {
          if (meetsQuorum(policy, of(...names))) expect(names.length).toBeGreaterThanOrEqual(k);
        }
        const [ofX, ofY] = [["a", "b", "c"].slice(0, k1), ["d", "e", "f"].slice(0, k2)];
        const cheaper = k1 <= k2 ? ofX : ofY;
        const least = all ? [...ofX, ...ofY] : cheaper;
        expect(least).toHaveLength(k);
        expect(meetsQuorum(policy, of(...least))).toBe(true);
      }),
    );
  });
});

test("white space is blanks and tabs, comments may be indented, and names are bytes", () => {
  const text = `# first\n \t# second\n\n  \t\n\twitness  \u212a \t${vkey("a")}\t\n quorum\t\u212a \n`;
  const policy = parsePolicy(text);
  expect(policy).toMatchObject({ ok: true, value: { quorum: "\u212a", witnesses: [{ name: "\u212a" }] } });
});

test("thirty-two logs, witnesses and groups are read", async () => {
  const names = Array.from({ length: 32 }, (_, at) => `n${at}`);
  const lines = await Promise.all(
    names.map(async (name) => {
      const own = await generateNoteKey(`${name}.example/witness`, sha256(utf8(name)), COSIGNATURE);
      const its = await generateNoteKey(`${name}.example/log`, sha256(utf8(`log ${name}`)));
      return `log ${its.vkey}\nwitness ${name} ${own.vkey}\ngroup g-${name} all ${name}\n`;
    }),
  );
  const policy = policyOf(`${lines.join("")}quorum g-n31\n`);
  expect([policy.logs.length, policy.witnesses.length, policy.groups.length]).toEqual([32, 32, 32]);
});

describe("policies that are refused", () => {
  test("two keys of one witness, which would count twice", async () => {
    const next = await generateNoteKey("a.example/witness", sha256(utf8("a, later")), COSIGNATURE);
    const two = `${witnesses("a")}witness again ${next.vkey}\n`;
    for (const end of ["group g 2 a again\nquorum g\n", "quorum a\n"])
      expect(parsePolicy(`${two}${end}`)).toEqual({ ok: false, error: "policy-malformed" });
    expect(parsePolicy(`witness again ${next.vkey}\nquorum again\n`).ok).toBe(true);
  });

  test("each rule of the syntax", () => {
    const bad = [
      "",
      "# only a comment\n",
      "quorum nobody\n",
      "quorum none\nquorum none\n",
      "quorum none extra\n",
      "grupo x any a\nquorum none\n",
      `witness a ${log}\nquorum a\n`,
      `log ${vkey("a")}\nquorum none\n`,
      `witness none ${vkey("a")}\nquorum none\n`,
      `${witnesses("a")}witness a ${vkey("b")}\nquorum a\n`,
      `${witnesses("a")}witness again ${vkey("a")}\nquorum a\n`,
      `group g any a\n${witnesses("a")}quorum g\n`,
      `${witnesses("a")}group g any a a\nquorum g\n`,
      `${witnesses("a", "b")}group g 3 a b\nquorum g\n`,
      `${witnesses("a", "b")}group g 0 a b\nquorum g\n`,
      `${witnesses("a")}group g any\nquorum g\n`,
      `${witnesses("a", "b")}group g any a\ngroup h any a b\nquorum h\n`,
      `${witnesses("a")}group g any g\nquorum g\n`,
      witnesses("a"),
      `#${"x".repeat(20_000)}\nquorum none\n`,
      "quorum none\r\n",
      "quorum none\n# \u0000\n",
      "quorum none\n# \u007f\n",
      "quorum\u00a0none\n",
      "\u00a0quorum none\n",
      `witness K ${vkey("a")}\nquorum \u212a\n`,
    ];
    for (const text of bad) expect([text, parsePolicy(text).ok]).toEqual([text, false]);
  });
});
