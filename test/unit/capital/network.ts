/**
 * A hub's log with both folds side by side, without signatures: communities report demand, money waits for it. Entries are
 * given to the capital fold with the network as it is just before, exactly as the hub and the verifier do.
 */
import { demandView } from "../../../shared/capital/demand-view.ts";
import { type FundEntry, applyEvents } from "../../../shared/capital/fold.ts";
import { type CapitalState, emptyCapital } from "../../../shared/capital/state.ts";
import { applyStatement } from "../../../shared/network/fold.ts";
import { faultOf } from "../../../shared/network/rules.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import type { Statement } from "../../../shared/protocol/statement.ts";
import { policy } from "../network/arbitrary.ts";
import { TODAY, fund, funder, id, receipt, recipient } from "./events.ts";
import { BOTH } from "./ledger.ts";

const LOG = "hub.example/log";
const DAY_S = 86_400;
const BANDS = ["500", "600", "800"];

interface Demand {
  pledged?: number[];
  committed?: number[];
  purchased?: number;
  accounts?: number;
  verdict?: "ok" | "none" | "totals-mismatch";
}

export class DemandLog {
  readonly network = emptyNetwork();
  capital: CapitalState = emptyCapital();
  now = Date.parse(`${TODAY}T12:00:00Z`) / 1000;
  readonly campaign: string;
  readonly #nodes = new Map<string, { seq: number; last: string; join: string }>();

  constructor() {
    this.#say(policy);
    this.campaign = this.#say({
      kind: "campaign+jwt",
      claims: {
        ...this.#hub(),
        name: "C",
        text: "",
        product: { gtin: null, name: "P", brand: null },
        unit: "piece",
        currency: "EUR",
        reference_price_minor: "800",
        bands_minor: BANDS,
        max_qty: "1000",
        goal_qty: "1000",
        closes: this.now + 365 * DAY_S,
        nonce: id("n").slice(0, 22),
      },
    });
    for (const name of ["a.example", "b.example"]) this.#admit(name);
    const lab = [funder("acme"), fund("plastics"), recipient("lab"), receipt("acme", "plastics", 1_000_000)];
    this.money(BOTH, ...lab, funder("second"));
  }

  get today(): string {
    return new Date(this.now * 1000).toISOString().slice(0, 10);
  }
  get next(): number {
    return this.network.size;
  }

  /** A community's demand, per band, from now on. */
  report(
    from: string,
    { pledged = [0, 0, 0], committed = [0, 0, 0], purchased = 0, accounts, verdict = "ok" }: Demand,
  ): void {
    this.now += 60;
    const node = this.#nodes.get(from)!;
    node.seq += 1;
    const totals = {
      c: this.campaign,
      pledges: accounts ?? [...pledged, ...committed].reduce((sum, units) => sum + units, 0),
      interest: "0",
      pledged: pledged.map(String),
      committed: committed.map(String),
      purchased: String(purchased),
      locked: "0",
    };
    const claims = { iss: from, aud: LOG, iat: this.now, v: 1 as const, seq: node.seq, prev: node.last, book: "x" };
    const leaf = this.#say({ kind: "demand-report+jwt", claims: { ...claims, profile, totals: [totals] } });
    node.last = leaf;
    if (verdict === "none") return;
    const code = verdict === "ok" ? {} : { code: verdict };
    const checked = { ...this.#hub(), node: from, report: leaf, seq: node.seq, ok: verdict === "ok", ...code };
    this.#say({ kind: "report-check+jwt", claims: checked });
  }

  suspend(name: string): void {
    const { join } = this.#nodes.get(name)!;
    this.#say({
      kind: "node-status+jwt",
      claims: { ...this.#hub(), node: name, status: "suspended", reason: "", join },
    });
  }

  close(band: number | null): void {
    const outcome = band === null ? ("released" as const) : ("locked" as const);
    const claims = { ...this.#hub(), campaign: this.campaign, outcome, band, reason: "" };
    this.#say({ kind: "campaign-close+jwt", claims });
  }

  /** Days pass; unless the hub is silent, each of them has an entry. */
  days(count: number, { silent = false } = {}): void {
    for (let day = 0; day < count; day += 1) {
      this.now += DAY_S;
      if (!silent) this.#tick();
    }
  }

  /** The code of the refusal; null when it was logged. `dated`: the entry's own time, where it is not now. */
  money(by: FundEntry["by"], ...events: FundEvent[]): string | null {
    return this.dated(this.now, by, events);
  }

  dated(iat: number, by: FundEntry["by"], events: FundEvent[]): string | null {
    const state = structuredClone(this.capital);
    const entry = { index: this.next, iat, by, events };
    const applied = applyEvents(state, demandView(this.network, iat), entry);
    if (!applied.ok) return applied.error.code;
    this.capital = state;
    const { transfers } = applied.value;
    this.#say({ kind: "fund+jwt", claims: { iss: LOG, iat, v: 1, by, events, transfers } });
    return null;
  }

  /** By rule: what the log shows is since the index it shows. */
  release(award: string, at = 0): string | null {
    const watch = this.network.campaigns
      .get(this.campaign)!
      .watches.find((one) => one.award === award && one.condition === at);
    const held_since_index = watch?.held_since_index ?? 0;
    const claim = { event: "condition", award, condition: at, campaign: this.campaign, outcome: "met" } as const;
    return this.money(null, { ...claim, held_since_index, evidence_sha256: null, reason: "", on: this.today });
  }

  stateOf(award: string): string | undefined {
    return this.capital.awards.get(award)?.state;
  }

  #tick(): void {
    this.#say({
      kind: "totals+jwt",
      claims: { ...this.#hub(), size: 1, root: "", state_sha256: "", headline: {} as never },
    });
  }

  #hub() {
    return { iss: LOG, iat: this.now, v: 1 as const };
  }

  #admit(name: string): void {
    const { kind, claims } = {
      kind: "node-join+jwt" as const,
      claims: {
        iss: name,
        aud: LOG,
        iat: this.now,
        v: 1 as const,
        url: `https://${name}`,
        report_jwk: { kty: "OKP" as const, crv: "Ed25519" as const, x: id("key") },
        book: { vkey: `${name}/book+00000000+AAAA`, checkpoint: "x" },
        recovery_sha256: id("r"),
        profile,
      },
    };
    const join = this.#say({ kind, claims });
    this.#nodes.set(name, { seq: 0, last: join, join });
    this.#say({
      kind: "node-status+jwt",
      claims: { ...this.#hub(), node: name, status: "admitted", reason: "", join },
    });
  }

  #say(statement: Statement): string {
    const index = this.network.size;
    const leaf = id(`entry ${index}`);
    const fault = faultOf(this.network, { index, leaf, statement });
    if (fault !== null) throw new Error(`${statement.kind}: ${fault}`);
    applyStatement(this.network, { index, leaf, statement });
    return leaf;
  }
}

const profile = { name: "A", region: "NL", languages: ["nl"], members: 5 };
