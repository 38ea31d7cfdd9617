/** Short news at the foot of the page, with undo where something was done. Call `toast()` from anywhere; the shell shows them. */
import { X } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { Button } from "./button.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";

interface ToastItem {
  id: number;
  text: string;
  undo?: () => void;
}

let items: ToastItem[] = [];
let next = 1;
let notify: () => void = () => undefined;

/** Stays until dismissed when it offers an undo: nobody should have to hurry. */
export function toast(text: string, options: { undo?: () => void } = {}): void {
  const item: ToastItem = { id: next++, text, ...options };
  items = [...items.slice(-2), item];
  notify();
  if (!options.undo) setTimeout(() => dismiss(item.id), 7000);
}

function dismiss(id: number): void {
  items = items.filter((item) => item.id !== id);
  notify();
}

export function Toasts() {
  const [shown, setShown] = useState(items);
  useEffect(() => {
    notify = () => setShown(items);
    return () => {
      notify = () => undefined;
    };
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map((item) => (
        <div class="toast" key={item.id}>
          <span>{item.text}</span>
          {item.undo ? (
            <Button
              kind="quiet"
              onClick={() => {
                item.undo?.();
                dismiss(item.id);
              }}
            >
              {t("toast.undo")}
            </Button>
          ) : null}
          <Button kind="icon" label={t("toast.dismiss")} onClick={() => dismiss(item.id)}>
            <Icon node={X} />
          </Button>
        </div>
      ))}
    </div>
  );
}
