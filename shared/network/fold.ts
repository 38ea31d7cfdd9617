/**
 * The network fold (docs/protocol.md §6): entries of a hub's log -> state. Log index is the order; the only clock is
 * log time. Sums are kept incrementally and equal a full replay to the last digit, so a database that loads what
 * `needed` names can apply a batch at the cost of the rows it changes.
 */
import type { Claims, Statement } from "../protocol/statement.ts";
import { answerAudit, beginAudit, expireAudit, settleAudit } from "./audits.ts";
import { addTransfers } from "../capital/sums.ts";
import { addCampaign, addCommunity, addReport, emptyCampaignSums, isSame } from "./numbers.ts";
import { changeHubKeys, changeNodeKeys, finishRecovery, firstKeys, forgetBooksBefore } from "./keys.ts";
import { beginBook, joinedBook } from "./resets.ts";
import { faultOf, isHubSigned } from "./rules.ts";
import { endOffer, postOffer } from "./offers.ts";
import { isFree } from "../witness/change.ts";
import { observe, watch } from "./watch.ts";
import {
  type Community,
  EQUIVOCATION,
  type CountedReport,
  type LoggedReport,
  type NetworkState,
  type NetworkTouched,
  REPORT_LIFETIME_S,
  emptyNetwork,
} from "./state.ts";

export interface LogItem {
  index: number;
  leaf: string;
  statement: Statement;
}

/** Applies one entry in place. A statement that breaks a rule of rules.ts changes nothing but log time. */
export function applyStatement(
  state: NetworkState,
  item: LogItem,
  touched: NetworkTouched = untouched(),
): NetworkTouched {
  const { index, leaf, statement } = item;
  if (index !== state.size) throw new Error(`log entry ${index} applied to a state of size ${state.size}`);
  const fault = faultOf(state, item);
  state.size += 1;
  if (fault === "issuer" || fault === "policy-first") return touched;
  if (isHubSigned(statement)) advance(state, statement.claims.iat, touched);
  if (fault !== null) return touched;
  switch (statement.kind) {
    case "hub-policy+jwt":
      begin(state, leaf, statement.claims, touched);
      break;
    case "node-join+jwt":
      join(state, item, statement.claims, touched);
      break;
    case "node-key+jwt":
      changeKeys(state, item, statement.claims, touched);
      break;
    case "hub-key+jwt":
      changeHubKeys(state, item, statement.claims);
      break;
    case "node-status+jwt":
      setStatus(state, statement.claims, touched);
      break;
    case "demand-report+jwt":
      logReport(state, item, statement.claims, touched);
      break;
    case "book-reset+jwt":
      reset(state, item, statement.claims, touched);
      break;
    case "report-check+jwt":
      judge(state, item, statement.claims, touched);
      break;
    case "campaign+jwt":
      publish(state, item, statement.claims, touched);
      break;
    case "campaign-amend+jwt":
      amend(state, statement.claims, touched);
      break;
    case "campaign-close+jwt":
      close(state, item, statement.claims, touched);
      break;
    case "rates+jwt":
      state.rates = { leaf, index, claims: statement.claims };
      break;
    case "fund+jwt":
      state.capital = addTransfers(state.capital, statement.claims.transfers);
      watch(state, statement.claims.events, touched);
      break;
    case "offer+jwt":
      postOffer(loaded(state, statement.claims.campaign), leaf, statement.claims, touched);
      break;
    case "offer-end+jwt":
      endOffer(loaded(state, statement.claims.campaign), statement.claims.offer, touched);
      break;
    case "witness-policy+jwt":
      changePolicy(state, item, statement.claims);
      break;
    case "witness-policy-start+jwt":
      startPolicy(state);
      break;
    case "audit+jwt":
      audit(state, item, statement.claims, touched);
      break;
    case "audit-answer+jwt":
      answer(state, item, statement.claims, touched);
      break;
    case "audit-outcome+jwt":
      judgeAudit(state, item, statement.claims, touched);
      break;
    case "equivocation+jwt":
      exclude(state, statement.claims, touched);
      break;
    case "evidence+jwt":
    case "totals+jwt":
      // Its numbers are about the past and never counted; its time moves the log's like any other.
      break;
  }
  return touched;
}

