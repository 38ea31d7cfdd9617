/** Hub ingest of signed reports, a hundred in one request, beside the bare limit: verification and row insert. */
import { entryResults } from "../shared/protocol/api/log.ts";
import { admit, type Person } from "../scripts/demo/client.ts";
import type { NetworkMember } from "../scripts/network.ts";
import type { EmbeddedWorker } from "../scripts/network/worker.ts";
import { commitment, openPuppets, type Puppet, type PuppetShow } from "../scripts/network/puppet.ts";
import { canMeasureCpu, cpuMs, settle } from "./cpu.ts";
import { figure, median, secondsOf, type Figure } from "./figures.ts";
import { meterOf } from "./meter.ts";

const BATCH = 100;
const PUPPETS = 20;
const BATCHES_PER_ROUND = 4;
const ROUNDS = 5;

export async function openCommunities(hub: NetworkMember, operator: Person, campaign: string): Promise<PuppetShow> {
  const show = await openPuppets(PUPPETS, `${hub.origin}/log`);
  for (const puppet of show.puppets) {
    const jws = await puppet.join();
    const answer = await operator.browser.raw("POST", "/api/joins", { type: "application/jose", content: jws });
    if (!answer.ok) throw new Error(`join: ${answer.status} ${await answer.text()}`);
    await admit(operator, puppet.origin, "bench");
    for (let i = 0; i < 8; i += 1) pledge(puppet, campaign, i);
    puppet.append({
      t: "interest",
      c: campaign,
      q: "2",
      cm: commitment(),
      a: "strong",
      d: new Date().toISOString().slice(0, 10),
    });
  }
  return show;
}

function pledge(puppet: Puppet, campaign: string, i: number): void {
  puppet.append({
    t: "pledge",
    c: campaign,
    q: String(1 + (i % 8)),
    b: i % 3,
    cm: commitment(),
    a: "strong",
    d: new Date().toISOString().slice(0, 10),
  });
}

interface Report {
  jws: string;
  x: string;
  book: { text: string; signature: string; x: string };
}

/** The parts of a note that a verifier is left with: its text, the 64 bytes and the key. */
function bookSignature(note: string, vkey: string): Report["book"] {
  const end = note.lastIndexOf("\n\n");
  const blob = Buffer.from(note.trimEnd().split(" ").at(-1)!, "base64");
  const key = Buffer.from(vkey.slice(vkey.indexOf("+", vkey.indexOf("+") + 1) + 1), "base64");
  return {
    text: note.slice(0, end + 1),
    signature: blob.subarray(4).toString("base64url"),
    x: key.subarray(1).toString("base64url"),
  };
}

/** Every report has news: a pledge more in the book, so that its checkpoint is one the hub has never seen. */
export async function benchIngest(
  hub: NetworkMember,
  bare: EmbeddedWorker,
  { puppets }: PuppetShow,
  campaign: string,
  rules: { bands: number; max_qty: bigint },
): Promise<Figure[]> {
  const ours: number[] = [];
  const limits: number[] = [];
  const ratios: number[] = [];
  const singleRatios: number[] = [];
  const cpu: number[] = [];
  let meter = "";
  for (let round = -1; round < ROUNDS; round += 1) {
    const batches: Report[][] = [];
    for (let i = 0; i < BATCHES_PER_ROUND; i += 1) {
      const batch: Report[] = [];
      for (let n = 0; n < BATCH; n += 1) {
        const puppet = puppets[n % puppets.length]!;
        pledge(puppet, campaign, n);
        const totals = puppet.totals(() => ({ ...rules, closing: null }));
        const book = bookSignature(await puppet.checkpoint(), puppet.vkey);
        batch.push({ jws: await puppet.report({ totals }), x: puppet.x, book });
      }
      batches.push(batch);
    }
    const before = canMeasureCpu() ? cpuMs(hub.pid()) : 0;
    let seconds = 0;
    let bareSeconds = 0;
    let singleSeconds = 0;
    for (const batch of batches) {
      const texts = batch.map(({ jws }) => jws);
      // the verdicts of the batch before are work of their own, done after its answer
      await settle(hub.pid());
      seconds += await secondsOf(async () => {
        meter = await submit(hub, texts);
      });
      await settle(hub.pid());
      bareSeconds += await secondsOf(async () => await expectOk(await post(`${bare.url}/api/verify-insert`, batch)));
      const single = batch.map(({ jws, x }) => ({ jws, x }));
      await settle(hub.pid());
      singleSeconds += await secondsOf(async () => await expectOk(await post(`${bare.url}/api/verify-insert`, single)));
    }
    const spent = canMeasureCpu() ? cpuMs(hub.pid()) - before : 0;
    // the first round warms both up
    if (round < 0) continue;
    const count = BATCH * BATCHES_PER_ROUND;
    ours.push(count / seconds);
    limits.push(count / bareSeconds);
    ratios.push((bareSeconds / seconds) * 100);
    singleRatios.push((singleSeconds / seconds) * 100);
    cpu.push(spent / count);
  }
  const { queries, read, written } = meterOf(meter);
  return [
    figure("hub ingest, batches of 100", median(ours), "reports/s"),
    figure("bare limit: a report's two Ed25519 signatures + row insert", median(limits), "entries/s"),
    figure("hub ingest against the bare limit", median(ratios), "%", { atLeast: 40 }),
    figure("hub ingest against one signature + row insert", median(singleRatios), "%"),
    ...(canMeasureCpu() ? [figure("CPU of a report, its verdict included", median(cpu), "ms")] : []),
    figure("queries of a batch of 100 reports", queries, "queries"),
    figure("rows read per report", read / BATCH, "rows"),
    figure("rows written per report", written / BATCH, "rows"),
  ];
}

async function submit(hub: NetworkMember, batch: string[]): Promise<string> {
  const response = await post(`${hub.url}/log/entries`, batch);
  const text = await response.text();
  const answers = entryResults.safeParse(JSON.parse(text));
  if (response.status !== 207 || !answers.success || answers.data.results.some(({ status }) => status !== 202)) {
    throw new Error(`the hub did not take every report: ${response.status} ${text.slice(0, 400)}`);
  }
  return response.headers.get("x-cocoon-db") ?? "";
}

async function post(url: string, body: unknown): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function expectOk(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
}
