/**
 * Reads a hub's log as statements: every signature with the key current at its index, every rule of the log, and the
 * fold, stopping at the sizes that were asked for. Each logged totals statement is recomputed when its size comes by.
 */
import { isBeaconOf } from "../audit/beacon.ts";
import { type Bytes, equal, sha256, toBase64, toBase64url, utf8 } from "../bytes.ts";
import { type Frontier, emptyFrontier, extendFrontier, frontierRoot } from "../log/merkle.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { isSeenByOld, startOf } from "../witness/change.ts";
import { demandView } from "../capital/demand-view.ts";
import { checkFundEntry } from "../capital/fold.ts";
import { type CapitalState, emptyCapital } from "../capital/state.ts";
import { applyStatement, untouched } from "../network/fold.ts";
import { KnownKeys, newKeys } from "../network/key-once.ts";
import { hubKeyBefore, hubKeySigner, hubKeysOf, keyBefore, nodeKeySigner } from "../network/keys.ts";
import { type LogFault, faultOf, isHubSigned } from "../network/rules.ts";
import { type NetworkState, emptyNetwork } from "../network/state.ts";
import { StateHasher } from "../network/state-hash.ts";
import { headlineOf } from "../network/summary.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import { problems } from "../protocol/problem.ts";
import type { Claims, Statement } from "../protocol/statement.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { parseJws, typOf, verifyJws } from "../signing/jws.ts";
import { areProven } from "../signing/key-change.ts";
import { type ParsedStatement, parseStatement } from "../signing/statement.ts";
import { Fault } from "./report.ts";
import { LoggedReports } from "./reports.ts";
import type { Chunk } from "./tlog.ts";

export interface LoggedStatement {
  index: number;
  leaf: string;
  statement: Statement;
  state: NetworkState;
}

export interface Hooks {
  /** called for each entry of money and of totals as it is read, a good way before it is folded */
  onRead?: ((index: number, statement: Statement) => Promise<void>) | undefined;
  /** `onSize` is called with the state and root of the first `size` entries, for each size that this has then */
  sizes: { has(size: number): boolean };
  onSize(size: number, state: NetworkState, root: Bytes, capital: CapitalState): void;
  /** called after each entry was checked and folded */
  onStatement?: ((entry: LoggedStatement) => void) | undefined;
}

export interface StatementsRead {
  state: NetworkState;
  /** of all entries: with it any other tree of as many leaves, or fewer, can be told from this one */
  frontier: Frontier;
  statements: number;
  /** checkpoints by which witness rules started */
  starts: Checkpoint[];
  totals: number;
  /** logged totals whose size had gone by when they were met, so that only their signature was checked */
  totals_unchecked: number;
  /** suppliers' offers, standing or not */
  offers: number;
  /** rotations, recoveries and objections */
  key_changes: number;
}

/** As bytes: a thousand parsed statements would outlive every short collection of garbage. */
interface Waiting {
  index: number;
  leafHash: Bytes;
  entry: Bytes;
  early: ParsedStatement | null;
}

interface Signature {
  index: number;
  isGood: boolean;
}

/** A totals statement stands in the batch after the size it speaks of: read this far ahead of the fold to find it. */
const LOOK_AHEAD = 1024;
const DOT = 0x2e;
/** No header of this protocol is longer. */
const MAX_HEADER = 256;
/** Rows hashed for logged totals in one run: beyond it their headline is still compared, their state hash is not. */
const HASHED_ROWS = 3_000_000;

export class StatementReader {
  readonly #origin: string;
  readonly #hooks: Hooks;
  readonly #state = emptyNetwork();
  readonly #capital = emptyCapital();
  readonly #waiting: Waiting[] = [];
  readonly #totals = new Map<number, { index: number; claims: Claims<"totals+jwt"> }[]>();
  #keys = new KnownKeys();
  readonly #reports = new LoggedReports();
  /** kind and accused of the evidence logged so far */
  readonly #evidence = new Set<string>();
  #frontier: Frontier = emptyFrontier();
  #hashedRows = 0;
  readonly #touched = untouched();
  readonly #hasher = new StateHasher();
  #verifying: Promise<void> = Promise.resolve();
  readonly #starts: Checkpoint[] = [];
  #totalsCount = 0;
  #totalsUnchecked = 0;
  #offersCount = 0;
  #keyChanges = 0;