/** Replays a whole log. */
export function foldNetwork(items: Iterable<LogItem>): NetworkState {
  const state = emptyNetwork();
  for (const item of items) applyStatement(state, item);
  return state;
}

export function untouched(): NetworkTouched {
  return { communities: new Set(), campaigns: new Set() };
}

function advance(state: NetworkState, iat: number, touched: NetworkTouched): void {
  if (iat <= state.log_time) return;
  state.log_time = iat;
  if (iat < state.wake) return;
  let wake = Number.POSITIVE_INFINITY;
  for (const community of state.communities.values()) {
    if (finishRecovery(community, iat, state.size - 1)) touched.communities.add(community.origin);
    if (expireAudit(community, iat, state.size - 1)) touched.communities.add(community.origin);
    const { counted, keys, audits } = community;
    if (keys.pending !== null) wake = Math.min(wake, keys.pending.due);
    if (audits !== null && audits.open !== null) wake = Math.min(wake, audits.open.due);
    if (counted === null || !counted.fresh) continue;
    if (isFresh(state, counted)) wake = Math.min(wake, counted.iat + REPORT_LIFETIME_S + 1);
    else recount(state, community, { ...counted, fresh: false }, touched);
  }
  for (const campaign of state.campaigns.values()) {
    if (campaign.ended) continue;
    if (iat < campaign.terms.closes) wake = Math.min(wake, campaign.terms.closes);
    else {
      change(state, [campaign.id], touched, () => {
        campaign.ended = true;
      });
    }
  }
  state.wake = wake;
}

function isFresh(state: NetworkState, report: { iat: number }): boolean {
  return report.iat >= state.log_time - REPORT_LIFETIME_S;
}

/** Runs `mutate` with the named campaigns' part in the network's sums taken out before and put back after. */
function change(state: NetworkState, campaigns: Iterable<string>, touched: NetworkTouched, mutate: () => void): void {
  const changed = [...new Set(campaigns)].map((id) => loaded(state, id));
  for (const campaign of changed) addCampaign(state.sums, campaign, -1);
  mutate();
  for (const campaign of changed) {
    addCampaign(state.sums, campaign, 1);
    observe(state, campaign);
    touched.campaigns.add(campaign.id);
  }
}

function loaded(state: NetworkState, id: string) {
  const campaign = state.campaigns.get(id);
  if (campaign === undefined) throw new Error(`campaign ${id} is spoken of but not in the state`);
  return campaign;
}

/** Runs `mutate` with the community's contribution to these campaigns taken out before and put back after. */
function changeCommunity(
  state: NetworkState,
  community: Community,
  campaigns: ReadonlySet<string>,
  touched: NetworkTouched,
  mutate: () => void,
): void {
  change(state, campaigns, touched, () => {
    contribute(state, community, campaigns, -1);
    mutate();
    contribute(state, community, campaigns, 1);
  });
  touched.communities.add(community.origin);
}

function contribute(state: NetworkState, community: Community, campaigns: ReadonlySet<string>, sign: 1 | -1): void {
  addCommunity(state.sums, community, sign);
  if (community.status !== "admitted" || community.counted === null) return;
  const { totals, fresh } = community.counted;
  for (const campaign of totals)
    if (campaigns.has(campaign.c)) addReport(loaded(state, campaign.c), campaign, fresh, sign);
}

/** All that the community's counted report speaks of. */
function campaignsOf({ counted }: Pick<Community, "counted">): Set<string> {
  return new Set(counted?.totals.map(({ c }) => c));
}

