/**
 * Puts a log's entries into a hub's tables: folded one after the other and written by the hub's own functions, so that
 * what follows from an entry here is what followed from it there. Signatures and rules are the verifier's business.
 */
import { type Bytes, fromUtf8 } from "../../shared/bytes.ts";
import { demandView } from "../../shared/capital/demand-view.ts";
import { checkFundEntry } from "../../shared/capital/fold.ts";
import { emptyCapital } from "../../shared/capital/state.ts";
import { emptyCapitalSums } from "../../shared/capital/sums.ts";
import { type LogItem, applyStatement, untouched } from "../../shared/network/fold.ts";
import { emptyNetwork } from "../../shared/network/state.ts";
import type { Claims, Statement } from "../../shared/protocol/statement.ts";
import { parseStatement } from "../../shared/signing/statement.ts";
import { capitalWrites } from "../../workers/hub/capital-view.ts";
import { isFork, isOwnEntry, viewWrites } from "../../workers/hub/view-writes.ts";
import { type NewEntry, appendToLog } from "../../workers/lib/log-store.ts";
import type { LocalDatabase } from "../network/migrations.ts";
import type { Write } from "./database.ts";

/** As many as fit well into one batch of a database. */
const MAX_BATCH = 256;

export class LogCopy {
  readonly state = emptyNetwork();
  readonly #db: LocalDatabase;
  readonly #capital = emptyCapital();
  readonly #lastAt = new Map<string, number>();
  #touched = untouched();
  #entries: NewEntry[] = [];
  #items: LogItem[] = [];
  #money: Write[] = [];
  /** origin, seq, and log time when it was logged: the nearest that the log says to when a report arrived */
  #arrivals: [string, number, number][] = [];

  constructor(db: LocalDatabase) {
    this.#db = db;
  }

  async add(bytes: Bytes): Promise<LogItem> {
    const data = fromUtf8(bytes);
    const parsed = parseStatement(data);
    if (!parsed.ok) throw new Error(`entry ${this.state.size} is not a statement (${parsed.error})`);
    const { leaf, typ: kind, parsed: jws } = parsed.value;
    // as it was signed: the schema's order of members is another one, and some rows are JSON of what was signed
    const statement = { kind, claims: jws.claims } as Statement;
    const item = { index: this.state.size, leaf, statement };
    // what a fork forgets must have been written before
    if (this.#items.length === MAX_BATCH || isFork(item)) await this.flush();
    if (statement.kind === "fund+jwt") this.#addMoney(item.index, statement.claims);
    applyStatement(this.state, item, this.#touched);
    const { iss } = statement.claims;
    const seq = isOwnEntry(statement) ? statement.claims.seq : null;
    if (seq !== null) this.#arrivals.push([iss, seq, this.state.log_time]);
    this.#items.push(item);
    this.#entries.push({ leaf, kind, iss, seq, data });
    return item;
  }

  async flush(also: readonly Write[] = []): Promise<void> {
    if (this.#items.length === 0) return;
    const time = this.state.log_time;
    const view = { state: this.state, totals: null, lastAt: this.#lastAt, light: new Set<string>() };
    const statements = [
      ...viewWrites(this.#db, {
        view,
        before: null,
        touched: this.#touched,
        items: this.#items,
        nowS: time,
        receivedS: time,
      }),
      ...this.#money,
      ...this.#arrivalWrites(),
      ...also,
    ];
    const entries = this.#entries;
    await appendToLog(this.#db, () => Promise.resolve({ entries, statements, value: null }), {
      now: () => time * 1000,
    });
    for (const [origin] of this.#arrivals) this.#lastAt.set(origin, time);
    this.#touched = untouched();
    this.#entries = [];
    this.#items = [];
    this.#money = [];
    this.#arrivals = [];
  }

  #addMoney(index: number, claims: Claims<"fund+jwt">): void {
    const { chain, transfers: first } = this.state.capital ?? emptyCapitalSums();
    const checked = checkFundEntry(this.#capital, demandView(this.state, claims.iat), { index, claims });
    if (!checked.ok) throw new Error(`entry ${index} breaks a rule of money: ${checked.error.code}`);
    const { events, transfers, iat } = claims;
    const entry = { index, iat, first, chain };
    const change = { state: this.#capital, touched: checked.value, events, transfers, entry };
    this.#money.push(...capitalWrites(this.#db, change));
  }

  #arrivalWrites(): Write[] {
    const sql = `UPDATE report SET at = one.value ->> 2 FROM json_each(?) AS one
      WHERE report.origin = one.value ->> 0 AND report.seq = one.value ->> 1`;
    return [this.#db.prepare(sql).bind(JSON.stringify(this.#arrivals))];
  }
}
