/**
 * What a supplier does here, by itself or by an operator on its behalf: prove its domain, make offers, replace and withdraw
 * them. `path` says whose desk it is.
 */
import { useState } from "preact/hooks";
import type { OfferView, SupplierDesk } from "../../../shared/protocol/api/supplier.ts";
import { Button } from "../../parts/button.tsx";
import { t } from "../../parts/i18n.ts";
import { Section } from "../../parts/page.tsx";
import { Banner } from "../../parts/states.tsx";
import type { Resource } from "../../parts/use-resource.ts";
import { type Decision, ReasonDialog } from "../console/reason-dialog.tsx";
import { DomainProof } from "./domain-proof.tsx";
import { OfferForm } from "./offer-form.tsx";
import { OfferTable } from "./offer-table.tsx";
import { Verified } from "./verified.tsx";

export function Desk({ supplier, desk }: { supplier: SupplierDesk; desk: Resource<SupplierDesk> }) {
  const [making, setMaking] = useState<{ replaces: OfferView | null } | null>(null);
  const [decision, setDecision] = useState<Decision | null>(null);
  const isVerified = supplier.verified !== null;
  return (
    <>
      <Verified supplier={supplier} />
      {isVerified ? null : <Banner tone="warning">{t("supplier.verify-first")}</Banner>}
      <DomainProof supplier={supplier} onDone={desk.reload} />
      {making === null ? null : (
        <OfferForm
          key={making.replaces?.offer ?? "new"}
          supplier={supplier}
          replaces={making.replaces}
          onCancel={() => setMaking(null)}
          onDone={() => {
            setMaking(null);
            desk.reload();
          }}
        />
      )}
      <Section
        title={t("supplier.offers")}
        aside={
          isVerified && making === null ? (
            <Button onClick={() => setMaking({ replaces: null })}>{t("supplier.make")}</Button>
          ) : undefined
        }
      >
        <OfferTable
          offers={supplier.list}
          without="supplier"
          actions={(offer) =>
            offer.state === "valid" || offer.state === "expired" ? (
              <span class="row">
                {isVerified && !offer.campaign.ended ? (
                  <Button kind="quiet" onClick={() => setMaking({ replaces: offer })}>
                    {t("supplier.replace")}
                  </Button>
                ) : null}
                <Button kind="quiet" onClick={() => setDecision(withdrawal(offer))}>
                  {t("supplier.withdraw")}
                </Button>
              </span>
            ) : (
              <span class="quiet">–</span>
            )
          }
        />
      </Section>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={desk.reload} />
    </>
  );
}

function withdrawal(offer: OfferView): Decision {
  return {
    title: t("supplier.withdraw"),
    body: t("supplier.withdraw-body", { name: offer.campaign.name }),
    action: t("supplier.withdraw"),
    done: t("supplier.withdrawn"),
    path: `/api/offers/${offer.offer}/withdraw`,
    danger: true,
    reasonNeeded: true,
  };
}
