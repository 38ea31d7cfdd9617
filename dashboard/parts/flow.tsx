/**
 * Where money came from and where it went: a Sankey whose columns are stages, bars by stage on a phone, and the same
 * numbers as a table. The layout is d3-sankey's; that in equals out at every node is checked before anything is drawn.
 */
import { type SankeyGraph, sankey, sankeyJustify, sankeyLinkHorizontal } from "d3-sankey";
import { useRef } from "preact/hooks";

import { ChartTable } from "./chart-table.tsx";
import { formatMoney } from "./format.ts";
import { t } from "./i18n.ts";
import { Banner } from "./states.tsx";
import { useWidth } from "./use-width.ts";

export interface FlowNode {
  id: string;
  name: string;
  stage: "source" | "fund" | "use" | "recipient" | "sink";
  href: string;
  /** drawn with a pattern: what was there before, what is left, what came back or was lost */
  marked: boolean;
}
export interface FlowLink {
  source: string;
  target: string;
  amount_minor: string;
}
interface FlowProps {
  nodes: readonly FlowNode[];
  links: readonly FlowLink[];
  currency: string;
  /** one sentence generated from the data */
  summary: string;
}

const NARROW = 600;
const NODE_WIDTH = 12;
const LABEL = 178;
/** between nodes: a label has two lines */
const GAP = 30;

/** In = out wherever money neither begins nor ends. */
export function isBalanced({ nodes, links }: Pick<FlowProps, "nodes" | "links">): boolean {
  const sums = new Map<string, bigint>();
  for (const { source, target, amount_minor } of links) {
    sums.set(source, (sums.get(source) ?? 0n) - BigInt(amount_minor));
    sums.set(target, (sums.get(target) ?? 0n) + BigInt(amount_minor));
  }
  return nodes.every(({ id, stage }) => (stage === "fund" || stage === "use" ? (sums.get(id) ?? 0n) === 0n : true));
}

export function Flow(props: FlowProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  if (!isBalanced(props)) return <Banner tone="danger">{t("flow.unbalanced")}</Banner>;
  const { links, currency, summary } = props;
  const names = new Map(props.nodes.map((node) => [node.id, node.name]));
  return (
    <figure class="chart flow">
      <figcaption class="quiet measure">{summary}</figcaption>
      <div class="chart-frame" ref={frame}>
        {width === 0 ? null : width < NARROW ? <Bars {...props} /> : <Picture {...props} width={width} />}
      </div>
      <ChartTable
        caption={t("flow.table")}
        headers={[t("flow.from"), t("flow.to"), t("flow.amount")]}
        rows={links.map(({ source, target, amount_minor }) => [
          names.get(source) ?? source,
          names.get(target) ?? target,
          formatMoney(amount_minor, currency),
        ])}
      />
    </figure>
  );
}

interface Drawn {
  id: string;
}
type Graph = SankeyGraph<FlowNode, Drawn>;

function Picture({ nodes, links, currency, summary, width }: FlowProps & { width: number }) {
  const group = useRef<SVGGElement>(null);
  const height = Math.max(320, (GAP + 14) * longestColumn(nodes, links));
  const graph: Graph = sankey<FlowNode, Drawn>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyJustify)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(GAP)
    .extent([
      [LABEL, 8],
      [width - LABEL, height - 8],
    ])({
    nodes: nodes.map((node) => ({ ...node })),
    links: links.map(({ source, target, amount_minor }) => ({
      id: `${source} ${target}`,
      source,
      target,
      // for the drawing only: the amounts that are read come from the strings
      value: Number(amount_minor),
    })),
  });
  const path = sankeyLinkHorizontal();
  const amounts = new Map(links.map((link) => [`${link.source} ${link.target}`, link.amount_minor]));
  const out = new Map<string, bigint>();
  for (const { source, amount_minor } of links) out.set(source, (out.get(source) ?? 0n) + BigInt(amount_minor));

  /** Arrow keys walk along the links in the order of their stages. */
  function walk(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined || group.current === null) return;
    const all = [...group.current.querySelectorAll<SVGAElement>("a")];
    const at = all.indexOf(event.target as SVGAElement);
    const next = all[(at + step + all.length) % all.length];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
  return (
    <svg width={width} height={height} role="group" aria-label={summary}>
      <defs>
        <pattern id="flow-marked" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="flow-node" width="6" height="6" />
          <line class="flow-stripe" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      <g ref={group} onKeyDown={walk}>
        {graph.links.map((link) => {
          const source = link.source as FlowNode;
          const target = link.target as FlowNode;
          const amount = amounts.get(link.id) ?? "0";
          const words = t("flow.link", {
            source: source.name,
            target: target.name,
            amount: formatMoney(amount, currency),
            share: percent(BigInt(amount), out.get(source.id) ?? 1n),
          });
          return (
            <a key={link.id} href={target.href} aria-label={words}>
              <path
                class={source.marked || target.marked ? "flow-link flow-link-marked" : "flow-link"}
                d={path(link) ?? ""}
                stroke-width={Math.max(1, link.width ?? 1)}
              >
                <title>{words}</title>
              </path>
            </a>
          );
        })}
      </g>
      {graph.nodes.map((node) => (
        <NodeLabel key={node.id} node={node} currency={currency} width={width} links={links} />
      ))}
    </svg>
  );
}

