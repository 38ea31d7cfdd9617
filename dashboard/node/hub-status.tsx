/** Where this community stands with a hub, as a word with a tone. */
import type { HubLink } from "../../shared/protocol/api/community.ts";
import { t } from "../parts/i18n.ts";
import { Badge, type Tone } from "../parts/states.tsx";

const tones: Record<HubLink["status"], Tone> = {
  requested: "info",
  admitted: "ok",
  declined: "danger",
  suspended: "danger",
  left: "warning",
  unreachable: "warning",
};

export function HubStatus({ status }: { status: HubLink["status"] }) {
  return <Badge tone={tones[status]}>{t(`hub-link.status-${status}`)}</Badge>;
}