/** A report is complete, and most of it says what the one before said: campaigns it changes nothing of are left alone. */
function recount(state: NetworkState, community: Community, counted: CountedReport, touched: NetworkTouched): void {
  const before = community.counted;
  const campaigns = new Set([...campaignsOf(community), ...campaignsOf({ counted })]);
  if (before?.fresh === counted.fresh) {
    const said = new Map(before.totals.map((totals) => [totals.c, totals]));
    for (const totals of counted.totals) {
      const last = said.get(totals.c);
      if (last !== undefined && isSame(last, totals)) campaigns.delete(totals.c);
    }
  }
  changeCommunity(state, community, campaigns, touched, () => {
    community.counted = counted;
  });
}

/**
 * A fork keeps campaigns, rates, offers and money. Communities signed for the parent's log, and its witnesses saw that one:
 * both come anew, and whatever counted through a community counts again once it has joined.
 */
function begin(state: NetworkState, leaf: string, claims: Claims<"hub-policy+jwt">, touched: NetworkTouched): void {
  for (const community of state.communities.values()) {
    changeCommunity(state, community, campaignsOf(community), touched, () => {
      community.status = "left";
    });
  }
  state.communities.clear();
  state.hub_keys = null;
  state.witnesses = null;
  state.policy = { leaf, claims };
}

function join(state: NetworkState, item: LogItem, claims: Claims<"node-join+jwt">, touched: NetworkTouched): void {
  state.communities.set(claims.iss, {
    origin: claims.iss,
    status: "joined",
    reason: "",
    since: null,
    join: { leaf: item.leaf, index: item.index, url: claims.url },
    report_jwk: claims.report_jwk,
    book_vkey: claims.book.vkey,
    witness_vkey: claims.witness ?? null,
    keys: firstKeys(item.leaf, claims.recovery_sha256),
    book: joinedBook(claims.iss, claims.book.checkpoint),
    profile: claims.profile,
    last_seq: 0,
    last_leaf: item.leaf,
    counted: null,
    audits: null,
    pending: new Map(),
  });
  touched.communities.add(claims.iss);
}

function changeKeys(state: NetworkState, item: LogItem, claims: Claims<"node-key+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.iss);
  if (community !== undefined) changeNodeKeys(state, community, item, claims, touched);
}

function audit(state: NetworkState, item: LogItem, claims: Claims<"audit+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.node);
  if (community === undefined) return;
  beginAudit(state, community, item, claims);
  touched.communities.add(community.origin);
}

function answer(state: NetworkState, item: LogItem, claims: Claims<"audit-answer+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.iss);
  if (community === undefined) return;
  answerAudit(community, item, claims);
  touched.communities.add(community.origin);
}

function judgeAudit(
  state: NetworkState,
  { index }: LogItem,
  claims: Claims<"audit-outcome+jwt">,
  touched: NetworkTouched,
): void {
  const community = state.communities.get(claims.node);
  if (community === undefined) return;
  settleAudit(community, index, claims);
  touched.communities.add(community.origin);
}

function setStatus(state: NetworkState, claims: Claims<"node-status+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.node);
  if (community === undefined) return;
  changeCommunity(state, community, campaignsOf(community), touched, () => {
    community.status = claims.status === "resumed" ? "admitted" : claims.status;
    community.reason = claims.reason;
    community.since = claims.iat;
  });
}

/** By rule, from this entry on: nobody decides it. People may resume the community, and that is an entry too. */
function exclude(state: NetworkState, { node, iat }: Claims<"equivocation+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(node);
  if (community === undefined || community.status === "left") return;
  changeCommunity(state, community, campaignsOf(community), touched, () => {
    community.status = "suspended";
    community.reason = EQUIVOCATION;
    community.since = iat;
  });
}

