/** Beside a campaign: what I have signed for it and what I can do next. The signing itself is flow.tsx. */
import { useState } from "preact/hooks";

import type { MyPledge, NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Button, LinkButton } from "../../parts/button.tsx";
import { formatDate, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { useMe } from "../../parts/session.ts";
import { Badge, Banner, Loaded, Skeleton } from "../../parts/states.tsx";
import { TrustTicksInline } from "../../parts/trust-ticks.tsx";
import { useCommunity, usePledges } from "../data.ts";
import { Feedback } from "./feedback.tsx";
import { type Act, PledgeFlow } from "./flow.tsx";
import { ticksOf } from "./ticks.ts";
import { Waiting } from "./waiting.tsx";

export function PledgePanel({ campaign, onChanged }: { campaign: NodeCampaign; onChanged: () => void }) {
  const me = useMe();
  const community = useCommunity();
  const pledges = usePledges(Boolean(me));
  const [act, setAct] = useState<Act | null>(null);
  const [round, setRound] = useState(0);
  if (me === undefined) return <Skeleton kind="card" />;
  if (me === null) return campaign.state === "open" ? <SignInFirst campaign={campaign} /> : null;
  if (community.data === null) return <Loaded resource={community}>{() => null}</Loaded>;
  const { origin } = community.data;
  return (
    <Loaded resource={pledges} skeleton={<Skeleton kind="card" />}>
      {(data) => {
        const mine = data.pledges.find((pledge) => pledge.campaign === campaign.id) ?? null;
        const waiting = data.waiting.find((one) => one.campaign === campaign.id) ?? null;
        const first = mine === null && waiting === null && campaign.state === "open" && !me.recovered;
        const going = act ?? (first ? "pledge" : null);
        if (going) {
          return (
            <PledgeFlow
              key={round}
              campaign={campaign}
              node={origin}
              mine={mine}
              act={going}
              onSigned={() => {
                setAct((now) => now ?? going);
                pledges.reload();
                onChanged();
              }}
              onStale={pledges.reload}
              onClose={() => {
                setAct(null);
                setRound(round + 1);
                pledges.reload();
              }}
            />
          );
        }
        return (
          <div class="card">
            {waiting ? <Waiting waiting={waiting} onTakenBack={pledges.reload} /> : null}
            {waiting && !mine && !me.recovered && campaign.state === "open" ? (
              <Button kind="secondary" onClick={() => setAct("pledge")}>
                {t("pledge.change")}
              </Button>
            ) : null}
            {mine ? <Mine mine={mine} /> : null}
            {mine?.kind === "pledge" ? <Feedback mine={mine} onSaved={pledges.reload} /> : null}
            {me.recovered ? <NeedsPasskey /> : null}
            {mine && !me.recovered ? <Choices campaign={campaign} mine={mine} onAct={setAct} /> : null}
            {mine || waiting || campaign.state === "open" ? null : <p class="quiet">{t("pledge.none-here")}</p>}
          </div>
        );
      }}
    </Loaded>
  );
}

function SignInFirst({ campaign }: { campaign: NodeCampaign }) {
  return (
    <div class="card">
      <h2>{t("pledge.title")}</h2>
      <p>{t("pledge.nothing-now", { date: formatDate(campaign.closes) })}</p>
      <LinkButton wide href={`/sign-in?next=${encodeURIComponent(`/campaigns/${campaign.id}`)}`}>
        {t("pledge.sign-in")}
      </LinkButton>
      <p class="quiet small">{t("community.join-text")}</p>
    </div>
  );
}

function NeedsPasskey() {
  return (
    <Banner tone="warning" action={<LinkButton href="/me">{t("pledge.recovered-do")}</LinkButton>}>
      {t("pledge.recovered")}
    </Banner>
  );
}

function Mine({ mine }: { mine: MyPledge }) {
  const qty = formatQuantity(mine.qty);
  return (
    <>
      <div class="row row-apart">
        <h2>{t("pledge.title")}</h2>
        <Badge {...(mine.stage === "committed" ? { tone: "ok" as const } : {})}>{t(`stage.${mine.stage}`)}</Badge>
      </div>
      <p class="pledge-line">
        {mine.max_unit_price_minor === null
          ? t("pledge.mine-interest", { qty, unit: mine.unit })
          : t("pledge.mine", { qty, unit: mine.unit, price: formatMoney(mine.max_unit_price_minor, mine.currency) })}
      </p>
      <a class="target row" href={`/me/receipts/${mine.ticks.book.leaf}`}>
        <TrustTicksInline ticks={ticksOf(mine)} />
        <span>{t("pledge.see-receipt")}</span>
      </a>
    </>
  );
}

function Choices({ campaign, mine, onAct }: { campaign: NodeCampaign; mine: MyPledge; onAct: (act: Act) => void }) {
  const open = campaign.state === "open";
  if (!open && mine.stage !== "committed")
    return <p class="quiet">{t(`campaign.closed-mine-${campaign.state === "ended" ? "ended" : "free"}`)}</p>;
  return (
    <>
      <p class="quiet small">
        {open ? t("pledge.nothing-now", { date: formatDate(campaign.closes) }) : t("campaign.closed-locked-in")}
      </p>
      <div class="row">
        {open ? (
          <Button onClick={() => onAct("pledge")}>
            {t(mine.kind === "interest" ? "pledge.make" : "pledge.change")}
          </Button>
        ) : null}
        <Button kind="secondary" onClick={() => onAct("withdraw")}>
          {t("pledge.withdraw")}
        </Button>
      </div>
    </>
  );
}
