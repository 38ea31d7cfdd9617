/**
 * Watches each hub this community belongs to (shared/watch): reads its head, its totals and what it shows, remembers the largest
 * head, and says so when something begins to be wrong, changes, or is over: on the steward's page, in the log, and to a webhook.
 */
import { toBase64 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { network } from "../../../shared/protocol/api/network.ts";
import { headline } from "../../../shared/protocol/statement.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { type Head, judge, type Sight } from "../../../shared/watch/judge.ts";
import { postWebhook } from "../../lib/webhook.ts";
import { randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { type HubRow, pinned, readHubs } from "../queries/hub.ts";
import { checkPromises } from "./check-promises.ts";
import { deliverAnswer } from "./deliver-answers.ts";
import { lastWatched, readWatch, type Watch, writeWatch } from "../queries/hub-watch.ts";
import { isoTime, seconds } from "../time.ts";

const MAX_NOTE_BYTES = 64 * 1024;
/** A dozen queries each where there is much to do; those that have waited longest come first. */
const HUBS_PER_RUN = 3;

export async function watchHubs(context: NodeContext, log: (line: Record<string, unknown>) => void): Promise<void> {
  const [hubs, last] = await Promise.all([readHubs(context.db), lastWatched(context.db)]);
  const watched = hubs.filter(({ status }) => status === "admitted" || status === "suspended");
  const due = watched.toSorted((a, b) => (last.get(a.origin) ?? 0) - (last.get(b.origin) ?? 0));
  for (const hub of due.slice(0, HUBS_PER_RUN)) {
    // First what it has promised, so that a broken promise is told in the same round.
    await deliverAnswer(context, hub);
    await checkPromises(context, hub);
    await watchHub(context, hub, log);
  }
}

async function watchHub(
  context: NodeContext,
  hub: HubRow,
  log: (line: Record<string, unknown>) => void,
): Promise<void> {
  const { db, now } = context;
  const before = await readWatch(db, hub.origin);
  const sight = await look(context, hub);
  const codes = judge(sight, before?.head ?? null, seconds(now()));
  const isNews = codes.join() !== (before?.codes ?? []).join();
  const head = largest(before?.head ?? null, sight.head);
  const since = isNews || before === null ? now() : before.since;
  const watch: Watch = { hub: hub.origin, head, codes, since, checkedAt: now(), told: before?.told ?? "" };
  if (isNews) log({ level: codes.length === 0 ? "info" : "warn", job: "watch", hub: hub.origin, codes });
  // What was said last, not what was seen last, decides whether there is something to say: a failed message is tried again.
  const said = await tell(context, watch);
  await writeWatch(db, { ...watch, told: said ? codes.join() : watch.told }).run();
}

async function look({ peer, db }: NodeContext, hub: HubRow): Promise<Sight> {
  const { url, origin, vkey } = hub;
  const [note, totals, shown] = await Promise.all([
    // the newest head; /log/checkpoint waits for witnesses and may be behind the totals
    peer.get(`${url}/log/head`, { maxBytes: MAX_NOTE_BYTES }),
    peer.get(`${url}/log/totals`, { maxBytes: MAX_NOTE_BYTES }),
    peer.getJson(`${url}/api/network`, network),
  ]);
  const known = await db
    .prepare(
      `SELECT (SELECT min(delivered_at) FROM report WHERE hub = ?1 AND delivered_at IS NOT NULL AND seq > ?2 AND book_size > 0) AS since,
         EXISTS (SELECT 1 FROM evidence WHERE accused = ?1) AS proven`,
    )
    .bind(origin, hub.counted_seq)
    .first<{ since: number | null; proven: number }>();
  const since = known?.since ?? null;
  return {
    head: note.ok && note.value.status === 200 ? await openHead(note.value.bytes, vkey, origin) : null,
    totals: totals.ok && totals.value.status === 200 ? await openTotals(totals.value.bytes, hub) : null,
    shown: shown.ok ? shownOf(shown.value) : null,
    // A report that failed has its verdict; only silence is late.
    isProven: known?.proven === 1,
    unjudgedSince: hub.failed_code !== null || since === null ? null : seconds(since),
  };
}

async function openHead(bytes: Uint8Array, vkey: string, origin: string): Promise<Head | "invalid"> {
  const opened = await openCheckpoint(new TextDecoder().decode(bytes), vkey, origin);
  return opened.ok ? { size: opened.value.size, root: toBase64(opened.value.root) } : "invalid";
}

async function openTotals(bytes: Uint8Array, hub: HubRow): Promise<Exclude<Sight["totals"], null>> {
  const parsed = parseStatement(new TextDecoder().decode(bytes).trim());
  if (!parsed.ok || parsed.value.statement.kind !== "totals+jwt") return "invalid";
  const { claims } = parsed.value.statement;
  const isSigned = await verifyJws(parsed.value.parsed, pinned(hub).statementJwk);
  if (!isSigned || claims.iss !== hub.origin) return "invalid";
  return { size: claims.size, root: claims.root, iat: claims.iat, headline: claims.headline };
}

function shownOf(view: ReturnType<typeof network.parse>): NonNullable<Sight["shown"]> {
  return { size: view.log.size, root: view.log.root, headline: headline.parse(pick(view)) };
}

function pick(source: object): Record<string, unknown> {
  const names = new Set(Object.keys(headline.shape));
  return Object.fromEntries(Object.entries(source).filter(([name]) => names.has(name)));
}

function largest(before: Head | null, seen: Sight["head"]): Head | null {
  if (seen === null || seen === "invalid") return before;
  return before !== null && before.size > seen.size ? before : seen;
}

/** True when there is nothing to say, nobody to say it to, or it has been said. */
async function tell(context: NodeContext, { hub, codes, head, since, told }: Watch): Promise<boolean> {
  const { watchWebhook } = context.config;
  if (told === codes.join() || watchWebhook === null) return true;
  const type = codes.length === 0 ? "watch.recovered" : "watch.alarm";
  const body = JSON.stringify({ type, timestamp: isoTime(since), data: { hub, codes, head } });
  const outcome = await postWebhook(context, { id: randomBase64url(16), ...watchWebhook, body });
  return outcome !== "failed";
}
