/** English, suppliers and their offers: public pages, the supplier's own desk, the console's. */
export const offersEn = {
  "entry-kind.offer": "offer",
  "entry-kind.offer-end": "offer ended",
  "entry.offer": "{name} makes an offer",
  "entry.offer-again": "{name} replaces its offer",
  "entry.offer-end-supplier": "An offer is withdrawn by its supplier: {reason}",
  "entry.offer-end-hub": "An offer is ended by the hub: {reason}",
  "fault.offer-currency": "An offer is in another currency than its campaign.",
  "fault.offer-tiers": "An offer’s prices do not fall as its quantities rise.",
  "fault.offer-validity": "An offer had expired before it was logged.",
  "fault.offer-replaces": "A supplier’s offer does not take the place of the one it had.",
  "fault.offer-unknown": "An offer was ended that did not stand.",
};
