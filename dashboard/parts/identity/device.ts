/** A first name for a passkey, from what the browser says of itself; people can change it. */
import { t } from "../i18n.ts";

const systems = ["iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux"] as const;
const shown: Partial<Record<(typeof systems)[number], string>> = { Macintosh: "Mac", CrOS: "Chromebook" };

export function deviceLabel(): string {
  const found = systems.find((name) => navigator.userAgent.includes(name));
  return found ? (shown[found] ?? found) : t("join.device-label");
}
