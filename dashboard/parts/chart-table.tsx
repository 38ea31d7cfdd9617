/** The table twin of a drawing: the same numbers, for reading, copying and screen readers. */
import type { ComponentChildren } from "preact";

import { Disclosure } from "./disclosure.tsx";
import { t } from "./i18n.ts";

export function ChartTable({
  caption,
  title = t("chart.as-table"),
  headers,
  rows,
}: {
  caption: string;
  /** for a table that repeats no drawing */
  title?: string;
  headers: string[];
  rows: ComponentChildren[][];
}) {
  return (
    <Disclosure title={title}>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
        <table class="table">
          <caption>{caption}</caption>
          <thead>
            <tr>
              {headers.map((header, i) => (
                <th key={header} scope="col" class={i > 0 ? "plain end" : "plain"}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((value, j) =>
                  j === 0 ? (
                    <th key={j} scope="row">
                      {value}
                    </th>
                  ) : (
                    <td key={j} class="end">
                      {value}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Disclosure>
  );
}
