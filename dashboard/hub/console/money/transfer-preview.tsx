/** What an event would move, before it does: from, to, how much. */
import type { z } from "zod";
import type { proposalPreview } from "../../../../shared/protocol/api/proposal.ts";
import { formatMoney } from "../../../parts/format.ts";
import { t } from "../../../parts/i18n.ts";
import { Badge } from "../../../parts/states.tsx";

export type Preview = z.infer<typeof proposalPreview>;

export function TransferPreview({ preview }: { preview: Preview }) {
  return (
    <div class="stack-s">
      <p>
        {preview.needs_approval ? (
          <Badge tone="warning">{t("desk.needs-approval")}</Badge>
        ) : (
          <Badge tone="info">{t("desk.logged-at-once")}</Badge>
        )}
      </p>
      {preview.transfers.length === 0 ? (
        <p class="quiet">{t("desk.moves-nothing")}</p>
      ) : (
        <div class="table-scroll">
          <table class="table">
            <caption class="quiet small">{t("desk.moves")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("desk.from")}</th>
                <th scope="col">{t("desk.to")}</th>
                <th scope="col" class="end">
                  {t("desk.field-amount_minor")}
                </th>
              </tr>
            </thead>
            <tbody>
              {preview.transfers.map((transfer, at) => (
                <tr key={at}>
                  <td class="mono small">{transfer.from}</td>
                  <td class="mono small">{transfer.to}</td>
                  <td class="end num">{formatMoney(transfer.amount_minor, transfer.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
