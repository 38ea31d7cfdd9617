/** What is shown of a campaign, between rows and shared/signals: the state as JSON, and cells as the public JSON has them. */
import { type Cell, type Shown, EVERYWHERE, cellsOf } from "../../shared/signals/cells.ts";
import type { Fulfilment } from "../../shared/signals/likely.ts";
import type { Release } from "../../shared/signals/release.ts";
import type { RegionCell, ShownCell } from "../../shared/protocol/api/signals.ts";

/** `fulfilment` is as of the last of the release's sizes. */
export interface SignalState {
  release: Release;
  fulfilment: Fulfilment;
}

export function signalStateOf(text: string): SignalState {
  const { release, fulfilment } = JSON.parse(text) as {
    release: Release;
    fulfilment: { fulfilled: string; locked: string; accounts: number };
  };
  const { fulfilled, locked, accounts } = fulfilment;
  return { release, fulfilment: { fulfilled: BigInt(fulfilled), locked: BigInt(locked), accounts } };
}

export function signalStateText({ release, fulfilment }: SignalState): string {
  const { fulfilled, locked, accounts } = fulfilment;
  return JSON.stringify({ release, fulfilment: { fulfilled: String(fulfilled), locked: String(locked), accounts } });
}

/** As `/api/signals` has them: everywhere first, then by region. */
export function regionCells({ release, fulfilment }: SignalState, bands: readonly string[]): RegionCell[] {
  return cellsOf(release, fulfilment).map((cell) => regionCell(cell, bands));
}

function regionCell({ region, withheld, shown }: Cell, bands: readonly string[]): RegionCell {
  return { region, withheld, shown: shown === null ? null : shownCell(shown, bands) };
}

function shownCell(shown: Shown, bands: readonly string[]): ShownCell {
  const { low, mid, high } = shown.likely;
  return {
    size: shown.size,
    accounts: shown.accounts,
    communities: shown.communities,
    interest: shown.interest === null ? null : String(shown.interest),
    pledged: String(shown.pledged),
    committed: String(shown.committed),
    purchased: shown.purchased === null ? null : String(shown.purchased),
    likely: { low: String(low), mid: String(mid), high: String(high) },
    curve: shown.curve.map(({ band, accounts, units }) => ({
      price_minor: bands[band] ?? "0",
      units: String(units),
      accounts,
    })),
    feedback: shown.feedback,
  };
}

export function everywhere(cells: readonly RegionCell[]): ShownCell | null {
  return cells.find(({ region }) => region === EVERYWHERE)?.shown ?? null;
}
