/** A node asks to join, and what stands between asking and counting: docs/protocol.md §4. */
import { beforeEach, describe, expect, it } from "vitest";
import type { JoinRequest } from "../../../shared/protocol/api/console.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import type { Answer } from "../person.ts";
import { type City, city, expectReplayEqualsTables, send } from "./city.ts";
import { type NodeDouble, nodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;

beforeEach(async () => {
  world = await city();
  node = await world.newNode("a.example.org");
});

async function ask(jws: string): Promise<Answer> {
  return await send(world.fetch, "/api/joins", jws, "application/jose");
}

async function decide(verb: "admit" | "decline", origin = node.origin): Promise<Answer> {
  return await world.operator.call("POST", `/api/joins/${origin}/${verb}`, { reason: "because" });
}

async function waiting(): Promise<JoinRequest[]> {
  return (await world.operator.call("GET", "/api/joins")).body["joins"] as JoinRequest[];
}

async function statusOf(origin = node.origin): Promise<unknown> {
  return await (await world.fetch(`/api/joins/${origin}`)).json<unknown>();
}

describe("asking", () => {
  it("shows the operator origin and keys, and the node where it stands", async () => {
    const jws = await node.join();
    expect((await ask(jws)).status).toBe(202);
    expect(await waiting()).toMatchObject([
      { origin: node.origin, report_kid: thumbprint(node.signer.publicJwk), book_vkey: node.vkey, confirmed: true },
    ]);
    expect(await statusOf()).toMatchObject({ status: "requested", leaf: node.last.leaf });
    expect((await ask(jws)).status).toBe(200);
    expect((await waiting()).length).toBe(1);
  });

  it("is told by its own code what is wrong", async () => {
    const other = await nodeDouble("a.example.org", world.clock);
    const cases: [string, number, string][] = [
      ["no statement", 400, "jws-malformed"],
      [await node.report(world.rules, { prev: random(32) }), 403, "statement-not-accepted"],
      [await node.join({ report_jwk: other.signer.publicJwk }), 400, "kid-unknown"],
      [await node.join({ aud: "other.example.org/log" }), 400, "audience-wrong"],
      [await node.join({ iat: Math.floor(world.clock.now / 1000) + 301 }), 400, "issued-in-future"],
      [
        await node.join({ book: { vkey: node.vkey, checkpoint: await other.checkpoint() } }),
        400,
        "book-checkpoint-invalid",
      ],
      [await node.join({ url: "https://b.example.org" }), 400, "statement-invalid"],
    ];
    for (const [jws, status, code] of cases) {
      const answer = await ask(jws);
      expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    }
    const signed = await node.join();
    const forged = signed.replace(
      /\.([A-Za-z0-9_-])([^.]+)$/,
      (_, first: string, rest: string) => `.${first === "A" ? "B" : "A"}${rest}`,
    );
    expect((await ask(forged)).code).toBe("signature-invalid");
    expect((await send(world.fetch, "/api/joins", signed, "text/plain")).code).toBe("unsupported-media-type");
    expect(await waiting()).toEqual([]);
  });

  it("is refused when the address shows other keys", async () => {
    const squatter = await nodeDouble("a.example.org", world.clock);
    expect((await ask(await squatter.join())).code).toBe("peer-invalid");
  });

  it("is refused at an address that may not be fetched", async () => {
    const local = await nodeDouble("192.168.1.1", world.clock);
    expect((await ask(await local.join())).code).toBe("peer-forbidden");
  });

  it("is refused with a key that another join has used", async () => {
    await ask(await node.join());
    const copy = await world.newNode("b.example.org");
    const jws = await signStatement(node.signer, "node-join+jwt", {
      iss: "b.example.org",
      aud: "hub.example.org/log",
      iat: Math.floor(world.clock.now / 1000),
      v: 1,
      url: "https://b.example.org",
      report_jwk: node.signer.publicJwk,
      book: { vkey: copy.vkey, checkpoint: await copy.checkpoint() },
      recovery_sha256: random(32),
      profile: { name: "Copy", region: "TW", languages: ["en"], members: 1 },
    });
    expect((await ask(jws)).code).toBe("key-reused");
  });

  it("is marked when the node does not answer, and gives way to the one its address confirms", async () => {
    const squatter = await nodeDouble("a.example.org", world.clock);
    node.reachable = false;
    expect((await ask(await squatter.join())).status).toBe(202);
    expect(await waiting()).toMatchObject([{ confirmed: false, book_vkey: squatter.vkey }]);
    expect((await ask(await node.join())).code).toBe("join-exists");
    node.reachable = true;
    expect((await ask(await node.join())).status).toBe(202);
    expect(await waiting()).toMatchObject([{ confirmed: true, book_vkey: node.vkey }]);
  });
});

describe("deciding", () => {
  it("logs the node's own words and the decision, side by side", async () => {
    await ask(await node.join());
    const admission = await decide("admit");
    const community = await world.community(node.origin);
    expect(community).toMatchObject({ status: "admitted", reason: "because", join_leaf: node.last.leaf });
    expect(admission.body["leaf"]).not.toBe(node.last.leaf);
    expect((await world.network()).log.size).toBe(Number(admission.body["index"]) + 1);
    expect(await statusOf()).toMatchObject({ status: "admitted" });
    expect((await decide("admit")).code).toBe("status-conflict");
    expect((await decide("decline")).code).toBe("status-conflict");
    expect((await decide("admit", "nobody.example.org")).code).toBe("not-found");
    await expectReplayEqualsTables();
  });

  it("lets a declined node ask again, and logs nothing of it", async () => {
    const { size } = (await world.network()).log;
    await ask(await node.join());
    expect((await decide("decline")).status).toBe(200);
    expect(await statusOf()).toMatchObject({ status: "declined", reason: "because" });
    world.later(60);
    expect((await ask(await node.join())).status).toBe(202);
    expect(await statusOf()).toMatchObject({ status: "requested" });
    expect((await world.network()).log.size).toBe(size);
  });

  it("admits once when two operators press at the same instant", async () => {
    await ask(await node.join());
    const both = await Promise.all([decide("admit"), decide("admit")]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    await expectReplayEqualsTables();
  });

  it("holds a member of the network to the keys it joined with", async () => {
    await ask(await node.join());
    await decide("admit");
    const other = await nodeDouble("a.example.org", world.clock);
    expect((await ask(await other.join())).code).toBe("join-exists");
    expect((await ask(await node.join())).body).toMatchObject({ status: "admitted" });
  });
});
