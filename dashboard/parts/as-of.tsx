/** "as of entry 1,204": the log size a number was computed at, linking to that point of the log. */
import { t } from "./i18n.ts";
import { When } from "./values.tsx";

export function AsOf({ size, at, href }: { size: number; at?: string; href?: string }) {
  const text = t("as-of.entry", { size });
  return (
    <span class="as-of">
      {href ? <a href={href}>{text}</a> : <span>{text}</span>}
      {at ? (
        <>
          <span aria-hidden="true">·</span>
          <When at={at} show="time" />
        </>
      ) : null}
    </span>
  );
}
