/** A number that is a hero: value, unit, what it is, what it was computed from. The space is kept while it loads. */
import type { ComponentChildren } from "preact";

export function Stat({
  label,
  value,
  unit,
  note,
  href,
}: {
  label: string;
  value: ComponentChildren | null;
  unit?: string;
  note?: ComponentChildren;
  href?: string;
}) {
  return (
    <div class="stat">
      <dt class="stat-label">{href ? <a href={href}>{label}</a> : label}</dt>
      <dd class="stat-value">
        {value ?? <span class="bone bone-1" />}
        {unit && value !== null ? <span class="unit">{unit}</span> : null}
      </dd>
      {note === undefined ? null : <dd class="stat-note">{note}</dd>}
    </div>
  );
}

export function Stats({ children }: { children: ComponentChildren }) {
  return <dl class="stats">{children}</dl>;
}
