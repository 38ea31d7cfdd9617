/** Joining, signing in and keeping access in workerd on D1, with a software authenticator. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator } from "../../../scripts/demo/authenticator.ts";
import { type Frame, frame } from "../frame.ts";
import { type Person, person } from "../person.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
let worker: Frame;
let steward: Person;

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  worker = await frame();
  steward = person(worker);
  expect((await steward.join(env.SETUP_TOKEN, "Siddhi")).status).toBe(201);
});

async function countOf(sql: string): Promise<number> {
  return (await env.DB.prepare(`SELECT count(*) AS n FROM ${sql}`).first<{ n: number }>())?.n ?? 0;
}

describe("the setup link", () => {
  it("makes the first steward, once", async () => {
    expect(await steward.me()).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/) as string,
      name: "Siddhi",
      role: "steward",
      passkeys: 1,
      recovery_codes_left: 0,
      recovered: false,
    });
    const second = person(worker);
    expect((await second.call("POST", "/api/invites/inspect", { token: env.SETUP_TOKEN })).code).toBe("invite-used");
    expect((await second.call("POST", "/api/invites/accept", { token: env.SETUP_TOKEN, name: "Eve" })).code).toBe(
      "invite-used",
    );
  });

  it("works for one of two who begin with it at the same time", async () => {
    await reset();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const [first, second] = [person(worker), person(worker)];
    const [a, b] = [await first.accept(env.SETUP_TOKEN), await second.accept(env.SETUP_TOKEN)];
    const answers = await Promise.all([first.finish(a), second.finish(b)]);
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "invite-used"]);
    expect(await countOf("member")).toBe(1);
    expect(await countOf("credential")).toBe(1);
  });
});

describe("an invitation", () => {
  it("shows what it offers and by whom, and consumes nothing by being looked at", async () => {
    const token = await steward.invite();
    const guest = person(worker);
    for (let i = 0; i < 3; i++) {
      const { status, body } = await guest.call("POST", "/api/invites/inspect", { token });
      expect([status, body["role"], body["community"], body["inviter"]]).toEqual([
        200,
        "member",
        "Green Street",
        "Siddhi",
      ]);
    }
    expect((await guest.join(token, "Ana")).status).toBe(201);
    expect((await guest.me())?.role).toBe("member");
  });

  it("survives a ceremony that failed, and is used up by one that did not", async () => {
    const token = await steward.invite();
    const guest = person(worker);
    expect((await guest.finish(await guest.accept(token), "https://evil.example")).code).toBe("passkey-invalid");
    expect(await guest.me()).toBeNull();
    expect((await guest.join(token)).status).toBe(201);
    const late = person(worker);
    expect((await late.call("POST", "/api/invites/accept", { token, name: "Eve" })).code).toBe("invite-used");
  });

  it("lets in one of two who accepted it before either finished", async () => {
    const token = await steward.invite();
    const [first, second] = [person(worker), person(worker)];
    const [a, b] = [await first.accept(token), await second.accept(token)];
    expect((await first.finish(a)).status).toBe(201);
    expect((await second.finish(b)).code).toBe("invite-used");
    expect(await second.me()).toBeNull();
    expect(await countOf("credential")).toBe(2);
  });

  it("expires after seven days, can be withdrawn, and is unknown if nobody made it", async () => {
    const token = await steward.invite();
    const guest = person(worker);
    const { body } = await steward.call("POST", "/api/invites", { role: "member" });
    const withdrawn = String(body["url"]).split("#")[1];
    expect((await steward.call("DELETE", `/api/invites/${String(body["id"])}`)).status).toBe(204);
    expect((await guest.call("POST", "/api/invites/inspect", { token: withdrawn })).code).toBe("invite-revoked");
    expect((await guest.call("POST", "/api/invites/inspect", { token: "A".repeat(22) })).code).toBe("invite-unknown");
    worker.clock.now += 7 * DAY;
    expect((await guest.call("POST", "/api/invites/accept", { token, name: "Ana" })).code).toBe("invite-expired");
    const list = (await steward.call("GET", "/api/invites")).body["invites"] as { state: string }[];
    expect(list.map(({ state }) => state).toSorted()).toEqual(["expired", "revoked"]);
  });

  it("that is withdrawn during the ceremony lets nobody in", async () => {
    const { body } = await steward.call("POST", "/api/invites", { role: "member" });
    const guest = person(worker);
    const ceremony = await guest.accept(String(body["url"]).split("#")[1] ?? "");
    await steward.call("DELETE", `/api/invites/${String(body["id"])}`);
    expect((await guest.finish(ceremony)).code).toBe("invite-revoked");
    expect(await countOf("member")).toBe(1);
  });

  it("is made by stewards only, for roles that exist here", async () => {
    const guest = person(worker);
    await guest.join(await steward.invite());
    expect((await guest.call("POST", "/api/invites", { role: "member" })).code).toBe("not-allowed");
    expect((await guest.call("GET", "/api/invites")).code).toBe("not-allowed");
    expect((await person(worker).call("GET", "/api/invites")).code).toBe("not-signed-in");
    expect((await steward.call("POST", "/api/invites", { role: "operator" })).code).toBe("not-allowed");
  });

  it("is stored as a hash only", async () => {
    const token = await steward.invite();
    const rows = await env.DB.prepare("SELECT * FROM invite").all();
    expect(JSON.stringify(rows.results)).not.toContain(token);
  });
});

describe("registering a passkey", () => {
  it("asks for a discoverable, verified, unattested one of this relying party", async () => {
    const guest = person(worker);
    const { options } = await guest.accept(await steward.invite());
    const asked = options as {
      rp: object;
      pubKeyCredParams: { alg: number }[];
      attestation: string;
      authenticatorSelection: object;
      user: { id: string };
      challenge: string;
    };
    expect(asked.rp).toEqual({ id: "community.example.org", name: "Green Street" });
    expect(asked.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257]);
    expect(asked.attestation).toBe("none");
    expect(asked.authenticatorSelection).toMatchObject({ residentKey: "required", userVerification: "required" });
    expect(asked.challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(asked.user.id).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("tells the worker about the new key in the same batch", async () => {
    expect(worker.events).toHaveLength(1);
    expect(worker.events[0]).toMatchObject({ kind: "key-added", memberId: (await steward.me())?.id });
  });

  it.each([
    ["another origin", "https://evil.example", "passkey-invalid"],
    ["a subdomain of ours", "https://x.community.example.org", "passkey-invalid"],
    ["our host without TLS", "http://community.example.org", "passkey-invalid"],
  ])("on %s is refused", async (_name, origin, code) => {
    const guest = person(worker);
    expect((await guest.finish(await guest.accept(await steward.invite()), origin)).code).toBe(code);
  });

  it("is bound to the browser that began it", async () => {
    const [guest, thief] = [person(worker), person(worker)];
    const ceremony = await guest.accept(await steward.invite());
    await thief.signInOptions();
    expect((await thief.finish(ceremony)).code).toBe("challenge-unknown");
    expect((await person(worker).finish(ceremony)).code).toBe("challenge-unknown");
    expect((await guest.finish(ceremony)).status).toBe(201);
  });

  it("can be tried once per challenge, within five minutes", async () => {
    const guest = person(worker);
    const token = await steward.invite();
    const once = await guest.accept(token);
    await guest.finish(once, "https://evil.example");
    expect((await guest.finish(once)).code).toBe("challenge-used");
    const late = await guest.accept(token);
    worker.clock.now += 5 * MINUTE;
    expect((await guest.finish(late)).code).toBe("challenge-expired");
  });

  it("does not accept a challenge that was made for signing in", async () => {
    const guest = person(worker);
    const { options } = await guest.accept(await steward.invite());
    const { challenge_id } = await guest.signInOptions();
    expect((await guest.finish({ challenge_id, options })).code).toBe("challenge-unknown");
  });

  it("refuses a credential id that someone else has", async () => {
    const guest = person(worker);
    const ceremony = await guest.accept(await steward.invite());
    const response = await guest.authenticator.create(ceremony.options, "https://community.example.org");
    const body = { challenge_id: ceremony.challenge_id, response, label: "Phone" };
    expect((await guest.call("POST", "/api/passkeys", body)).status).toBe(201);
    const other = person(worker);
    const again = await other.accept(await steward.invite());
    const key = guest.authenticator.passkeys[0]!;
    const clone = createAuthenticator();
    const made = await clone.create(again.options, "https://community.example.org");
    // the same id inside the attested data: 37 bytes of header, 16 of AAGUID, 2 of length, then the id
    const swapped = swapId(made, clone.passkeys[0]!.id, key.id);
    const taken = await other.call("POST", "/api/passkeys", {
      challenge_id: again.challenge_id,
      response: swapped,
      label: "x",
    });
    expect(taken.code).toBe("passkey-exists");
    expect(await other.me()).toBeNull();
  });
});

function swapId<T extends { id: string; rawId: string; response: { attestationObject: string } }>(
  made: T,
  from: string,
  to: string,
): T {
  const bytes = (text: string) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const object = bytes(made.response.attestationObject);
  const [old, id] = [bytes(from), bytes(to)];
  const at = object.findIndex((_, i) => old.every((byte, j) => object[i + j] === byte));
  object.set(id, at);
  const attestationObject = btoa(String.fromCharCode(...object))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return { ...made, id: to, rawId: to, response: { ...made.response, attestationObject } };
}

describe("signing in", () => {
  it("offers no credential, works, and gives a new session each time", async () => {
    const before = new Map(steward.jar);
    await steward.call("POST", "/api/sign-out");
    expect(await steward.me()).toBeNull();
    const ceremony = await steward.signInOptions();
    expect(ceremony.options).not.toHaveProperty("allowCredentials");
    expect((await steward.signIn(ceremony)).status).toBe(200);
    expect((await steward.me())?.name).toBe("Siddhi");
    expect(steward.jar.get("__Host-cocoon")).not.toBe(before.get("__Host-cocoon"));
  });

  it("ends the session this browser had before", async () => {
    const old = steward.jar.get("__Host-cocoon")!;
    await steward.signIn();
    const thief = person(worker);
    thief.jar.set("__Host-cocoon", old);
    expect(await thief.me()).toBeNull();
    expect(await countOf("session")).toBe(1);
  });

  it("refuses a replayed answer, a foreign browser, another origin and a late one", async () => {
    const ceremony = await steward.signInOptions();
    expect((await steward.signIn(ceremony)).status).toBe(200);
    expect((await steward.signIn(ceremony)).code).toMatch(/^challenge-(used|unknown)$/);
    const stranger = person(worker);
    await stranger.signInOptions();
    stranger.authenticator.passkeys.push(...steward.authenticator.passkeys);
    expect((await stranger.signIn(await steward.signInOptions())).code).toBe("challenge-unknown");
    expect((await steward.signIn(undefined, "https://evil.example")).code).toBe("passkey-unknown");
    const late = await steward.signInOptions();
    worker.clock.now += 6 * MINUTE;
    expect((await steward.signIn(late)).code).toBe("challenge-expired");
  });

  it("says the same for an unknown passkey, a wrong signature and a member who is gone", async () => {
    const unknown = person(worker);
    await unknown.authenticator.create(
      { challenge: "AAAA", rp: { id: "community.example.org" }, user: { id: "AAAA" }, pubKeyCredParams: [{ alg: -7 }] },
      "https://community.example.org",
    );
    const first = await unknown.signIn();
    const forger = person(worker);
    const real = steward.authenticator.passkeys[0]!;
    await forger.authenticator.create(
      { challenge: "AAAA", rp: { id: real.rp_id }, user: { id: real.user_handle }, pubKeyCredParams: [{ alg: -7 }] },
      "https://community.example.org",
    );
    forger.authenticator.passkeys[0]!.id = real.id;
    const second = await forger.signIn();
    await env.DB.prepare("UPDATE member SET state = 'removed'").run();
    const third = await steward.signIn();
    expect([first, second, third].map(({ status, code }) => [status, code])).toEqual(
      Array.from({ length: 3 }, () => [400, "passkey-unknown"]),
    );
    expect(await steward.me()).toBeNull();
  });

  it("with a counter that went back is an alert in the log and not a lockout", async () => {
    await env.DB.prepare("UPDATE credential SET counter = 7").run();
    expect((await steward.signIn()).status).toBe(200);
    expect(worker.lines.filter((line) => line["alert"] === "passkey-counter-regress")).toHaveLength(1);
    expect(await countOf("credential WHERE counter = 7")).toBe(1);
  });
});

describe("a session", () => {
  it("is an httpOnly, Secure, host-bound, SameSite=Lax cookie of which the database has the hash", async () => {
    const { response } = await steward.signIn();
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith("__Host-cocoon="))!;
    for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=2592000"])
      expect(cookie).toContain(attribute);
    const rows = await env.DB.prepare("SELECT * FROM session").all();
    expect(JSON.stringify(rows.results)).not.toContain(steward.jar.get("__Host-cocoon"));
  });

  it("lasts thirty days from its last use and is written at most once a day", async () => {
    worker.clock.now += DAY / 2;
    expect((await steward.call("GET", "/api/session")).response.headers.get("x-cocoon-db")).toContain("written=0");
    worker.clock.now += DAY;
    expect((await steward.call("GET", "/api/session")).response.headers.get("x-cocoon-db")).toContain("written=1");
    worker.clock.now += 29 * DAY;
    expect(await steward.me()).not.toBeNull();
    worker.clock.now += 31 * DAY;
    expect(await steward.me()).toBeNull();
  });

  it("ends at sign-out, also for whoever copied the cookie", async () => {
    const copy = steward.jar.get("__Host-cocoon")!;
    expect((await steward.call("POST", "/api/sign-out")).status).toBe(204);
    const thief = person(worker);
    thief.jar.set("__Host-cocoon", copy);
    expect(await thief.me()).toBeNull();
  });
});

describe("a second passkey", () => {
  async function second(who: Person): Promise<string> {
    const { body } = await who.call("POST", "/api/passkeys/options");
    const tablet = createAuthenticator();
    const { challenge_id, options } = body as { challenge_id: string; options: object };
    const response = await tablet.create(options, "https://community.example.org");
    const answer = await who.call("POST", "/api/passkeys", { challenge_id, response, label: "Tablet" });
    expect(answer.status).toBe(201);
    who.authenticator.passkeys.push(...tablet.passkeys);
    return response.id;
  }

  it("belongs to the same member and signs in", async () => {
    const before = await steward.me();
    worker.clock.now += MINUTE;
    const id = await second(steward);
    expect((await steward.me())?.passkeys).toBe(2);
    await steward.call("POST", "/api/sign-out");
    steward.authenticator.passkeys.shift();
    expect((await steward.signIn()).status).toBe(200);
    expect((await steward.me())?.id).toBe(before?.id);
    expect((await steward.call("PATCH", `/api/passkeys/${id}`, { label: "Old tablet" })).status).toBe(204);
    const { passkeys } = (await steward.call("GET", "/api/passkeys")).body as { passkeys: { label: string }[] };
    expect(passkeys.map(({ label }) => label)).toEqual(["Phone", "Old tablet"]);
  });

  it("can be removed by its owner only, which ends the other sessions", async () => {
    const id = await second(steward);
    const elsewhere = person(worker);
    elsewhere.authenticator.passkeys.push(...steward.authenticator.passkeys);
    await elsewhere.signIn();
    const guest = person(worker);
    await guest.join(await steward.invite());
    expect((await guest.call("DELETE", `/api/passkeys/${id}`)).code).toBe("passkey-unknown");
    expect((await steward.call("DELETE", `/api/passkeys/${id}`)).status).toBe(204);
    expect(await elsewhere.me()).toBeNull();
    expect((await steward.me())?.passkeys).toBe(1);
    expect(worker.events.at(-1)).toMatchObject({ kind: "key-ended", credentialId: id });
    expect((await steward.call("DELETE", `/api/passkeys/${id}`)).code).toBe("passkey-unknown");
  });

  it("is needed before the first one can go, or recovery codes are", async () => {
    const id = steward.authenticator.passkeys[0]!.id;
    expect((await steward.call("DELETE", `/api/passkeys/${id}`)).code).toBe("passkey-last");
    expect((await steward.me())?.passkeys).toBe(1);
    await steward.call("POST", "/api/recovery-codes");
    expect((await steward.call("DELETE", `/api/passkeys/${id}`)).status).toBe(204);
  });

  it("and the first one cannot both go when they are removed at the same instant", async () => {
    const ids = [steward.authenticator.passkeys[0]!.id, await second(steward)];
    const answers = await Promise.all(ids.map(async (id) => await steward.call("DELETE", `/api/passkeys/${id}`)));
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "passkey-last"]);
    expect(await countOf("credential WHERE ended_at IS NULL")).toBe(1);
  });
});

describe("recovery codes", () => {
  async function codes(who: Person): Promise<string[]> {
    return (await who.call("POST", "/api/recovery-codes")).body["codes"] as string[];
  }

  it("are ten, readable, different, and stored as hashes", async () => {
    const made = await codes(steward);
    expect(new Set(made).size).toBe(10);
    for (const code of made) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM recovery_code").all()).results);
    for (const code of made) expect(rows).not.toContain(code.slice(0, 9));
    expect((await steward.me())?.recovery_codes_left).toBe(10);
  });

  it("let in once, however they are typed, and end every other session", async () => {
    const [code = ""] = await codes(steward);
    const phoneless = person(worker);
    const answer = await phoneless.call("POST", "/api/recover", {
      code: ` ${code.toLowerCase().replaceAll("-", " ")} `,
    });
    expect(answer.status).toBe(200);
    expect(answer.body["me"]).toMatchObject({ name: "Siddhi", recovered: true, recovery_codes_left: 9 });
    expect(await steward.me()).toBeNull();
    expect((await person(worker).call("POST", "/api/recover", { code })).code).toBe("recovery-invalid");
  });

  it("work for one of two who try the same at once", async () => {
    const [code = ""] = await codes(steward);
    const answers = await Promise.all(
      [0, 1, 2].map(async () => await person(worker).call("POST", "/api/recover", { code })),
    );
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "recovery-invalid", "recovery-invalid"]);
    expect(await countOf("session")).toBe(1);
  });

  it("open a session that may look and add a passkey, and is whole again afterwards", async () => {
    const [code = ""] = await codes(steward);
    const phoneless = person(worker);
    await phoneless.call("POST", "/api/recover", { code });
    expect((await phoneless.call("GET", "/api/invites")).status).toBe(200);
    expect((await phoneless.call("POST", "/api/invites", { role: "member" })).code).toBe("not-allowed");
    expect((await phoneless.call("POST", "/api/recovery-codes")).code).toBe("not-allowed");
    const { body } = await phoneless.call("POST", "/api/passkeys/options");
    const ceremony = body as { challenge_id: string; options: { excludeCredentials: object[] } };
    expect(ceremony.options.excludeCredentials).toHaveLength(1);
    expect((await phoneless.finish(ceremony)).status).toBe(201);
    expect(await phoneless.me()).toMatchObject({ name: "Siddhi", recovered: false, passkeys: 2 });
    expect((await phoneless.call("POST", "/api/invites", { role: "member" })).status).toBe(201);
  });

  it("of an earlier set stop working when new ones are made", async () => {
    const [old = ""] = await codes(steward);
    await codes(steward);
    expect((await person(worker).call("POST", "/api/recover", { code: old })).code).toBe("recovery-invalid");
  });

  it("cannot be guessed fast", async () => {
    const guesser = person(worker);
    const answers: string[] = [];
    for (let i = 0; i < 12; i++)
      answers.push((await guesser.call("POST", "/api/recover", { code: `0000-0000-0000-00${String(10 + i)}` })).code);
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "recovery-invalid"));
    expect(answers.slice(10)).toEqual(["rate-limited", "rate-limited"]);
    worker.clock.now += MINUTE;
    expect((await guesser.call("POST", "/api/recover", { code: "0000-0000-0000-0099" })).code).toBe("recovery-invalid");
  });
});
