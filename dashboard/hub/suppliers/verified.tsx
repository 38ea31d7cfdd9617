/** How a supplier was verified, in one badge and, where a person vouches for it, that person's words. */
import type { SupplierView } from "../../../shared/protocol/api/supplier.ts";
import { t } from "../../parts/i18n.ts";
import { Badge } from "../../parts/states.tsx";
import { When } from "../../parts/values.tsx";

export function VerifiedBadge({ supplier }: { supplier: Pick<SupplierView, "verified"> }) {
  const { verified } = supplier;
  if (verified === null) return <Badge tone="warning">{t("supplier.unverified")}</Badge>;
  return <Badge tone={verified.by === "hub" ? "ok" : "info"}>{verifiedWords(verified)}</Badge>;
}

export function verifiedWords({ kind, by }: NonNullable<SupplierView["verified"]>): string {
  return t(by === "operator" ? "supplier.verified-operator" : `supplier.verified-${kind}`);
}

export function Verified({ supplier }: { supplier: SupplierView }) {
  const { verified } = supplier;
  return (
    <div class="stack-s">
      <p>
        <VerifiedBadge supplier={supplier} />{" "}
        {verified === null ? null : (
          <span class="quiet">
            <When at={verified.at} />
          </span>
        )}
      </p>
      {verified?.note ? <p class="measure">{t("supplier.note", { note: verified.note })}</p> : null}
    </div>
  );
}
