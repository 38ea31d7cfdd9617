/** My live pledges: what I asked for, its stage, and how far the count has come. */
import type { MyPledge, MyPledges as Pledges } from "../../shared/protocol/api/community.ts";
import { LinkButton } from "../parts/button.tsx";
import { formatDate, formatMoney, formatQuantity } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Badge, Empty, Loaded } from "../parts/states.tsx";
import { TrustTicksInline } from "../parts/trust-ticks.tsx";
import type { Resource } from "../parts/use-resource.ts";
import { ticksOf } from "./pledge/ticks.ts";
import { receiptLine } from "./pledge/words.ts";

export function MyPledges({ pledges }: { pledges: Resource<Pledges> }) {
  return (
    <Loaded resource={pledges}>
      {(data) =>
        data.pledges.length + data.waiting.length === 0 ? (
          <Empty title={t("pledge.none")} action={<LinkButton href="/campaigns">{t("pledge.none-do")}</LinkButton>}>
            {t("pledge.none-text")}
          </Empty>
        ) : (
          <ul class="list">
            {data.waiting.map((waiting) => (
              <li key={`waiting ${waiting.campaign}`}>
                <div class="list-main stack-s">
                  <a class="list-title" href={`/campaigns/${waiting.campaign}`}>
                    {waiting.campaign_name}
                  </a>
                  <span>{receiptLine(waiting)}</span>
                  <span class="small quiet">{t("waiting.text", { by: formatDate(waiting.include_by, "time") })}</span>
                </div>
                <div class="pledge-state">
                  <Badge tone="info">{t("waiting.badge")}</Badge>
                </div>
              </li>
            ))}
            {data.pledges.map((pledge) => (
              <li key={pledge.campaign}>
                <div class="list-main stack-s">
                  <a class="list-title" href={`/campaigns/${pledge.campaign}`}>
                    {pledge.campaign_name}
                  </a>
                  <span>{pledgeLine(pledge)}</span>
                  <span class="small quiet">{closesLine(pledge)}</span>
                </div>
                <div class="pledge-state">
                  <Badge {...(pledge.stage === "committed" ? { tone: "ok" } : {})}>{t(`stage.${pledge.stage}`)}</Badge>
                  <a
                    class="target"
                    href={`/me/receipts/${pledge.ticks.book.leaf}`}
                    aria-label={t("receipt.of", { campaign: pledge.campaign_name })}
                  >
                    <TrustTicksInline ticks={ticksOf(pledge)} />
                  </a>
                </div>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function pledgeLine(pledge: MyPledge): string {
  const qty = formatQuantity(pledge.qty);
  return pledge.max_unit_price_minor === null
    ? t("receipt.line-interest", { qty, unit: pledge.unit })
    : t("receipt.line-pledge", {
        qty,
        unit: pledge.unit,
        price: formatMoney(pledge.max_unit_price_minor, pledge.currency),
      });
}

function closesLine(pledge: MyPledge): string {
  const key = Date.parse(pledge.closes) > Date.now() ? "pledge.closes" : "pledge.closed-on";
  return t(key, { date: formatDate(pledge.closes) });
}
