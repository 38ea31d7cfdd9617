/** Lies about audits (docs/protocol.md §8): not answering, drawing another lot, and a lot that was known before the report. */
import { rhoOf, signBeacon } from "../../../shared/audit/beacon.ts";
import { ballotsOf, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { AUDIT_ANSWER_S } from "../../../shared/protocol/audit.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import type { Lie, Told } from "./lies.ts";
import { type ModelNetwork, failed } from "./model-network.ts";

/** What an honest hub would ask; with beacons about another report if told so. */
async function auditOf(world: ModelNetwork, about?: string): Promise<Omit<Claims<"audit+jwt">, "iss" | "iat" | "v">> {
  const { db, readings } = world.hub;
  const [audited, ...others] = world.nodes.map(({ inner }) => inner);
  if (audited === undefined) throw new Error("somebody is audited");
  const report = db.state.communities.get(audited.origin)?.counted?.leaf ?? "";
  const beacons = await Promise.all(
    others.map(async ({ made }) => {
      const { WITNESS_KEY: skey } = made.secrets;
      return { vkey: (await cosigner(skey)).vkey, signature: await signBeacon(skey, about ?? report) };
    }),
  );
  beacons.sort((a, b) => (a.vkey < b.vkey ? -1 : 1));
  const ballots = ballotsOf(readings.get(audited.origin)!.state);
  const termsOf = (id: string) => db.state.campaigns.get(id)?.terms;
  const drawn = drawLot({ report, rho: rhoOf(beacons), samples: 1, ballots, termsOf });
  db.now = Math.max(world.now, db.state.log_time);
  const deadline = db.now + 1 + AUDIT_ANSWER_S;
  return { node: audited.origin, report, beacons, samples: 1, drawn: drawn.length, lot: lotHash(drawn), deadline };
}

/** Something can be drawn. */
async function prepare(world: ModelNetwork): Promise<void> {
  await world.nodes[0]!.decide(world.campaign, { kind: "pledge", q: 3, b: 1, which: 0 });
  await world.heal();
}

/** What somebody honest says of it, and the proof that the verification leaves. */
async function published(world: ModelNetwork): Promise<Told> {
  await world.hub.db.publishTotals();
  world.now = Math.max(world.now, world.hub.db.now);
  await world.whole(world.hub.collect());
  const report = await world.look({ books: world.books });
  return { noticed: failed(report), document: report.evidence[0] ?? null };
}

export const auditLies: Lie[] = [
  {
    name: "a refused audit",
    by: "node",
    codes: ["unanswered"],
    isProvable: false,
    prepare,
    async tell(world) {
      const { db } = world.hub;
      await db.say("audit+jwt", await auditOf(world));
      db.now += AUDIT_ANSWER_S + 1;
      const { noticed } = await published(world);
      const found = db.state.communities.get(world.nodes[0]!.origin)?.audits?.last?.outcome;
      return { noticed: [...noticed, found ?? "open"], document: null };
    },
  },
  {
    name: "ground nonces: a lot that was known before the report",
    by: "hub",
    codes: ["entries: audit-beacons"],
    isProvable: true,
    prepare,
    async tell(world) {
      const { db } = world.hub;
      // Nonces could be chosen for a lot that is known; beacons about this very report cannot be known before it.
      await db.say("audit+jwt", await auditOf(world, world.campaign));
      return await published(world);
    },
  },
  {
    name: "another lot than the one that was drawn",
    by: "hub",
    codes: ["books: audit-lot"],
    isProvable: true,
    prepare,
    async tell(world) {
      const { db } = world.hub;
      await db.say("audit+jwt", { ...(await auditOf(world)), lot: world.campaign });
      return await published(world);
    },
  },
];
