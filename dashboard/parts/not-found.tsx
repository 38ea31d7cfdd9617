/** The page for addresses that lead nowhere. */
import { LinkButton } from "./button.tsx";
import { t } from "./i18n.ts";
import { Page } from "./page.tsx";

export function NotFoundPage() {
  return (
    <Page title={t("shell.not-found")} lead={t("shell.not-found-lead")}>
      <div class="row">
        <LinkButton href="/">{t("shell.home")}</LinkButton>
      </div>
    </Page>
  );
}
