/** One point of the public time series: what a logged totals statement says. */
import type { HistoryPoint } from "../../shared/protocol/api/network.ts";
import type { Claims } from "../../shared/protocol/statement.ts";
import { isoTime } from "../../shared/time.ts";

export function headlinePoint(claims: Claims<"totals+jwt">): HistoryPoint {
  const { headline, iat, size } = claims;
  const at = isoTime(iat);
  return {
    date: at.slice(0, 10),
    at,
    size,
    purchasing_power_minor: headline.purchasing_power_minor,
    pledges: headline.pledges,
    communities: headline.communities,
    ...headline.stages,
  };
}
