/** What every action of a node is given: database, settings, clock, chance, and the way out. */
import type { AppContext } from "../lib/app.ts";
import { type Peer, peer } from "../lib/remote.ts";
import type { NodeConfig } from "./env.ts";

export interface NodeContext {
  db: D1Database;
  config: NodeConfig;
  /** Unix milliseconds */
  now: () => number;
  /** in [0, 1): spreads retries */
  random: () => number;
  peer: Peer;
}

export function nodeContext(db: D1Database, config: NodeConfig, now: () => number = Date.now): NodeContext {
  return { db, config, now, random: Math.random, peer: peer(config) };
}

export function contextOf(c: AppContext<NodeConfig>): NodeContext {
  return nodeContext(c.get("db"), c.get("config"), c.get("now"));
}
