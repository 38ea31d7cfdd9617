/** English, what is seen of a person and what erasing does: docs/privacy.md in short. For both apps. */
export const privacyEn = {
  "privacy.title": "What is seen of you",
  "privacy.lead":
    "What Cocoon knows about a person, who can see it, and what erasing it does. Also what cannot be hidden.",
  "privacy.who": "Who sees what",
  "privacy.what": "What",
  "privacy.by": "Who sees it",
  "privacy.name": "Your name, your role and the day you joined a community",
  "privacy.name-by":
    "You and the stewards there. No book, log or report holds them, and no hub knows a community’s members.",
  "privacy.part": "That you take part in a campaign, and with how much",
  "privacy.part-by": "You. No page shows it to anybody else, stewards included.",
  "privacy.document": "What you signed, with your exact highest price, and your receipts",
  "privacy.document-by":
    "You, and whoever you show a receipt to. If a lot draws your pledge for an audit, also the hub: without your name. The hub says it deletes that after 30 days; your receipt tells you that it was drawn.",
  "privacy.entry": "The entry in your community’s book",
  "privacy.entry-by": "Everybody, for ever, without knowing whose it is.",
  "privacy.sums": "Totals by campaign, community and region",
  "privacy.sums-by": "Everybody.",
  "privacy.email": "The e-mail address of a funder or supplier who gave one to a hub",
  "privacy.email-by": "Nobody on any page, the hub’s own people included. Codes and alerts are sent to it.",
  "privacy.book": "What an entry of the book says",
  "privacy.says-entry":
    "The campaign, a quantity, a price step, the day, and 32 bytes that mean nothing without a secret. No account, no key, no name, no time of day.",
  "privacy.says-chain":
    "A change names the entry it replaces: everybody sees that somebody went from 2 to 5. What one person pledges in different campaigns is not linked there.",
  "privacy.says-batch":
    "Signed pledges gather, ten minutes unless the community has set another time, and go in together in random order. That helps in a crowd. Where one person signs in that time, there is nobody to be mixed with; and a demo does not gather.",
  "privacy.says-small":
    "Small numbers speak: who knows that only one neighbour joined on Tuesday can read that neighbour’s quantity in the book. Pages show no price by itself at which fewer than {k} accounts stand; the record behind them is public in whole, so that everybody can add it up.",
  "privacy.erasing": "What erasing does",
  "privacy.erased-all":
    "When you leave a community or are removed, your live pledges are withdrawn and your keys end, and your name, passkeys, signed documents and their secrets are deleted in the same step.",
  "privacy.erased-entries":
    "The book’s entries stay: taking them out would be the rewriting of history that all of this is there to prevent. Nobody can open them any more who did not keep a receipt, or, for up to 30 days, what an audit opened.",
  "privacy.erased-backups": "Backups of the platform forget after 7 days on its free plan, after 30 on the paid one.",
  "privacy.erased-own":
    "Under “Me” at your community you can download all it stores about you, and nothing about anyone else.",
  "privacy.limits": "What nobody can promise",
  "privacy.limit-server":
    "That those who run your community’s server do not look. Pages show less than what is stored there; whoever has its database can read it, and the company whose computers it runs on could.",
  "privacy.limit-hub":
    "That a hub forgets what an audit opened. With that document it can tell which entry is meant; that it deletes it is its word.",
};
