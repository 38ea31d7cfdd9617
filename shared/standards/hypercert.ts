/**
 * A fulfilled campaign as hypercert metadata (hypercerts-sdk, schemas in test/data/hypercerts): what was done, when, and
 * who made it possible. Contributors are communities and funders, never people. Times are Unix seconds; 0 is "without end".
 */

import { isoTime } from "../time.ts";

export interface FulfilledCampaign {
  id: string;
  name: string;
  text: string;
  product: string;
  unit: string;
  /** units bought, as the communities' books say */
  purchased: string;
  opened: number;
  closed: number;
  communities: readonly { name: string; origin: string; purchased: string }[];
  /** organisations whose money was paid out for it */
  funders: readonly string[];
}

export interface Site {
  url: string;
  name: string;
  licence: string;
}

export function toHypercert(campaign: FulfilledCampaign, { url, name, licence }: Site) {
  const { opened, closed, communities, funders } = campaign;
  const contributors = [...communities.map((one) => `${one.name} (${one.origin})`), ...funders];
  return {
    name: campaign.name,
    description: campaign.text === "" ? campaign.name : campaign.text,
    external_url: `${url}/campaigns/${campaign.id}`,
    image: `${url}/icon-512.png`,
    version: "0.0.1",
    ref: campaign.id,
    properties: [
      { trait_type: "units bought", value: `${campaign.purchased} ${campaign.unit}` },
      { trait_type: "product", value: campaign.product },
      { trait_type: "network", value: name },
    ],
    hypercert: {
      impact_scope: scope("Impact scope", ["all"]),
      work_scope: scope("Work scope", [campaign.name]),
      work_timeframe: timeframe("Work timeframe", [opened, closed]),
      impact_timeframe: timeframe("Impact timeframe", [closed, 0]),
      contributors: { name: "Contributors", value: contributors, display_value: contributors.join(", ") },
      rights: scope("Rights", [licence]),
    },
  };
}

function scope(name: string, value: string[]) {
  return { name, value, excludes: [] as string[], display_value: value.join(", ") };
}

function timeframe(name: string, value: [number, number]) {
  return { name, value, display_value: value.map(dayOf).join(" → ") };
}

function dayOf(seconds: number): string {
  return seconds === 0 ? "indefinite" : isoTime(seconds).slice(0, 10);
}
