/** A pledge in words, computed from the document or receipt itself, never from what the server says about it. */
import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import { formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

export function documentSentence(document: MemberDocument, unit: string): string {
  if (document.typ === "withdraw") return t("pledge.sum-withdraw");
  const qty = formatQuantity(document.qty);
  if (document.typ === "interest") return t("pledge.sum-interest", { qty, unit });
  return t("pledge.sum-pledge", { qty, unit, price: formatMoney(document.max_unit_price_minor, document.currency) });
}

export function receiptLine(
  receipt: Pick<ReceiptSummary, "qty" | "max_unit_price_minor" | "unit" | "currency">,
): string {
  if (receipt.qty === null) return t("receipt.line-withdraw");
  const qty = formatQuantity(receipt.qty);
  return receipt.max_unit_price_minor === null
    ? t("receipt.line-interest", { qty, unit: receipt.unit })
    : t("receipt.line-pledge", {
        qty,
        unit: receipt.unit,
        price: formatMoney(receipt.max_unit_price_minor, receipt.currency),
      });
}
