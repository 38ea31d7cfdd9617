/** A person at a browser: a cookie jar, an authenticator and the identity API, against one worker. */
import { createAuthenticator } from "../../scripts/demo/authenticator.ts";
import type { Me } from "../../shared/protocol/api/identity.ts";
import { type Frame, ORIGIN } from "./frame.ts";

export interface Answer {
  status: number;
  /** problem code, or "" */
  code: string;
  body: Record<string, unknown>;
  response: Response;
}

let addresses = 0;

export function person(worker: Pick<Frame, "fetch">, page = ORIGIN) {
  const jar = new Map<string, string>();
  const authenticator = createAuthenticator();
  addresses += 1;
  const address = `198.51.100.${String(addresses % 250)}`;

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await worker.fetch(path, {
      method,
      headers: {
        origin: page,
        "cf-connecting-ip": address,
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const at = pair.indexOf("=");
      if (attributes.includes("Max-Age=0")) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.clone().text();
    const parsed = !text.startsWith("{") ? {} : (JSON.parse(text) as Record<string, unknown>);
    return {
      status: response.status,
      code: typeof parsed["code"] === "string" ? parsed["code"] : "",
      body: parsed,
      response,
    };
  }

  async function accept(token: string, name = "Ana"): Promise<{ challenge_id: string; options: object }> {
    const { body } = await call("POST", "/api/invites/accept", { token, name });
    return body as unknown as { challenge_id: string; options: object };
  }

  async function finish(ceremony: { challenge_id: string; options: object }, origin = page): Promise<Answer> {
    const response = await authenticator.create(ceremony.options, origin);
    return await call("POST", "/api/passkeys", { challenge_id: ceremony.challenge_id, response, label: "Phone" });
  }

  async function join(token: string, name = "Ana"): Promise<Answer> {
    return await finish(await accept(token, name));
  }

  async function signInOptions(): Promise<{ challenge_id: string; options: object }> {
    const { body } = await call("POST", "/api/sign-in/options");
    return body as unknown as { challenge_id: string; options: object };
  }

  async function signIn(ceremony?: { challenge_id: string; options: object }, origin = page): Promise<Answer> {
    const { challenge_id, options } = ceremony ?? (await signInOptions());
    const response = await authenticator.get(options, origin);
    return await call("POST", "/api/sign-in", { challenge_id, response });
  }

  async function me(): Promise<Me | null> {
    return (await call("GET", "/api/session")).body["me"] as Me | null;
  }

  /** A steward's invitation for one more member; returns its token. */
  async function invite(role = "member"): Promise<string> {
    const { body } = await call("POST", "/api/invites", { role, note: "met at the market" });
    return String(body["url"]).split("#")[1] ?? "";
  }

  return { call, accept, finish, join, signInOptions, signIn, me, invite, jar, authenticator };
}
export type Person = ReturnType<typeof person>;
