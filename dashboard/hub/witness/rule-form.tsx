/** Which witnesses count and how many must sign: what the operator logs. */
import { useState } from "preact/hooks";

import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Choice, TextArea, TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { toast } from "../../parts/toast.tsx";

export function RuleForm({ shown, onDone }: { shown: HubWitnesses; onDone: () => void }) {
  const signers = shown.witnesses.filter(({ size, former }) => size !== null && !former);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(countedNow(shown)));
  const [k, setK] = useState(shown.rule === null ? "" : String(shown.rule.k));
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const least = Number(k);
  const isReady = chosen.size > 0 && Number.isInteger(least) && least >= 1 && least <= chosen.size;

  function choose(vkey: string, isChosen: boolean) {
    const next = new Set(chosen);
    if (isChosen) next.add(vkey);
    else next.delete(vkey);
    setChosen(next);
  }

  async function save(event: Event) {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    const answer = await api.post("/api/witnesses/rule", { vkeys: [...chosen], k: least, reason: reason.trim() });
    setBusy(false);
    if (!answer.ok) return toast(problemText(answer.error));
    toast(t("witness.changed"));
    onDone();
  }

  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <p class="measure">{t("witness.change-lead")}</p>
      <fieldset>
        <legend class="field-label">{t("witness.choose")}</legend>
        {signers.map(({ vkey, name }) => (
          <Choice key={vkey} checked={chosen.has(vkey)} onChange={(isChosen) => choose(vkey, isChosen)}>
            {name}
          </Choice>
        ))}
        {signers.length === 0 ? <p class="quiet">{t("witness.none")}</p> : null}
      </fieldset>
      <TextField
        label={t("witness.change-k")}
        hint={t("witness.change-k-hint", { chosen: chosen.size })}
        type="number"
        inputMode="numeric"
        min="1"
        max={String(Math.max(1, chosen.size))}
        value={k}
        onInput={setK}
      />
      <TextArea
        label={t("console.reason")}
        optional
        sees={t("console.reason-sees")}
        value={reason}
        onInput={setReason}
        maxLength={500}
        rows={2}
      />
      <p class="quiet small measure">{t("witness.change-wait")}</p>
      <div class="row">
        <Button type="submit" busy={busy} disabled={!isReady}>
          {t("witness.change-save")}
        </Button>
      </div>
    </form>
  );
}

/** What the rule counts now, by the keys of today. */
function countedNow({ witnesses }: HubWitnesses): string[] {
  const counted = new Set(witnesses.filter((one) => one.counted).map(({ name }) => name));
  return witnesses.filter((one) => !one.former && counted.has(one.name)).map(({ vkey }) => vkey);
}
