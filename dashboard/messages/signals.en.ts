/** English, suppliers' signals: what can be planned on, what is withheld, and why. */
export const signalsEn = {
  "nav.signals": "Signals",
  "signals.title": "Signals for suppliers",
  "signals.lead":
    "{pledges} live pledges stand behind {n, plural, one {# campaign} other {# campaigns}} in {month}: what they would buy, where, and at which price.",
  "signals.lead-none": "What members of many communities would buy, where, and at which price.",
  "signals.all": "All",
  "signals.category": "Category",
  "signals.region": "Region",
  "signals.month": "Month",
  "signals.campaign": "Campaign",
  "signals.one-only": "One campaign or product only.",
  "signals.show-all": "Show all",
  "signals.demand": "Demand by campaign, region and month",
  "signals.csv": "CSV",
  "signals.json": "JSON",
  "signals.none": "Nothing to show yet",
  "signals.none-note": "Demand appears here some minutes after enough members of a region have pledged.",
  "signals.everywhere": "Everywhere",
  "signals.accounts": "Accounts",
  "signals.likely": "Likely",
  "signals.interval": "{low} to {high}",
  "signals.curve": "By price",
  "signals.curve-of": "Units at each price: {name}",
  "signals.curve-summary": "{units} units at {low}, falling to {left} at {high}",
  "signals.too-few": "too few to show, or none",
  "signals.withheld-few": "Withheld: under {k} accounts",
  "signals.withheld-differencing": "Withheld: would give away others, or a step of under {k} accounts",
  "signals.feedback": "Why not more",
  "signals.feedback-note": "Accounts that chose a reason. Said by their communities: no book can prove it.",
  "signals.funded": "Demand that is paid for",
  "signals.funded-note":
    "Where a subsidy is decided, the price that members would pay is lower than yours by that much.",
  "signals.funded-none": "No subsidy is waiting for a supplier now.",
  "signals.funded-says": "What it says",
  "signals.funded-state": "Money",
  "signals.funded-sentence":
    "At {price} with {subsidy} a unit paid by a subsidy: {units} × {unit}. It pays for at most {most}.",
  "signals.funded-withheld": "At {price} with {subsidy} a unit paid by a subsidy: units withheld, under {k} accounts.",
  "signals.funded-reserved": "Reserved until its condition is met",
  "signals.funded-payable": "To be paid on delivery",
  "signals.how-likely": "How likely",
  "signals.how-likely-note":
    "Pledges are promises, not payments. The interval is what past promises say: of all units that were locked in this network, so many were bought; with few accounts behind that history the interval is wide, and without any it is none to all (Wilson’s interval at 90 %).",
  "signals.privacy": "What is withheld, and what cannot be",
  "signals.privacy-withheld":
    "No number here speaks of fewer than {k} accounts, and none follows by subtracting others. Small regions count in “Everywhere” only as a group, or not at all.",
  "signals.privacy-steps":
    "A number is taken anew when at least {k} accounts have come or gone since. Until then it stays as it was, with the log entry it was taken at.",
  "signals.privacy-public":
    "This keeps readers of this page from seeing a few members. It cannot hide them from somebody who works through the sources: each community’s pledge book is public, under nobody’s name, and its reports stand in the public log, so that every total can be recomputed.",
  "signals.privacy-accounts": "An account is not proven to be a distinct living person, nor that it will pay.",
  "signals.by-region-note":
    "Taken from the same signed reports, but only in steps of several accounts, so that nobody’s own pledge can be read off. It may lag a little behind the numbers above.",
  "signals.see-months": "All months",
  "signals.region-withheld": "{region}: withheld",
  "signals.region-sentence":
    "{accounts, plural, one {# account} other {# accounts}} of {communities, plural, one {# community} other {# communities}}; likely to be bought: {low} to {high}.",
  "signals.embed": "Put this on your site",
  "signals.embed-note":
    "A small page in a frame, without scripts, cookies or tracking. It shows what is shown here for everywhere, and follows the log.",
  "signals.embed-code": "Code of the frame",
  "signals.embed-see": "See the widget",
} as const;