/** A newer change takes the place of one that waits. */
function changePolicy(state: NetworkState, { leaf, index }: LogItem, claims: Claims<"witness-policy+jwt">): void {
  const { policy, iat, effective } = claims;
  const { witnesses } = state;
  state.witnesses =
    witnesses === null || isFree(witnesses)
      ? { current: { leaf, index, policy, since: iat }, pending: null }
      : { current: witnesses.current, pending: { leaf, index, policy, effective } };
}

function startPolicy(state: NetworkState): void {
  const pending = state.witnesses?.pending;
  if (!pending) return;
  const { leaf, index, policy } = pending;
  state.witnesses = { current: { leaf, index, policy, since: state.log_time }, pending: null };
}

function logReport(
  state: NetworkState,
  item: LogItem,
  claims: Claims<"demand-report+jwt">,
  touched: NetworkTouched,
): void {
  const community = state.communities.get(claims.iss);
  if (community === undefined) return;
  const { seq, iat, profile, totals } = claims;
  community.pending.set(item.leaf, { leaf: item.leaf, index: item.index, seq, iat, profile, totals });
  community.profile = profile;
  community.last_seq = seq;
  community.last_leaf = item.leaf;
  forgetBooksBefore(community);
  touched.communities.add(claims.iss);
}

function reset(state: NetworkState, item: LogItem, claims: Claims<"book-reset+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.iss);
  if (community === undefined) return;
  changeCommunity(state, community, campaignsOf(community), touched, () => {
    beginBook(state, community, item, claims);
  });
}

function judge(state: NetworkState, item: LogItem, claims: Claims<"report-check+jwt">, touched: NetworkTouched): void {
  const community = state.communities.get(claims.node);
  const report = community?.pending.get(claims.report);
  if (community === undefined || report === undefined) return;
  community.pending.delete(claims.report);
  touched.communities.add(community.origin);
  if (!claims.ok || report.seq <= (community.counted?.seq ?? 0)) return;
  const counted = { ...report, totals: countable(state, report), verdict: item.index, fresh: isFresh(state, report) };
  if (counted.fresh) state.wake = Math.min(state.wake, report.iat + REPORT_LIFETIME_S + 1);
  recount(state, community, counted, touched);
}

/** Once per campaign, and only what the hub has published by now. */
function countable(state: NetworkState, report: LoggedReport): LoggedReport["totals"] {
  const seen = new Set<string>();
  return report.totals.filter(({ c }) => state.campaigns.has(c) && !seen.has(c) && seen.add(c));
}

function publish(state: NetworkState, item: LogItem, terms: Claims<"campaign+jwt">, touched: NetworkTouched): void {
  const ended = state.log_time >= terms.closes;
  state.campaigns.set(item.leaf, {
    id: item.leaf,
    index: item.index,
    terms,
    closing: null,
    ended,
    sums: emptyCampaignSums(terms.bands_minor.length),
    watches: [],
    offers: [],
  });
  if (!ended) state.wake = Math.min(state.wake, terms.closes);
  touched.campaigns.add(item.leaf);
}

/** A later closing date opens again a campaign that had only reached its date. */
function amend(state: NetworkState, claims: Claims<"campaign-amend+jwt">, touched: NetworkTouched): void {
  change(state, [claims.campaign], touched, () => {
    const campaign = loaded(state, claims.campaign);
    const { text, closes } = claims;
    campaign.terms = {
      ...campaign.terms,
      ...(text !== undefined && { text }),
      ...(closes !== undefined && { closes }),
    };
    campaign.ended = state.log_time >= campaign.terms.closes;
    if (!campaign.ended) state.wake = Math.min(state.wake, campaign.terms.closes);
  });
}

function close(
  state: NetworkState,
  item: LogItem,
  claims: Claims<"campaign-close+jwt">,
  touched: NetworkTouched,
): void {
  change(state, [claims.campaign], touched, () => {
    const campaign = loaded(state, claims.campaign);
    const { outcome, band, reason, iat } = claims;
    campaign.closing = { leaf: item.leaf, index: item.index, outcome, band, reason, iat };
    campaign.ended = true;
  });
}
