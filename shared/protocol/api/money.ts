/** What every public answer about numbers refers to: the log it was computed at, and the stages of money. */
import { z } from "zod";
import { count, currency, decimalSum, logOrigin } from "../primitives.ts";

export const logRef = z.object({ origin: logOrigin, size: count, root: z.string() });

/** A difference may be below zero: only `fx` and the outside world are. */
export const signedSum = z.string().regex(/^(0|-?[1-9][0-9]{0,38})$/);

/**
 * Stages of money in one currency, each the sum of transfers by code (docs/capital.md §6). Identities, exact:
 * available = received + recycled + interest + gains + clawed_back + released − awarded − fees + exchanged;
 * awarded = reserved + payable + disbursed + released;
 * disbursed (loans and equity) = outstanding + repaid + converted + written_off + equity sold at cost.
 * Sums over a network leave regranted money out unless `gross` is asked for.
 */
export const moneyStages = z.object({
  currency,
  received_minor: decimalSum,
  recycled_minor: decimalSum,
  interest_minor: decimalSum,
  gains_minor: decimalSum,
  clawed_back_minor: decimalSum,
  fees_minor: decimalSum,
  /** net of exchanges between currencies */
  exchanged_minor: signedSum,
  awarded_minor: decimalSum,
  /** awarded money that returned unused: releases and lapses */
  released_minor: decimalSum,
  reserved_minor: decimalSum,
  payable_minor: decimalSum,
  disbursed_minor: decimalSum,
  available_minor: decimalSum,
  /** loans, recoverable grants and equity not yet back */
  outstanding_minor: decimalSum,
  written_off_minor: decimalSum,
  converted_minor: decimalSum,
});
export type MoneyStages = z.infer<typeof moneyStages>;
