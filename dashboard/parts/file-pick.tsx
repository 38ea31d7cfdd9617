/** Choosing a file by button or by dropping it. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

import { Button } from "./button.tsx";

export function FilePick({
  accept,
  label,
  hint,
  busy = false,
  icon,
  onPick,
}: {
  accept: string;
  label: string;
  hint?: ComponentChildren;
  busy?: boolean;
  icon?: ComponentChildren;
  onPick: (file: File) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      class="drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file && !busy) onPick(file);
      }}
    >
      {hint ? <p class="quiet small measure">{hint}</p> : null}
      <Button kind="secondary" busy={busy} onClick={() => input.current?.click()}>
        {icon}
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // the same file may be picked again after it was mended
          if (file) onPick(file);
        }}
      />
    </div>
  );
}
