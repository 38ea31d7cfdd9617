/**
 * `npm run bench`: how fast and how cheap, on this machine, in one run: figures beside the bare limits of the same
 * runtime, so that ratios mean something anywhere. `-- --json` prints one object instead of the table, `-- network`,
 * `-- targeting`, `-- audit` and `-- verification` measure only that.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { build, readBuilt, ROOT, type BuiltWorker } from "../scripts/build.ts";
import { createAuthenticator } from "../scripts/demo/authenticator.ts";
import {
  admit,
  adopt,
  describeCommunity,
  join,
  joinHub,
  publishCampaign,
  refreshHubs,
} from "../scripts/demo/client.ts";
import { CAMPAIGNS, demoCommunity } from "../scripts/demo/plan.ts";
import { bootNetwork } from "../scripts/network.ts";
import { freePorts } from "../scripts/network/ports.ts";
import { embeddedWorker } from "../scripts/network/worker.ts";
import { tableOf, type Figure } from "./figures.ts";
import { benchIngest, openCommunities } from "./ingest.ts";
import { benchAudit } from "./audit.ts";
import { benchMoney } from "./money.ts";
import { benchPledges, openMembers } from "./pledges.ts";
import { benchTargeting } from "./targeting.ts";
import { benchVerificationOfMany } from "./verification.ts";
import { benchCollecting, benchWitnessAnswers } from "./witnesses.ts";
import { benchNetworkPage, benchVerification, sizes } from "./reading.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const asJson = flags.json;
const PARTS = ["network", "audit", "targeting", "verification"] as const;

function say(line: string): void {
  if (!asJson) console.error(line);
}

async function bareWorker(): Promise<BuiltWorker> {
  const { outputFiles } = await bundle({
    entryPoints: [joinPath(ROOT, "bench/bare/worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
  });
  return {
    ...(await readBuilt("node")),
    script: outputFiles[0]!.text,
    migrations: joinPath(ROOT, "bench/bare/migrations"),
  };
}

async function measureNetwork(data: string): Promise<Figure[]> {
  const port = await freePorts(3);
  const metered = { METER: "true" };
  const network = await bootNetwork({
    port,
    nodes: 1,
    data,
    tickSeconds: 0,
    vars: { hub: { ...metered, MAX_BATCH: "100", REPORT_INTERVAL_S: "0" }, node: metered },
  });
  const bare = embeddedWorker({
    name: "bare",
    kind: "node",
    built: bareWorker,
    port: port + 2,
    database: joinPath(data, "bare"),
    bindings: {},
  });
  await bare.start();
  try {
    const { hub, nodes } = network;
    const node = nodes[0]!;
    const operator = await join(hub.setupUrl, "Operator", createAuthenticator());
    const steward = await join(node.setupUrl, "Steward", createAuthenticator());
    await describeCommunity(steward, demoCommunity(0));
    const closes = new Date(Date.now() + 86_400_000).toISOString();
    const campaigns: string[] = [];
    for (const campaign of CAMPAIGNS) campaigns.push(await publishCampaign(operator, { ...campaign, closes }));
    await joinHub(steward, hub.url);
    await admit(operator, node.origin, "bench");
    await refreshHubs(steward);
    for (const campaign of campaigns) await adopt(steward, campaign);

    say("pledges …");
    const pledges = await benchPledges(node, bare, await openMembers(steward), campaigns);
    say("ingest …");
    const show = await openCommunities(hub, operator, campaigns[0]!);
    const { bands_minor: bands, max_qty: maxQty } = CAMPAIGNS[0]!;
    const ingest = await benchIngest(hub, bare, show, campaigns[0]!, { bands: bands.length, max_qty: BigInt(maxQty) });
    say("reading …");
    const figures = [...ingest, ...pledges, ...(await benchNetworkPage(hub)), ...(await benchVerification(hub))];
    say("witnesses …");
    figures.push(...(await benchWitnessAnswers(node, steward, bare)), ...(await benchCollecting(hub, operator, show)));
    await show.close();
    say("money …");
    figures.push(...(await benchMoney(hub, operator)));
    return figures;
  } finally {
    await Promise.all([network.stop(), bare.stop()]);
  }
}

async function measure(part: (typeof PARTS)[number], data: string): Promise<Figure[]> {
  if (part === "network") return await measureNetwork(data);
  say(`${part} …`);
  if (part === "audit") return await benchAudit();
  return part === "targeting" ? [...benchTargeting(), ...(await sizes())] : await benchVerificationOfMany(say);
}

const unknown = positionals.filter((name) => !PARTS.some((part) => part === name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")} (${PARTS.join(", ")})`);
await build(say);
const data = await mkdtemp(joinPath(tmpdir(), "cocoon-bench-"));
try {
  const figures: Figure[] = [];
  for (const part of PARTS) {
    if (positionals.length === 0 || positionals.includes(part)) figures.push(...(await measure(part, data)));
  }
  console.log(asJson ? JSON.stringify({ figures }) : tableOf(figures));
  if (figures.some(({ ok }) => ok === false)) process.exitCode = 1;
} finally {
  await rm(data, { recursive: true });
}
