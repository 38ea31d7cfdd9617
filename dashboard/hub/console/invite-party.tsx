/** An account for somebody at a funder or a supplier: by an e-mail address, or by a link that makes a passkey. */
import { useState } from "preact/hooks";
import type { z } from "zod";
import type {
  emailCodeState,
  InviteParty as Invite,
  invitedParty,
  PartyRole,
} from "../../../shared/protocol/api/party.ts";
import type { SupplierPage } from "../../../shared/protocol/api/supplier.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Select, TextField } from "../../parts/field.tsx";
import { getLocale, t } from "../../parts/i18n.ts";
import { QR } from "../../parts/qr.tsx";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { usePicks } from "./money/picks.ts";

export function InviteParty({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [role, setRole] = useState<PartyRole>("funder");
  const [party, setParty] = useState("");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [url, setUrl] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const hasMail = useResource<z.infer<typeof emailCodeState>>("/api/email-code").data?.available ?? false;
  const funders = usePicks("funder") ?? [];
  const suppliers = useResource<SupplierPage>("/api/suppliers?limit=100").data?.suppliers ?? [];
  const choices =
    role === "funder"
      ? funders.map(({ value, label }) => ({ value, label }))
      : suppliers.map((one) => ({ value: one.id, label: one.name }));
  async function invite(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const body: Invite = { role, party, name, email: email.trim() || null, language: getLocale() };
    const answer = await api.post<z.infer<typeof invitedParty>>("/api/parties", body);
    setBusy(false);
    if (!answer.ok) {
      setProblem(problemText(answer.error));
      return;
    }
    onDone();
    if (answer.value.url !== null) setUrl(answer.value.url);
    else {
      toast(t("parties.mailed"));
      onClose();
    }
  }
  if (url !== null) {
    return (
      <div class="stack">
        <p>{t("parties.link-note")}</p>
        <QR text={url} label={t("invite.qr")} />
        <Copy text={url} label={t("invite.link")} />
      </div>
    );
  }
  return (
    <form class="stack" onSubmit={(event) => void invite(event)}>
      {problem === null ? null : <Banner tone="warning">{problem}</Banner>}
      <Select
        label={t("invite.role")}
        value={role}
        onChange={(value) => {
          setRole(value === "supplier" ? "supplier" : "funder");
          setParty("");
        }}
        choices={(["funder", "supplier"] as const).map((one) => ({ value: one, label: t(`me.role-${one}`) }))}
      />
      <Select
        label={t("parties.organisation")}
        value={party}
        onChange={setParty}
        choices={[{ value: "", label: t("parties.choose") }, ...choices]}
      />
      <TextField
        label={t("parties.person")}
        sees={t("parties.sees-staff")}
        value={name}
        onInput={setName}
        maxLength={60}
        autocomplete="off"
      />
      {hasMail ? (
        <TextField
          label={t("email.address")}
          hint={t("parties.email-hint")}
          sees={t("parties.sees-nobody")}
          type="email"
          value={email}
          onInput={setEmail}
          maxLength={254}
          autocomplete="off"
          optional
        />
      ) : (
        <p class="quiet small">{t("parties.no-mail")}</p>
      )}
      <div class="row row-end">
        <Button type="submit" busy={busy} disabled={party === "" || name.trim() === ""}>
          {t("parties.invite")}
        </Button>
      </div>
    </form>
  );
}
