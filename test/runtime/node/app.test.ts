/** The frame every route stands in: what is refused before a handler runs, and what every answer carries. */
import { beforeEach, describe, expect, it } from "vitest";
import { commonConfig } from "../../../workers/lib/config.ts";
import { type Frame, frame, ORIGIN } from "../frame.ts";

let worker: Frame;

beforeEach(async () => {
  worker = await frame();
});

const JSON_TYPE = { "content-type": "application/json" };

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = await response.json<{ code: string; type: string; status: number; instance: string }>();
  expect(body.type).toBe(`urn:cocoon:problem:${body.code}`);
  expect(body.status).toBe(response.status);
  expect(body.instance).toBe(response.headers.get("x-request-id"));
  return body.code;
}

async function post(path: string, body: BodyInit, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return await worker.fetch(path, { method: "POST", headers, body });
}

describe("a request that makes no sense", () => {
  it.each([
    ["JSON that does not parse", "{", JSON_TYPE, 400, "malformed-json"],
    ["no body", "", JSON_TYPE, 400, "malformed-json"],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), JSON_TYPE, 400, "malformed-request"],
    [
      "another content type",
      "token=x",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "unsupported-media-type",
    ],
    ["JSON dressed as text", '{"token":"x"}', { "content-type": "text/plain" }, 415, "unsupported-media-type"],
    ["an array for an object", "[]", JSON_TYPE, 400, "malformed-request"],
    ["a wrong type", '{"token":5}', JSON_TYPE, 400, "malformed-request"],
    ["an unknown field", `{"token":"${"A".repeat(22)}","admin":true}`, JSON_TYPE, 400, "malformed-request"],
    ["a body above the limit", `{"token":"${"A".repeat(70_000)}"}`, JSON_TYPE, 413, "body-too-large"],
  ])("for %s is refused by code", async (_name, body, headers, status, code) => {
    const response = await post("/api/invites/inspect", body, headers);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  it("is told where its body is wrong, without an echo of what it sent", async () => {
    const response = await post("/api/invites/inspect", '{"token":"<script>","s3cret":1}');
    const body = await response.json<{ errors: { path: string; message: string }[] }>();
    expect(body.errors.map(({ path }) => path)).toContain("token");
    expect(JSON.stringify(body)).not.toMatch(/script|s3cret/);
  });

  it("may not be large even where nothing parses it", async () => {
    const response = await post("/api/echo", new Uint8Array(65 * 1024));
    expect(await codeOf(response)).toBe("body-too-large");
    expect(await (await post("/api/echo", new Uint8Array(64 * 1024))).json()).toEqual({ length: 65_536 });
  });

  it("may not be large without saying so first", async () => {
    const chunk = new Uint8Array(16 * 1024);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 40) controller.close();
        else controller.enqueue(chunk);
      },
    });
    expect(await codeOf(await post("/api/echo", body))).toBe("body-too-large");
    expect(sent).toBeLessThan(12);
  });

  it("to an unknown address is a problem, and to a known one by another method too", async () => {
    const unknown = await worker.fetch("/api/nothing");
    expect([unknown.status, await codeOf(unknown)]).toEqual([404, "not-found"]);
    const wrong = await worker.fetch("/api/session", { method: "PUT" });
    expect([wrong.status, wrong.headers.get("allow"), await codeOf(wrong)]).toEqual([
      405,
      "GET, OPTIONS",
      "method-not-allowed",
    ]);
    const both = await worker.fetch("/api/invites", { method: "PATCH" });
    expect(both.headers.get("allow")).toBe("GET, POST, OPTIONS");
  });
});

