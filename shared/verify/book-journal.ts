/** What the log says of each community's books, kept while it streams by: one small record a report (docs/protocol.md §10, step 5). */
import type { LotTerms } from "../audit/lot.ts";
import { sha256url } from "../bytes.ts";
import type { Verdict } from "../book/judge.ts";
import type { CampaignRules, RulesOf } from "../book/state.ts";
import { type Telling, provableTotals, tellingOf } from "../book/totals.ts";
import { bookOrigin, generationOf } from "../network/book-origin.ts";
import { bookKeysBefore } from "../network/keys.ts";
import type { Community, NetworkState } from "../network/state.ts";
import type { CampaignTotals, Claims } from "../protocol/statement.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import type { LoggedStatement } from "./statements.ts";

export interface JournalReport {
  leaf: string;
  index: number;
  note: string;
  /** book keys that may have signed the checkpoint there (`bookKeysOf`), the current one first */
  vkeys: readonly [string, ...string[]];
  /** of what the book can prove */
  totals_sha256: string;
  /** in which form it tells them */
  telling: Telling;
  verdict: { index: number; said: Verdict } | null;
  /** what was drawn from its book */
  audits: readonly { index: number; claims: Claims<"audit+jwt"> }[];
}
/** Shared by all reports of which there is nothing to say: a log has many. */
const NO_AUDITS: JournalReport["audits"] = [];

/** One book of a community: it has more than one where it began anew after a loss. */
export interface JournalNode {
  origin: string;
  generation: number;
  /** a later book has taken its place */
  isOver: boolean;
  /** the entry by which it began; null: it was there at the join */
  begun: Pick<JournalReport, "index" | "note" | "vkeys"> | null;
  url: string;
  vkey: string;
  status: Community["status"];
  /** index of its newest report, or of its join */
  newest: number;
  /** by leaf, in log order */
  reports: Map<string, JournalReport>;
}

/** What a check of this book is about: its community, or the book where it was given up. */
export function subjectOf({ origin, generation, isOver }: JournalNode): string {
  return isOver ? bookOrigin(origin, generation) : origin;
}

/** What the log says of each node's book, kept small: one record a report. */
export class BookJournal {
  /** by community, in the order in which they began */
  readonly #books = new Map<string, JournalNode[]>();
  #state: Pick<NetworkState, "communities"> | null = null;
  readonly #campaigns = new Map<string, { index: number; rules: CampaignRules; terms: LotTerms; closed: number }>();

  add({ index, leaf, statement, state }: LoggedStatement): void {
    const { kind, claims } = statement;
    this.#state = state;
    if (kind === "hub-policy+jwt") {
      for (const node of this.#all()) if (node.status !== "joined") node.status = "left";
    } else if (kind === "node-join+jwt") {
      const { iss, url, book } = claims;
      // what a fork's parent logged of the same book stands before it: the hub's reading goes on too
      this.#begin(
        { origin: iss, generation: generationOf(book.checkpoint, iss), url, vkey: book.vkey, begun: null },
        index,
      );
    } else if (kind === "book-reset+jwt") {
      const { url } = this.#current(claims.iss) ?? { url: "" };
      const { generation, checkpoint: note } = claims.book;
      const vkeys = this.#keysOf(claims.iss);
      this.#begin({ origin: claims.iss, generation, url, vkey: vkeys[0], begun: { index, note, vkeys } }, index);
      for (const node of this.#books.get(claims.iss) ?? []) node.status = "admitted";
    } else if (kind === "node-status+jwt") {
      for (const node of this.#books.get(claims.node) ?? [])
        node.status = state.communities.get(claims.node)?.status ?? node.status;
    } else if (kind === "demand-report+jwt") {
      const totals_sha256 = totalsHash(provableTotals(claims.totals));
      const telling = tellingOf(claims);
      const report = {
        leaf,
        index,
        note: claims.book,
        vkeys: this.#keysOf(claims.iss),
        totals_sha256,
        telling,
        verdict: null,
        audits: NO_AUDITS,
      };
      const node = this.#current(claims.iss);
      if (node === undefined) return;
      [node.vkey] = report.vkeys;
      node.newest = index;
      node.reports.set(leaf, report);
    } else if (kind === "report-check+jwt") {
      const report = this.#current(claims.node)?.reports.get(claims.report);
      if (report !== undefined) report.verdict = { index, said: verdictOf(claims) };
    } else if (kind === "campaign+jwt") {
      const rules = { bands: claims.bands_minor.length, max_qty: BigInt(claims.max_qty), closing: null };
      const { currency, reference_price_minor, bands_minor } = claims;
      const terms = { currency, reference_price_minor, bands_minor };
      this.#campaigns.set(leaf, { index, rules, terms, closed: Number.POSITIVE_INFINITY });
    } else if (kind === "audit+jwt") {
      const report = this.#current(claims.node)?.reports.get(claims.report);
      if (report !== undefined) report.audits = [...report.audits, { index, claims }];
    } else if (kind === "campaign-close+jwt") {
      const campaign = this.#campaigns.get(claims.campaign);
      if (campaign === undefined) return;
      campaign.rules.closing = { leaf, outcome: claims.outcome, band: claims.band };
      campaign.closed = index;
    }
  }

  /** The books of those that were admitted at some time. */
  nodes(): JournalNode[] {
    return this.#all()
      .filter((node) => node.status !== "joined")
      .map((node) => {
        const vkey = node.isOver ? undefined : this.#state?.communities.get(node.origin)?.book_vkey;
        return { ...node, vkey: vkey ?? node.vkey };
      });
  }

  #all(): JournalNode[] {
    return [...this.#books.values()].flat();
  }

  #current(origin: string): JournalNode | undefined {
    return this.#books.get(origin)?.at(-1);
  }

  #begin(book: Pick<JournalNode, "origin" | "generation" | "url" | "vkey" | "begun">, newest: number): void {
    const before = this.#books.get(book.origin) ?? [];
    const same = before.find(({ generation }) => generation === book.generation);
    const others = before.filter((one) => one !== same).map((one) => ({ ...one, isOver: true }));
    const begun = book.begun ?? same?.begun ?? null;
    const reports = same?.reports ?? new Map<string, JournalReport>();
    this.#books.set(book.origin, [...others, { ...book, begun, isOver: false, status: "joined", newest, reports }]);
  }

  /** The book keys that a report may rest on, as of the entry that was added last. */
  #keysOf(origin: string): [string, ...string[]] {
    const community = this.#state?.communities.get(origin);
    if (community === undefined) return [""];
    return [community.book_vkey, ...bookKeysBefore(community.keys, this.#current(origin)?.newest ?? 0)];
  }

  termsOf(campaign: string): LotTerms | undefined {
    return this.#campaigns.get(campaign)?.terms;
  }

  /** The campaigns and closings logged before `index`. */
  rulesBefore(index: number): RulesOf {
    return (id) => {
      const campaign = this.#campaigns.get(id);
      if (campaign === undefined || campaign.index >= index) return undefined;
      return campaign.closed < index ? campaign.rules : { ...campaign.rules, closing: null };
    };
  }
}

function verdictOf(claims: {
  ok: boolean;
  code?: Extract<Verdict, { ok: false }>["code"] | undefined;
  index?: number | undefined;
}): Verdict {
  if (claims.ok || claims.code === undefined) return { ok: true };
  return { ok: false, code: claims.code, ...(claims.index !== undefined && { index: claims.index }) };
}

/** How the totals of a report are held until its book is read. */
export function totalsHash(totals: readonly CampaignTotals[]): string {
  return sha256url(canonicalBytes(totals));
}
