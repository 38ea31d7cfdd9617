/** The console's witnesses: who is asked, which of them count, and the books this hub witnesses in turn. */
import { useState } from "preact/hooks";

import type { HubWitnesses, Witnessing } from "../../../shared/protocol/api/witness.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { WitnessedLogs } from "../../parts/witnessed-logs.tsx";
import { Halted, Rule } from "../pages/witnesses.tsx";
import { RuleForm } from "../witness/rule-form.tsx";
import { WitnessTable, type WitnessRow } from "../witness/witness-table.tsx";

export function WitnessesAdminPage() {
  const me = useMe();
  const witnesses = useResource<HubWitnesses>("/api/witnesses", { every: 30_000 });
  const mayChange = me?.role === "operator";
  const maySeeBooks = mayChange || me?.role === "auditor";
  return (
    <Page title={t("witness.title")} lead={t("witness.lead")}>
      <Loaded resource={witnesses}>
        {(shown) => (
          <>
            <Halted shown={shown} />
            {mayChange ? <Ask onDone={witnesses.reload} /> : null}
            <WitnessTable
              shown={shown}
              {...(mayChange && { act: (row: WitnessRow) => <Remove row={row} onDone={witnesses.reload} /> })}
            />
            <Rule shown={shown} />
            {mayChange ? (
              <>
                <Section title={t("witness.change")}>
                  <RuleForm key={shown.rule?.leaf ?? ""} shown={shown} onDone={witnesses.reload} />
                </Section>
                <Section title={t("witness.add")}>
                  <AddForm onDone={witnesses.reload} />
                </Section>
              </>
            ) : null}
          </>
        )}
      </Loaded>
      {maySeeBooks ? <Books /> : null}
    </Page>
  );
}

function Ask({ onDone }: { onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  async function ask() {
    setBusy(true);
    const answer = await api.post("/api/witnesses/ask");
    setBusy(false);
    toast(answer.ok ? t("witness.asked") : problemText(answer.error));
    onDone();
  }
  return (
    <div class="row">
      <Button kind="secondary" busy={busy} onClick={() => void ask()}>
        {t("witness.ask")}
      </Button>
    </div>
  );
}

function Remove({ row, onDone }: { row: WitnessRow; onDone: () => void }) {
  if (row.kind !== "outside" || row.counted) return null;
  async function remove() {
    const answer = await api.delete(`/api/witnesses?vkey=${encodeURIComponent(row.vkey)}`);
    toast(answer.ok ? t("witness.removed") : problemText(answer.error));
    onDone();
  }
  return (
    <Button kind="quiet" onClick={() => void remove()}>
      {t("witness.remove")}
    </Button>
  );
}

function AddForm({ onDone }: { onDone: () => void }) {
  const [vkey, setVkey] = useState("");
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  async function add(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await api.post("/api/witnesses", { vkey, url });
    setBusy(false);
    if (!answer.ok) return toast(problemText(answer.error));
    setVkey("");
    setUrl("");
    toast(t("witness.added"));
    onDone();
  }
  return (
    <form class="form" onSubmit={(event) => void add(event)}>
      <p class="measure">{t("witness.add-note")}</p>
      <TextField
        label={t("witness.add-vkey")}
        hint={t("witness.add-vkey-hint")}
        sees={t("witness.public")}
        value={vkey}
        onInput={setVkey}
        maxLength={400}
        spellcheck={false}
      />
      <TextField
        label={t("witness.add-url")}
        hint={t("witness.add-url-hint")}
        sees={t("witness.public")}
        type="url"
        value={url}
        onInput={setUrl}
        maxLength={300}
      />
      <div class="row">
        <Button type="submit" busy={busy}>
          {t("witness.add")}
        </Button>
      </div>
    </form>
  );
}

function Books() {
  const books = useResource<Witnessing>("/api/witnessing");
  return (
    <Section title={t("witness.books")}>
      <Loaded resource={books}>{({ logs }) => <WitnessedLogs caption={t("witness.books")} logs={logs} />}</Loaded>
    </Section>
  );
}
