/**
 * Which published day's rates hold for a day: its own, else the last before it, at most seven days back (weekends and
 * holidays); older ones are not guessed with. Pure: the days are given, this is no clock.
 */
import { type Result, fail, ok } from "../result.ts";
import type { ReferenceRates } from "./rates.ts";

export interface PublishedDay extends ReferenceRates {
  /** UTC day of publication */
  date: string;
  source: string;
}

export const MAX_RATE_AGE_DAYS = 7;

/** `published`: in any order. Answers in O(log n). */
export function ratesByDay(published: readonly PublishedDay[]): (day: string) => Result<PublishedDay, "rate-missing"> {
  const days = published.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return (day) => {
    let low = 0;
    let high = days.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((days[middle]?.date ?? "") <= day) low = middle + 1;
      else high = middle;
    }
    const found = days[low - 1];
    const isKnown = found !== undefined && dayNumber(day) - dayNumber(found.date) <= MAX_RATE_AGE_DAYS;
    return isKnown ? ok(found) : fail("rate-missing");
  };
}

/** Days since 1970-01-01 in the Gregorian calendar; years count from March, so that leap days come last. */
export function dayNumber(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const shifted = month > 2 ? year : year - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  return shifted * 365 + leaps + inYear - 719_468;
}
