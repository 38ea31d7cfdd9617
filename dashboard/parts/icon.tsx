/** Line icons from lucide, drawn inline so that they take the text's colour. Decorative: the words beside them carry the meaning. */
import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ node, class: extra }: { node: IconNode; class?: string }) {
  return (
    <svg
      class={extra ? `icon ${extra}` : "icon"}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {node.map(([tag, attributes], index) => h(tag, { ...attributes, key: index }))}
    </svg>
  );
}
