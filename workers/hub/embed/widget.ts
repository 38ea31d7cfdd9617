/**
 * The widget: one campaign's demand as a page for other sites' frames. No script, no cookie, nothing loaded but one
 * stylesheet of this hub. It shows the cell "*" of the same cells as everything else (docs/signals.md §3).
 */
import { html } from "hono/html";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import type { DemandCurveView, ShownCell } from "../../../shared/protocol/api/signals.ts";
import { type EmbedLanguage, words } from "./words.ts";

/** Only its own stylesheet, and any site may frame it. */
export const EMBED_CSP = "default-src 'none'; style-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'";

export const embedStyle = `:root{color-scheme:light dark;--ink:#1d2a24;--quiet:#55635b;--line:#1f6f50;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e9f0ec;--quiet:#a9b8b0;--line:#7cc9a5;--paper:#141a17}}
body{margin:0;padding:16px;background:var(--paper);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
h1{font-size:1rem;margin:0 0 8px}p{margin:0 0 8px}.number{font-size:2rem;font-weight:700;line-height:1.1}
.quiet{color:var(--quiet);font-size:.875rem}svg{display:block;width:100%;height:72px;margin:0 0 8px}
path{fill:none;stroke:var(--line);stroke-width:2;vector-effect:non-scaling-stroke}
table{border-collapse:collapse;margin:0 0 8px;font-variant-numeric:tabular-nums}caption{text-align:start;font-weight:600}
th,td{text-align:end;padding:2px 16px 2px 0;font-weight:400}a{color:inherit}
`;

interface Frame {
  language: EmbedLanguage;
  /** name and address of the hub */
  hub: string;
  url: string;
}

export function widget(curve: DemandCurveView, { language, hub, url }: Frame) {
  const { campaign, shown, k } = curve;
  const say = words[language];
  const number = (value: string | number): string => new Intl.NumberFormat(language).format(BigInt(value));
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${campaign.name}</title>
        <link rel="stylesheet" href="/embed/style.css" />
      </head>
      <body>
        <h1>${campaign.name}</h1>
        ${shown === null ? html`<p>${say.withheld(k)}</p>` : demand(curve, shown, number, language)}
        <p class="quiet">
          ${say.accountsAre} ${say.asOf(number(shown?.size ?? curve.log.size))} · ${hub} ·
          <a href="${url}/campaigns/${campaign.id}" target="_blank" rel="noopener">${say.more}</a>
        </p>
      </body>
    </html>`;
}

function demand(
  { campaign, currency }: DemandCurveView,
  shown: ShownCell,
  number: (value: string | number) => string,
  language: EmbedLanguage,
) {
  const say = words[language];
  const { low, high } = shown.likely;
  const units = String(BigInt(shown.pledged) + BigInt(shown.committed));
  return html`<p>
      <span class="number">${number(shown.accounts)}</span> ${say.accounts} ${say.want(number(units), campaign.unit)}
    </p>
    <p>${say.likely(number(low), number(high), campaign.unit)}</p>
    <svg viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <path d="${stepPath(shown.curve.map((point) => BigInt(point.units)))}" />
    </svg>
    <table>
      <caption>
        ${say.curve}
      </caption>
      <thead>
        <tr>
          <th scope="col">${say.price}</th>
          <th scope="col">${say.units}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.curve.map(
          (point) =>
            html`<tr>
              <th scope="row">${currency} ${formatAmountPlain(BigInt(point.price_minor), currency)}</th>
              <td>${number(point.units)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** Steps down from the lowest price to the highest, in a box of 100 × 40. */
function stepPath(units: readonly bigint[]): string {
  const top = units[0] ?? 0n;
  if (top === 0n) return "M0 39H100";
  const y = (value: bigint): string => String(39 - Number((value * 38n) / top));
  const width = 100 / units.length;
  return units
    .map((value, at) => `${at === 0 ? `M0 ${y(value)}` : `V${y(value)}`}H${String(Math.round((at + 1) * width))}`)
    .join("");
}
