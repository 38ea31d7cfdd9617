/** What an alert says: one message, as the body of a webhook and as a letter. Public numbers and nothing else. */
import type { Alert, AlertMessage } from "../../shared/protocol/api/alert.ts";
import type { Measured } from "../../shared/alerts/crossing.ts";
import type { MailLanguage } from "../../shared/protocol/api/party.ts";
import type { Campaign } from "../../shared/network/state.ts";
import { formatAmountPlain } from "../../shared/money/amount.ts";
import type { HubConfig } from "./env.ts";
import type { Letter } from "./mail-words.ts";
import type { AlertWorld, MetCondition } from "./queries/alert.ts";

export interface Told {
  id: string;
  alert: Alert;
}

type Place = Pick<HubConfig, "publicUrl">;

function message(
  { id, alert }: Told,
  at: number,
  logSize: number,
  type: AlertMessage["type"],
  data: Partial<AlertMessage["data"]> & { url: string },
): AlertMessage {
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      alert: id,
      campaign: null,
      units: null,
      accounts: null,
      min_units: alert.min_units,
      at_price_minor: alert.at_price_minor,
      currency: alert.currency,
      award: null,
      log_size: logSize,
      ...data,
    },
  };
}

function named(campaign: Campaign | undefined): AlertMessage["data"]["campaign"] {
  return campaign === undefined ? null : { id: campaign.id, name: campaign.terms.name, unit: campaign.terms.unit };
}

export function thresholdMessage(place: Place, told: Told, world: AlertWorld, now: Measured, at: number): AlertMessage {
  const { campaign } = told.alert;
  return message(told, at, world.logSize, "demand.threshold", {
    url: `${place.publicUrl}${campaign === null ? "/campaigns" : `/campaigns/${campaign}`}`,
    campaign: campaign === null ? null : named(world.campaigns.get(campaign)),
    units: String(now.units),
    accounts: now.accounts,
  });
}

export function openedMessage(
  place: Place,
  told: Told,
  world: AlertWorld,
  campaign: Campaign,
  at: number,
): AlertMessage {
  return message(told, at, world.logSize, "campaign.opened", {
    url: `${place.publicUrl}/campaigns/${campaign.id}`,
    campaign: named(campaign),
  });
}

export function metMessage(place: Place, told: Told, world: AlertWorld, award: MetCondition, at: number): AlertMessage {
  return message(told, at, world.logSize, "award.condition-met", {
    url: `${place.publicUrl}/awards/${award.id}`,
    campaign: named(world.campaigns.get(award.campaign ?? "")),
    award: { id: award.id, title: award.title },
  });
}

export function testMessage(place: Place, told: Told, at: number): AlertMessage {
  return message(told, at, 0, "test", { url: place.publicUrl });
}

const WORDS = {
  en: {
    "demand.threshold": "Demand has passed your threshold",
    "campaign.opened": "A new campaign is open",
    "award.condition-met": "An award's conditions are met",
    test: "This is a test of your alert",
    units: "units",
    accounts: "accounts",
    price: "at a price of at least",
    foot: "You asked for this alert. Pause or delete it on your own page.",
  },
  es: {
    "demand.threshold": "La demanda ha pasado tu umbral",
    "campaign.opened": "Se ha abierto una campaña",
    "award.condition-met": "Se han cumplido las condiciones de una ayuda",
    test: "Esta es una prueba de tu aviso",
    units: "unidades",
    accounts: "cuentas",
    price: "a un precio de al menos",
    foot: "Pediste este aviso. Páusalo o bórralo en tu propia página.",
  },
} as const;

export function alertLetter(language: MailLanguage, { type, data }: AlertMessage): Letter {
  const words = WORDS[language];
  const { campaign, award, units, accounts, at_price_minor, currency, url } = data;
  const about = award?.title ?? campaign?.name ?? "";
  const price =
    at_price_minor === null || currency === null
      ? ""
      : `, ${words.price} ${formatAmountPlain(BigInt(at_price_minor), currency)} ${currency}`;
  const numbers =
    units === null ? [] : [`${units} ${campaign?.unit ?? words.units}, ${String(accounts)} ${words.accounts}${price}.`];
  const head = words[type];
  return {
    subject: about === "" ? head : `${head}: ${about}`,
    text: [`${head}${about === "" ? "" : `: ${about}`}.`, ...numbers, "", url, "", words.foot, ""].join("\n"),
  };
}
