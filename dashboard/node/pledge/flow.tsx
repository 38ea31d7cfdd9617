/**
 * Pledging in three taps: how many and at what price; what is signed, checked here; the passkey. Then the receipt.
 * Revising and withdrawing go the same way. Nothing is signed unless the document says exactly what was asked (intent.ts).
 */
import { useState } from "preact/hooks";

import type {
  DraftPledge,
  MyPledge,
  NodeCampaign,
  ReceiptSummary,
  WaitingPledge,
} from "../../../shared/protocol/api/community.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import { api, problemText } from "../../parts/api.ts";
import { t } from "../../parts/i18n.ts";
import { signWithPasskey } from "../../parts/passkey.ts";
import { Banner } from "../../parts/states.tsx";
import { fingerprint } from "./fingerprint.ts";
import { type Intent, type Mismatch, mismatchOf } from "./intent.ts";
import { PledgeForm } from "./form.tsx";
import { PledgeReceipt } from "./receipt-view.tsx";
import { PledgeReview } from "./review.tsx";
import { PledgeWaiting } from "./waiting.tsx";
import { Withdraw } from "./withdraw.tsx";

export type Act = "pledge" | "withdraw";

export interface Drafted {
  challenge_id: string;
  document: MemberDocument;
  hash: string;
  options: { challenge: string; [name: string]: unknown };
}

type Step =
  | { at: "ask" }
  | { at: "review"; drafted: Drafted; own: string }
  | { at: "refused"; why: Exclude<Mismatch, "replaces"> }
  | { at: "done"; receipt: ReceiptSummary }
  | { at: "waiting"; waiting: WaitingPledge };

export function PledgeFlow({
  campaign,
  node,
  mine,
  act,
  onSigned,
  onStale,
  onClose,
}: {
  campaign: NodeCampaign;
  node: string;
  mine: MyPledge | null;
  act: Act;
  onSigned: () => void;
  /** what is signed now has changed elsewhere: read it again */
  onStale: () => void;
  onClose: () => void;
}) {
  const [step, setStep] = useState<Step>({ at: "ask" });
  const [asked, setAsked] = useState<DraftPledge | null>(null);
  const [busy, setBusy] = useState<"draft" | "passkey" | "send" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function draft(wish: DraftPledge) {
    setAsked(wish);
    setBusy("draft");
    setProblem(null);
    const answer = await api.post<Drafted>("/api/pledges/draft", wish);
    if (answer.ok) await accept(wish, answer.value);
    else setProblem(problemText(answer.error));
    setBusy(null);
  }

  async function accept(wish: DraftPledge, drafted: Drafted) {
    const replaces = mine?.ticks.book.leaf ?? null;
    const intent: Intent = { draft: wish, campaign, node, replaces, site: location.hostname };
    const why = mismatchOf(drafted.document, intent);
    if (why === "replaces") {
      // usually another device of the same person was quicker
      setProblem(t("problem.pledge-changed"));
      onStale();
      return;
    }
    if (why !== null) return setStep({ at: "refused", why });
    const own = await fingerprint(drafted.document);
    if (own !== drafted.hash) return setStep({ at: "refused", why: "hash" });
    if (own !== drafted.options.challenge) return setStep({ at: "refused", why: "challenge" });
    setStep({ at: "review", drafted, own });
  }

  async function sign(drafted: Drafted, own: string) {
    setProblem(null);
    setBusy("passkey");
    // the hash computed here is what the passkey gets, whatever the server sent
    const signed = await signWithPasskey({ ...drafted.options, challenge: own });
    if (!signed.ok) {
      setBusy(null);
      return setProblem(t(`passkey.${signed.error}`));
    }
    setBusy("send");
    const answer = await api.post<ReceiptSummary | WaitingPledge>("/api/pledges", {
      challenge_id: drafted.challenge_id,
      response: signed.value,
    });
    setBusy(null);
    if (answer.ok) {
      const { value } = answer;
      setStep("promise" in value ? { at: "waiting", waiting: value } : { at: "done", receipt: value });
      return onSigned();
    }
    setProblem(problemText(answer.error));
    // the request to sign is spent: the next try needs a new one
    setStep({ at: "ask" });
    onStale();
  }

  return (
    <div class="card pledge-flow">
      {step.at === "ask" && act === "pledge" ? (
        <PledgeForm
          campaign={campaign}
          mine={mine}
          asked={asked}
          busy={busy === "draft"}
          onDraft={(wish) => void draft(wish)}
          onClose={mine ? onClose : null}
        />
      ) : null}
      {step.at === "ask" && act === "withdraw" && mine ? (
        <Withdraw
          mine={mine}
          open={campaign.state === "open"}
          busy={busy === "draft"}
          onDraft={(asked) => void draft(asked)}
          onClose={onClose}
        />
      ) : null}
      {step.at === "review" ? (
        <PledgeReview
          campaign={campaign}
          drafted={step.drafted}
          busy={busy}
          onSign={() => void sign(step.drafted, step.own)}
          onBack={() => {
            setProblem(null);
            setStep({ at: "ask" });
          }}
        />
      ) : null}
      {step.at === "refused" ? (
        <Banner tone="danger" title={t("pledge.refused-title")}>
          <p>{t(`pledge.refused-${step.why}`)}</p>
          <p>{t("pledge.refused-text")}</p>
        </Banner>
      ) : null}
      {step.at === "done" ? <PledgeReceipt receipt={step.receipt} onCounted={onSigned} onClose={onClose} /> : null}
      {step.at === "waiting" ? <PledgeWaiting waiting={step.waiting} onClose={onClose} /> : null}
      {problem ? <Banner tone="danger">{problem}</Banner> : null}
    </div>
  );
}