  constructor(origin: string, hooks: Hooks) {
    this.#origin = origin;
    this.#hooks = hooks;
  }

  async add(chunk: Chunk): Promise<void> {
    for (const [at, entry] of chunk.entries.entries()) {
      const index = chunk.start + at;
      const leafHash = chunk.leaves[at];
      if (leafHash === undefined) throw new Error("a chunk has a leaf hash for each entry");
      const early = isReadEarly(entry) ? parsed(index, entry, leafHash) : null;
      this.#waiting.push({ index, leafHash, entry, early });
      if (early === null) continue;
      this.#expectTotals(index, early.statement);
      await this.#hooks.onRead?.(index, early.statement);
    }
    await this.#fold(this.#waiting.length - LOOK_AHEAD);
  }

  async finish(): Promise<StatementsRead> {
    await this.#fold(this.#waiting.length);
    await this.#verifying;
    this.#atSize();
    const policy = this.#state.policy?.claims;
    if (policy !== undefined && policy.iss !== this.#origin) {
      const index = policy.parent?.size ?? 0;
      throw new Fault("issuer", `entry ${index} makes this a log of ${policy.iss}, not of ${this.#origin}`, { index });
    }
    return {
      state: this.#state,
      frontier: this.#frontier,
      statements: this.#state.size,
      starts: this.#starts,
      totals: this.#totalsCount,
      totals_unchecked: this.#totalsUnchecked,
      offers: this.#offersCount,
      key_changes: this.#keyChanges,
    };
  }

