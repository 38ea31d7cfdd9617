/** Communities as rows: who, where, how many, and whether their numbers count right now. */
import type { ComponentChildren } from "preact";

import type { CommunityView } from "../../shared/protocol/api/network.ts";
import { DataTable } from "../parts/data-table.tsx";
import { formatQuantity, formatRegion } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Badge, Empty, type Tone } from "../parts/states.tsx";
import { Quantity, Region, When } from "../parts/values.tsx";

/** One word for how a community stands; the page of the community says why. */
export function standing(community: CommunityView): {
  tone: Tone;
  key: "counted" | "silent" | "waiting" | "failed" | "suspended" | "left" | "requested";
} {
  if (community.status === "suspended") return { tone: "danger", key: "suspended" };
  if (community.status === "left") return { tone: "info", key: "left" };
  if (community.status === "requested") return { tone: "info", key: "requested" };
  if (community.last_report?.verdict === "failed") return { tone: "danger", key: "failed" };
  if (community.counted === null) return { tone: "info", key: "waiting" };
  return community.fresh ? { tone: "ok", key: "counted" } : { tone: "warning", key: "silent" };
}

export function Standing({ community }: { community: CommunityView }) {
  const { tone, key } = standing(community);
  return <Badge tone={tone}>{t(`standing.${key}`)}</Badge>;
}

export function CommunityTable({
  communities,
  csv,
  more,
}: {
  communities: CommunityView[];
  csv?: string;
  more?: ComponentChildren;
}) {
  return (
    <DataTable<CommunityView>
      caption={t("nav.communities")}
      rows={communities}
      rowKey={(row) => row.origin}
      {...(csv ? { csv } : {})}
      more={more}
      empty={<Empty title={t("communities.empty")}>{t("communities.empty-note")}</Empty>}
      columns={[
        {
          id: "name",
          header: t("communities.name"),
          sort: (row) => row.name,
          text: (row) => row.name,
          cell: (row) => <a href={`/communities/${encodeURIComponent(row.origin)}`}>{row.name}</a>,
        },
        {
          id: "region",
          header: t("communities.region"),
          sort: (row) => formatRegion(row.region),
          text: (row) => row.region,
          cell: (row) => <Region code={row.region} />,
        },
        {
          id: "members",
          header: t("communities.members"),
          end: true,
          sort: (row) => row.members_declared,
          text: (row) => String(row.members_declared),
          cell: (row) => <Quantity value={row.members_declared} />,
        },
        {
          id: "pledges",
          header: t("communities.pledges"),
          end: true,
          sort: (row) => row.pledges,
          text: (row) => String(row.pledges),
          cell: (row) => formatQuantity(row.pledges),
        },
        {
          id: "report",
          header: t("communities.last-report"),
          sort: (row) => row.last_report?.at ?? "",
          text: (row) => row.last_report?.at ?? "",
          cell: (row) => (row.last_report ? <When at={row.last_report.at} show="relative" /> : "–"),
        },
        {
          id: "standing",
          header: t("communities.standing"),
          sort: (row) => standing(row).key,
          text: (row) => standing(row).key,
          cell: (row) => <Standing community={row} />,
        },
      ]}
    />
  );
}
