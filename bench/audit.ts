/**
 * The two steps of an audit that cost processor time (docs/protocol.md §8), in this process: a node proves two pledges in a
 * book of a hundred thousand, a hub looks at five openings. Both are held against what the free plan allows an invocation.
 */
import { readFileSync } from "node:fs";
import { type OpeningContext, checkOpening } from "../shared/audit/opening.ts";
import { sha256, sha256url, utf8 } from "../shared/bytes.ts";
import { extendTiles, inclusionProof } from "../shared/log/tiles.ts";
import type { Opening } from "../shared/protocol/audit.ts";
import type { CampaignTerms } from "../shared/protocol/statement.ts";
import { figure, median, type Figure } from "./figures.ts";

const BOOK = 100_000;
/** Two pledges and their keys: workers/node/jobs/prepare-openings.ts. */
const PROOFS = 4;
/** workers/hub/limits.ts */
const SLICE = 5;
const ROUNDS = 25;
const CPU_MS = 10;

export async function benchAudit(): Promise<Figure[]> {
  return [
    figure(`audit: two pledges proven in a book of ${BOOK.toLocaleString("en")}`, proofs(), "ms", { atMost: CPU_MS }),
    figure("audit: five openings looked at", await checks(), "ms", { atMost: CPU_MS }),
  ];
}

function proofs(): number {
  const leaves = Array.from({ length: BOOK }, (_, at) => sha256(utf8(String(at))));
  const tiles = new Map(
    extendTiles(0, () => new Uint8Array(0), leaves).tiles.map(({ level, index, hashes }) => [
      `${level}/${index}`,
      hashes,
    ]),
  );
  const read = (level: number, index: number) => tiles.get(`${level}/${index}`)!;
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const start = process.cpuUsage();
    for (let at = 0; at < PROOFS; at += 1) inclusionProof((round * 7919 + at * 12_347) % BOOK, BOOK, read);
    return spent(start);
  });
  return median(times);
}

interface AuditVectors {
  hub: { log: string };
  node: { origin: string; vkey: string };
  campaign: { c: string; jcs: string };
  answer: { openings: Opening[] };
}

/** Of our own vectors, the one pledge that is opened there, five times over. */
async function checks(): Promise<number> {
  const file = new URL("../test/vectors/cocoon/audit.json", import.meta.url);
  const { hub, node, campaign, answer } = JSON.parse(readFileSync(file, "utf8")) as AuditVectors;
  const terms = JSON.parse(campaign.jcs) as CampaignTerms;
  const context: OpeningContext = {
    node: node.origin,
    webOrigin: `https://${node.origin}`,
    rpId: node.origin,
    hub: hub.log,
    bookVkeys: [node.vkey],
    generation: 1,
    termsOf: () => ({ ...terms, sha256: sha256url(utf8(campaign.jcs)) }),
  };
  const opening = answer.openings.find((one) => "receipt" in one)!;
  const { document } = opening.receipt;
  if (document.typ !== "pledge") throw new Error("a pledge is opened");
  const ballot = { leaf: opening.leaf, campaign: campaign.c, qty: BigInt(document.qty), band: document.band };
  return await medianMsOf(async () => {
    for (let at = 0; at < SLICE; at += 1) {
      if ((await checkOpening(ballot, opening, context)) !== "opened") throw new Error("the opening is in order");
    }
  });
}

/** Processor time, so that a busy machine does not count. */
async function medianMsOf(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    await work();
    times.push(spent(start));
  }
  return median(times);
}

function spent(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
