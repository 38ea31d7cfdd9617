/** Under a pledge: why not more, in one word of a fixed list. Saved at once; the note says who sees it. */
import { useState } from "preact/hooks";

import type { MyPledge } from "../../../shared/protocol/api/community.ts";
import { type FeedbackTheme, MIN_FEEDBACK_ACCOUNTS, feedbackThemes } from "../../../shared/protocol/feedback.ts";
import { api, problemText } from "../../parts/api.ts";
import { Select } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { toast } from "../../parts/toast.tsx";

export function Feedback({ mine, onSaved }: { mine: MyPledge; onSaved: () => void }) {
  const [chosen, setChosen] = useState<FeedbackTheme | null>(mine.theme);
  const [problem, setProblem] = useState<string | null>(null);

  async function choose(value: string) {
    const before = chosen;
    const theme = feedbackThemes.find((one) => one === value) ?? null;
    setChosen(theme);
    const answer = await api.put(`/api/campaigns/${mine.campaign}/feedback`, { theme });
    if (!answer.ok) {
      setChosen(before);
      setProblem(problemText(answer.error));
      return;
    }
    setProblem(null);
    toast(t(theme === null ? "feedback.taken-back" : "feedback.saved"));
    onSaved();
  }

  return (
    <Select
      label={t("feedback.label")}
      hint={t("feedback.hint")}
      sees={t("feedback.sees", { n: MIN_FEEDBACK_ACCOUNTS })}
      error={problem}
      optional
      value={chosen ?? ""}
      onChange={(value) => void choose(value)}
      choices={[
        { value: "", label: t("feedback.none") },
        ...feedbackThemes.map((theme) => ({ value: theme, label: t(`theme.${theme}`) })),
      ]}
    />
  );
}
