/**
 * `stateHash` (summary.ts) of one state again and again, at the cost of what changed in between: a reader of a whole log
 * meets totals every few entries. The text that is hashed is the same.
 */
import { sha256url, utf8 } from "../bytes.ts";
import { canonicalJson } from "../signing/canonical.ts";
import type { NetworkState, NetworkTouched } from "./state.ts";
import { publicCampaign, publicCommunity, publicHead } from "./summary.ts";

export class StateHasher {
  readonly #campaigns = new Rows(publicCampaign);
  readonly #communities = new Rows(publicCommunity);

  /** `touched`: what the fold has named since the last hash, all of it the first time; emptied by this. */
  hash(state: NetworkState, touched: NetworkTouched): string {
    const campaigns = this.#campaigns.text(state.campaigns, touched.campaigns);
    const communities = this.#communities.text(state.communities, touched.communities);
    const { capital, ...rest } = publicHead(state);
    const money = capital === undefined ? "" : `"capital":${canonicalJson(capital)},`;
    // RFC 8785 orders members by name: these three come before all others
    const text = `{"campaigns":${campaigns},${money}"communities":${communities},${canonicalJson(rest).slice(1)}`;
    return sha256url(utf8(text));
  }
}

/** The canonical text of each row, kept until the row is touched. */
class Rows<T> {
  readonly #texts = new Map<string, string>();
  readonly #shown: (row: T) => object;

  constructor(shown: (row: T) => object) {
    this.#shown = shown;
  }

  text(rows: ReadonlyMap<string, T>, touched: Set<string>): string {
    for (const id of touched) {
      const row = rows.get(id);
      if (row === undefined) this.#texts.delete(id);
      else this.#texts.set(id, canonicalJson(this.#shown(row)));
    }
    touched.clear();
    const ids = [...this.#texts.keys()].sort((a, b) => (a < b ? -1 : 1));
    return `[${ids.map((id) => this.#texts.get(id)).join(",")}]`;
  }
}
