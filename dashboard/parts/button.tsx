/** Buttons and links that look like buttons. While busy a button stays focusable and says so. */
import type { ComponentChildren } from "preact";

type Kind = "primary" | "secondary" | "quiet" | "danger" | "icon";
interface Shared {
  kind?: Kind;
  wide?: boolean;
  children: ComponentChildren;
}
export interface ButtonProps extends Shared {
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  onClick?: (event: MouseEvent) => void;
  /** required for icon buttons */
  label?: string;
}

function classes(kind: Kind, wide: boolean): string {
  return `button button-${kind}${wide ? " button-wide" : ""}`;
}

export function Button({
  kind = "primary",
  type = "button",
  busy = false,
  disabled = false,
  wide = false,
  label,
  onClick,
  children,
}: ButtonProps) {
  const off = busy || disabled;
  return (
    <button
      class={classes(kind, wide)}
      type={type}
      aria-disabled={off}
      aria-busy={busy}
      aria-label={label}
      title={label}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : null}
      {children}
    </button>
  );
}

export function LinkButton({
  kind = "primary",
  wide = false,
  href,
  download,
  children,
}: Shared & { href: string; download?: string }) {
  return (
    <a class={classes(kind, wide)} href={href} download={download}>
      {children}
    </a>
  );
}
