/** The clock's duties that no request would miss. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import worker from "../../../workers/hub/index.ts";
import { city } from "./city.ts";

async function tick(minute: number): Promise<void> {
  const scheduledTime = Date.UTC(2026, 0, 1, 5, minute);
  await worker.scheduled({ scheduledTime, cron: "*/5 * * * *", noRetry: () => {} }, { ...env });
}

async function challenges(): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT id FROM challenge WHERE id LIKE 'swept-%' ORDER BY id").all<{
    id: string;
  }>();
  return results.map(({ id }) => id);
}

it("forgets ceremonies that are over once an hour, and no running one", async () => {
  await city();
  const insert = env.DB.prepare(
    "INSERT INTO challenge (id, purpose, challenge, browser, data, expires_at) VALUES (?, 'sign-in', 'c', 'b', '{}', ?)",
  );
  await env.DB.batch([insert.bind("swept-old", 1), insert.bind("swept-young", Date.now() + 60_000)]);
  await tick(5);
  expect(await challenges()).toEqual(["swept-old", "swept-young"]);
  await tick(0);
  expect(await challenges()).toEqual(["swept-young"]);
});
