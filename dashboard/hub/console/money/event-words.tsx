/** Events in words, for people who propose, approve or read: one line each, and everything the event says below it. */
import type { FundEvent } from "../../../../shared/protocol/fund.ts";
import { Disclosure } from "../../../parts/disclosure.tsx";
import { t } from "../../../parts/i18n.ts";
import { AllocationLines } from "./allocation-lines.tsx";

/** What an event is about, in its own names: the ids are made of words. */
function subjectOf(event: FundEvent): string {
  switch (event.event) {
    case "funder":
    case "fund":
    case "recipient":
      return event.name;
    case "award":
      return event.title;
    case "reversal":
    case "cleared":
      return `${event.index}.${event.of}`;
    case "period-close":
      return event.until;
    case "need":
      return event.campaign.slice(0, 8);
    case "allocation":
    case "commitment":
      return event.id;
    case "sales-statement":
      return event.commitment;
    case "receipt":
    case "fee":
      return event.fund;
    case "exchange":
      return `${event.from_fund} → ${event.to_fund}`;
    case "condition":
    case "disbursement":
    case "repayment":
    case "write-off":
    case "conversion":
    case "release":
    case "clawback":
    case "guarantee-call":
    case "equity-sale":
    case "regrant":
      return event.award;
  }
}

export function eventLine(event: FundEvent): string {
  return `${t(`desk.event-${event.event}`)}: ${subjectOf(event)}`;
}

export function EventList({ events }: { events: readonly FundEvent[] }) {
  return (
    <ul class="stack-s">
      {events.map((event, at) => (
        <li key={at}>
          <p>{eventLine(event)}</p>
          {event.event === "allocation" ? <AllocationLines event={event} /> : null}
          <Disclosure title={t("desk.event-all")}>
            <pre class="code small">{JSON.stringify(event, null, 2)}</pre>
          </Disclosure>
        </li>
      ))}
    </ul>
  );
}
