/** What every column of the open data files means. The files are written in the order of these columns. */

const award = "id of the award, as in /api/awards";

export const dataDictionary = {
  licence: "https://creativecommons.org/licenses/by/4.0/",
  json: "/openapi.json describes the public JSON, field by field",
  amounts: "major units of the currency beside them, with as many decimals as ISO 4217 gives it",
  files: {
    "awards.csv": {
      id: award,
      title: "what the award is for, one line",
      fund: "id of the fund it is paid from",
      funder: "id of the fund's funder; empty: the hub's own money",
      recipient: "id of the recipient",
      recipient_name: "name of the recipient; individuals are not named",
      campaign: "id of the campaign it supports: the leaf hash of its log entry",
      instrument: "grant, price_subsidy, market_development, recoverable_grant, loan, equity, guarantee or token_grant",
      use: "rnd, price_subsidy, market_development, capacity, hub_ops or other",
      currency: "ISO 4217 code",
      amount: "what was decided",
      reserved: "of it, waiting for conditions",
      payable: "of it, to be paid",
      disbursed: "of it, paid",
      released: "of it, returned to the fund unused",
      outstanding: "lent or invested and not yet back",
      state: "reserved, payable, active, closed, lapsed or recorded",
      decided_on: "day of the decision, UTC",
      entry: "index of the log entry that says so",
    },
    "transfers.csv": {
      number: "position among all transfers of the log, from 0",
      day: "day on which it took effect, UTC",
      code: "why money moved",
      currency: "ISO 4217 code: the ledger it belongs to",
      amount: "how much",
      from: "account it came from",
      to: "account it went to",
      award,
      undoes: "number of the transfer it undoes",
      event: "log entry and event: transfers with the same belong together",
      booked_at: "time of the log entry, RFC 3339",
    },
    "360giving.csv": {
      "": "columns of the 360Giving Data Standard 1.4, https://standard.threesixtygiving.org",
    },
  },
} as const;
