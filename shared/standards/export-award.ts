/** An award as the exports read it: one row of the hub's tables, nothing that is not public (docs/standards.md). */
import type { Instrument, Use } from "../protocol/fund.ts";

export interface ExportAward {
  id: string;
  source_id: string | null;
  title: string;
  /** null: no longer text than the title */
  text: string | null;
  currency: string;
  amount_minor: string;
  disbursed_minor: string;
  decided_on: string;
  instrument: Instrument;
  use: Use;
  state: string;
  region: string | null;
  planned_from: string | null;
  planned_until: string | null;
  parent: string | null;
  token_asset: string | null;
  token_amount: string | null;
  token_decimals: number | null;
  fund: string;
  fund_name: string;
  /** invented, for a demo */
  demo: number | null;
  /** null: the hub's own fund */
  funder: string | null;
  funder_name: string | null;
  funder_org_id: string | null;
  recipient: string;
  recipient_name: string;
  recipient_org_id: string | null;
  recipient_kind: string;
  /** Unix seconds */
  changed_at: number;
}

export interface Publisher {
  name: string;
  /** https, no slash at the end */
  url: string;
  /** what 360Giving gave on registration, or made from the origin: docs/standards.md */
  prefix: string;
  licence: string;
}
