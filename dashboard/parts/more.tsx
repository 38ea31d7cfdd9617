/** "Show more" under a list the server hands out in pages. */
import { Button } from "./button.tsx";
import { t } from "./i18n.ts";
import type { Pages } from "./use-pages.ts";

export function More({ pages }: { pages: Pick<Pages<unknown, unknown>, "more" | "loadingMore"> }) {
  if (pages.more === null) return null;
  return (
    <div class="row">
      <Button kind="secondary" busy={pages.loadingMore} onClick={pages.more}>
        {t("table.more")}
      </Button>
    </div>
  );
}
