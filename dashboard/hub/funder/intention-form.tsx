/** "I might give X to this fund": seen by the hub's staff, who record it or not. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type { fundPage } from "../../../shared/protocol/api/capital.ts";
import type { SayIntention } from "../../../shared/protocol/api/party.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Select, TextArea, TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";

export function IntentionForm({ onDone }: { onDone: () => void }) {
  const funds = useResource<z.infer<typeof fundPage>>("/api/funds?limit=100");
  const [fundId, setFund] = useState("");
  const [amount, setAmount] = useState("");
  const [due, setDue] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const open = (funds.data?.funds ?? []).filter(({ source, status }) => source === null && status === "open");
  const fund = open.find(({ id }) => id === fundId);
  const minor = fund === undefined ? null : decimalToMinor(amount, currencyScale(fund.currency));
  async function say(event: Event) {
    event.preventDefault();
    if (minor === null || busy) return;
    setBusy(true);
    const body: SayIntention = { fund: fundId, amount_minor: minor, due_on: due || null, note };
    const answer = await api.post("/api/funder/intentions", body);
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    toast(t("funder-desk.said"));
    onDone();
  }
  return (
    <Loaded resource={funds}>
      {() => (
        <form class="stack" onSubmit={(event) => void say(event)}>
          <p class="quiet">{t("funder-desk.say-note")}</p>
          {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
          <Select
            label={t("funder-desk.fund")}
            value={fundId}
            onChange={setFund}
            choices={[
              { value: "", label: t("funder-desk.choose") },
              ...open.map(({ id, name, currency }) => ({ value: id, label: `${name} (${currency})` })),
            ]}
          />
          <TextField
            label={t("funder-desk.amount")}
            value={amount}
            onInput={setAmount}
            inputMode="decimal"
            suffix={fund?.currency ?? ""}
            autocomplete="off"
          />
          <TextField label={t("funder-desk.by-when")} type="date" value={due} onInput={setDue} optional />
          <TextArea
            label={t("funder-desk.note")}
            sees={t("funder-desk.sees-staff")}
            value={note}
            onInput={setNote}
            maxLength={1000}
            rows={3}
            optional
          />
          <div class="row row-end">
            <Button type="submit" busy={busy} disabled={minor === null || minor === "0"}>
              {t("funder-desk.say")}
            </Button>
          </div>
        </form>
      )}
    </Loaded>
  );
}
