/**
 * What the demo network contains: invented people and communities, real products. Everything is derived from
 * positions in these lists, so that a seeding that was interrupted finds the same plan again.
 */
import type { DraftPledge } from "../../shared/protocol/api/community.ts";
import type { PublishCampaign } from "../../shared/protocol/api/console.ts";

export const MEMBERS = 40;
export const REASON = "Demo network on one machine";

export interface DemoCommunity {
  name: string;
  about: string;
  region: string;
  languages: string[];
}

const COMMUNITIES: readonly DemoCommunity[] = [
  {
    name: "Kirkstall Food Club (demo)",
    about: "Neighbours in Leeds who buy basics together and would rather not bring home the plastic.",
    region: "GB-LDS",
    languages: ["en"],
  },
  {
    name: "Ruzafa Sin Plástico (demo)",
    about: "Un grupo de consumo de Valencia que pide productos básicos sin envases de plástico.",
    region: "ES-V",
    languages: ["es", "en"],
  },
  {
    name: "Kiezkorb Neukölln (demo)",
    about: "Eine Einkaufsgemeinschaft aus Berlin, die Grundnahrungsmittel ohne Plastik möchte.",
    region: "DE-BE",
    languages: ["de", "en"],
  },
  {
    name: "Fox Point Pantry (demo)",
    about: "A buying club in Providence: pantry staples, plastic-free, at a price people can pay.",
    region: "US-RI",
    languages: ["en", "es"],
  },
];

export function demoCommunity(index: number): DemoCommunity {
  const model = COMMUNITIES[index % COMMUNITIES.length]!;
  return index < COMMUNITIES.length ? model : { ...model, name: model.name.replace("(demo)", `${index + 1} (demo)`) };
}

/** Two products whose packaging Open Food Facts lists as plastic. */
export const CAMPAIGNS: readonly Omit<PublishCampaign, "closes">[] = [
  {
    name: "Orzo in paper, not plastic",
    text:
      "Orzo is sold in a plastic packet almost everywhere. We ask a mill or a retailer for the same pasta in a paper bag, " +
      "and say what we would pay for it.\n\nThis is a demo campaign: the product is real, the demand is not.",
    product: { gtin: "00020985", name: "Orzo Pasta", brand: "M&S" },
    unit: "bag of 500 g",
    currency: "EUR",
    reference_price_minor: "240",
    bands_minor: ["190", "210", "230", "250", "280"],
    max_qty: "24",
    goal_qty: "150",
  },
  {
    name: "Mushrooms without the tray",
    text:
      "Large flat mushrooms come in a PET tray under two layers of film. We ask for a cardboard punnet, " +
      "and say what we would pay for it.\n\nThis is a demo campaign: the product is real, the demand is not.",
    product: { gtin: "00019170", name: "Large flat mushrooms", brand: "Sainsbury's" },
    unit: "punnet of 250 g",
    currency: "GBP",
    reference_price_minor: "135",
    bands_minor: ["110", "125", "140", "160"],
    max_qty: "12",
    goal_qty: "100",
  },
];

const FIRST_NAMES = (
  "Amara Bruno Carmen Dilan Elsie Farid Greta Hiro Ines Jonas Kezia Leo Marta Nadia Owen Priya Quentin Rosa Samir Tove " +
  "Uma Viktor Wanda Xavi Yara Zeno Adela Bilal Chiara Dario Esme Felix Gala Hana Ivo Julia Kofi Lucia Mateo Noor"
).split(" ");

/** Member 0 of each community is its steward. */
export function memberName(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]!} (demo)`;
}

type Intent = DraftPledge extends infer D ? (D extends { campaign: string } ? Omit<D, "campaign"> : never) : never;
export interface PlannedPledge {
  campaign: number;
  /** one after the other: a pledge, then perhaps a change of mind */
  intents: Intent[];
}

/** Seven of ten pledge for pasta, six for mushrooms; every eighth is only interested, every sixth revises, one withdraws. */
export function plannedPledges(member: number): PlannedPledge[] {
  const planned: PlannedPledge[] = [];
  if (member % 10 < 7) planned.push({ campaign: 0, intents: [intentOf(member, 0)] });
  if (member % 5 > 1) planned.push({ campaign: 1, intents: [intentOf(member, 1)] });
  for (const { campaign, intents } of planned) {
    if (member % 6 === 3) intents.push(intentOf(member + 5, campaign));
  }
  if (member === 24) planned[0]?.intents.push({ kind: "withdraw" });
  return planned;
}

function intentOf(member: number, campaign: number): Intent {
  const { bands_minor, reference_price_minor } = CAMPAIGNS[campaign]!;
  const qty = String(1 + ((member * 7 + campaign * 3) % 6));
  if (member % 8 === 6) return { kind: "interest", qty };
  // most accept the usual price or a little more, some only a good one
  const lowest = BigInt(bands_minor[0]!);
  const spread = (BigInt(reference_price_minor) * 12n) / 10n - lowest;
  const steps = BigInt((member * 3 + campaign) % 7);
  return { kind: "pledge", qty, max_unit_price_minor: String(lowest + (spread * steps) / 6n) };
}
