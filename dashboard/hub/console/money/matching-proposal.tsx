/** Proposing to record one of the runs that were compared: its name, a note for the colleague who approves. */
import { useLocation } from "preact-iso";
import { useMemo, useState } from "preact/hooks";
import type { MatchingEstimate } from "../../../../shared/protocol/api/matching.ts";
import type { ProposalView } from "../../../../shared/protocol/api/proposal.ts";
import { type ApiError, api, problemText } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { TextArea, TextField } from "../../../parts/field.tsx";
import { t } from "../../../parts/i18n.ts";
import { Section } from "../../../parts/page.tsx";
import { Banner } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { newKey, newSuffix, slugOf } from "./event-build.ts";

export function MatchingProposal({ estimate }: { estimate: MatchingEstimate }) {
  const { params } = estimate.inputs;
  const { route } = useLocation();
  const suffix = useMemo(newSuffix, []);
  const [name, setName] = useState(`${params.fund} ${estimate.inputs.day}`);
  const [note, setNote] = useState("");
  const [key, setKey] = useState(newKey);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  async function propose(submit: Event) {
    submit.preventDefault();
    if (busy) return;
    setBusy(true);
    const { campaigns, region, max_contribution_minor, ...rest } = params;
    const answer = await api.post<ProposalView>("/api/matching/proposals", {
      question: {
        ...rest,
        ...(campaigns !== null && { campaigns }),
        ...(region !== null && { region }),
        ...(max_contribution_minor !== null && { max_contribution_minor }),
      },
      id: `${slugOf(name).slice(0, 80)}-${suffix}`,
      results_sha256: estimate.run.results_sha256,
      note: note.trim(),
      idempotency_key: key,
    });
    setBusy(false);
    if (!answer.ok) {
      setProblem(answer.error);
      setKey(newKey());
      return;
    }
    toast(t("desk.proposed"));
    route(`/console/money/proposals/${answer.value.id}`);
  }
  return (
    <Section title={t("matching.chosen", { method: t(`matching.method-${params.method}`) })}>
      <form class="form card" noValidate onSubmit={(submit) => void propose(submit)}>
        <TextField
          label={t("matching.name")}
          hint={t("matching.name-hint")}
          sees={t("desk.sees-log")}
          value={name}
          onInput={setName}
          maxLength={80}
          autocomplete="off"
        />
        <TextArea
          label={t("desk.note")}
          sees={t("desk.sees-staff")}
          value={note}
          onInput={setNote}
          maxLength={1000}
          rows={2}
          optional
        />
        {problem === null ? null : (
          <Banner tone="danger" title={problemText(problem)}>
            {problem.problem?.detail}
          </Banner>
        )}
        <p class="quiet small measure">{t("matching.propose-note")}</p>
        <div class="row">
          <Button type="submit" busy={busy} disabled={name.trim() === ""}>
            {t("desk.propose")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
