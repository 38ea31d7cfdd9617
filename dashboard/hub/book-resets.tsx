/** The times a community had to begin a new pledge book: when, why in its own words, and what counted no more from then on. */
import type { CommunityBookView } from "../../shared/protocol/api/network.ts";
import { formatDate, formatQuantity } from "../parts/format.ts";
import { t } from "../parts/i18n.ts";
import { Section } from "../parts/page.tsx";
import { Banner } from "../parts/states.tsx";

export function BookResets({ book }: { book: CommunityBookView | undefined }) {
  if (book === undefined || book.resets.length === 0) return null;
  return (
    <Section title={t("resets.title")}>
      <p class="quiet measure">{t("resets.note")}</p>
      {book.resets.map(({ generation, index, at, reason, lost }) => (
        <Banner
          key={index}
          tone="warning"
          title={t("resets.began", { date: formatDate(at, "time"), n: generation })}
          action={<a href={`/log?entry=${index}`}>{t("resets.entry", { index })}</a>}
        >
          {t("resets.reason", { reason })}{" "}
          {lost === null
            ? t("resets.lost-nothing")
            : t("resets.lost", {
                pledges: lost.pledges,
                locked: formatQuantity(lost.locked),
                purchased: formatQuantity(lost.purchased),
              })}
        </Banner>
      ))}
    </Section>
  );
}
