/** Rows with sorting, a filter, pages and CSV. On phones each row becomes a small card; the roles keep it a table for everyone. */
import { ArrowDown, ArrowUp, ArrowUpDown, Download } from "lucide";
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";

import { Button } from "./button.tsx";
import { saveFile } from "./copy.tsx";
import { toCsv } from "./csv.ts";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

type Sortable = string | number | bigint;

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ComponentChildren;
  /** makes the column sortable */
  sort?: (row: Row) => Sortable;
  /** text for the filter and the CSV; a column without it is left out of both */
  text?: (row: Row) => string;
  /** numbers go to the end */
  end?: boolean;
}

export interface DataTableProps<Row> {
  caption: string;
  /** for captions that say more than the heading above them */
  showCaption?: boolean;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** shown instead of the table when there are no rows at all */
  empty: ComponentChildren;
  pageSize?: number;
  /** file name without extension; absent: no download */
  csv?: string;
  filter?: boolean;
  initialSort?: { column: string; descending: boolean };
  /** below the table, for lists the server pages: "show more" */
  more?: ComponentChildren;
}

export function DataTable<Row>({
  caption,
  showCaption = false,
  columns,
  rows,
  rowKey,
  empty,
  pageSize = 25,
  csv,
  filter = rows.length > 8,
  initialSort,
  more,
}: DataTableProps<Row>) {
  const [sort, setSort] = useState(initialSort ?? null);
  const [query, setQuery] = useState("");
  const [page, setPage] = useState(0);
  const shown = useMemo(() => select(rows, columns, query, sort), [rows, columns, query, sort]);
  if (rows.length === 0) {
    return (
      <>
        {empty}
        {more}
      </>
    );
  }
  const pages = Math.max(1, Math.ceil(shown.length / pageSize));
  const at = Math.min(page, pages - 1);
  const visible = shown.slice(at * pageSize, (at + 1) * pageSize);
  return (
    <div class="stack">
      {filter ? (
        <input
          class="input table-filter"
          type="search"
          placeholder={t("table.filter")}
          aria-label={t("table.filter-in", { caption })}
          value={query}
          onInput={(e) => {
            setQuery(e.currentTarget.value);
            setPage(0);
          }}
        />
      ) : null}
      <table class="table table-stacks" role="table">
        <caption class={showCaption ? "" : "visually-hidden"}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => {
              // a column of buttons has no heading; an empty one would be read out
              if (column.header === "") return <td key={column.id} role="cell" />;
              const active = sort?.column === column.id ? sort : null;
              const order = active ? (active.descending ? "descending" : "ascending") : "none";
              return (
                <th
                  key={column.id}
                  role="columnheader"
                  scope="col"
                  class={`${column.end ? "end" : ""}${column.sort ? "" : " plain"}`}
                  {...(column.sort ? { "aria-sort": order } : {})}
                >
                  {column.sort ? (
                    <button
                      type="button"
                      class="sort"
                      onClick={() =>
                        setSort({ column: column.id, descending: active ? !active.descending : Boolean(column.end) })
                      }
                    >
                      {column.header}
                      <Icon node={active ? (active.descending ? ArrowDown : ArrowUp) : ArrowUpDown} />
                    </button>
                  ) : (
                    column.header
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {visible.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} role="rowheader" scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} role="cell" class={column.end ? "end" : ""} data-label={column.header}>
                    <span>{column.cell(row)}</span>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="visually-hidden" role="status">
        {query ? t("table.found", { n: shown.length }) : ""}
      </p>
      {shown.length === 0 ? <p class="quiet">{t("table.none-found")}</p> : null}
      {pages > 1 ? (
        <div class="row row-apart">
          <span class="quiet small num">{t("table.page", { page: at + 1, pages, rows: shown.length })}</span>
          <div class="row">
            <Button kind="secondary" disabled={at === 0} onClick={() => setPage(at - 1)}>
              {t("table.previous")}
            </Button>
            <Button kind="secondary" disabled={at >= pages - 1} onClick={() => setPage(at + 1)}>
              {t("table.next")}
            </Button>
          </div>
        </div>
      ) : null}
      {more}
      {csv ? (
        <div class="table-foot">
          <Button kind="quiet" onClick={() => saveFile(`${csv}.csv`, "text/csv;charset=utf-8", toCsv(columns, shown))}>
            <Icon node={Download} />
            {t("table.csv")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function select<Row>(
  rows: Row[],
  columns: Column<Row>[],
  query: string,
  sort: { column: string; descending: boolean } | null,
): Row[] {
  const wanted = query.trim().toLocaleLowerCase();
  const kept = wanted
    ? rows.filter((row) => columns.some((c) => c.text?.(row).toLocaleLowerCase().includes(wanted)))
    : [...rows];
  const by = columns.find((c) => c.id === sort?.column)?.sort;
  if (!by || !sort) return kept;
  const sign = sort.descending ? -1 : 1;
  return kept.sort((a, b) => sign * compare(by(a), by(b)));
}

function compare(a: Sortable, b: Sortable): number {
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
