/**
 * Alerts of a signed-in funder or supplier: told once each time a threshold is passed on the way up, by mail or by a webhook
 * signed under Standard Webhooks. What they compare is public (docs/for-suppliers.md).
 */
import { z } from "zod";
import { ref } from "../fund.ts";
import { baseUrl, count, currency, decimal, decimalSum, hash, positiveDecimal, region } from "../primitives.ts";
import { mailLanguage } from "./party.ts";

export const alertKind = z.enum(["units_at_price", "new_campaign", "condition_met"]);

/** All that is named must fit; what is null fits everything. */
const alertFields = {
  kind: alertKind,
  campaign: hash.nullable(),
  /** as in the catalogue */
  category: z.string().min(1).max(200).nullable(),
  /** of the communities whose demand counts; a country covers its subdivisions. For units only */
  region: region.nullable(),
  /** units_at_price: fires when as many are there */
  min_units: positiveDecimal.nullable(),
  /** counts units of members who accept this price; null: at any price */
  at_price_minor: positiveDecimal.nullable(),
  /** of that price; campaigns in other currencies do not count */
  currency: currency.nullable(),
  /** where messages are posted; null: by mail to the account's address */
  webhook: baseUrl.nullable(),
  language: mailLanguage.default("en"),
};

export const createAlert = z.strictObject(alertFields).superRefine((alert, context) => {
  const isUnits = alert.kind === "units_at_price";
  const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (isUnits && alert.min_units === null) wrong("min_units", "Say how many units");
  if (!isUnits && alert.min_units !== null) wrong("min_units", "Only with units_at_price");
  if (!isUnits && alert.at_price_minor !== null) wrong("at_price_minor", "Only with units_at_price");
  if (!isUnits && alert.region !== null) wrong("region", "Only with units_at_price");
  if ((alert.at_price_minor === null) !== (alert.currency === null)) wrong("currency", "A price has a currency");
  if (alert.kind === "new_campaign" && alert.campaign !== null) wrong("campaign", "A new campaign is not there yet");
  if (alert.kind === "condition_met" && alert.category !== null) wrong("category", "Not with condition_met");
});
export type CreateAlert = z.infer<typeof createAlert>;
/** As it is kept. */
export type Alert = CreateAlert;

export const alertView = z.object({
  ...alertFields,
  id: ref,
  created_at: z.iso.datetime(),
  fired_at: z.iso.datetime().nullable(),
  /** units_at_price: the threshold is passed now, so it fires again only after demand has fallen below it */
  above: z.boolean(),
  paused: z.boolean(),
  /** of the newest delivery */
  status: z.enum(["waiting", "delivered", "failing"]),
});
export type AlertView = z.infer<typeof alertView>;
/** `secret` (`whsec_…`) is shown once, for a webhook */
export const createdAlert = z.object({ alert: alertView, secret: z.string().nullable() });
export type CreatedAlert = z.infer<typeof createdAlert>;
/** `email`: whether alerts can go to this account by mail. */
export const alertList = z.object({ alerts: z.array(alertView), email: z.boolean() });
export const pauseAlert = z.strictObject({ paused: z.boolean() });
export const testedAlert = z.object({ delivered: z.boolean() });

/** The body of a webhook, and what a mail is written from. */
export const alertMessage = z.object({
  type: z.enum(["demand.threshold", "campaign.opened", "award.condition-met", "test"]),
  timestamp: z.iso.datetime(),
  data: z.object({
    alert: ref,
    /** page of this hub with the numbers */
    url: z.string(),
    campaign: z.object({ id: hash, name: z.string(), unit: z.string() }).nullable(),
    units: decimalSum.nullable(),
    accounts: count.nullable(),
    min_units: decimal.nullable(),
    at_price_minor: decimal.nullable(),
    currency: currency.nullable(),
    award: z.object({ id: ref, title: z.string() }).nullable(),
    /** size of the log that the numbers are of */
    log_size: count,
  }),
});
export type AlertMessage = z.infer<typeof alertMessage>;
