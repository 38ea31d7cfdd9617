/** XML text from plain objects: attributes are the keys that begin with "@", text is escaped by the library. */
import { XMLBuilder } from "fast-xml-parser";

export function toXml(document: Record<string, unknown>): string {
  return new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
    suppressEmptyNode: true,
  }).build(document);
}
