/** /run/witnessing: the logs this community witnesses, and how its own book is witnessed. */
import { useState } from "preact/hooks";

import type { WitnessedLog, Witnessing } from "../../../shared/protocol/api/witness.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { When } from "../../parts/values.tsx";
import { WitnessedLogs } from "../../parts/witnessed-logs.tsx";
import { BookHistory, NewBookForm } from "./new-book.tsx";
import { StewardPage } from "./steward-page.tsx";

export function WitnessingPage() {
  return (
    <StewardPage title={t("run.witnessing")} lead={t("witness.logs-lead")}>
      <Content />
    </StewardPage>
  );
}

function Content() {
  const witnessing = useResource<Witnessing>("/api/witnessing", { every: 30_000 });
  return (
    <Loaded resource={witnessing}>
      {(shown) => (
        <>
          {shown.own?.halted ? (
            <Banner tone="danger" title={t("witness.own-halted")}>
              {t("witness.halted-text", { by: shown.own.halted.by.split("+", 1)[0] ?? "" })}{" "}
              <When at={shown.own.halted.since} show="time" />
            </Banner>
          ) : null}
          {shown.own?.halted ? <NewBookForm onDone={witnessing.reload} /> : null}
          {shown.vkey === null ? <Banner tone="warning">{t("witness.no-key")}</Banner> : null}
          <WitnessedLogs
            caption={t("witness.logs")}
            logs={shown.logs}
            act={(row) => <Remove row={row} onDone={witnessing.reload} />}
          />
          <Section title={t("witness.log-add")}>
            <AddForm url={shown.url} onDone={witnessing.reload} />
          </Section>
          <Own shown={shown} />
        </>
      )}
    </Loaded>
  );
}

function Remove({ row, onDone }: { row: WitnessedLog; onDone: () => void }) {
  if (row.source !== "steward") return null;
  async function remove() {
    const answer = await api.delete(`/api/witnessing/logs?origin=${encodeURIComponent(row.origin)}`);
    toast(answer.ok ? t("witness.removed") : problemText(answer.error));
    onDone();
  }
  return (
    <Button kind="quiet" onClick={() => void remove()}>
      {t("witness.remove")}
    </Button>
  );
}

function AddForm({ url, onDone }: { url: string; onDone: () => void }) {
  const [vkey, setVkey] = useState("");
  const [busy, setBusy] = useState(false);
  async function add(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post("/api/witnessing/logs", { vkey });
    setBusy(false);
    if (!answer.ok) return toast(problemText(answer.error));
    setVkey("");
    toast(t("witness.log-added"));
    onDone();
  }
  return (
    <form class="form stack" onSubmit={(event) => void add(event)}>
      <p class="measure">{t("witness.log-add-note")}</p>
      <Copy text={url} label={t("witness.add-url")} />
      <TextField
        label={t("witness.log-key")}
        hint={t("witness.add-vkey-hint")}
        sees={t("witness.log-sees")}
        value={vkey}
        onInput={setVkey}
        maxLength={400}
        spellcheck={false}
      />
      <div class="row">
        <Button type="submit" busy={busy}>
          {t("witness.log-add")}
        </Button>
      </div>
    </form>
  );
}

function Own({ shown: { own, vkey } }: { shown: Witnessing }) {
  return (
    <Section title={t("witness.own")}>
      {own === undefined ? null : (
        <>
          <p>{t("witness.own-text", { size: own.size })}</p>
          <BookHistory own={own} />
          <ul class="reasons">
            {own.cosigners.map(({ name, size, at }) => (
              <li key={name}>
                {size === null ? t("witness.own-unsigned", { name }) : t("witness.own-signed", { name, size })}
                {at === null ? null : (
                  <>
                    , <When at={at} show="relative" />
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {vkey === null ? null : (
        <>
          <h3>{t("witness.own-key")}</h3>
          <p class="quiet measure">{t("witness.own-key-note")}</p>
          <Copy text={vkey} label={t("witness.own-key")} />
        </>
      )}
    </Section>
  );
}
