/**
 * C2SP tlog-policy: which witnesses must have cosigned a checkpoint before anybody relies on it. A policy is text, so
 * that what is logged, shown and pinned is the same bytes everywhere.
 */
import { toHex } from "../bytes.ts";
import { type NoteKey, parseCosignerVkey, parseVkey } from "../log/note.ts";
import { type Result, fail, ok } from "../result.ts";

export interface PolicyWitness {
  readonly name: string;
  readonly vkey: string;
  /** where it takes checkpoints: `<url>/add-checkpoint`; null when the policy does not say */
  readonly url: string | null;
}
interface Group {
  readonly name: string;
  /** how many of the members must be satisfied */
  readonly threshold: number;
  readonly members: readonly string[];
}
export interface Policy {
  readonly logs: readonly { readonly vkey: string; readonly url: string | null }[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly Group[];
  /** name of a witness or group; null: none needed */
  readonly quorum: string | null;
}
export interface QuorumRule {
  /** this many … */
  readonly k: number;
  /** … of these must cosign */
  readonly n: number;
}

const MAX_POLICY_CHARS = 16_384;
const MAX_WITNESSES = 64;
/** The specification allows tab and line feed only. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

export function parsePolicy(text: string): Result<Policy, "policy-malformed"> {
  if (text.length > MAX_POLICY_CHARS || CONTROL.test(text)) return fail("policy-malformed");
  const logs: Policy["logs"][number][] = [];
  const witnesses: PolicyWitness[] = [];
  const groups: Group[] = [];
  const names = new Set<string>();
  const keys = new Set<string>();
  const signers = new Set<string>();
  const members = new Set<string>();
  let quorum: string | null | undefined;
  const isNewKey = ({ publicKey }: NoteKey): boolean => {
    const key = toHex(publicKey);
    return !keys.has(key) && Boolean(keys.add(key));
  };
  for (const line of text.split("\n")) {
    const [keyword = "", ...words] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (keyword === "" || keyword.startsWith("#")) continue;
    if (keyword === "log") {
      const [vkey = "", url] = words;
      const key = parseVkey(vkey);
      if (!key.ok || words.length > 2 || !isNewKey(key.value)) return fail("policy-malformed");
      logs.push({ vkey, url: url ?? null });
    } else if (keyword === "witness") {
      const [name = "", vkey = "", url] = words;
      const key = parseCosignerVkey(vkey);
      if (!key.ok || words.length > 3 || !isFree(name, names) || !isNewKey(key.value)) return fail("policy-malformed");
      // While one key takes the place of another, a witness signs with both: they are one witness, and count once.
      if (signers.has(key.value.name)) return fail("policy-malformed");
      signers.add(key.value.name);
      names.add(name);
      witnesses.push({ name, vkey, url: url ?? null });
    } else if (keyword === "group") {
      const [name = "", rule = "", ...of] = words;
      const threshold = thresholdOf(rule, of.length);
      if (threshold === null || !isFree(name, names)) return fail("policy-malformed");
      // Only what stands above may be a member, and of one group only: there are no circles and no double votes.
      if (of.some((member) => !names.has(member) || members.has(member)) || new Set(of).size !== of.length) {
        return fail("policy-malformed");
      }
      for (const member of of) members.add(member);
      names.add(name);
      groups.push({ name, threshold, members: of });
    } else if (keyword === "quorum") {
      const [name = ""] = words;
      if (quorum !== undefined || words.length !== 1 || (name !== "none" && !names.has(name))) {
        return fail("policy-malformed");
      }
      quorum = name === "none" ? null : name;
    } else return fail("policy-malformed");
  }
  if (quorum === undefined || witnesses.length > MAX_WITNESSES) return fail("policy-malformed");
  return ok({ logs, witnesses, groups, quorum });
}

function isFree(name: string, names: ReadonlySet<string>): boolean {
  return name !== "" && name !== "none" && !names.has(name);
}

function thresholdOf(rule: string, members: number): number | null {
  if (members === 0) return null;
  if (rule === "all") return members;
  if (rule === "any") return 1;
  const k = /^[1-9][0-9]{0,3}$/.test(rule) ? Number(rule) : Number.NaN;
  return k <= members ? k : null;
}

/** The policy of one group: `k` of these witnesses. */
export function formatPolicy(witnesses: readonly PolicyWitness[], k: number): string {
  const lines = witnesses.map(({ name, vkey, url }) => `witness ${name} ${vkey}${url === null ? "" : ` ${url}`}\n`);
  if (witnesses.length === 0) return "quorum none\n";
  return `${lines.join("")}group quorum ${String(k)} ${witnesses.map(({ name }) => name).join(" ")}\nquorum quorum\n`;
}

/** The same policy with other keys in the place of some, by vkey; names, groups and addresses stay. */
export function withOtherKeys(text: string, successors: ReadonlyMap<string, string>): string {
  const lines = text.split("\n").map((line) => {
    const words = line.trim().split(/[ \t]+/);
    const next = words[0] === "witness" ? successors.get(words[2] ?? "") : undefined;
    return next === undefined ? line : [...words.slice(0, 2), next, ...words.slice(3)].join(" ");
  });
  return lines.join("\n");
}

/** Whether these witnesses, by vkey, are enough. */
export function meetsQuorum(policy: Policy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === null) return true;
  const isSatisfied = new Map(policy.witnesses.map(({ name, vkey }) => [name, cosigned.has(vkey)]));
  for (const { name, threshold, members } of policy.groups) {
    isSatisfied.set(name, members.filter((member) => isSatisfied.get(member) === true).length >= threshold);
  }
  return isSatisfied.get(policy.quorum) === true;
}

/** In words of people: fewest witnesses that can make the quorum, and how many have a say in it. */
export function quorumRule(policy: Policy): QuorumRule {
  if (policy.quorum === null) return { k: 0, n: policy.witnesses.length };
  const rules = new Map<string, QuorumRule>(policy.witnesses.map(({ name }) => [name, { k: 1, n: 1 }]));
  for (const { name, threshold, members } of policy.groups) {
    const of = members.map((member) => rules.get(member) ?? { k: 0, n: 0 });
    const cheapest = of.map(({ k }) => k).toSorted((a, b) => a - b);
    rules.set(name, {
      k: cheapest.slice(0, threshold).reduce((sum, k) => sum + k, 0),
      n: of.reduce((sum, { n }) => sum + n, 0),
    });
  }
  return rules.get(policy.quorum) ?? { k: 0, n: 0 };
}
