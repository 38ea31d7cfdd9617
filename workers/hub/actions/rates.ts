/** Reference rates from the ECB's CSV: the newest day of the file is logged, unless that day or a later one is. */
import { parseEcbRates } from "../../../shared/money/ecb.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import type { LoggedEntry } from "./node-status.ts";

const SOURCE = "European Central Bank";

export async function importRates(hub: Hub, csv: string): Promise<{ logged: LoggedEntry; isNew: boolean }> {
  const [newest] = unwrap(parseEcbRates(csv));
  if (newest === undefined) throw new Refused("rates-invalid");
  const { value } = await commit<{ logged: LoggedEntry; isNew: boolean }>(hub, {
    decide: async ({ view, iat, next }) => {
      const known = view.state.rates;
      if (known !== null && known.claims.date >= newest.date) {
        return { entries: [], value: { logged: { leaf: known.leaf, index: known.index }, isNew: false } };
      }
      const entry = await signed(hub, "rates+jwt", iat, { source: SOURCE, ...newest });
      return { entries: [entry], value: { logged: { leaf: entry.entry.leaf, index: next }, isNew: true } };
    },
  });
  return value;
}
