/**
 * The one way money is recorded: events are decided on the state they need, and entry, network view, ledger rows and the
 * caller's own rows are one batch (docs/capital.md). Whoever loses a race decides anew on what is there then.
 */
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import { demandView } from "../../../shared/capital/demand-view.ts";
import { type CapitalFault, type FundEntry, applyEvents } from "../../../shared/capital/fold.ts";
import { type CapitalNeeds, neededFor } from "../../../shared/capital/needed.ts";
import { emptyCapitalSums } from "../../../shared/capital/sums.ts";
import type { FundEvent, Transfer } from "../../../shared/protocol/fund.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import { capitalReads, capitalStateOf, capitalWrites } from "../capital-view.ts";
import { type Decision, type Deciding, commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";

export type By = FundEntry["by"];

export interface FundRecord {
  by: By;
  events: readonly FundEvent[];
}

export interface LoggedFund {
  leaf: string;
  index: number;
  transfers: Transfer[];
}

/** Who acts, as the log shows it: the same person is the same pseudonym at this hub, and nothing else. */
export function pseudonym(hub: Hub, memberId: string): string {
  return sha256url(utf8(`cocoon/person/v1\n${hub.config.origin}\n${memberId}`));
}

/** `rows`: what the caller writes with it, in the same batch. */
export async function commitFund(
  hub: Hub,
  record: FundRecord,
  rows: (logged: LoggedFund) => D1PreparedStatement[] = () => [],
): Promise<LoggedFund> {
  return await withState(hub, record, async (deciding, decided) => {
    const { iat, next } = deciding;
    const { by, events } = record;
    const { transfers } = decided;
    const claims = { by, events: [...events], transfers };
    const one = await signed(hub, "fund+jwt", iat, claims);
    const logged = { leaf: one.entry.leaf, index: next, transfers };
    const sums = deciding.view.state.capital ?? emptyCapitalSums();
    const entry = { index: next, iat, first: sums.transfers, chain: sums.chain };
    const changed = capitalWrites(hub.db, { state: decided.state, touched: decided.touched, events, transfers, entry });
    return { entries: [one], statements: [...changed, ...rows(logged)], value: logged };
  });
}

/** What the events would move, without moving it. */
export async function previewFund(hub: Hub, record: FundRecord): Promise<Transfer[]> {
  return await withState(hub, record, (_deciding, { transfers }) => ({ entries: [], value: transfers }));
}

interface Decided {
  state: ReturnType<typeof capitalStateOf>;
  transfers: Transfer[];
  touched: Parameters<typeof capitalWrites>[1]["touched"];
}

async function withState<T>(
  hub: Hub,
  { by, events }: FundRecord,
  then: (deciding: Deciding, decided: Decided) => Promise<Decision<T>> | Decision<T>,
): Promise<T> {
  const needs = neededFor(events);
  const { value } = await commit<T>(hub, {
    needs: { campaigns: [...needs.campaigns, ...(await conditionCampaigns(hub.db, needs))] },
    reads: capitalReads(hub.db, needs),
    decide: async (deciding) => {
      const { view, iat, next, results } = deciding;
      const state = capitalStateOf(view.state.capital?.transfers ?? 0, results);
      const applied = applyEvents(state, demandView(view.state, iat), { index: next, iat, by, events });
      if (!applied.ok) throw refusedFund(applied.error);
      return await then(deciding, { state, ...applied.value });
    },
  });
  return value;
}

function refusedFund({ code, detail, event }: CapitalFault): Refused {
  const where = `event ${event + 1}`;
  return new Refused(code, { detail: detail === undefined ? where : `${where}: ${detail}` });
}

/** Campaigns whose demand the named awards wait for: their numbers decide whether money may go. By primary key. */
async function conditionCampaigns(db: D1Database, { awards }: CapitalNeeds): Promise<string[]> {
  if (awards.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT DISTINCT one.value ->> '$.terms.campaign' AS campaign FROM award, json_each(award.data, '$.conditions') AS one
       WHERE award.id IN (SELECT value FROM json_each(?)) AND one.value ->> '$.terms.kind' = 'demand'`,
    )
    .bind(jsonParameter(awards))
    .all<{ campaign: string }>();
  return results.map(({ campaign }) => campaign);
}
