/** Money: deriving a year of flows from a hundred thousand transfers, serving them again, and importing published files. */
import { readFile } from "node:fs/promises";
import { RATES } from "../scripts/demo/seed.ts";
import { importRates, type Person } from "../scripts/demo/client.ts";
import { seedGrants } from "../scripts/demo/funding.ts";
import type { NetworkMember } from "../scripts/network.ts";
import { deriveFlows, mergeSmall } from "../shared/flows/derive.ts";
import { linksOf, type RawLink } from "../shared/flows/link.ts";
import { minorFactor, roundHalfEven } from "../shared/money/rates.ts";
import { ratePortions } from "../shared/money/ecb-portions.ts";
import { MAX_GRANTS_PER_REQUEST } from "../shared/protocol/api/import.ts";
import { MAX_RATE_DAYS } from "../shared/protocol/api/network.ts";
import type { Transfer } from "../shared/protocol/fund.ts";
import { canMeasureCpu, cpuMs, settle } from "./cpu.ts";
import { figure, median, secondsOf, type Figure } from "./figures.ts";
import { meterOf } from "./meter.ts";

const TRANSFERS = 100_000;
const FUNDS = 50;
const RECIPIENTS = 2000;
const ROUNDS = 5;
const READS = 200;

export async function benchMoney(hub: NetworkMember, operator: Person): Promise<Figure[]> {
  return [...(await derivation()), ...(await imports(hub, operator)), ...(await served(hub))];
}

/** Receipts, awards and payments of one year, evenly spread: as many links as such a number can have. */
function year(): Transfer[] {
  return Array.from({ length: TRANSFERS }, (_, i) => {
    const step = i % 3;
    const fund = `f${Math.floor(i / 3) % FUNDS}`;
    const award = `a${fund}`;
    const recipient = `r${Math.floor(i / 3) % RECIPIENTS}`;
    const ends: [string, string, Transfer["code"]][] = [
      [`ext:funder:${fund}`, `fund:${fund}:available`, "receipt"],
      [`fund:${fund}:available`, `award:${award}:payable`, "award"],
      [`award:${award}:payable`, `recipient:${recipient}:rnd`, "disbursement"],
    ];
    const [from, to, code] = ends[step]!;
    const on = new Date(Date.UTC(2025, 0, 1 + (i % 365))).toISOString().slice(0, 10);
    const about = step === 0 ? {} : { award };
    return { event: 0, currency: "GBP", from, to, amount_minor: String(100 + (i % 9973)), code, on, ...about };
  });
}

function linked(transfer: Transfer, amount_minor = transfer.amount_minor): RawLink[] {
  const fund = transfer.award?.slice(1);
  return linksOf({ ...transfer, amount_minor }, fund === undefined ? undefined : { fund, use: "rnd" });
}

/** What the hub keeps of a year: the sum of each link in each month. */
function byMonth(transfers: readonly Transfer[]): RawLink[] {
  const sums = new Map<string, RawLink>();
  for (const transfer of transfers) {
    for (const link of linked(transfer)) {
      const key = `${transfer.on.slice(0, 7)} ${link.source} ${link.target}`;
      const known = sums.get(key);
      if (known === undefined) sums.set(key, { ...link });
      else known.amount_minor += link.amount_minor;
    }
  }
  return [...sums.values()];
}

async function derivation(): Promise<Figure[]> {
  const transfers = year();
  const months = byMonth(transfers);
  const rates = { base: "EUR", rates: { GBP: "0.86925", USD: "1.1684" } };
  const { over, under } = minorFactor("GBP", "USD", rates) ?? { over: 1n, under: 1n };
  const convert = (minor: bigint): bigint => roundHalfEven(minor * over, under);
  const [kept, raw, converted]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    kept.push(await secondsOf(() => Promise.resolve(mergeSmall(deriveFlows(months, []), 8))));
    raw.push(
      await secondsOf(() =>
        Promise.resolve(
          deriveFlows(
            transfers.flatMap((one) => linked(one)),
            [],
          ),
        ),
      ),
    );
    converted.push(
      await secondsOf(() => {
        const native = transfers.flatMap((one) => linked(one));
        const period = transfers.flatMap((one) => linked(one, String(convert(BigInt(one.amount_minor)))));
        return Promise.resolve(
          deriveFlows(native, [], { converted: { period, atOpening: convert, atClosing: convert } }),
        );
      }),
    );
  }
  return [
    figure("a year of 100,000 transfers: links the hub keeps of it", months.length, "rows"),
    figure("flows of that year from the kept links", median(kept) * 1000, "ms", { atMost: 300 }),
    figure("flows of that year from every transfer", median(raw) * 1000, "ms"),
    figure("the same converted, each transfer by itself", median(converted) * 1000, "ms"),
    figure("kept links against every transfer", (median(raw) / median(kept)) * 100, "%", { atLeast: 100 }),
  ];
}

async function imports(hub: NetworkMember, operator: Person): Promise<Figure[]> {
  const csv = await readFile(RATES, "utf8");
  const days = await cpuOf(hub, async () => await importRates(operator, csv));
  let grants = 0;
  const files = await cpuOf(hub, async () => {
    grants = await seedGrants(operator);
  });
  if (!canMeasureCpu()) return [];
  const portions = Math.ceil(grants / MAX_GRANTS_PER_REQUEST);
  return [
    figure(`CPU of a portion of ${MAX_RATE_DAYS} days of rates`, days / ratePortions(csv, MAX_RATE_DAYS).length, "ms"),
    figure(`CPU of a portion of ${MAX_GRANTS_PER_REQUEST} grants, 783 imported`, files / portions, "ms"),
  ];
}

async function cpuOf(hub: NetworkMember, work: () => Promise<unknown>): Promise<number> {
  await settle(hub.pid());
  const before = canMeasureCpu() ? cpuMs(hub.pid()) : 0;
  await work();
  return canMeasureCpu() ? cpuMs(hub.pid()) - before : 0;
}

/** A picture that was made before is one row, as the network's numbers are. */
async function served(hub: NetworkMember): Promise<Figure[]> {
  const flows = `${hub.url}/api/flows?currency=GBP&top=8`;
  const first = await read(flows);
  const [again, network]: [number[], number[]] = [[], []];
  let meter = "";
  for (let i = 0; i < READS; i += 1) {
    const one = await read(flows);
    again.push(one.seconds);
    meter = one.meter;
    network.push((await read(`${hub.url}/api/network`)).seconds);
  }
  const { queries, read: rows } = meterOf(meter);
  return [
    figure("flows of 783 grants, made for the first time", first.seconds * 1000, "ms"),
    figure("the same again", median(again) * 1000, "ms"),
    figure("flows served again against /api/network", (median(network) / median(again)) * 100, "%", { atLeast: 50 }),
    figure("queries of flows served again", queries, "queries", { atMost: 5 }),
    figure("rows read by flows served again", rows, "rows", { atMost: 500 }),
  ];
}

async function read(url: string): Promise<{ seconds: number; meter: string }> {
  let meter = "";
  const seconds = await secondsOf(async () => {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    meter = response.headers.get("x-cocoon-db") ?? "";
  });
  return { seconds, meter };
}
