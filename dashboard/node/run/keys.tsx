/** /run/keys: what this server signs with, what each hub's log holds, and a recovery that somebody has begun. */
import { useState } from "preact/hooks";

import type { NodeKeysView } from "../../../shared/protocol/api/node-keys.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { formatDate } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { KeyCommands } from "../../parts/key-commands.tsx";
import { KeyHistory } from "../../parts/key-history.tsx";
import { Section } from "../../parts/page.tsx";
import { Banner, Empty, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { StewardPage } from "./steward-page.tsx";

type HubKeys = NodeKeysView["hubs"][number];

export function RunKeysPage() {
  return (
    <StewardPage title={t("run.keys")} lead={t("keys.lead")}>
      <Keys />
    </StewardPage>
  );
}

function Keys() {
  const resource = useResource<NodeKeysView>("/api/keys", { every: 30_000 });
  return (
    <Loaded resource={resource}>
      {({ held, hubs }) => (
        <>
          {hubs.length === 0 ? <Empty title={t("keys.no-hub")}>{t("keys.no-hub-note")}</Empty> : null}
          {hubs.map((hub) => (
            <Hub key={hub.origin} hub={hub} held={held} onChanged={resource.reload} />
          ))}
          <Section title={t("keys.how")}>
            <KeyCommands kind="node" note={t("keys.how-note")} />
          </Section>
        </>
      )}
    </Loaded>
  );
}

function Hub({ hub, held, onChanged }: { hub: HubKeys; held: NodeKeysView["held"]; onChanged: () => void }) {
  if (hub.keys === null) {
    return (
      <Section title={hub.name}>
        <Banner tone="warning">{t("keys.unknown")}</Banner>
      </Section>
    );
  }
  const current = hub.keys.filter(({ until }) => until === null);
  const isMissing = (["report", "book"] as const).some(
    (role) => !held.some((one) => one.role === role && current.some(({ key }) => key === one.key)),
  );
  const witness = current.find(({ role }) => role === "witness");
  const own = held.filter(({ role }) => role === "witness");
  const waits = held.some(({ next, key }) => next && !current.some((one) => one.key === key));
  return (
    <Section title={hub.name}>
      {hub.pending === null ? null : <Recovery hub={hub} onObjected={onChanged} />}
      {isMissing && hub.pending === null ? (
        <Banner tone="danger" title={t("keys.missing")}>
          {t("keys.missing-note")}
        </Banner>
      ) : null}
      {waits && hub.pending === null ? <Banner>{t("keys.next-waits")}</Banner> : null}
      {witness === undefined && own.length > 0 ? <Banner>{t("keys.no-witness")}</Banner> : null}
      {witness !== undefined && !own.some(({ key }) => key === witness.key) && hub.pending === null ? (
        <Banner tone="warning" title={t("keys.witness-missing")}>
          {t("keys.witness-missing-note")}
        </Banner>
      ) : null}
      <KeyHistory keys={hub.keys} />
    </Section>
  );
}

function Recovery({ hub, onObjected }: { hub: HubKeys; onObjected: () => void }) {
  const [busy, setBusy] = useState(false);
  const { pending } = hub;
  if (pending === null) return null;
  async function object() {
    setBusy(true);
    const answer = await api.post("/api/keys/object", { hub: hub.origin, recovery: pending?.leaf });
    setBusy(false);
    toast(answer.ok ? t("keys.objected") : problemText(answer.error));
    onObjected();
  }
  return (
    <Banner
      tone="danger"
      title={t("keys.recovery")}
      action={
        pending.objected ? undefined : (
          <Button kind="danger" busy={busy} onClick={() => void object()}>
            {t("keys.object")}
          </Button>
        )
      }
    >
      {t("keys.recovery-note", {
        roles: pending.roles.map((role) => t(`keys.role-${role}`)).join(", "),
        due: formatDate(pending.due, "time"),
      })}{" "}
      {t(pending.objected ? "keys.recovery-objected" : "keys.recovery-object")}
    </Banner>
  );
}
