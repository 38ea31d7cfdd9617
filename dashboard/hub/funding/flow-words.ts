/** What the nodes of the flow picture are called, and which rows stand behind each. */
import type { Flows } from "../../../shared/protocol/api/capital.ts";
import { t, type MessageKey } from "../../parts/i18n.ts";

export type FlowNode = Flows["nodes"][number];

export function nodeName({ id, name }: FlowNode): string {
  if (id.endsWith(":~other")) return t(`flow.other-${kindOf(id)}` as MessageKey);
  if (name !== "") return name;
  const [kind = "", ...rest] = id.split(":");
  if (kind === "use") return t(`desk.use-${rest.at(-1) ?? "other"}` as MessageKey);
  if (kind === "opening" || kind === "closing" || kind === "advance" || kind === "later") {
    return t(`flow.${kind}-${rest[0] ?? "fund"}` as MessageKey);
  }
  if (kind === "rounding") return t("flow.rounding");
  if (kind === "exchange") return t(`flow.exchange-${rest[0] ?? "in"}` as MessageKey);
  return t(`flow.${kind}` as MessageKey);
}

/** Opening, closing, recycled and lost money is marked by a pattern as well as by its words. */
export function isMarked({ id }: FlowNode): boolean {
  return !["funder", "fund", "use", "recipient", "loan"].includes(kindOf(id));
}

/** The rows behind a node, in this currency. */
export function nodeHref({ id }: FlowNode, currency: string): string {
  const [kind = "", subject = ""] = id.split(":");
  const ref = encodeURIComponent(subject);
  if (subject === "~other") return `/transfers?currency=${currency}`;
  switch (kind) {
    case "funder":
      return `/funders/${ref}`;
    case "fund":
      return `/funds/${ref}`;
    case "use":
      return `/awards?fund=${ref}`;
    case "recipient":
      return `/recipients/${ref}`;
    case "loan":
      return `/awards/${ref}`;
    default:
      return `/transfers?currency=${currency}`;
  }
}

function kindOf(id: string): string {
  return id.split(":")[0] ?? "";
}
