/** Leaving for good: what happens is said first, and a word is typed. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";

import { api, problemText } from "../parts/api.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { t } from "../parts/i18n.ts";
import { Section } from "../parts/page.tsx";
import { becomeSession } from "../parts/session.ts";
import { Banner } from "../parts/states.tsx";
import { toast } from "../parts/toast.tsx";
import { useCommunity } from "./data.ts";

/** What the server expects, whatever the language the person typed it in. */
const LEAVE_WORD = "leave";

/** `pledges` null: not known yet, then no number is claimed. */
export function Leave({ pledges }: { pledges: number | null }) {
  const community = useCommunity();
  const { route } = useLocation();
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function leave() {
    const answer = await api.post("/api/me/leave", { confirm: LEAVE_WORD });
    if (!answer.ok) return setProblem(problemText(answer.error));
    setOpen(false);
    becomeSession(null);
    toast(t("me.left"));
    route("/");
  }

  return (
    <Section title={t("me.leave")}>
      <p class="measure">{t("me.leave-text")}</p>
      <div class="row">
        <Button kind="secondary" onClick={() => setOpen(true)}>
          {t("me.leave-start")}
        </Button>
      </div>
      <Confirm
        open={open}
        title={t("me.leave-title", { community: community.data?.named ? community.data.name : t("app.unnamed") })}
        action={t("me.leave-do")}
        word={t("me.leave-word")}
        onConfirm={leave}
        onClose={() => setOpen(false)}
      >
        <ul class="what-happens">
          {pledges === null ? null : <li>{t("me.leave-pledges", { n: pledges })}</li>}
          <li>{t("me.leave-keys")}</li>
          <li>{t("me.leave-erased")}</li>
          <li>{t("me.leave-back")}</li>
        </ul>
        <p>{t("me.leave-first")}</p>
        {problem ? <Banner tone="danger">{problem}</Banner> : null}
      </Confirm>
    </Section>
  );
}
