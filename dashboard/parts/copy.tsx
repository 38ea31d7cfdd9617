/** Text to take along: a link, a key, a command. */
import { Copy as CopyIcon } from "lucide";

import { Button } from "./button.tsx";
import { t } from "./i18n.ts";
import { Icon } from "./icon.tsx";
import { toast } from "./toast.tsx";

export function Copy({ text, label }: { text: string; label: string }) {
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("copy.done"));
    } catch {
      toast(t("copy.failed"));
    }
  }
  return (
    <div class="copy">
      <code tabIndex={0} aria-label={label}>
        {text}
      </code>
      <Button kind="secondary" label={t("copy.action", { what: label })} onClick={() => void copy()}>
        <Icon node={CopyIcon} />
      </Button>
    </div>
  );
}

/** Saves text the page made itself, such as recovery codes or a CSV. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
