/** What a proposed matching run gives to whom, for whoever approves it: names where the campaign is among the newest. */
import type { FundEventOf } from "../../../../shared/protocol/fund.ts";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { usePicks } from "./picks.ts";

export function AllocationLines({ event }: { event: FundEventOf<"allocation"> }) {
  const campaigns = usePicks("campaign");
  const currency = usePicks("fund")?.find(({ value }) => value === event.fund)?.currency ?? null;
  if (currency === null) return null;
  const given = event.results.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor), 0n);
  return (
    <div class="stack-s">
      <p>
        {t("matching.sentence", {
          given: formatMoney(given, currency),
          pool: formatMoney(event.pool_minor, currency),
          campaigns: event.results.length,
        })}{" "}
        <span class="quiet">{t(`matching.method-${event.method}`)}</span>
      </p>
      <ul class="list" hidden={event.results.length === 0}>
        {event.results.map(({ campaign, amount_minor }) => (
          <li key={campaign}>
            <div class="list-main">
              <a href={`/campaigns/${campaign}`}>
                {campaigns?.find(({ value }) => value === campaign)?.label ?? campaign.slice(0, 8)}
              </a>
            </div>
            <span class="num">{formatMoney(amount_minor, currency)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
