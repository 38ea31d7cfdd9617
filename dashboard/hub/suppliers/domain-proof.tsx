/** Proving a domain: the line to put on it, and the button that has the hub look for it. */
import { useState } from "preact/hooks";
import type { SupplierDesk } from "../../../shared/protocol/api/supplier.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";

export function DomainProof({ supplier, onDone }: { supplier: SupplierDesk; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (supplier.verified?.kind === "domain") return null;
  async function verify() {
    setBusy(true);
    const answer = await api.post(`/api/suppliers/${encodeURIComponent(supplier.id)}/verify-domain`);
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    setProblem(null);
    toast(t("supplier.domain-proven"));
    onDone();
  }
  return (
    <Section title={t("supplier.prove")}>
      <p class="measure">{t("supplier.prove-note", { address: supplier.file.url })}</p>
      <Copy text={supplier.file.line} label={t("supplier.line")} />
      {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
      <div class="row">
        <Button kind="secondary" busy={busy} onClick={() => void verify()}>
          {t("supplier.prove-now")}
        </Button>
      </div>
    </Section>
  );
}
