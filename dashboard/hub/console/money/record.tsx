/** Recording what happened to money, or proposing what should: choose, fill in, see what it moves, send. */
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import type { FundEvent } from "../../../../shared/protocol/fund.ts";
import type { ProposalView } from "../../../../shared/protocol/api/proposal.ts";
import { api, problemText, type ApiError } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { TextArea } from "../../../parts/field.tsx";
import { t } from "../../../parts/i18n.ts";
import { Page, Section } from "../../../parts/page.tsx";
import { Banner } from "../../../parts/states.tsx";
import { toast } from "../../../parts/toast.tsx";
import { AwardForm } from "./award-form.tsx";
import { newKey } from "./event-build.ts";
import { EventForm } from "./event-form.tsx";
import { eventSpecs, specOf } from "./event-fields.ts";
import { eventLine } from "./event-words.tsx";
import { FundForm } from "./fund-form.tsx";
import { type Preview, TransferPreview } from "./transfer-preview.tsx";

const groups = ["in", "awards", "out", "back", "people", "books"] as const;

export function RecordPage() {
  const { query } = useRoute();
  const kind = query["event"] ?? "";
  const isKnown = kind === "award" || kind === "fund" || specOf(kind) !== undefined;
  return isKnown ? <Form key={kind} kind={kind as FundEvent["event"]} preset={query} /> : <Choices />;
}

function Choices() {
  return (
    <Page
      title={t("desk.record")}
      lead={t("desk.record-lead")}
      back={{ href: "/console/money", label: t("desk.money") }}
    >
      {groups.map((group) => (
        <Section key={group} title={t(`desk.group-${group}`)}>
          <ul class="list">
            {kindsOf(group).map((event) => (
              <li key={event}>
                <div class="list-main">
                  <a href={`/console/money/new?event=${event}`}>
                    <strong>{t(`desk.event-${event}`)}</strong>
                  </a>
                  <p class="quiet small">{t(`desk.event-${event}-note`)}</p>
                </div>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </Page>
  );
}

type Recordable = Exclude<FundEvent["event"], "allocation">;

function kindsOf(group: (typeof groups)[number]): Recordable[] {
  const flat = eventSpecs.filter((spec) => spec.group === group).map(({ event }) => event as Recordable);
  if (group === "awards") return ["award", ...flat];
  return group === "people" ? ["fund", ...flat] : flat;
}

function Form({ kind, preset }: { kind: FundEvent["event"]; preset: Readonly<Record<string, string>> }) {
  const { route } = useLocation();
  const [event, setEvent] = useState<FundEvent | null>(null);
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const [showWrong, setShowWrong] = useState(false);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [again, setAgain] = useState(false);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(newKey);

  function body() {
    const texts = event?.event === "award" && text !== "" ? [{ award: event.id, text }] : [];
    return { events: event === null ? [] : [event], texts, note: note.trim(), idempotency_key: key, again };
  }
  async function look(submit: Event) {
    submit.preventDefault();
    setShowWrong(true);
    if (event === null || busy) return;
    setBusy(true);
    const answer = await api.post<Preview>("/api/proposals/preview", body());
    setBusy(false);
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) setPreview(answer.value);
  }
  async function send() {
    setBusy(true);
    const answer = await api.post<ProposalView>("/api/proposals", body());
    setBusy(false);
    setPreview(null);
    if (!answer.ok) {
      setProblem(answer.error);
      setKey(newKey());
      return;
    }
    toast(answer.value.state === "logged" ? t("desk.recorded") : t("desk.proposed"));
    route(`/console/money/proposals/${answer.value.id}`);
  }
  const spec = specOf(kind);
  return (
    <Page
      title={t(`desk.event-${kind}`)}
      lead={t(`desk.event-${kind}-note`)}
      back={{ href: "/console/money/new", label: t("desk.record") }}
    >
      <form class="form" noValidate onSubmit={(submit) => void look(submit)}>
        {kind === "award" ? (
          <AwardForm
            preset={preset}
            showWrong={showWrong}
            onBuilt={(built, words) => {
              setEvent(built);
              setText(words);
            }}
          />
        ) : kind === "fund" ? (
          <FundForm showWrong={showWrong} onBuilt={setEvent} />
        ) : spec === undefined ? null : (
          <EventForm spec={spec} preset={preset} showWrong={showWrong} onBuilt={setEvent} />
        )}
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
          <Banner
            tone="danger"
            title={problemText(problem)}
            action={
              problem.code === "award-duplicate" ? (
                <Button kind="secondary" onClick={() => setAgain(true)}>
                  {t("desk.again")}
                </Button>
              ) : undefined
            }
          >
            {problem.problem?.detail}
          </Banner>
        )}
        {showWrong && event === null ? <Banner tone="warning">{t("desk.missing")}</Banner> : null}
        <div class="row">
          <Button type="submit" busy={busy}>
            {t("desk.look")}
          </Button>
        </div>
      </form>
      <Dialog
        open={preview !== null}
        title={event === null ? "" : eventLine(event)}
        onClose={() => setPreview(null)}
        wide
      >
        {preview === null ? null : (
          <>
            <TransferPreview preview={preview} />
            <p class="quiet small measure">{t("desk.for-good")}</p>
            <div class="row row-end">
              <Button kind="secondary" onClick={() => setPreview(null)}>
                {t("dialog.cancel")}
              </Button>
              <Button busy={busy} onClick={() => void send()}>
                {preview.needs_approval ? t("desk.propose") : t("desk.record-it")}
              </Button>
            </div>
          </>
        )}
      </Dialog>
    </Page>
  );
}
