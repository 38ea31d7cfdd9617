/** Something for those who want to know more, closed at first. */
import { ChevronDown } from "lucide";
import type { ComponentChildren } from "preact";

import { Icon } from "./icon.tsx";

export function Disclosure({
  title,
  open = false,
  children,
}: {
  title: string;
  open?: boolean;
  children: ComponentChildren;
}) {
  return (
    <details class="disclosure" open={open}>
      <summary>
        <Icon node={ChevronDown} />
        {title}
      </summary>
      <div class="stack">{children}</div>
    </details>
  );
}
