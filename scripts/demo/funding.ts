/**
 * Brings money into the demo network over the public API: the invented funds, proposed by one person and approved by
 * another, and the real grants of a published file as a historical fund of their own.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { sha256url } from "../../shared/bytes.ts";
import { importView, MAX_GRANTS_PER_REQUEST } from "../../shared/protocol/api/import.ts";
import { ROOT } from "../build.ts";
import type { Person } from "./client.ts";
import { type FundingScene, fundingSteps } from "./funding-plan.ts";

const GRANTS = join(ROOT, "test/data/360giving/sample-abct-grants-2013-2021.json");

const proposal = z.object({ id: z.string(), state: z.string() });
const grantFile = z.object({ grants: z.array(z.record(z.string(), z.unknown())) });

export async function seedFunding(operator: Person, approver: Person, scene: FundingScene): Promise<void> {
  for (const { key, events, texts } of fundingSteps(scene)) {
    const body = { events, texts, note: "Demo", idempotency_key: key };
    const { id, state } = await operator.browser.send("POST", "/api/proposals", body, proposal);
    if (state !== "waiting") continue;
    await approver.browser.send("POST", `/api/proposals/${id}/approve`, { reason: "" }, proposal);
  }
}

/** How many grants came in. */
export async function seedGrants(operator: Person): Promise<number> {
  const bytes = new Uint8Array(await readFile(GRANTS));
  const { grants } = grantFile.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const begin = {
    file_sha256: sha256url(bytes),
    grants: grants.length,
    title: "A B Charitable Trust, grants 2013 to 2021",
    publisher: "A B Charitable Trust",
    url: "https://www.abcharitabletrust.org.uk/",
    licence: "https://creativecommons.org/licenses/by/4.0/",
    funder: { name: "A B Charitable Trust", org_id: "GB-CHC-1000147" },
    currency: "GBP",
  };
  let view = await operator.browser.send("POST", "/api/imports", begin, importView);
  while (view.state === "running") {
    const from = view.done;
    const portion = { from, grants: grants.slice(from, from + MAX_GRANTS_PER_REQUEST) };
    view = await operator.browser.send("POST", `/api/imports/${view.id}/portion`, portion, importView);
  }
  return view.imported;
}
