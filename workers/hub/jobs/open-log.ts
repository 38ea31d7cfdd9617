/** Entry 0 and the first signed numbers, at first contact. Racing first contacts settle on the primary key of entry 0. */
import { readHead } from "../../lib/log-store.ts";
import { commit } from "../commit.ts";
import type { HubConfig } from "../env.ts";
import type { Hub } from "../hub.ts";
import { signTotals } from "./sign-totals.ts";
import { takeUpKeys } from "./take-up-keys.ts";

/** Configurations whose log this isolate has seen begun: asked once, not with every request. */
const begun = new WeakSet<HubConfig>();

export async function openLogOnce(hub: Hub): Promise<void> {
  if (begun.has(hub.config)) return;
  await openLog(hub);
  await takeUpKeys(hub);
  begun.add(hub.config);
}

export async function openLog(hub: Hub): Promise<void> {
  const { size } = await readHead(hub.db);
  if (size > 0) return;
  await commit(hub, { decide: () => ({ entries: [], value: null }) });
  await signTotals(hub);
}
