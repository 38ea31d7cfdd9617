/** What can be picked in a form about money: the newest hundred of each kind, each with its currency where it has one. */
import type { z } from "zod";
import type {
  awardPage,
  fundDetail,
  funderPage,
  fundPage,
  recipientPage,
} from "../../../../shared/protocol/api/capital.ts";
import type { campaignPage } from "../../../../shared/protocol/api/network.ts";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { useResource } from "../../../parts/use-resource.ts";
import type { PickOf } from "./event-fields.ts";

export interface Pick {
  value: string;
  label: string;
  currency: string | null;
}

/** `fund` narrows commitments, which are asked of one fund; `states` narrows awards. */
export function usePicks(of: PickOf, narrow: { fund?: string; states?: string } = {}): readonly Pick[] | null {
  const funds = useResource<z.infer<typeof fundPage>>(of === "fund" ? "/api/funds?limit=100" : null);
  const funders = useResource<z.infer<typeof funderPage>>(of === "funder" ? "/api/funders?limit=100" : null);
  const recipients = useResource<z.infer<typeof recipientPage>>(
    of === "recipient" ? "/api/recipients?limit=100" : null,
  );
  const campaigns = useResource<z.infer<typeof campaignPage>>(of === "campaign" ? "/api/campaigns?limit=100" : null);
  const awards = useResource<z.infer<typeof awardPage>>(
    of === "award"
      ? `/api/awards?limit=100${narrow.states ? `&state=${encodeURIComponent(narrow.states)}` : ""}`
      : null,
  );
  const fund = useResource<z.infer<typeof fundDetail>>(
    of === "commitment" && narrow.fund ? `/api/funds/${encodeURIComponent(narrow.fund)}` : null,
  );
  switch (of) {
    case "fund":
      return (
        funds.data?.funds
          .filter(({ source, status }) => source === null && status === "open")
          .map(({ id, name, currency, stages }) => ({
            value: id,
            label: t("desk.pick-fund", { name, amount: formatMoney(stages.available_minor, currency) }),
            currency,
          })) ?? null
      );
    case "funder":
      return funders.data?.funders.map(({ id, name }) => ({ value: id, label: name, currency: null })) ?? null;
    case "recipient":
      return recipients.data?.recipients.map(({ id, name }) => ({ value: id, label: name, currency: null })) ?? null;
    case "campaign":
      return campaigns.data?.campaigns.map(({ id, name, currency }) => ({ value: id, label: name, currency })) ?? null;
    case "award":
      return (
        awards.data?.awards.map(({ id, title, currency, amount_minor }) => ({
          value: id,
          label: t("desk.pick-award", { title, amount: formatMoney(amount_minor, currency) }),
          currency,
        })) ?? null
      );
    case "commitment":
      return (
        fund.data?.commitments.map(({ id, funder, currency, amount_minor, share_bps }) => ({
          value: id,
          label:
            amount_minor === null
              ? t("desk.pick-share", { name: funder.name, percent: String((share_bps ?? 0) / 100) })
              : t("desk.pick-commitment", { name: funder.name, amount: formatMoney(amount_minor, currency) }),
          currency,
        })) ?? (narrow.fund ? null : [])
      );
  }
}
