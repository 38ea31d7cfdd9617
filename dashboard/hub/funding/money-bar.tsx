/** One currency's money at a glance: what is paid out, waiting and free, as parts of one bar and in words. */
import type { MoneyStages } from "../../../shared/protocol/api/money.ts";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Money } from "../../parts/values.tsx";

const stages = ["disbursed", "payable", "reserved", "available"] as const;
const WIDTH = 1000;

export function MoneyBar({ stages: money }: { stages: MoneyStages }) {
  const shown = stages
    .map((id, at) => ({ id, series: at + 1, minor: BigInt(money[`${id}_minor`]) }))
    .filter(({ minor }) => minor > 0n);
  const total = shown.reduce((sum, { minor }) => sum + minor, 0n);
  if (total === 0n) return null;
  const words = shown
    .map(({ id, minor }) => `${t(`money.${id}`)} ${formatMoney(minor, money.currency, { whole: true })}`)
    .join(", ");
  let before = 0n;
  return (
    <article class="card stack-s">
      <h3>
        <a href={`/funding?currency=${money.currency}`}>
          {t("money.received", { amount: formatMoney(money.received_minor, money.currency, { whole: true }) })}
        </a>
      </h3>
      <svg class="money-bar" viewBox={`0 0 ${WIDTH} 20`} preserveAspectRatio="none" role="img" aria-label={words}>
        {shown.map(({ id, series, minor }) => {
          const x = part(before, total);
          before += minor;
          return <rect key={id} class={`fill-${series}`} x={x} width={part(before, total) - x} height={20} />;
        })}
      </svg>
      <ul class="legend">
        {shown.map(({ id, series, minor }) => (
          <li key={id}>
            <svg class="key" viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`fill-${series}`} width={10} height={10} />
            </svg>
            {t(`money.${id}`)}{" "}
            <strong class="num">
              <Money minor={minor} currency={money.currency} whole />
            </strong>
          </li>
        ))}
      </ul>
    </article>
  );
}

function part(of: bigint, total: bigint): number {
  return Number((of * BigInt(WIDTH)) / total);
}
