/**
 * One invented supplier and its offer for a demo campaign, over the public API. Its domain ends in .example, which nobody
 * can own or fetch: the operator vouches for it, and the note that everybody reads says that nothing was verified.
 */
import { logged } from "../../shared/protocol/api/console.ts";
import { offerPage, supplierDesk, supplierPage } from "../../shared/protocol/api/supplier.ts";
import type { Person } from "./client.ts";

export const DEMO_SUPPLIER = "molino-vall.example";
const MILL = { name: "Molino Vall (invented for this demo)", domain: DEMO_SUPPLIER, country: "ES" };
const NOTE = "Invented for this demo network: there is no such supplier, and nothing was verified.";
const VALID_DAYS = 45;

export async function seedSupplier({ browser }: Person, scene: { campaign: string; now: number }): Promise<void> {
  const { suppliers } = await browser.get("/api/suppliers", supplierPage);
  const known = suppliers.find(({ id }) => id === MILL.domain);
  if (known === undefined) await browser.send("POST", "/api/suppliers", MILL, supplierDesk);
  const path = `/api/suppliers/${MILL.domain}/verification`;
  if (!known?.verified) await browser.send("POST", path, { verified: "email", note: NOTE }, supplierDesk);
  const { offers } = await browser.get(`/api/offers?supplier=${MILL.domain}`, offerPage);
  if (offers.length > 0) return;
  const offer = {
    supplier: MILL.domain,
    campaign: scene.campaign,
    currency: "EUR",
    // one bag or two short of the first tier at its own price: what a small subsidy would do is easy to see
    tiers: [
      { min_qty: "45", unit_price_minor: "245" },
      { min_qty: "150", unit_price_minor: "210" },
    ],
    max_qty: "600",
    regions: [],
    conditions:
      "Paper bags of 500 g in boxes of twelve, delivered to one address for each community. An invented offer.",
    valid_until: new Date(scene.now + VALID_DAYS * 86_400_000).toISOString(),
    replaces: null,
  };
  await browser.send("POST", "/api/offers", offer, logged);
}
