/** A supplier makes an offer, replaces or withdraws it: signed entries, decided on the rules that the verifier has too. */
import { faultOfOffer, faultOfOfferEnd, type OfferFault } from "../../../shared/network/offers.ts";
import type { MakeOffer } from "../../../shared/protocol/api/supplier.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import { commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { offerByLeaf } from "../queries/offer.ts";
import type { SupplierRow } from "../queries/supplier.ts";
import type { LoggedEntry } from "./node-status.ts";
import { refuseAddresses } from "./supplier.ts";

const REFUSALS: Record<OfferFault, ProblemCode> = {
  "campaign-unknown": "campaign-unknown",
  "campaign-ended": "campaign-closed",
  "offer-currency": "currency-mismatch",
  "offer-tiers": "offer-tiers",
  "offer-validity": "offer-validity",
  "offer-replaces": "offer-replaces",
  "offers-full": "offers-full",
  "offer-unknown": "offer-ended",
};

/** `supplier`: whose offer it is, which the caller has allowed this actor to speak for. */
export async function makeOffer(hub: Hub, actor: Actor, supplier: string, offer: MakeOffer): Promise<LoggedEntry> {
  const { campaign, currency, tiers, max_qty, regions, conditions, replaces } = offer;
  refuseAddresses(conditions);
  const valid_until = Math.floor(Date.parse(offer.valid_until) / 1000);
  const { value } = await commit<LoggedEntry>(hub, {
    needs: { campaigns: [campaign] },
    reads: [hub.db.prepare("SELECT * FROM supplier WHERE id = ?").bind(supplier)],
    decide: async ({ view, iat, next, results }) => {
      const row = results[0]?.results[0] as SupplierRow | undefined;
      if (row === undefined) throw new Refused("supplier-unknown");
      const { id, name, domain } = row;
      const verified = row.verified_by === "operator" ? ("operator" as const) : row.verified;
      if (row.verified === null || verified === null) throw new Refused("supplier-unverified");
      const claims = {
        supplier: { id, name, domain, verified },
        by: sideOf(actor),
        campaign,
        currency,
        tiers,
        max_qty,
        regions,
        conditions,
        valid_until,
        replaces,
        nonce: randomToken(),
      };
      refuse(faultOfOffer(view.state.campaigns.get(campaign), claims, iat));
      const one = await signed(hub, "offer+jwt", iat, claims);
      const logged = { leaf: one.entry.leaf, index: next };
      const act = { action: replaces === null ? "offer.make" : "offer.replace", subject: id, detail: logged.leaf };
      return { entries: [one], statements: [auditRow(hub.db, actor, act, hub.now())], value: logged };
    },
  });
  return value;
}

/** The supplier's own is `withdrawn`, the staff's is `ended`; the reason is public. */
export async function withdrawOffer(
  hub: Hub,
  actor: Actor,
  leaf: string,
  end: { reason: string; own: string | null },
): Promise<LoggedEntry> {
  refuseAddresses(end.reason);
  const row = await offerByLeaf(hub.db, leaf);
  if (row === null) throw new Refused("offer-unknown");
  if (end.own !== null && end.own !== row.supplier) throw new Refused("not-allowed");
  const { campaign, supplier } = row;
  const { value } = await commit<LoggedEntry>(hub, {
    needs: { campaigns: [campaign] },
    decide: async ({ view, iat, next }) => {
      refuse(faultOfOfferEnd(view.state.campaigns.get(campaign), { offer: leaf }));
      const claims = { offer: leaf, campaign, by: sideOf(actor), reason: end.reason };
      const one = await signed(hub, "offer-end+jwt", iat, claims);
      const act = { action: "offer.end", subject: supplier, detail: leaf };
      const statements = [auditRow(hub.db, actor, act, hub.now())];
      return { entries: [one], statements, value: { leaf: one.entry.leaf, index: next } };
    },
  });
  return value;
}

function sideOf(actor: Actor): "supplier" | "hub" {
  return actor.role === "supplier" ? "supplier" : "hub";
}

function refuse(fault: OfferFault | null): void {
  if (fault !== null) throw new Refused(REFUSALS[fault]);
}
