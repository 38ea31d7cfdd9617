/** What a hostile internet and bad luck may do next: commands that fast-check draws, repeats by seed and shrinks. */
import * as fc from "fast-check";
import { toBase64url, utf8 } from "../../../shared/bytes.ts";
import { HUB } from "./model-hub.ts";
import type { ModelNetwork } from "./model-network.ts";

type Act = (world: ModelNetwork) => Promise<void> | void;
/** Faults that happened, by name; across all runs of a file. */
export const counted = new Map<string, number>();

class Step implements fc.AsyncCommand<object, ModelNetwork> {
  readonly name: string;
  readonly detail: unknown;
  readonly act: Act;
  readonly isPossible: (world: ModelNetwork) => boolean;

  constructor(name: string, detail: unknown, act: Act, isPossible: (world: ModelNetwork) => boolean = () => true) {
    Object.assign(this, { name, detail, act, isPossible });
    this.name = name;
    this.detail = detail;
    this.act = act;
    this.isPossible = isPossible;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, world: ModelNetwork): Promise<void> {
    if (!this.isPossible(world)) return;
    counted.set(this.name, (counted.get(this.name) ?? 0) + 1);
    world.steps += 1;
    const { aside, db } = world.hub;
    const { size } = db.log;
    await this.act(world);
    // An older database in the place of the newest one never signs a second history.
    if (aside !== null && world.hub.aside !== null && db.log.size !== size)
      throw new Error("a restored hub has written to its log");
  }

  toString(): string {
    return `${this.name} ${JSON.stringify(this.detail)}`;
  }
}

const pick = fc.nat(11);
const isolate = fc.nat(1);
const who = fc.nat(2);
const node = (world: ModelNetwork, at: number) => world.nodes[at]!;
const actor = (world: ModelNetwork, at: number) => (at === 3 ? HUB : node(world, at).origin);
const hasLetter = (world: ModelNetwork) => world.net.letters.length > 0;
const hasTask = (world: ModelNetwork) => world.tasks.length > 0;

function step<T>(
  weight: number,
  name: string,
  from: fc.Arbitrary<T>,
  act: (world: ModelNetwork, value: T) => Promise<void> | void,
  isPossible?: (world: ModelNetwork, value: T) => boolean,
): fc.Arbitrary<Step>[] {
  const made = from.map(
    (value) =>
      new Step(
        name,
        value,
        (world) => act(world, value),
        (world) => isPossible?.(world, value) ?? true,
      ),
  );
  return Array.from({ length: weight }, () => made);
}

const choice = fc.record({
  kind: fc.constantFrom("pledge" as const, "pledge" as const, "revise" as const, "withdraw" as const),
  q: fc.integer({ min: 1, max: 9 }),
  b: fc.nat(2),
  which: pick,
});

const nonsense = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => `${toBase64url(bytes)}.e30.${toBase64url(utf8("x"))}`),
);

const steps = [
  ...step(8, "a member decides", fc.tuple(who, choice), (world, [at, what]) =>
    node(world, at).decide(world.campaign, what),
  ),
  ...step(7, "a community reports", who, (world, at) => world.start(node(world, at).origin, node(world, at).report())),
  ...step(12, "a community reports at once", who, async (world, at) => {
    await world.whole(node(world, at).report());
  }),
  ...step(4, "the hub settles", isolate, (world, at) => world.start(HUB, world.hub.settle(at))),
  ...step(4, "the hub collects cosignatures at once", fc.constant(0), (world) => world.whole(world.hub.collect())),
  ...step(3, "the hub collects cosignatures", fc.constant(0), (world) => world.start(HUB, world.hub.collect())),
  ...step(26, "one statement", pick, (world, at) => world.advance(at), hasTask),
  ...step(10, "reordering", fc.tuple(pick, isolate), (world, [at, on]) => world.deliver(at, on), hasLetter),
  ...step(2, "loss", pick, (world, at) => void world.net.take(at), hasLetter),
  ...step(
    3,
    "duplication",
    fc.tuple(pick, isolate),
    (world, [at, on]) => world.deliver(at, on, { keep: true }),
    hasLetter,
  ),
  ...step(
    3,
    "corruption",
    fc.tuple(pick, isolate, fc.nat(1500)),
    (world, [at, on, damage]) => world.deliver(at, on, { keep: true, damage }),
    hasLetter,
  ),
  ...step(
    2,
    "two sequencers",
    fc.tuple(pick, pick),
    (world, [at, other]) => {
      world.deliver(at, 0);
      world.deliver(other, 1);
    },
    (world) => world.net.letters.length > 1,
  ),
  ...step(2, "partition", fc.tuple(who, fc.nat(3)), (world, [a, b]) => world.net.cut(actor(world, a), actor(world, b))),
  ...step(3, "the partition ends", fc.constant(0), (world) => world.net.mend()),
  ...step(5, "delay", fc.integer({ min: 1, max: 4000 }), (world, seconds) => void (world.now += seconds)),
  ...step(2, "clock skew", fc.tuple(fc.nat(3), fc.integer({ min: -600, max: 600 })), (world, [at, seconds]) => {
    world.skew.set(actor(world, at), at === 3 ? Math.trunc(seconds / 6) : seconds);
  }),
  ...step(4, "crash", fc.nat(3), (world, at) => world.kill(actor(world, at))),
  ...step(2, "flooding", fc.array(nonsense, { minLength: 3, maxLength: 8 }), (world, bodies) => {
    for (const body of bodies) world.start(HUB, world.hub.take(body, "stranger.example", 0));
  }),
  ...step(2, "backup", fc.nat(3), (world, at) => (at === 3 ? world.hub.backUp() : node(world, at).backUp())),
  ...step(
    2,
    "the hub's database is restored",
    pick,
    (world, at) => {
      world.kill(HUB);
      world.hub.restore(at);
    },
    ({ hub, nodes }) =>
      hub.aside === null && hub.older.length > 0 && hub.isWitnessed && nodes.every(({ aside }) => aside === null),
  ),
  ...step(
    2,
    "a community's database is restored",
    fc.tuple(who, pick),
    async (world, [at, which]) => {
      world.kill(node(world, at).origin);
      await world.settleLetters(node(world, at));
      const { older, isReported, origin } = node(world, at);
      if (older.length > 0 && isReported && !world.isUnderWay(origin)) {
        node(world, at).restore(which);
        counted.set(
          "a community's database lost something",
          (counted.get("a community's database lost something") ?? 0) + 1,
        );
      }
    },
    (world, [at]) => world.hub.aside === null && node(world, at).aside === null,
  ),
  ...step(2, "the newest database is back", fc.nat(3), (world, at) => {
    world.kill(actor(world, at));
    if (at === 3) world.hub.bringBack();
    else node(world, at).bringBack();
  }),
  ...step(1, "a watcher looks", fc.constant(0), (world) => world.watch()),
];

export function schedules(maxCommands: number) {
  return fc.commands(steps, { maxCommands, size: "max" });
}

export type Schedule = Iterable<fc.AsyncCommand<object, ModelNetwork>>;

export async function play(world: ModelNetwork, schedule: Schedule): Promise<void> {
  await fc.asyncModelRun(() => ({ model: {}, real: world }), schedule);
}
