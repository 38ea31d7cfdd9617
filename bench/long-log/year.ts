/**
 * Most of a year of a network as its log tells it: communities join and report what their members pledge, campaigns open
 * and end, suppliers offer, money comes in and goes out, keys change, and each batch begins with the totals of the one
 * before. Made up, but every signature is real and every number follows from a book.
 */
import { sha256url, utf8 } from "../../shared/bytes.ts";
import { cosigner } from "../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, parseNote } from "../../shared/log/note.ts";
import { rulesFrom } from "../../shared/network/book-rules.ts";
import { isoTime } from "../../shared/time.ts";
import { formatPolicy } from "../../shared/witness/policy.ts";
import { longCommunity, type LongCommunity } from "./community.ts";
import type { FinishedLog } from "./folder.ts";
import { longHub, type LongHub } from "./hub.ts";
import { Money } from "./money.ts";

const COMMUNITIES = 48;
const DAYS = 250;
const REPORTS_PER_BATCH = 9;
/** Of batches: how often something happens. */
const EVERY = { campaign: 55, offer: 10, money: 3, rates: 25, keys: 300 } as const;
const OPEN_CAMPAIGNS = 10;
/** A community takes part in every fourth campaign. */
const TAKES_PART = 4;
const WITNESSES = ["a", "b", "c"];

interface Open {
  id: string;
  number: number;
}

export interface Year {
  readonly vkey: string;
  readonly size: number;
  readonly finished: FinishedLog;
}

/** Writes a hub's log of exactly `size` entries, and every book, into the folder, to be served at `url`. */
export async function makeYear(folder: string, url: string, size: number, now: number): Promise<Year> {
  const hub = await longHub(folder, "hub.example");
  const story = new Story(hub, size, now);
  await story.begin(folder, url);
  for (let batch = 0; hub.log.size < size; batch += 1) await story.batch(batch);
  const finished = await story.end(url);
  await Promise.all(story.communities.map(async ({ book }) => await book.finish()));
  return { vkey: hub.vkey, size: hub.log.size, finished };
}

class Story {
  readonly communities: LongCommunity[] = [];
  readonly #hub: LongHub;
  readonly #size: number;
  readonly #now: number;
  readonly #money: Money;
  #open: Open[] = [];
  #campaigns = 0;
  #turn = 0;
  #cosign: (note: string) => Promise<string> = (note) => Promise.resolve(note);

  constructor(hub: LongHub, size: number, now: number) {
    this.#hub = hub;
    this.#size = size;
    this.#now = now;
    this.#money = new Money(hub);
  }

