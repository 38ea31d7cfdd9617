/** Spanish, suppliers and their offers: public pages, the supplier's own desk, the console's. */
import type { offersEn } from "./offers.en.ts";

export const offersEs: Record<keyof typeof offersEn, string> = {
  "entry-kind.offer": "oferta",
  "entry-kind.offer-end": "fin de oferta",
  "entry.offer": "{name} hace una oferta",
  "entry.offer-again": "{name} cambia su oferta",
  "entry.offer-end-supplier": "El proveedor retira una oferta: {reason}",
  "entry.offer-end-hub": "El hub pone fin a una oferta: {reason}",
  "fault.offer-currency": "Una oferta está en otra moneda que su campaña.",
  "fault.offer-tiers": "Los precios de una oferta no bajan al subir las cantidades.",
  "fault.offer-validity": "Una oferta había caducado antes de registrarse.",
  "fault.offer-replaces": "La oferta de un proveedor no sustituye a la que tenía.",
  "fault.offers-full": "Más proveedores de los que permiten las reglas tienen una oferta para una campaña.",
  "fault.offer-unknown": "Se puso fin a una oferta que no estaba en pie.",
  "targeting.step-offer": "Oferta de {supplier}: {price} cada una desde {minimum} unidades.",
  "targeting.asks": "Cada oferta, tramo por tramo",
  "targeting.col-offer": "Oferta",
  "targeting.col-asked": "Precio pedido",
  "targeting.col-minimum": "Desde unidades",
  "targeting.ask-expected": "Lo que se espera, sin oferta",
  "targeting.cannot-reach": "Ninguna rebaja basta",
};
