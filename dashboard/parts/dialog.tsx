/** Modal dialog on the platform's <dialog>: focus is kept inside and given back, Escape closes. */
import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { Button } from "./button.tsx";
import { TextField } from "./field.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

export function Dialog({
  open,
  title,
  onClose,
  wide = false,
  children,
}: {
  open: boolean;
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={element} class={wide ? "dialog dialog-wide" : "dialog"} aria-labelledby={id} onClose={onClose}>
      {open ? (
        <div class="dialog-in">
          <div class="row row-apart">
            <h2 id={id}>{title}</h2>
            <Button kind="icon" label={t("dialog.close")} onClick={onClose}>
              <Icon node={X} />
            </Button>
          </div>
          {children}
        </div>
      ) : null}
    </dialog>
  );
}

/** For acts that cannot be undone: says what happens; `word`, when given, must be typed first. */
export function Confirm({
  open,
  title,
  children,
  action,
  word,
  danger = true,
  onConfirm,
  onClose,
}: {
  open: boolean;
  title: string;
  children: ComponentChildren;
  action: string;
  word?: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const ready = word === undefined || typed.trim() === word;
  async function submit(event: Event) {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
      setTyped("");
    }
  }
  return (
    <Dialog open={open} title={title} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {children}
        {word === undefined ? null : (
          <TextField
            label={t("dialog.type-word", { word })}
            value={typed}
            onInput={setTyped}
            autocomplete="off"
            spellcheck={false}
          />
        )}
        <div class="row row-end">
          <Button kind="secondary" onClick={onClose}>
            {t("dialog.cancel")}
          </Button>
          <Button kind={danger ? "danger" : "primary"} type="submit" busy={busy} disabled={!ready}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
