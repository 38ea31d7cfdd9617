/**
 * When a receipt does not hold: the proof, made in this browser, goes to the other communities of the network and not to
 * the hub or the community it is about. The hub gets it from them.
 */
import { Download, Send } from "lucide";
import { useState } from "preact/hooks";

import { communityPage } from "../../shared/protocol/api/network.ts";
import type { Evidence } from "../../shared/protocol/evidence.ts";
import type { Receipt } from "../../shared/protocol/document.ts";
import { Button } from "../parts/button.tsx";
import { saveFile } from "../parts/copy.tsx";
import { t } from "../parts/i18n.ts";
import { Icon } from "../parts/icon.tsx";
import { Banner } from "../parts/states.tsx";

const LISTED = 100;

type Sent = { taken: number; asked: number } | "unreachable";

export function SomethingWrong({ receipt, evidence }: { receipt: unknown; evidence: Evidence | null }) {
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  if (evidence === null) return <p class="measure">{t("wrong.not-provable")}</p>;
  const { hub, node } = receipt as Receipt;

  async function send() {
    setBusy(true);
    setSent(await sendTo(await otherCommunities(hub.url, node.origin), evidence));
    setBusy(false);
  }

  return (
    <div class="stack">
      <p class="measure">{t("wrong.proven")}</p>
      <div class="row">
        <Button busy={busy} onClick={() => void send()}>
          <Icon node={Send} />
          {t("wrong.send")}
        </Button>
        <Button
          kind="secondary"
          onClick={() => saveFile("evidence.json", "application/json", JSON.stringify(evidence, null, 2))}
        >
          <Icon node={Download} />
          {t("wrong.save")}
        </Button>
      </div>
      <p class="small quiet measure">{t("wrong.who-sees")}</p>
      <div role="status">{sent === null ? null : <Outcome sent={sent} />}</div>
    </div>
  );
}

function Outcome({ sent }: { sent: Sent }) {
  if (sent === "unreachable") return <Banner tone="warning">{t("wrong.nobody")}</Banner>;
  if (sent.taken === 0) return <Banner tone="warning">{t("wrong.none-taken", { asked: sent.asked })}</Banner>;
  return <Banner tone="ok">{t("wrong.taken", sent)}</Banner>;
}

/** As the hub lists them: a hub that leaves some out cannot leave out all of them unseen. */
async function otherCommunities(hub: string, own: string): Promise<string[] | null> {
  try {
    const response = await fetch(`${hub.replace(/\/+$/, "")}/api/communities?limit=${String(LISTED)}`, {
      credentials: "omit",
    });
    const { communities } = communityPage.parse(await response.json());
    return communities.filter(({ origin, status }) => origin !== own && status === "admitted").map(({ url }) => url);
  } catch {
    return null;
  }
}

async function sendTo(communities: string[] | null, evidence: Evidence | null): Promise<Sent> {
  if (communities === null || communities.length === 0) return "unreachable";
  const taken = await Promise.all(
    communities.map(async (url) => {
      try {
        const response = await fetch(`${url.replace(/\/+$/, "")}/evidence`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          credentials: "omit",
          body: JSON.stringify(evidence),
        });
        return response.ok;
      } catch {
        return false;
      }
    }),
  );
  return { taken: taken.filter(Boolean).length, asked: communities.length };
}
