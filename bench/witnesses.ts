/** Witnessing from both sides: what an answer costs a node, and what twenty witnesses, some slow and one dead, cost a report. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { hubWitnesses, witnessing } from "../shared/protocol/api/witness.ts";
import { cosigner, type Cosigner } from "../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey } from "../shared/log/note.ts";
import { judgeRequest, witnessStatus, type Witnessed } from "../shared/witness/judge.ts";
import { parseAddCheckpoint } from "../shared/witness/request.ts";
import type { Person } from "../scripts/demo/client.ts";
import type { NetworkMember } from "../scripts/network.ts";
import { memoryLog } from "../scripts/network/memory-log.ts";
import type { PuppetShow } from "../scripts/network/puppet.ts";
import type { EmbeddedWorker } from "../scripts/network/worker.ts";
import { canMeasureCpu, cpuMs, settle } from "./cpu.ts";
import { figure, median, type Figure } from "./figures.ts";
import { meterOf } from "./meter.ts";

/** A node takes 240 in a minute from one address. */
const WARM_UP = 40;
const ANSWERS = 180;
const REPORTS = 60;
const WITNESSES = { prompt: 15, slow: 4, dead: 1 } as const;
const SLOW_MS = 300;
/** Reports are this far apart: the collecting after one is under way when the next comes. */
const BETWEEN_MS = 100;

export async function benchWitnessAnswers(
  node: NetworkMember,
  steward: Person,
  bare: EmbeddedWorker,
): Promise<Figure[]> {
  const log = await memoryLog("other.example.net/log");
  await steward.browser.send("POST", "/api/witnessing/logs", { vkey: log.vkey }, witnessing);
  const bodies: string[] = [];
  for (let size = 0; bodies.length < WARM_UP + ANSWERS; size = log.leaves.length) {
    log.grow(3);
    bodies.push(await log.request(size));
  }
  await settle(node.pid());
  let before = cpuMs(node.pid());
  let meter = "";
  for (const [at, body] of bodies.entries()) {
    if (at === WARM_UP) before = cpuMs(node.pid());
    const answer = await fetch(`${node.url}/witness/add-checkpoint`, { method: "POST", body });
    if (answer.status !== 200) throw new Error(`the node does not cosign: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    meter = answer.headers.get("x-cocoon-db") ?? "";
  }
  const spent = (cpuMs(node.pid()) - before) / ANSWERS;
  await settle(bare.pid());
  const bareBefore = cpuMs(bare.pid());
  for (const data of bodies.slice(WARM_UP)) {
    const headers = { "content-type": "application/json" };
    await fetch(`${bare.url}/api/write`, { method: "POST", headers, body: JSON.stringify({ data }) });
  }
  const bareSpent = (cpuMs(bare.pid()) - bareBefore) / ANSWERS;
  return [
    figure("CPU of a witness's answer, HTTP and database included", spent, "ms", { atMost: 5 }),
    figure("the same, against one row written over HTTP", spent / bareSpent, "times"),
    figure("queries of a witness's answer", meterOf(meter).queries, "queries", { atMost: 8 }),
  ];
}

/** The same reports to the same hub, before anybody is asked to cosign, with twenty that are, and without them again. */
export async function benchCollecting(hub: NetworkMember, operator: Person, show: PuppetShow): Promise<Figure[]> {
  const rounds: number[][] = [[], []];
  const opened = await openWitnesses(hub);
  try {
    for (const round of [0, 1, 2, 3]) {
      const isWitnessed = round % 2 === 1;
      for (const { vkey, url } of opened.witnesses) {
        if (isWitnessed) await operator.browser.send("POST", "/api/witnesses", { vkey, url }, hubWitnesses);
        else if (round > 0)
          await operator.browser.send("DELETE", `/api/witnesses?vkey=${encodeURIComponent(vkey)}`, {}, hubWitnesses);
      }
      rounds[isWitnessed ? 1 : 0]?.push(...(await latencies(hub, show)));
    }
  } finally {
    await opened.close();
  }
  const [without = 0, collecting = 0] = rounds.map(median);
  return [
    figure("a report's answer, nobody outside cosigns: median", without, "ms"),
    figure("a report's answer, 20 witnesses asked (4 slow, 1 dead): median", collecting, "ms"),
    figure("the second against the first", (collecting / without) * 100, "%"),
    figure("cosignatures those witnesses gave meanwhile", opened.signed(), "signatures"),
  ];
}

async function latencies(hub: NetworkMember, { puppets }: PuppetShow): Promise<number[]> {
  const times: number[] = [];
  if (canMeasureCpu()) await settle(hub.pid());
  for (let at = 0; at < REPORTS; at += 1) {
    const puppet = puppets[at % puppets.length];
    if (puppet === undefined) throw new Error("nobody reports");
    const body = await puppet.report();
    const start = performance.now();
    const headers = { "content-type": "application/jose" };
    const answer = await fetch(`${hub.url}/log/entries`, { method: "POST", headers, body });
    const said = await answer.text();
    times.push(performance.now() - start);
    if (answer.status !== 202) throw new Error(`the hub did not take the report: ${answer.status} ${said}`);
    await pause(BETWEEN_MS);
  }
  return times;
}

interface Endpoint {
  vkey: string;
  url: string;
  kind: keyof typeof WITNESSES;
  key: Cosigner;
  held: Witnessed;
}

async function openWitnesses(hub: NetworkMember) {
  const kinds = (Object.keys(WITNESSES) as (keyof typeof WITNESSES)[]).flatMap((kind) =>
    Array.from({ length: WITNESSES[kind] }, () => kind),
  );
  const endpoints: Endpoint[] = [];
  let signed = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = endpoints[Number(request.url?.split("/")[1])];
    const asked = parseAddCheckpoint(await text(request));
    if (endpoint?.kind === "dead") return;
    if (endpoint?.kind === "slow") await pause(SLOW_MS);
    if (endpoint === undefined || !asked.ok) return void response.writeHead(400).end();
    const judged = await judgeRequest(asked.value, { vkeys: [hub.vkey], last: endpoint.held });
    if (!judged.ok) {
      const { error } = judged;
      return void response.writeHead(witnessStatus[error.code]).end("size" in error ? `${error.size}\n` : "");
    }
    const { size, root } = asked.value.checkpoint;
    endpoint.held = { size, root };
    signed += 1;
    response.end(await endpoint.key.cosign(judged.value.text, Math.floor(Date.now() / 1000)));
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  for (const [at, kind] of kinds.entries()) {
    const { skey } = await generateNoteKey(`w${at}.example/witness`, undefined, COSIGNATURE);
    const key = await cosigner(skey);
    const url = `http://localhost:${port}/${at}`;
    endpoints.push({ vkey: key.vkey, url, kind, key, held: { size: 0, root: null } });
  }
  return {
    witnesses: endpoints,
    signed: () => signed,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
