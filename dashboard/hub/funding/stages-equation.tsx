/** The stages of money as an equation that adds up, each term opening the rows behind it. */
import type { MoneyStages } from "../../../shared/protocol/api/money.ts";
import { t } from "../../parts/i18n.ts";
import { Money } from "../../parts/values.tsx";

const terms = [
  ["received", "receipt", 1],
  ["recycled", "principal-repayment", 1],
  ["interest", "interest", 1],
  ["gains", "gain", 1],
  ["clawed_back", "clawback", 1],
  ["released", "release", 1],
  ["exchanged", "exchange-in", 1],
  ["awarded", "award", -1],
  ["fees", "fee", -1],
] as const;

export function StagesEquation({ stages }: { stages: MoneyStages }) {
  const { currency } = stages;
  const shown = terms.filter(([name]) => name === "received" || name === "awarded" || stages[`${name}_minor`] !== "0");
  return (
    <div class="card stack-s">
      <ul class="equation">
        {shown.map(([name, code, sign], at) => (
          <li key={name}>
            <span class="quiet" aria-hidden="true">
              {sign === -1 ? "−" : at === 0 ? "" : "+"}
            </span>
            <a href={`/transfers?currency=${currency}&code=${code}`}>{t(`funding.stage-${name}`)}</a>
            <span class="num">
              <Money minor={stages[`${name}_minor`]} currency={currency} />
            </span>
          </li>
        ))}
        <li class="equation-sum">
          <span aria-hidden="true">=</span>
          <strong>{t("funding.stage-available")}</strong>
          <strong class="num">
            <Money minor={stages.available_minor} currency={currency} />
          </strong>
        </li>
      </ul>
      <p class="quiet small">
        {t("funding.awarded-is")} <Money minor={stages.reserved_minor} currency={currency} /> {t("funding.is-reserved")}{" "}
        + <Money minor={stages.payable_minor} currency={currency} /> {t("funding.is-payable")} +{" "}
        <Money minor={stages.disbursed_minor} currency={currency} /> {t("funding.is-disbursed")} +{" "}
        <Money minor={stages.released_minor} currency={currency} /> {t("funding.is-released")}.
      </p>
    </div>
  );
}
