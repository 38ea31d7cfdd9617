/** Signing in by a mailed code at a real hub with a real mail server: who gets in, and everybody who does not. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { OfferPage } from "../../../shared/protocol/api/supplier.ts";
import { sixDigits } from "../../../workers/hub/actions/email-code.ts";
import { type Person, person } from "../person.ts";
import { PAGE } from "./city.ts";
import { codeFor, freshAddress, mailsTo, WITH_MAIL } from "./post.ts";
import { type Treasury, treasury } from "./treasury.ts";

async function withFunder(): Promise<{ world: Treasury; email: string }> {
  const world = await treasury(WITH_MAIL);
  const email = freshAddress();
  const invited = await world.operator.call("POST", "/api/parties", {
    role: "funder",
    party: "meridian",
    name: "Mia",
    email,
  });
  expect({ status: invited.status, url: invited.body["url"] }).toEqual({ status: 201, url: null });
  return { world, email };
}

function browser(world: Treasury): Person {
  return person({ fetch: world.fetch }, PAGE);
}
const ask = async (who: Person, email: string) => await who.call("POST", "/api/email-code", { email });
const enter = async (who: Person, email: string, code: string) =>
  await who.call("POST", "/api/email-code/sign-in", { email, code });
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("a mailed code", () => {
  it("lets in the person it was mailed to, once", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    expect((await ask(mia, email)).status).toBe(204);
    // the invitation came first
    const code = await codeFor(email, 2);
    const entered = await enter(mia, email, code);
    expect(entered.body["me"]).toMatchObject({ name: "Mia", role: "funder", passkeys: 0, recovered: false });
    expect((await mia.call("GET", "/api/funder")).status).toBe(200);
    const again = browser(world);
    again.jar.clear();
    expect((await enter(mia, email, code)).code).toBe("email-code-over");
  });

  it("is in no case-sensitive address, and the account can have a passkey beside it", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email.toUpperCase());
    expect((await enter(mia, email, await codeFor(email, 2))).status).toBe(200);
    const ceremony = (await mia.call("POST", "/api/passkeys/options")).body as unknown as Parameters<
      Person["finish"]
    >[0];
    expect((await mia.finish(ceremony)).status).toBe(201);
    expect((await mia.me())?.passkeys).toBe(1);
  });

  it("works in the browser that asked for it and in no other", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const code = await codeFor(email, 2);
    const thief = browser(world);
    expect((await enter(thief, email, code)).code).toBe("email-code-over");
    await ask(thief, "somebody@else.example.org");
    expect((await enter(thief, email, code)).code).toBe("email-code-over");
    expect((await enter(mia, email, code)).status).toBe(200);
  });

  it("is judged five times and no more, however right the sixth is", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const code = await codeFor(email, 2);
    for (let tries = 0; tries < 5; tries += 1)
      expect((await enter(mia, email, wrong(code))).code).toBe("email-code-wrong");
    expect((await enter(mia, email, code)).code).toBe("email-code-over");
    expect(await mia.me()).toBe(null);
  });

  it("counts tries that come all at once", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const code = await codeFor(email, 2);
    const answers = await Promise.all(Array.from({ length: 12 }, async () => await enter(mia, email, wrong(code))));
    expect(answers.filter(({ code: problem }) => problem === "email-code-wrong")).toHaveLength(5);
    expect(answers.filter(({ code: problem }) => problem === "email-code-over")).toHaveLength(7);
  });

  it("lets one of two in who use it at the same instant", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const code = await codeFor(email, 2);
    const answers = await Promise.all([enter(mia, email, code), enter(mia, email, code)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const { results } = await env.DB.prepare(
      "SELECT id FROM session s JOIN member_email e ON e.member_id = s.member_id",
    ).all();
    expect(results).toHaveLength(1);
  });

  it("is over after ten minutes, and when a newer one was asked for", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const first = await codeFor(email, 2);
    await ask(mia, email);
    const second = await codeFor(email, 3);
    if (first !== second) expect((await enter(mia, email, first)).code).toBe("email-code-wrong");
    world.later(10 * 60 + 1);
    expect((await enter(mia, email, second)).code).toBe("email-code-over");
  });

  it("ends a session that this browser had, and starts a new one", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    await enter(mia, email, await codeFor(email, 2));
    const before = [...mia.jar.values()];
    await ask(mia, email);
    await enter(mia, email, await codeFor(email, 3));
    expect([...mia.jar.values()].some((value) => before.includes(value))).toBe(false);
    const { results } = await env.DB.prepare(
      "SELECT s.id FROM session s JOIN member_email e ON e.member_id = s.member_id",
    ).all();
    expect(results).toHaveLength(1);
  });

  it("is six digits, each number as likely as the others", () => {
    const draws = [new Uint8Array([255, 255, 255, 255]), new Uint8Array([0, 0, 0, 7])];
    expect(sixDigits(() => draws.shift() ?? new Uint8Array(4))).toBe("000007");
    expect(new Set(Array.from({ length: 50 }, () => sixDigits())).size).toBeGreaterThan(40);
  });
});

describe("what a stranger learns", () => {
  it("is the same for an address that is known and one that is not: answer, headers, queries", async () => {
    const { world, email } = await withFunder();
    const known = await ask(browser(world), email);
    const unknown = await ask(browser(world), freshAddress());
    const shown = ({ response, status, body }: typeof known) => ({
      status,
      body,
      db: response.headers.get("x-cocoon-db")?.replace(/read=\d+;/, ""),
      names: [...response.headers.keys()],
    });
    expect(shown(unknown)).toEqual(shown(known));
    const guess = async (address: string) => {
      const who = browser(world);
      await ask(who, address);
      return (await enter(who, address, "000000")).code;
    };
    expect([await guess(email), await guess(freshAddress())]).toEqual(["email-code-wrong", "email-code-wrong"]);
  });

  it("is never mailed to an address that is not known, and never to the people of the hub", async () => {
    const { world } = await withFunder();
    const stranger = freshAddress();
    await ask(browser(world), stranger);
    expect(await mailsTo(stranger)).toEqual([]);
  });

  it("is nothing from the database: neither the code nor the address of a request is in it", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    const code = await codeFor(email, 2);
    const { results } = await env.DB.prepare("SELECT * FROM email_code").all();
    const kept = JSON.stringify(results);
    expect(results.length).toBeGreaterThan(0);
    expect(kept).not.toContain(email);
    expect(results.some((row) => Object.values(row).includes(code))).toBe(false);
    const { results: waiting } = await env.DB.prepare("SELECT * FROM delivery").all();
    expect(JSON.stringify(waiting)).not.toContain(code);
  });

  it("is nothing from the log lines and the audit log", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    await enter(mia, email, await codeFor(email, 2));
    const audit = await world.operator.call("GET", "/api/audit");
    expect(JSON.stringify([world.lines, audit.body])).not.toContain(email.split("@")[0]);
    expect(JSON.stringify(audit.body)).toContain("party.invite");
  });
});

describe("what a code costs", () => {
  const cost = ({ response }: { response: Response }) => response.headers.get("x-cocoon-db");
  it("is a few rows, asked for and signed in with", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    expect(cost(await ask(mia, email))).toBe("queries=3;read=5;written=2");
    expect(cost(await enter(mia, email, await codeFor(email, 2)))).toBe("queries=5;read=7;written=4");
  });
});

describe("asking for codes", () => {
  it("is limited for an address, whoever asks, and for a caller, whatever is asked", async () => {
    const { world, email } = await withFunder();
    const codes: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      codes.push((await ask(browser(world), email)).code);
      world.later(61);
    }
    expect(codes).toEqual(["", "", "", "", "", "rate-limited"]);
    const flood = browser(world);
    const answers: string[] = [];
    for (let turn = 0; turn < 11; turn += 1) answers.push((await ask(flood, freshAddress())).code);
    expect(answers.filter((code) => code === "rate-limited")).toHaveLength(1);
  });

  it("is refused where there is no mail server, and the page can say so", async () => {
    const world = await treasury();
    expect(await (await world.fetch("/api/email-code")).json()).toEqual({ available: false });
    expect((await ask(world.guest, freshAddress())).code).toBe("mail-off");
    const body = { role: "funder", party: "meridian", name: "Mia", email: freshAddress() };
    expect((await world.operator.call("POST", "/api/parties", body)).code).toBe("mail-off");
  });

  it("takes no address with a line break, a second address or a name in it", async () => {
    const { world } = await withFunder();
    for (const email of ["a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org", "A <a@example.org>"]) {
      expect((await ask(world.guest, email)).code).toBe("malformed-request");
    }
  });
});

describe("a supplier that introduces itself", () => {
  const introduce = async (who: Person, email: string, change: Record<string, unknown> = {}) =>
    await who.call("POST", "/api/suppliers/introduce", { name: "Mill & Sons", email, country: "PT", ...change });

  it("has an account, and its domain is verified by mail, once the code came back", async () => {
    const world = await treasury(WITH_MAIL);
    const mill = browser(world);
    const email = freshAddress("mill-one.example.org");
    expect((await introduce(mill, email)).status).toBe(204);
    expect((await world.fetch("/api/suppliers/mill-one.example.org")).status).toBe(404);
    const entered = await enter(mill, email, await codeFor(email));
    expect(entered.body["me"]).toMatchObject({ role: "supplier", name: "Mill & Sons" });
    const desk = await mill.call("GET", "/api/supplier");
    expect(desk.body).toMatchObject({ domain: "mill-one.example.org", verified: { kind: "email", by: "hub" } });
    const shown = await (await world.fetch("/api/suppliers/mill-one.example.org")).text();
    expect(shown).not.toContain(email.split("@")[0]);
  });

  it("answers demand with an offer that says how it was verified and that it spoke for itself", async () => {
    const world = await treasury(WITH_MAIL);
    const campaign = await world.publish();
    const mill = browser(world);
    const email = freshAddress("mill-four.example.org");
    await introduce(mill, email);
    await enter(mill, email, await codeFor(email));
    const made = await mill.call("POST", "/api/offers", {
      campaign,
      currency: "USD",
      tiers: [{ min_qty: "100", unit_price_minor: "650" }],
      max_qty: null,
      regions: [],
      conditions: "",
      valid_until: new Date(world.clock.now + 86_400_000).toISOString(),
      replaces: null,
    });
    expect(made.status).toBe(201);
    const { offers } = await (await world.fetch("/api/offers?supplier=mill-four.example.org")).json<OfferPage>();
    expect(offers).toMatchObject([{ offer: made.body["leaf"], by: "supplier", supplier: { verified: "email" } }]);
  });

  it("has no person's address in its name", async () => {
    const world = await treasury(WITH_MAIL);
    const email = freshAddress("mill-five.example.org");
    expect((await introduce(world.guest, email, { name: `Ask ${email}` })).code).toBe("email-in-text");
  });

  it("signs in to the account it has when it introduces itself again, and takes no other's domain", async () => {
    const world = await treasury(WITH_MAIL);
    const email = freshAddress("mill-two.example.org");
    const mill = browser(world);
    await introduce(mill, email);
    const first = await enter(mill, email, await codeFor(email));
    const again = browser(world);
    await introduce(again, email, { name: "Somebody else" });
    const second = await enter(again, email, await codeFor(email, 2));
    expect(second.body["me"]).toMatchObject({ id: (first.body["me"] as { id: string }).id, name: "Mill & Sons" });
    const colleague = browser(world);
    const other = freshAddress("mill-two.example.org");
    await introduce(colleague, other);
    expect((await enter(colleague, other, await codeFor(other))).code).toBe("supplier-exists");
    expect(await colleague.me()).toBe(null);
  });

  it("is refused with an address at a mail provider, in whatever country", async () => {
    const world = await treasury(WITH_MAIL);
    for (const domain of ["gmail.com", "GMail.com", "hotmail.es", "yahoo.co.uk", "proton.me"]) {
      expect((await introduce(world.guest, freshAddress(domain))).code).toBe("email-free-domain");
    }
  });

  it("makes one supplier of two who finish at the same instant", async () => {
    const world = await treasury(WITH_MAIL);
    const emails = [freshAddress("mill-three.example.org"), freshAddress("mill-three.example.org")];
    const people = emails.map(() => browser(world));
    const codes = await Promise.all(
      people.map(async (who, at) => {
        await introduce(who, emails[at]!);
        return await codeFor(emails[at]!);
      }),
    );
    const answers = await Promise.all(people.map(async (who, at) => await enter(who, emails[at]!, codes[at]!)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const { results } = await env.DB.prepare("SELECT id FROM member WHERE role = 'supplier'").all();
    expect(results).toHaveLength(1);
  });
});

describe("accounts of funders and suppliers", () => {
  it("are listed with whether there is an address, and never with which", async () => {
    const { world, email } = await withFunder();
    world.later(1);
    await world.account("funder", "meridian");
    await world.operator.call("POST", "/api/parties", { role: "funder", party: "meridian", name: "Noa", email: null });
    const { body } = await world.operator.call("GET", "/api/parties");
    const accounts = body["accounts"] as { name: string; email: boolean; state: string; party: object }[];
    expect(accounts.map(({ name, email: has, state }) => ({ name, has, state }))).toEqual([
      { name: "Noa", has: false, state: "invited" },
      { name: "Mia", has: false, state: "active" },
      { name: "Mia", has: true, state: "active" },
    ]);
    expect(accounts[0]?.party).toEqual({ id: "meridian", name: "Meridian" });
    expect(JSON.stringify(body)).not.toContain(email);
  });

  it("end at once when they are withdrawn: session, address, codes, invitation", async () => {
    const { world, email } = await withFunder();
    const mia = browser(world);
    await ask(mia, email);
    await enter(mia, email, await codeFor(email, 2));
    const accounts = (await world.operator.call("GET", "/api/parties")).body["accounts"] as { id: string }[];
    const id = accounts[0]!.id;
    expect((await world.operator.call("DELETE", `/api/parties/${id}`)).status).toBe(204);
    expect(await mia.me()).toBe(null);
    expect((await world.operator.call("DELETE", `/api/parties/${id}`)).code).toBe("not-found");
    await ask(mia, email);
    expect(await mailsTo(email)).toHaveLength(2);
    const open = await world.operator.call("POST", "/api/parties", {
      role: "funder",
      party: "meridian",
      name: "Noa",
      email: null,
    });
    await world.operator.call("DELETE", `/api/parties/${String(open.body["id"])}`);
    const token = new URL(String(open.body["url"])).hash.slice(1);
    expect((await browser(world).call("POST", "/api/invites/inspect", { token })).code).toBe("invite-revoked");
  });

  it("are for organisations that are there, with one account an address", async () => {
    const { world, email } = await withFunder();
    const invite = async (change: object) =>
      (
        await world.operator.call("POST", "/api/parties", {
          role: "funder",
          party: "meridian",
          name: "Mia",
          email,
          ...change,
        })
      ).code;
    expect(await invite({})).toBe("email-taken");
    expect(await invite({ party: "nobody" })).toBe("funder-unknown");
    expect(await invite({ role: "supplier", party: "nobody" })).toBe("supplier-unknown");
    expect(await invite({ role: "operator" })).toBe("malformed-request");
    expect((await world.operator.call("POST", "/api/invites", { role: "funder" })).code).toBe("not-allowed");
  });
});