  /** The log's time runs evenly over its entries, and ends now. */
  get #iat(): number {
    return this.#now - Math.floor(((this.#size - this.#hub.log.size) * DAYS * 86_400) / this.#size);
  }

  async begin(folder: string, url: string): Promise<void> {
    await this.#hub.begin(this.#iat);
    await this.#beginWitnesses(url);
    const rulesOf = rulesFrom(this.#hub.state.campaigns);
    for (let n = 0; n < COMMUNITIES; n += 1) {
      const community = await longCommunity(`n${n}`, { folder, url, hub: this.#hub.origin, rulesOf });
      community.prev = await this.#hub.append(await community.join(this.#iat));
      const join = community.prev;
      await this.#hub.say("node-status+jwt", this.#iat, {
        node: community.origin,
        status: "admitted",
        reason: "",
        join,
      });
      this.communities.push(community);
    }
    await this.#money.begin(this.#iat);
    while (this.#open.length < OPEN_CAMPAIGNS) await this.#openCampaign();
  }

  async batch(batch: number): Promise<void> {
    const isTime = (every: number) => batch % every === 0;
    await this.#hub.totals(this.#iat);
    if (isTime(EVERY.campaign)) await this.#closeCampaign();
    if (isTime(EVERY.campaign)) await this.#openCampaign();
    if (isTime(EVERY.offer)) await this.#offer(batch);
    if (isTime(EVERY.money)) await this.#money.move(this.#iat, batch);
    if (isTime(EVERY.rates)) await this.#rates();
    if (isTime(EVERY.keys)) await this.#rotate();
    const left = Math.floor((this.#size - this.#hub.log.size) / 2);
    await this.#report(Math.min(REPORTS_PER_BATCH, left));
    if (left === 0 && this.#hub.log.size < this.#size) await this.#rates();
  }

  async end(url: string): Promise<FinishedLog> {
    return await this.#hub.finish(this.#now, url, this.#cosign);
  }

  async #beginWitnesses(url: string): Promise<void> {
    const witnesses = await Promise.all(
      WITNESSES.map(async (name) => {
        const { skey } = await generateNoteKey(`${name}.example/witness`, undefined, COSIGNATURE);
        return { ...(await cosigner(skey)), url: `${url}/witness/${name}` };
      }),
    );
    const policy = formatPolicy(witnesses, WITNESSES.length - 1);
    await this.#hub.say("witness-policy+jwt", this.#iat, { policy, effective: this.#iat + 1, reason: "" });
    this.#cosign = async (note) => {
      const text = parseNote(note)?.text ?? "";
      return note + (await Promise.all(witnesses.map(async (one) => await one.cosign(text, this.#now)))).join("");
    };
  }

  async #openCampaign(): Promise<void> {
    const number = (this.#campaigns += 1);
    const id = await this.#hub.say("campaign+jwt", this.#iat, {
      name: `Campaign ${number}`,
      text: "A thing that many need, in a container that is used again.",
      product: { gtin: null, name: `Thing ${number}`, brand: null },
      unit: "jar of 400 g",
      currency: number % 3 === 0 ? "GBP" : "EUR",
      reference_price_minor: "700",
      bands_minor: ["500", "600", "800", "900"],
      max_qty: "100",
      goal_qty: "5000",
      closes: this.#now + 90 * 86_400,
      nonce: sha256url(utf8(`campaign ${number}`)).slice(0, 22),
    });
    this.#open.push({ id, number });
  }

  /** Two of three are locked, and what was promised is bought. */
  async #closeCampaign(): Promise<void> {
    const ended = this.#open.shift();
    if (ended === undefined) return;
    const isLocked = ended.number % 3 !== 0;
    const x = await this.#hub.say("campaign-close+jwt", this.#iat, {
      campaign: ended.id,
      outcome: isLocked ? "locked" : "released",
      band: isLocked ? 1 : null,
      reason: "",
    });
    const [d, c] = [this.#day, ended.id];
    for (const [n, community] of this.communities.entries()) {
      if (!takesPart(n, ended)) continue;
      const end = { c, x, n: community.fresh(22), d };
      await community.write(isLocked ? { t: "lock", b: 1, ...end } : { t: "release", ...end });
      community.heads.delete(c);
      if (!isLocked) continue;
      await community.write({
        t: "purchase",
        c,
        q: "7",
        m: "4200",
        k: "order",
        w: "2026-W20",
        cm: community.fresh(43),
        d,
      });
    }
  }

  async #offer(batch: number): Promise<void> {
    const campaign = this.#open.at(-1);
    if (campaign === undefined) return;
    const terms = this.#hub.state.campaigns.get(campaign.id)?.terms;
    await this.#hub.say("offer+jwt", this.#iat, {
      supplier: { id: `s${batch}`, name: `Supplier ${batch}`, domain: `s${batch}.example`, verified: "domain" },
      by: "supplier",
      campaign: campaign.id,
      currency: terms?.currency ?? "EUR",
      tiers: [
        { min_qty: "500", unit_price_minor: "640" },
        { min_qty: "2000", unit_price_minor: "560" },
      ],
      max_qty: null,
      regions: [],
      conditions: "",
      valid_until: this.#now + 30 * 86_400,
      replaces: null,
      nonce: sha256url(utf8(`offer ${batch}`)).slice(0, 22),
    });
  }

  async #rates(): Promise<void> {
    await this.#hub.say("rates+jwt", this.#iat, {
      source: "made up",
      base: "EUR",
      date: this.#day,
      rates: { GBP: "0.86925", USD: "1.1684" },
    });
  }

  async #rotate(): Promise<void> {
    const community = this.#next();
    const last = this.#hub.state.communities.get(community.origin)?.keys.last ?? "";
    await this.#hub.append(await community.rotate(this.#iat, last));
  }

  async #report(count: number): Promise<void> {
    const iat = this.#iat;
    const turn = Array.from({ length: count }, () => this.#next());
    for (const community of turn) await this.#pledge(community);
    const reports = await Promise.all(turn.map(async (community) => await community.report(iat)));
    for (const [at, report] of reports.entries()) {
      const community = turn[at];
      if (community !== undefined) community.prev = await this.#hub.append(report);
    }
    const verdicts = await Promise.all(
      turn.map(async ({ origin: node, prev: report, seq }) => {
        return await this.#hub.sign("report-check+jwt", iat, { node, report, seq, ok: true });
      }),
    );
    for (const verdict of verdicts) await this.#hub.append(verdict);
  }

  /** Two members act between a report and the next. */
  async #pledge(community: LongCommunity): Promise<void> {
    const mine = this.#open.filter((campaign) => takesPart(this.communities.indexOf(community), campaign));
    for (let act = 0; act < 2; act += 1) {
      const at = community.book.size;
      const c = mine[at % Math.max(1, mine.length)]?.id;
      if (c === undefined) return;
      const heads = community.heads.get(c) ?? [];
      community.heads.set(c, heads);
      const [q, b, cm, d] = [String(1 + (at % 5)), at % 4, community.fresh(43), this.#day];
      const r = at % 7 === 6 ? heads.shift() : undefined;
      if (r !== undefined && at % 2 === 0) await community.write({ t: "withdraw", r, why: "member", cm, d });
      else if (r !== undefined) heads.push(await community.write({ t: "revise", r, q, b, cm, d }));
      else heads.push(await community.write({ t: "pledge", c, q, b, cm, a: "strong", d }));
    }
  }

  #next(): LongCommunity {
    const community = this.communities[(this.#turn += 1) % this.communities.length];
    if (community === undefined) throw new Error("a network without communities");
    return community;
  }

  get #day(): string {
    return isoTime(this.#iat).slice(0, 10);
  }
}

function takesPart(community: number, { number }: Open): boolean {
  return (community + number) % TAKES_PART === 0;
}