  #expectTotals(index: number, statement: Statement): void {
    if (statement.kind !== "totals+jwt") return;
    const { claims } = statement;
    this.#totalsCount += 1;
    if (claims.size > index) {
      throw new Fault("totals-ahead", `entry ${index} speaks of ${claims.size} entries, more than stand before it`, {
        index,
      });
    }
    if (claims.size < this.#state.size) {
      this.#totalsUnchecked += 1;
      return;
    }
    const others = this.#totals.get(claims.size) ?? [];
    this.#totals.set(claims.size, [...others, { index, claims }]);
  }

  /** The platform verifies the signatures of one batch while the next one is read and folded. */
  async #fold(count: number): Promise<void> {
    if (count <= 0) return;
    const signatures: Promise<Signature>[] = [];
    const rules = await this.#foldBatch(this.#waiting.splice(0, count), signatures).then(
      () => null,
      (fault: unknown) => ({ fault }),
    );
    await this.#verifying;
    this.#verifying = settle(signatures);
    // awaited with the next batch, which may not come
    this.#verifying.catch(() => {});
    if (rules === null) return;
    await this.#verifying;
    throw rules.fault;
  }

  async #foldBatch(batch: readonly Waiting[], signatures: Promise<Signature>[]): Promise<void> {
    for (const { index, leafHash, entry, early } of batch) {
      this.#atSize();
      const { statement, leaf, parsed: jws } = early ?? parsed(index, entry, leafHash);
      const jwk = this.#keyFor(index, statement);
      signatures.push(verifyJws(jws, jwk).then((isGood) => ({ index, isGood })));
      if (statement.kind === "node-key+jwt" || statement.kind === "hub-key+jwt")
        signatures.push(this.#proven(statement).then((isGood) => ({ index, isGood })));
      const fault =
        faultOf(this.#state, { index, leaf, statement }) ??
        this.#faultOfIdentity(statement) ??
        this.#faultOfEvidence(statement);
      if (fault !== null)
        throw new Fault(fault, `entry ${index} (${statement.kind}) breaks a rule of the log: ${fault}`, { index });
      if (statement.kind === "witness-policy-start+jwt") await this.#checkStart(index, statement.claims);
      if (statement.kind === "audit+jwt") await this.#checkBeacons(index, statement.claims);
      if (statement.kind === "fund+jwt") this.#checkCapital(index, statement.claims);
      if (statement.kind === "demand-report+jwt" || statement.kind === "book-reset+jwt") {
        this.#reports.add(statement.claims, leafHash, payloadHash(jws.signingInput), jwk);
      } else if (statement.kind === "equivocation+jwt") {
        const { node, seq, first } = statement.claims;
        const other = parseJws(statement.claims.other);
        const key = this.#reports.find(node, seq, first)?.jwk;
        const isGood = other.ok && key !== undefined ? verifyJws(other.value, key) : Promise.resolve(false);
        signatures.push(isGood.then((good) => ({ index, isGood: good })));
      }
      applyStatement(this.#state, { index, leaf, statement }, this.#touched);
      if (statement.kind === "offer+jwt") this.#offersCount += 1;
      if (statement.kind === "node-key+jwt" || statement.kind === "hub-key+jwt") this.#keyChanges += 1;
      this.#frontier = extendFrontier(this.#frontier, [leafHash]);
      this.#hooks.onStatement?.({ index, leaf, statement, state: this.#state });
    }
  }

  /** The old witnesses' word is checked here; that they spoke of this very log, by checkWitnesses. */
  async #checkStart(index: number, { checkpoint }: Claims<"witness-policy-start+jwt">): Promise<void> {
    const { witnesses } = this.#state;
    const start = startOf(checkpoint);
    if (witnesses === null || start === null || !(await isSeenByOld(witnesses, checkpoint))) {
      throw new Fault("witness-policy", `entry ${index} starts a witness rule that the old witnesses have not seen`, {
        index,
      });
    }
    this.#starts.push(start);
  }

  /** Whose keys they are the fold has checked; that the lot is the one they draw, the book's verifier does. */
  async #checkBeacons(index: number, { report, beacons }: Claims<"audit+jwt">): Promise<void> {
    const good = await Promise.all(beacons.map(async (beacon) => await isBeaconOf(report, beacon)));
    if (good.every(Boolean)) return;
    throw new Fault("audit-beacons", `the audit at ${index} names a beacon that its witness has not signed`, { index });
  }

  /** Its events keep the rules of money, its transfers are those they make, and what it releases the log has proven. */
  #checkCapital(index: number, claims: Claims<"fund+jwt">): void {
    const checked = checkFundEntry(this.#capital, demandView(this.#state, claims.iat), { index, claims });
    if (checked.ok) return;
    const { code, detail, event } = checked.error;
    const [, words] = problems[code];
    const why = detail === undefined ? code : `${code}, ${detail}`;
    throw new Fault("capital-rule", `event ${event} of entry ${index} breaks a rule of money: ${words} (${why})`, {
      index,
    });
  }

  #keyFor(index: number, statement: Statement): Ed25519Jwk {
    const { kind, claims } = statement;
    if (kind === "hub-policy+jwt" && (index === 0 || claims.parent !== undefined)) return claims.statement_jwk;
    if (isHubSigned(statement)) {
      const keys = hubKeysOf(this.#state);
      if (keys === null) throw new Fault("policy-first", "entry 0 is not the hub's policy", { index: 0 });
      return kind === "hub-key+jwt" ? hubKeySigner(keys, claims) : keys.statement_jwk;
    }
    if (kind === "node-join+jwt") return claims.report_jwk;
    const community = this.#state.communities.get(claims.iss);
    if (community === undefined) {
      throw new Fault("kid-unknown", `entry ${index} is signed for somebody whose key is not logged`, { index });
    }
    return kind === "node-key+jwt" ? nodeKeySigner(community, claims) : community.report_jwk;
  }

  /** Every new key of a change, and each old one that must, has signed it; `before` is taken before the change is folded. */
  #proven(change: Extract<Statement, { kind: "node-key+jwt" | "hub-key+jwt" }>): Promise<boolean> {
    if (change.kind === "hub-key+jwt") return areProven(change.claims, hubKeyBefore);
    const community = this.#state.communities.get(change.claims.iss);
    if (community === undefined) return Promise.resolve(false);
    const { report_jwk, book_vkey, witness_vkey } = community;
    return areProven(change.claims, ({ role }) => keyBefore({ report_jwk, book_vkey, witness_vkey }, role));
  }

  /** What the fold cannot see: that a fork stands on the very tree it names, and that a key appears once. */
  #faultOfIdentity(statement: Statement): "parent-root" | "key-reused" | null {
    const keys = newKeys(statement);
    if (keys.length > 0 && !this.#keys.add(keys)) return "key-reused";
    if (statement.kind !== "hub-policy+jwt" || statement.claims.parent === undefined) return null;
    // communities join a fork with the keys they have; the hub's own are new
    this.#keys = new KnownKeys();
    this.#keys.add(keys);
    return statement.claims.parent.root === toBase64(frontierRoot(this.#frontier)) ? null : "parent-root";
  }

  /** What needs both reports of an equivocation, and that nobody is accused of one thing twice. */
  #faultOfEvidence(statement: Statement): LogFault | "evidence-again" | null {
    if (statement.kind !== "equivocation+jwt" && statement.kind !== "evidence+jwt") return null;
    const { accused, kind } =
      statement.kind === "evidence+jwt"
        ? statement.claims
        : { accused: statement.claims.node, kind: "equivocation" as const };
    if (this.#evidence.has(`${kind} ${accused}`)) return "evidence-again";
    this.#evidence.add(`${kind} ${accused}`);
    if (statement.kind === "evidence+jwt") return null;
    const { node, seq, first, other } = statement.claims;
    const reported = this.#reports.find(node, seq, first);
    return reported === null || equal(reported.payload, payloadHash(utf8(other))) ? "equivocation" : null;
  }

  /** The state is that of the first `size` entries. */
  #atSize(): void {
    const { size } = this.#state;
    if (this.#hooks.sizes.has(size)) this.#hooks.onSize(size, this.#state, frontierRoot(this.#frontier), this.#capital);
    const expected = this.#totals.get(size);
    if (expected === undefined) return;
    this.#totals.delete(size);
    const root = frontierRoot(this.#frontier);
    const rows = this.#state.communities.size + this.#state.campaigns.size;
    const isHashed = this.#hashedRows + rows <= HASHED_ROWS;
    if (isHashed) this.#hashedRows += rows;
    const hash = isHashed ? this.#hasher.hash(this.#state, this.#touched) : null;
    for (const { index, claims } of expected) {
      const wrong = wrongTotals(claims, { root, headline: headlineOf(this.#state), hash });
      if (wrong !== null)
        throw new Fault("totals-wrong", `the totals logged at ${index} are not those of ${size} entries: ${wrong}`, {
          index,
        });
    }
  }
}

/** Whether what it says has to be known before the fold comes to it; only the header is read. */
function isReadEarly(entry: Bytes): boolean {
  const end = entry.indexOf(DOT);
  const typ = end === -1 || end > MAX_HEADER ? null : typOf(String.fromCharCode(...entry.subarray(0, end + 1)));
  return typ === "totals+jwt" || typ === "fund+jwt";
}

function parsed(index: number, entry: Bytes, leafHash: Bytes): ParsedStatement {
  const statement = parseStatement(entry, toBase64url(leafHash));
  if (statement.ok) return statement.value;
  const { error } = statement;
  throw new Fault(error, `entry ${index} is not a statement of this protocol (${error})`, { index });
}

async function settle(signatures: readonly Promise<Signature>[]): Promise<void> {
  for (const { index, isGood } of await Promise.all(signatures)) {
    if (!isGood)
      throw new Fault("signature-invalid", `entry ${index} is not signed by the key current at its index`, { index });
  }
}

/** Of the second part of a JWS, or of what it signs. */
function payloadHash(jws: Bytes): Bytes {
  const start = jws.indexOf(DOT) + 1;
  const end = jws.indexOf(DOT, start);
  return sha256(jws.subarray(start, end === -1 ? jws.length : end));
}

/** Which part of a totals statement is not what was recomputed; null when it is right. */
export function wrongTotals(
  claims: Pick<Claims<"totals+jwt">, "root" | "headline" | "state_sha256">,
  computed: { root: Bytes; headline: Claims<"totals+jwt">["headline"]; hash: string | null },
): "root" | "headline" | "state" | null {
  if (claims.root !== toBase64(computed.root)) return "root";
  if (canonicalJson(claims.headline) !== canonicalJson(computed.headline)) return "headline";
  return computed.hash === null || computed.hash === claims.state_sha256 ? null : "state";
}
