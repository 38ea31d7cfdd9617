/** One supplier at the console: its desk on its behalf, and the operator's word for it, which everybody can read. */
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { SupplierDesk } from "../../../shared/protocol/api/supplier.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { Banner, Loaded } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { Desk } from "../suppliers/supplier-desk.tsx";

export function SupplierAdminPage() {
  const { params } = useRoute();
  const id = encodeURIComponent(params["id"] ?? "");
  const desk = useResource<SupplierDesk>(`/api/suppliers/${id}/desk`);
  return (
    <Page
      title={desk.data?.name ?? t("supplier.one")}
      back={{ href: "/console/suppliers", label: t("supplier.all") }}
      lead={desk.data === null ? undefined : t("supplier.behalf", { domain: desk.data.domain })}
    >
      <Loaded resource={desk}>
        {(supplier) => (
          <>
            <Desk supplier={supplier} desk={desk} />
            <Judge supplier={supplier} onDone={desk.reload} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Judge({ supplier, onDone }: { supplier: SupplierDesk; onDone: () => void }) {
  const isVerified = supplier.verified !== null;
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function send(event: Event) {
    event.preventDefault();
    if (busy || note.trim() === "") return;
    setBusy(true);
    const answer = await api.post(`/api/suppliers/${encodeURIComponent(supplier.id)}/verification`, {
      verified: isVerified ? null : "email",
      note,
    });
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    setProblem(null);
    setNote("");
    toast(t(isVerified ? "supplier.taken-back" : "supplier.vouched"));
    onDone();
  }
  return (
    <Section title={t(isVerified ? "supplier.take-back" : "supplier.vouch")}>
      <form class="form" onSubmit={(event) => void send(event)}>
        <p class="quiet measure">{t(isVerified ? "supplier.take-back-note" : "supplier.vouch-note")}</p>
        <TextField
          label={t("supplier.why")}
          sees={t("supplier.sees-all")}
          value={note}
          onInput={setNote}
          maxLength={300}
          autocomplete="off"
        />
        {problem === null ? null : <Banner tone="danger">{problem}</Banner>}
        <div class="row">
          <Button type="submit" kind={isVerified ? "danger" : "secondary"} busy={busy} disabled={note.trim() === ""}>
            {t(isVerified ? "supplier.take-back" : "supplier.vouch")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
