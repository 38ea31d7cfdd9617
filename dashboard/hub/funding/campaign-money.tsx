/** What one campaign needs, what would be enough, and who has covered how much of it. */
import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import type { Target, Targeting, TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Stat, Stats } from "../../parts/stat.tsx";
import { Skeleton } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Money } from "../../parts/values.tsx";
import { AwardTable } from "./award-table.tsx";
import { TargetReasons } from "./target-reasons.tsx";

export function CampaignMoney({ campaign }: { campaign: CampaignDetail }) {
  const { data } = useResource<Targeting>(`/api/targeting?currency=${campaign.currency}`);
  const target = data?.targets.find(({ id }) => id === campaign.id);
  const input = data?.inputs.find(({ id }) => id === campaign.id);
  return (
    <Section
      title={t("campaign.needs")}
      aside={<a href={`/targeting?currency=${campaign.currency}`}>{t("campaign.beside-others")}</a>}
    >
      {data === null ? <Skeleton kind="card" /> : null}
      {target && input ? <Need target={target} input={input} /> : null}
      <h3>{t("campaign.covered-by")}</h3>
      <AwardTable path={`/api/awards?campaign=${campaign.id}&limit=25`} />
    </Section>
  );
}

function Need({ target, input }: { target: Target; input: TargetingInput }) {
  const { currency } = input;
  return (
    <div class="card stack">
      <p>
        <strong>{sentence(target, currency)}</strong>
      </p>
      <Stats>
        <Stat label={t("campaign.need")} value={<Money minor={target.need_minor} currency={currency} />} />
        <Stat
          label={t("campaign.covered")}
          value={<Money minor={input.committed_minor} currency={currency} />}
          note={t("campaign.covered-note")}
        />
        <Stat label={t("targeting.gap")} value={<Money minor={target.gap_minor} currency={currency} />} />
        <Stat
          label={t("targeting.unlocked")}
          value={<Money minor={target.unlocked_minor} currency={currency} />}
          note={t("campaign.unlocked-note")}
        />
      </Stats>
      <div class="stack-s">
        <TargetReasons target={target} input={input} />
      </div>
    </div>
  );
}

function sentence({ least_subsidy, gap_minor, unlocked_minor, need_minor }: Target, currency: string): string {
  if (least_subsidy === null) return t("campaign.need-no-subsidy");
  if (need_minor === "0") return t("campaign.need-nothing");
  if (gap_minor === "0") return t("campaign.need-covered");
  return t("campaign.need-sentence", {
    gap: formatMoney(gap_minor, currency),
    unlocked: formatMoney(unlocked_minor, currency),
  });
}
