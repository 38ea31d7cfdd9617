/** A node restored to an older state (docs/operate.md): its book is not continued until the newest backup is back. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, parseNote } from "../../../shared/log/note.ts";
import type { Witnessing } from "../../../shared/protocol/api/witness.ts";
import { judgeRequest, witnessStatus, type Witnessed } from "../../../shared/witness/judge.ts";
import { parseAddCheckpoint } from "../../../shared/witness/request.ts";
import { obeyOrder } from "../../../workers/node/actions/begin-book.ts";
import { carryOverSome } from "../../../workers/node/jobs/carry-over.ts";
import { nodeApp } from "../../../workers/node/app.ts";
import { collectForBook, rememberCosigner } from "../../../workers/node/witnesses.ts";
import { readHead } from "../../../workers/lib/log-store.ts";
import { signerOf } from "../../../workers/lib/log-read.ts";
import { hashOf } from "../../../workers/lib/witness/witness.ts";
import { backUp } from "../backup.ts";
import { person } from "../person.ts";
import { PAGE, pledge, type Village, village } from "./village.ts";

const BOOK = "community.example.org/book";
let world: Village;
let hubNote: string | null;
let held: Witnessed;
let isAway: boolean;

/** The hub's side of witnessing: it cosigns the book and shows what it has. */
beforeEach(async () => {
  [hubNote, held, isAway] = [null, { size: 0, root: null }, false];
  const { skey, vkey } = await generateNoteKey("hub.example.org/witness", undefined, COSIGNATURE);
  const key = await cosigner(skey);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (isAway) throw new TypeError("connection refused");
    if (url.pathname === `/witness/${hashOf(BOOK)}/checkpoint`) {
      return hubNote === null ? new Response("", { status: 404 }) : new Response(hubNote);
    }
    if (url.pathname !== "/witness/add-checkpoint") return new Response("", { status: 404 });
    const request = parseAddCheckpoint(init?.body as string);
    if (!request.ok) return new Response("", { status: 400 });
    const bookKey = (await signerOf(world.context.config.book.skey)).vkey;
    const judged = await judgeRequest(request.value, { vkeys: [bookKey], last: held });
    if (!judged.ok) {
      const { error } = judged;
      return new Response("size" in error ? `${String(error.size)}\n` : "", { status: witnessStatus[error.code] });
    }
    const { text, lines } = judged.value;
    const line = await key.cosign(text, Math.floor(world.clock.now / 1000));
    held = { size: request.value.checkpoint.size, root: request.value.checkpoint.root };
    hubNote = `${text}\n${lines}${line}`;
    return new Response(line);
  });
  world = await village();
  await env.DB.batch([env.DB.prepare("UPDATE hub SET status = 'admitted'"), rememberCosigner(env.DB, vkey)]);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function size(): Promise<number> {
  return (await readHead(env.DB)).size;
}
/** A new member's key is an entry. */
async function appendAsNewIsolate(): Promise<number> {
  const app = nodeApp({ now: () => world.clock.now, log: () => undefined });
  const token = await world.steward.invite();
  const fetch = async (path: string, init?: RequestInit): Promise<Response> =>
    await app.request(`${PAGE}${path}`, init, { ...env });
  return (await person({ fetch }).join(token, "Ben")).status;
}

describe("the book", () => {
  it("is cosigned by its hub, by proof as it grows, and served with that", async () => {
    await collectForBook(world.context);
    const first = await (await world.fetch("/book/checkpoint")).text();
    expect(parseNote(first)!.signatures.map(({ name }) => name)).toEqual([BOOK, "hub.example.org/witness"]);
    await world.newMember("Cem");
    expect(parseNote(await (await world.fetch("/book/checkpoint")).text())!.signatures).toHaveLength(1);
    await collectForBook(world.context);
    expect(parseNote(await (await world.fetch("/book/checkpoint")).text())!.signatures).toHaveLength(2);
    expect(held.size).toBe(await size());
  });
});

describe("the drill: an older backup was restored", () => {
  it("nothing enters the book, the steward is told, and the newest backup puts it right", async () => {
    const older = await backUp();
    const ana = await world.newMember("Ana");
    await collectForBook(world.context);
    const newest = await backUp();

    await older.restore();
    const before = await size();
    expect(await appendAsNewIsolate()).toBe(503);
    expect(await size()).toBe(before);
    const told = (await world.steward.call("GET", "/api/witnessing")).body as unknown as Witnessing;
    expect(told.own?.halted).toMatchObject({ by: expect.stringMatching(/^hub\.example\.org/) as string });

    await newest.restore();
    expect(await appendAsNewIsolate()).toBe(201);
    expect(((await world.steward.call("GET", "/api/witnessing")).body as unknown as Witnessing).own?.halted).toBeNull();
    expect((await ana.me())?.name).toBe("Ana");
  });

  it("with no newer backup, the operator's order begins a new book: once, not before there is a reason, and nobody's pledge is invented", async () => {
    const order = { generation: 2, reason: "The disk is gone" };
    const context = { ...world.context, config: { ...world.context.config, beginBook: order } };
    const older = await backUp();
    const ana = await world.newMember("Ana");
    await pledge(ana, world.campaign);
    await collectForBook(world.context);
    await expect(obeyOrder(context)).rejects.toThrow("book-not-behind");
    expect((await readHead(env.DB)).log).toBe(1);
    await older.restore();
    await env.DB.prepare(
      "INSERT INTO audit_opening (audit, leaf, opening) VALUES ('whole', '1', '{}'), ('part', '1', '{}'), ('part', '2', NULL)",
    ).run();
    await obeyOrder(context);
    await obeyOrder(context);
    expect(await readHead(env.DB)).toMatchObject({ log: 2, size: 1 });
    // an audit that was not wholly open ends unanswered: an answer of less would be proof against the community
    expect((await env.DB.prepare("SELECT audit FROM audit_opening").all()).results).toEqual([{ audit: "whole" }]);
    expect(await appendAsNewIsolate()).toBe(503);
    expect(await carryOverSome(context)).toBe(1);
    expect(await appendAsNewIsolate()).toBe(201);
    expect(await (await world.fetch("/book/2/checkpoint")).text()).toMatch(/^community\.example\.org\/book\/2\n3\n/);
    expect((await world.fetch("/book/checkpoint")).status).toBe(404);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM tally").first("n")).toBe(0);
  });

  it("under a running isolate is seen without asking the hub", async () => {
    const older = await backUp();
    await world.newMember("Ana");
    await older.restore();
    isAway = true;
    const { status, code } = await pledge(world.steward, world.campaign).catch(() => ({ status: 0, code: "" }));
    expect([status, code]).toEqual([503, "log-behind"]);
  });
});

it("a hub that does not answer holds no pledge back", async () => {
  await collectForBook(world.context);
  isAway = true;
  expect(await appendAsNewIsolate()).toBe(201);
});
