/** /run/campaigns: what the hub offers, and taking a campaign up for this community. */
import { useState } from "preact/hooks";

import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Badge, Banner, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { Money } from "../../parts/values.tsx";
import { CampaignState } from "../campaign-card.tsx";
import { CampaignLadder } from "../campaign-ladder.tsx";
import { useCommunity, useOffered } from "../data.ts";
import { StewardPage } from "./steward-page.tsx";

export function RunCampaignsPage() {
  return (
    <StewardPage title={t("run.campaigns")} lead={t("run-campaigns.lead")}>
      <Offered />
    </StewardPage>
  );
}

function Offered() {
  const community = useCommunity();
  const offered = useOffered();
  const [adopting, setAdopting] = useState<NodeCampaign | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function adopt() {
    if (!adopting) return;
    const answer = await api.post(`/api/campaigns/${encodeURIComponent(adopting.id)}/adopt`);
    if (!answer.ok) return setProblem(problemText(answer.error));
    toast(t("run-campaigns.done", { name: adopting.name }));
    close();
    offered.reload();
  }
  function close() {
    setAdopting(null);
    setProblem(null);
  }

  return (
    <>
      <Loaded resource={offered}>
        {(data) => {
          if (data.campaigns.length === 0) return <NothingOffered joined={(community.data?.hubs.length ?? 0) > 0} />;
          const order = data.campaigns.toSorted(
            (a, b) => Number(a.adopted) - Number(b.adopted) || b.closes.localeCompare(a.closes),
          );
          return (
            <ul class="offers">
              {order.map((campaign) => (
                <li key={campaign.id} class="card">
                  <div class="row row-apart">
                    <h2 class="campaign-name">
                      {campaign.adopted ? <a href={`/campaigns/${campaign.id}`}>{campaign.name}</a> : campaign.name}
                    </h2>
                    <CampaignState campaign={campaign} />
                  </div>
                  <p class="quiet small">
                    {campaign.unit} · {t("campaign.price-now")}{" "}
                    <Money minor={campaign.reference_price_minor} currency={campaign.currency} /> ·{" "}
                    {t("pledge.closes", { date: formatDate(campaign.closes) })}
                  </p>
                  <p class="clamp">{campaign.text}</p>
                  <CampaignLadder campaign={campaign} />
                  <div class="row">
                    {campaign.adopted ? (
                      <Badge tone="ok">{t("run-campaigns.adopted")}</Badge>
                    ) : campaign.state === "open" ? (
                      <Button onClick={() => setAdopting(campaign)}>{t("run-campaigns.adopt")}</Button>
                    ) : null}
                  </div>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      <Confirm
        open={adopting !== null}
        danger={false}
        title={t("run-campaigns.adopt-title", { name: adopting?.name ?? "" })}
        action={t("run-campaigns.adopt")}
        onConfirm={adopt}
        onClose={close}
      >
        <p>{t("run-campaigns.adopt-text", { date: adopting ? formatDate(adopting.closes) : "" })}</p>
        {problem ? <Banner tone="danger">{problem}</Banner> : null}
      </Confirm>
    </>
  );
}

function NothingOffered({ joined }: { joined: boolean }) {
  return joined ? (
    <Empty title={t("run-campaigns.empty")}>{t("run-campaigns.empty-text")}</Empty>
  ) : (
    <Empty title={t("run-campaigns.no-hub")} action={<LinkButton href="/run/hub">{t("run.step-hub-do")}</LinkButton>}>
      {t("run-campaigns.no-hub-text")}
    </Empty>
  );
}
