/** What a partial capital state must hold before events are applied: what they name. A database adds what that leads to. */
import type { FundEvent } from "../protocol/fund.ts";

export interface CapitalNeeds {
  funders: string[];
  funds: string[];
  recipients: string[];
  commitments: string[];
  /** with their fund and, for events about them, their accounts */
  awards: string[];
  allocations: string[];
  /** log index and event number of what is undone or confirmed */
  past: [number, number][];
  campaigns: string[];
}

type Named = { [K in Exclude<keyof CapitalNeeds, "past">]: Set<string> };

export function neededFor(events: readonly FundEvent[]): CapitalNeeds {
  const named: Named = {
    funders: new Set(),
    funds: new Set(),
    recipients: new Set(),
    commitments: new Set(),
    awards: new Set(),
    allocations: new Set(),
    campaigns: new Set(),
  };
  const past: [number, number][] = [];
  for (const event of events) {
    name(named, event);
    if (event.event === "reversal" || event.event === "cleared") past.push([event.index, event.of]);
  }
  return {
    funders: [...named.funders],
    funds: [...named.funds],
    recipients: [...named.recipients],
    commitments: [...named.commitments],
    awards: [...named.awards],
    allocations: [...named.allocations],
    campaigns: [...named.campaigns],
    past,
  };
}

function name(named: Named, event: FundEvent): void {
  const add = (kind: keyof Named, id: string | null): void => {
    if (id !== null) named[kind].add(id);
  };
  switch (event.event) {
    case "funder":
      add("funders", event.id);
      break;
    case "fund":
      add("funds", event.id);
      add("funders", event.funder);
      break;
    case "recipient":
      add("recipients", event.id);
      break;
    case "commitment":
      add("commitments", event.id);
      add("funds", event.fund);
      add("funders", event.funder);
      break;
    case "sales-statement":
      add("commitments", event.commitment);
      break;
    case "award":
      add("awards", event.id);
      add("awards", event.parent);
      add("funds", event.fund);
      add("recipients", event.recipient);
      add("allocations", event.allocation);
      add("campaigns", event.campaign);
      for (const terms of event.conditions) {
        if (terms.kind === "demand") add("campaigns", terms.campaign);
        if (terms.kind === "match") add("funders", terms.funder);
      }
      break;
    case "receipt":
      add("funders", event.funder);
      add("funds", event.fund);
      add("commitments", event.commitment);
      break;
    case "regrant":
      add("awards", event.award);
      add("funds", event.fund);
      break;
    case "fee":
      add("funds", event.fund);
      break;
    case "exchange":
      add("funds", event.from_fund);
      add("funds", event.to_fund);
      break;
    case "need":
      add("campaigns", event.campaign);
      break;
    case "allocation":
      add("allocations", event.id);
      add("funds", event.fund);
      for (const { campaign } of event.results) add("campaigns", campaign);
      break;
    case "reversal":
    case "cleared":
    case "period-close":
      break;
    case "condition":
      add("awards", event.award);
      add("campaigns", event.campaign ?? null);
      break;
    case "disbursement":
    case "repayment":
    case "write-off":
    case "conversion":
    case "release":
    case "clawback":
    case "guarantee-call":
    case "equity-sale":
      add("awards", event.award);
  }
}
