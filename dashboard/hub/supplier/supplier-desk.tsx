/** /supplier: introducing oneself, proving the domain, making offers and being told when demand is there. */
import { useState } from "preact/hooks";
import type { OfferView, SupplierAccount } from "../../../shared/protocol/api/signals.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { t } from "../../parts/i18n.ts";
import { Page, Section } from "../../parts/page.tsx";
import { useMe } from "../../parts/session.ts";
import { Badge, Banner, Loaded, Skeleton } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";
import { useResource } from "../../parts/use-resource.ts";
import { type Decision, ReasonDialog } from "../console/reason-dialog.tsx";
import { Alerts } from "./alerts.tsx";
import { OfferForm } from "./offer-form.tsx";
import { OfferTable } from "./offer-table.tsx";
import { RegisterSupplier } from "./register.tsx";

export function SupplierDeskPage() {
  const me = useMe();
  if (me === undefined) {
    return (
      <Page title={t("supplier.desk")}>
        <Skeleton />
      </Page>
    );
  }
  return me?.role === "supplier" ? <Desk /> : <RegisterSupplier />;
}

function Desk() {
  const account = useResource<SupplierAccount>("/api/supplier");
  const [making, setMaking] = useState<{ replaces: string | null } | null>(null);
  const [decision, setDecision] = useState<Decision | null>(null);
  return (
    <Page title={account.data?.name ?? t("supplier.desk")} lead={t("supplier.desk-lead")}>
      <Loaded resource={account}>
        {(view) => (
          <>
            <Verification view={view} onDone={account.reload} />
            <Section
              title={t("supplier.offers")}
              aside={
                view.verified === null ? null : (
                  <Button onClick={() => setMaking({ replaces: null })}>{t("supplier.make")}</Button>
                )
              }
            >
              <OfferTable
                offers={view.list}
                actions={(offer) =>
                  offer.state === "valid" ? (
                    <span class="row">
                      <Button kind="quiet" onClick={() => setMaking({ replaces: offer.offer })}>
                        {t("supplier.replace")}
                      </Button>
                      <Button kind="quiet" onClick={() => setDecision(withdrawal(offer))}>
                        {t("supplier.withdraw")}
                      </Button>
                    </span>
                  ) : null
                }
              />
            </Section>
            <Section title={t("alerts.title")}>
              <Alerts hasEmail={view.email !== null} />
            </Section>
          </>
        )}
      </Loaded>
      <Dialog open={making !== null} title={t("supplier.make")} onClose={() => setMaking(null)} wide>
        {making === null ? null : (
          <OfferForm
            replaces={making.replaces}
            onDone={() => {
              setMaking(null);
              account.reload();
            }}
          />
        )}
      </Dialog>
      <ReasonDialog decision={decision} onClose={() => setDecision(null)} onDone={account.reload} />
    </Page>
  );
}

function withdrawal(offer: OfferView): Decision {
  return {
    title: t("supplier.withdraw"),
    body: t("supplier.withdraw-body", { name: offer.campaign.name }),
    action: t("supplier.withdraw"),
    done: t("supplier.withdrawn"),
    path: `/api/offers/${offer.offer}/end`,
    danger: true,
    reasonNeeded: false,
  };
}

function Verification({ view, onDone }: { view: SupplierAccount; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  async function verify() {
    setBusy(true);
    const answer = await api.post("/api/supplier/verify-domain");
    setBusy(false);
    toast(answer.ok ? t("supplier.domain-proven") : problemText(answer.error));
    onDone();
  }
  if (view.verified === "domain") {
    return (
      <p>
        <Badge tone="ok">{t("supplier.verified-domain", { domain: view.domain })}</Badge>
      </p>
    );
  }
  return (
    <Banner
      tone={view.verified === null ? "warning" : "info"}
      title={
        view.verified === null
          ? t("supplier.verify-first")
          : t("supplier.verified-email", { domain: view.domain })
      }
      action={
        <Button kind="secondary" busy={busy} onClick={() => void verify()}>
          {t("supplier.verify")}
        </Button>
      }
    >
      <p>{t("supplier.verify-note", { address: `https://${view.domain}/.well-known/cocoon-supplier.txt` })}</p>
      <Copy text={view.domain_token} label={t("supplier.token")} />
    </Banner>
  );
}