describe("a request from another site", () => {
  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://community.example.org" },
    { origin: "https://community.example.org:8443" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("that would write is refused: %o", async (headers) => {
    const response = await post("/api/sign-in/options", "", headers);
    expect([response.status, await codeOf(response)]).toEqual([403, "cross-site"]);
  });

  it.each([{ origin: ORIGIN }, { "sec-fetch-site": "same-origin" }, {}])("is not what this is: %o", async (headers) => {
    expect((await worker.fetch("/api/sign-in/options", { method: "POST", headers: headers })).status).toBe(200);
  });

  it("may read what is public, never with credentials, and nothing else", async () => {
    const headers = { origin: "https://evil.example" };
    const open = await worker.fetch("/openapi.json", { headers });
    expect(open.headers.get("access-control-allow-origin")).toBe("*");
    expect(open.headers.get("access-control-allow-credentials")).toBeNull();
    const closed = await worker.fetch("/api/session", { headers });
    expect(closed.headers.get("access-control-allow-origin")).toBeNull();
    expect(closed.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const preflight = { method: "OPTIONS", headers: { ...headers, "access-control-request-method": "GET" } };
    expect((await worker.fetch("/book/checkpoint", preflight)).headers.get("access-control-allow-origin")).toBe("*");
    expect((await worker.fetch("/api/session", preflight)).headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("every answer", () => {
  it.each(["/api/session", "/api/nothing", "/api/fault", "/book/checkpoint"])(
    "of %s carries the security headers",
    async (path) => {
      const { headers } = await worker.fetch(path);
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("cache-control")).toMatch(/^no-(store|cache)$/);
    },
  );

  it("to HEAD has the headers and no body", async () => {
    const response = await worker.fetch("/book/checkpoint", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("to a bug says that it was one and nothing of it", async () => {
    const response = await worker.fetch("/api/fault");
    const text = await response.clone().text();
    expect([response.status, await codeOf(response)]).toEqual([500, "internal"]);
    expect(text).not.toContain("secret");
    expect(worker.lines.at(-1)).toMatchObject({ level: "error", code: "internal", error: "a bug with a secret in it" });
  });

  it("to a request the database dropped says to come back", async () => {
    const response = await worker.fetch("/api/flaky");
    expect([response.status, response.headers.get("retry-after"), await codeOf(response)]).toEqual([503, "2", "busy"]);
  });

  it("leaves one log line with the route's pattern and no token, query, cookie or body", async () => {
    const token = "T".repeat(22);
    await worker.fetch(`/api/invites/inspect?q=${token}`, {
      method: "POST",
      headers: { ...JSON_TYPE, cookie: `__Host-cocoon=${token}` },
      body: JSON.stringify({ token }),
    });
    await worker.fetch(`/api/passkeys/${token}`, { method: "DELETE" });
    expect(worker.lines).toHaveLength(2);
    expect(worker.lines[0]).toMatchObject({
      method: "POST",
      route: "/api/invites/inspect",
      status: 404,
      code: "invite-unknown",
    });
    expect(worker.lines[0]?.["db"]).toMatchObject({ q: 2 });
    expect(worker.lines[1]).toMatchObject({
      method: "DELETE",
      route: "/api/passkeys/:id",
      status: 401,
      code: "not-signed-in",
    });
    expect(JSON.stringify(worker.lines)).not.toContain(token);
  });

  it("is described by /openapi.json, from the schemas the routes validate with", async () => {
    const document = await (
      await worker.fetch("/openapi.json")
    ).json<{
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: unknown; responses: Record<string, unknown> }>>;
    }>();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/api/session", "/api/passkeys/{id}", "/book/tile/{path}"]),
    );
    const accept = document.paths["/api/invites/accept"]?.["post"];
    expect(JSON.stringify(accept?.requestBody)).toContain('"additionalProperties":false');
    expect(Object.keys(accept?.responses ?? {})).toEqual(["200", "4XX"]);
  });
});

describe("configuration", () => {
  const vars = {
    DEMO: false,
    METER: false,
    ORIGIN: "x.example.org",
    RECOVERY_SHA256: "",
    REPORT_INTERVAL_S: 60,
    SETUP_TOKEN: undefined,
  };

  it("refuses the embedded network's loopback licence where the public address is https", () => {
    expect(() => commonConfig({ ...vars, LOOPBACK: true, PUBLIC_URL: "https://x.example.org" })).toThrow(/LOOPBACK/);
    expect(commonConfig({ ...vars, LOOPBACK: true, PUBLIC_URL: "http://localhost:8787" }).rpId).toBe("localhost");
  });

  it("names the cookies by the port where many instances share one host", async () => {
    const local = await frame({ PUBLIC_URL: "http://localhost:8787", LOOPBACK: "true", METER: "false" });
    const response = await local.fetch("/api/sign-in/options", { method: "POST" });
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^cocoon_8787_browser=[A-Za-z0-9_-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.get("strict-transport-security")).toBeNull();
    expect(response.headers.get("x-cocoon-db")).toBeNull();
  });
});