function NodeLabel({
  node,
  currency,
  width,
  links,
}: {
  node: Graph["nodes"][number];
  currency: string;
  width: number;
  links: readonly FlowLink[];
}) {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
  const isLeft = x0 < width / 2;
  const size = sizeOf(node.id, links);
  return (
    <a href={node.href} tabIndex={-1}>
      <rect
        class="flow-node"
        {...(node.marked && { fill: "url(#flow-marked)", style: "fill: url(#flow-marked)" })}
        x={x0}
        y={y0}
        width={x1 - x0}
        height={Math.max(1, y1 - y0)}
      />
      <text
        class="ink"
        x={isLeft ? x0 - 6 : x1 + 6}
        y={(y0 + y1) / 2}
        dy="0.1em"
        text-anchor={isLeft ? "end" : "start"}
      >
        {short(node.name)}
        <tspan class="flow-amount" x={isLeft ? x0 - 6 : x1 + 6} dy="1.2em">
          {formatMoney(size, currency, { compact: true })}
        </tspan>
        <title>{`${node.name}: ${formatMoney(size, currency)}`}</title>
      </text>
    </a>
  );
}

const stages = ["source", "fund", "use", "recipient", "sink"] as const;

/** On a phone: what each stage is made of, largest first. */
function Bars({ nodes, links, currency }: FlowProps) {
  return (
    <div class="stack">
      {stages.map((stage) => {
        const rows = nodes
          .filter((node) => node.stage === stage)
          .map((node) => ({ node, size: sizeOf(node.id, links) }))
          .toSorted((a, b) => (a.size > b.size ? -1 : 1));
        const top = rows[0]?.size ?? 0n;
        if (rows.length === 0) return null;
        return (
          <div key={stage}>
            <h3 class="small">{t(`flow.stage-${stage}`)}</h3>
            <ul class="flow-bars">
              {rows.map(({ node, size }) => (
                <li key={node.id}>
                  <a href={node.href}>{node.name}</a>
                  <span class="num">{formatMoney(size, currency)}</span>
                  <span
                    class={node.marked ? "flow-bar flow-bar-marked" : "flow-bar"}
                    style={`inline-size: ${top === 0n ? 0 : Number((size * 1000n) / top) / 10}%`}
                  />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

function sizeOf(id: string, links: readonly FlowLink[]): bigint {
  let incoming = 0n;
  let outgoing = 0n;
  for (const { source, target, amount_minor } of links) {
    if (source === id) outgoing += BigInt(amount_minor);
    if (target === id) incoming += BigInt(amount_minor);
  }
  return incoming > outgoing ? incoming : outgoing;
}

/** Where a node has nothing after it, the drawing moves it to the last column, beside the ends of all other paths. */
function longestColumn(nodes: readonly FlowNode[], links: readonly FlowLink[]): number {
  const goesOn = new Set(links.map(({ source }) => source));
  const columns = nodes.map(({ id, stage }) => (goesOn.has(id) ? stage : "end"));
  return Math.max(...[...stages, "end" as const].map((column) => columns.filter((one) => one === column).length));
}

function percent(part: bigint, whole: bigint): string {
  return String(Number((part * 1000n) / whole) / 10);
}

function short(name: string): string {
  return name.length > 22 ? `${name.slice(0, 21)}…` : name;
}
