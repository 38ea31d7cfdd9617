/** The newest awards as an Atom feed (RFC 4287). */
import { formatAmountPlain } from "../money/amount.ts";
import type { ExportedAward } from "./threesixty-write.ts";
import { toXml } from "./xml.ts";

export function toAtom(awards: readonly ExportedAward[], site: { url: string; name: string; updated: string }): string {
  return toXml({
    "?xml": { "@version": "1.0", "@encoding": "utf-8" },
    feed: {
      "@xmlns": "http://www.w3.org/2005/Atom",
      id: `${site.url}/exports/awards.atom`,
      title: `${site.name}: awards`,
      updated: site.updated,
      author: { name: site.name },
      link: [
        { "@rel": "self", "@href": `${site.url}/exports/awards.atom` },
        { "@rel": "alternate", "@href": `${site.url}/awards` },
      ],
      entry: awards.map(({ event, currency, recipient, fund, modified }) => ({
        id: `${site.url}/awards/${encodeURIComponent(event.id)}`,
        title: event.title,
        updated: modified,
        link: { "@rel": "alternate", "@href": `${site.url}/awards/${encodeURIComponent(event.id)}` },
        summary: `${formatAmountPlain(BigInt(event.amount_minor), currency)} ${currency} to ${recipient.name}, from ${fund.name}`,
      })),
    },
  });
}
