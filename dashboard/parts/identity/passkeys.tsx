/** The passkeys of the person signed in: add, rename, remove. */
import { KeyRound } from "lucide";
import { useState } from "preact/hooks";

import type { passkey, passkeyList } from "../../../shared/protocol/api/identity.ts";
import type { z } from "zod";
import { api, problemText } from "../api.ts";
import { Button } from "../button.tsx";
import { Confirm, Dialog } from "../dialog.tsx";
import { TextField } from "../field.tsx";
import { formatDate } from "../format.ts";
import { t } from "../i18n.ts";
import { Icon } from "../icon.tsx";
import { createPasskey } from "../passkey.ts";
import { refreshSession } from "../session.ts";
import { Empty, Loaded } from "../states.tsx";
import { toast } from "../toast.tsx";
import { useResource } from "../use-resource.ts";
import { deviceLabel } from "./device.ts";

type Passkey = z.infer<typeof passkey>;

export function Passkeys() {
  const list = useResource<z.infer<typeof passkeyList>>("/api/passkeys");
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [label, setLabel] = useState("");
  const [busy, setBusy] = useState(false);

  function changed(message: string) {
    toast(message);
    list.reload();
    void refreshSession();
  }
  async function add() {
    setBusy(true);
    const problem = await attempt();
    setBusy(false);
    if (problem) toast(problem);
    else changed(t("me.added-passkey"));
  }
  async function attempt(): Promise<string | null> {
    const started = await api.post<{ challenge_id: string; options: { challenge: string } }>("/api/passkeys/options");
    if (!started.ok) return problemText(started.error);
    const made = await createPasskey(started.value.options);
    if (!made.ok) return t(`passkey.${made.error}`);
    const body = { challenge_id: started.value.challenge_id, response: made.value, label: deviceLabel() };
    const finished = await api.post("/api/passkeys", body);
    return finished.ok ? null : problemText(finished.error);
  }
  async function rename(event: Event) {
    event.preventDefault();
    if (!renaming) return;
    const answer = await api.patch(`/api/passkeys/${encodeURIComponent(renaming.id)}`, { label: label.trim() });
    setRenaming(null);
    if (answer.ok) changed(t("me.rename-done"));
    else toast(problemText(answer.error));
  }
  async function remove() {
    if (!removing) return;
    const answer = await api.delete(`/api/passkeys/${encodeURIComponent(removing.id)}`);
    setRemoving(null);
    if (answer.ok) changed(t("me.removed"));
    else toast(problemText(answer.error));
  }

  const addButton = (
    <Button kind="secondary" busy={busy} onClick={() => void add()}>
      <Icon node={KeyRound} />
      {t("me.add-passkey")}
    </Button>
  );
  return (
    <div class="stack">
      <Loaded resource={list}>
        {({ passkeys }) =>
          passkeys.length === 0 ? (
            <Empty title={t("me.passkeys-empty")} action={addButton}>
              {t("me.passkeys-empty-note")}
            </Empty>
          ) : (
            <>
              <ul class="list">
                {passkeys.map((key) => (
                  <li key={key.id}>
                    <div class="list-main">
                      <strong>{key.label}</strong>
                      <p class="quiet small">
                        {t("me.passkey-created", { date: formatDate(key.created_at) })} ·{" "}
                        {key.last_used_at
                          ? t("me.passkey-used", { date: formatDate(key.last_used_at) })
                          : t("me.passkey-unused")}{" "}
                        · {t(key.backed_up ? "me.passkey-backed-up" : "me.passkey-device")}
                      </p>
                    </div>
                    <div class="row">
                      <Button
                        kind="quiet"
                        onClick={() => {
                          setLabel(key.label);
                          setRenaming(key);
                        }}
                      >
                        {t("me.rename")}
                      </Button>
                      <Button kind="quiet" onClick={() => setRemoving(key)}>
                        {t("me.remove")}
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
              <div class="row">{addButton}</div>
            </>
          )
        }
      </Loaded>
      <Dialog open={renaming !== null} title={t("me.rename-title")} onClose={() => setRenaming(null)}>
        <form class="stack" onSubmit={(event) => void rename(event)}>
          <TextField
            label={t("me.rename-label")}
            sees={t("me.rename-sees")}
            value={label}
            onInput={setLabel}
            maxLength={60}
            autocomplete="off"
          />
          <div class="row row-end">
            <Button kind="secondary" onClick={() => setRenaming(null)}>
              {t("dialog.cancel")}
            </Button>
            <Button type="submit" disabled={label.trim() === ""}>
              {t("me.rename")}
            </Button>
          </div>
        </form>
      </Dialog>
      <Confirm
        open={removing !== null}
        title={t("me.remove-title")}
        action={t("me.remove")}
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      >
        <p>{t("me.remove-body", { label: removing?.label ?? "" })}</p>
      </Confirm>
    </div>
  );
}
