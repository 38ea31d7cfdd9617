/** Sharing out a pool: choose a fund and an amount, see what each method comes to side by side, propose one of them. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { matchingMethod } from "../../../../shared/protocol/fund.ts";
import type { MatchingEstimate, MatchingParams } from "../../../../shared/protocol/api/matching.ts";
import { type ApiError, api, problemText } from "../../../parts/api.ts";
import { Button } from "../../../parts/button.tsx";
import { Choice, Select, TextField } from "../../../parts/field.tsx";
import { t } from "../../../parts/i18n.ts";
import { Page, Section } from "../../../parts/page.tsx";
import { Banner } from "../../../parts/states.tsx";
import { AllocationTable } from "../../pages/allocations.tsx";
import { moneyOf } from "./event-build.ts";
import { type Compared, MatchingComparison } from "./matching-comparison.tsx";
import { MatchingProposal } from "./matching-proposal.tsx";
import { usePicks } from "./picks.ts";

type Method = MatchingParams["method"];

export function MatchingPage() {
  const { path, query, route } = useLocation();
  const funds = usePicks("fund");
  const picks = usePicks("campaign");
  const fund = funds?.find(({ value }) => value === query["fund"]) ?? null;
  const currency = fund?.currency ?? "EUR";
  const [pool, setPool] = useState("");
  const [least, setLeast] = useState("");
  const [most, setMost] = useState("");
  const [named, setNamed] = useState<readonly string[]>([]);
  const [compared, setCompared] = useState<readonly Compared[]>([]);
  const [chosen, setChosen] = useState<MatchingEstimate | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const campaigns = (picks ?? []).filter((one) => one.currency === currency);

  /** undefined: something typed cannot be an amount */
  function question(method: Method): Record<string, unknown> | undefined {
    const amounts = { pool_minor: pool, min_contribution_minor: least, max_contribution_minor: most };
    const asked: Record<string, unknown> = { fund: fund?.value, method };
    for (const [name, typed] of Object.entries(amounts)) {
      if (typed.trim() === "") continue;
      const minor = moneyOf(typed, currency, name === "min_contribution_minor");
      if (minor === undefined) return undefined;
      asked[name] = minor;
    }
    if (named.length > 0) asked["campaigns"] = named;
    return asked;
  }
  const isAsked = fund !== null && question("demand_weighted") !== undefined;
  async function compare(submit: Event) {
    submit.preventDefault();
    if (busy || !isAsked) return;
    setBusy(true);
    setChosen(null);
    const answers = await Promise.all(
      matchingMethod.options.map(async (method) => ({
        method,
        answer: await api.post<MatchingEstimate>("/api/matching/preview", question(method)),
      })),
    );
    setBusy(false);
    const refused = answers.flatMap(({ answer }) => (answer.ok ? [] : [answer.error]));
    setProblem(refused.length === answers.length ? (refused[0] ?? null) : null);
    setCompared(
      answers.map(({ method, answer }) => ({
        method,
        estimate: answer.ok ? answer.value : null,
        refused: answer.ok ? null : problemText(answer.error),
      })),
    );
  }
  function changed<T>(set: (value: T) => void): (value: T) => void {
    return (value) => {
      set(value);
      setCompared([]);
      setChosen(null);
    };
  }
  const amountError = (typed: string, zero: boolean): string | null =>
    typed.trim() === "" || moneyOf(typed, currency, zero) !== undefined ? null : t("desk.field-wrong");
  return (
    <Page title={t("matching.desk")} lead={t("matching.desk-lead")}>
      <form class="form" noValidate onSubmit={(submit) => void compare(submit)}>
        <Select
          label={t("desk.field-fund")}
          value={fund?.value ?? ""}
          onChange={changed((value: string) => {
            setNamed([]);
            route(value === "" ? path : `${path}?fund=${encodeURIComponent(value)}`, true);
          })}
          choices={[{ value: "", label: t("desk.choose") }, ...(funds ?? [])]}
        />
        <TextField
          label={t("matching.pool")}
          hint={t("matching.pool-hint")}
          value={pool}
          onInput={changed(setPool)}
          inputMode="decimal"
          suffix={currency}
          autocomplete="off"
          error={amountError(pool, false)}
          optional
        />
        <div class="form-row">
          <TextField
            label={t("matching.min")}
            hint={t("matching.contributor-hint")}
            value={least}
            onInput={changed(setLeast)}
            inputMode="decimal"
            suffix={currency}
            autocomplete="off"
            error={amountError(least, true)}
            optional
          />
          <TextField
            label={t("matching.max")}
            value={most}
            onInput={changed(setMost)}
            inputMode="decimal"
            suffix={currency}
            autocomplete="off"
            error={amountError(most, false)}
            optional
          />
        </div>
        {fund === null || campaigns.length === 0 ? null : (
          <fieldset class="field stack">
            <legend class="field-label">{t("matching.which")}</legend>
            <p class="field-hint">{t("matching.which-hint")}</p>
            {campaigns.map(({ value, label }) => (
              <Choice
                key={value}
                checked={named.includes(value)}
                onChange={changed((checked: boolean) =>
                  setNamed(checked ? [...named, value] : named.filter((one) => one !== value)),
                )}
              >
                {label}
              </Choice>
            ))}
          </fieldset>
        )}
        {problem === null ? null : (
          <Banner tone="danger" title={problemText(problem)}>
            {problem.problem?.detail}
          </Banner>
        )}
        <div class="row">
          <Button type="submit" busy={busy} disabled={!isAsked}>
            {t("matching.compare")}
          </Button>
        </div>
      </form>
      <MatchingComparison compared={compared} chosen={chosen} onChoose={setChosen} />
      {chosen === null ? null : (
        <MatchingProposal key={chosen.run.results_sha256 + chosen.inputs.params.method} estimate={chosen} />
      )}
      <Section title={t("matching.recorded")}>
        <AllocationTable />
      </Section>
    </Page>
  );
}
