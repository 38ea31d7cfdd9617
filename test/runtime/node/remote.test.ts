/** Fetching addresses that strangers choose: which may be fetched at all, and what a hostile answer can do. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { peer, permittedUrl } from "../../../workers/lib/remote.ts";

describe("an address", () => {
  it.each([
    "https://node.example.org",
    "https://node.example.org:8443/reports?after=0",
    "https://münchen.example/log",
    "https://NODE.example.org/x",
    "https://a.b.c.example.co.uk/",
  ])("may be fetched: %s", (url) => {
    expect(permittedUrl(url, false)).not.toBeNull();
  });

  it.each([
    "http://node.example.org/",
    "ftp://node.example.org/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "not a url",
    "//node.example.org",
    "https://user@node.example.org/",
    "https://user:secret@node.example.org/",
    "https://:x@node.example.org/",
    "https://localhost/",
    "https://localhost:8787/",
    "https://LOCALHOST./",
    "https://hub.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://db.corp/",
    "https://intranet/",
    "https://node.example.org./",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://8.8.8.8/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://１２７.０.０.１/",
    "https://①②⑦.0.0.1/",
    "https://-bad.example.org/",
    "https://under_score.example.org/",
    "https://",
  ])("may not be fetched: %s", (url) => {
    expect(permittedUrl(url, false)).toBeNull();
  });

  it.each([
    ["http://localhost:8787/log/checkpoint", true],
    ["http://127.0.0.1:8788/", true],
    ["http://hub.localhost:8787/", true],
    ["https://node.example.org/", true],
    ["http://localhost/", false],
    ["http://127.0.0.2:8787/", false],
    ["http://10.0.0.1:8787/", false],
    ["http://[::1]:8787/", false],
    ["http://user@localhost:8787/", false],
    ["http://localhost.example.org:8787/", false],
    ["http://node.example.org:8787/", false],
  ])("in the embedded network: %s is %s", (url, permitted) => {
    expect(permittedUrl(url, true) !== null).toBe(permitted);
  });
});

describe("a peer", () => {
  const url = "https://node.example.org/x";
  const schema = z.strictObject({ n: z.int() });

  function answering(response: () => Response | Promise<Response>) {
    const seen: { url: string; init: RequestInit | undefined }[] = [];
    const fetcher = ((address: string, init?: RequestInit) => {
      seen.push({ url: address, init });
      return Promise.resolve(response());
    }) as unknown as typeof fetch;
    return { remote: peer({ loopback: false }, fetcher), seen };
  }

  it("is never asked at a forbidden address", async () => {
    const { remote, seen } = answering(() => new Response("{}"));
    expect(await remote.get("https://127.0.0.1/")).toEqual({ ok: false, error: "peer-forbidden" });
    expect(await remote.post("http://node.example.org/", "x", "text/plain")).toEqual({
      ok: false,
      error: "peer-forbidden",
    });
    expect(seen).toHaveLength(0);
  });

  it("cannot send us elsewhere", async () => {
    const { remote, seen } = answering(
      () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } }),
    );
    expect(await remote.get(url)).toEqual({ ok: false, error: "peer-invalid" });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.init?.redirect).toBe("manual");
  });

  it("cannot send more than the cap, announced or not", async () => {
    const announced = answering(() => new Response("x", { headers: { "content-length": "2000000" } }));
    expect(await announced.remote.get(url)).toEqual({ ok: false, error: "peer-invalid" });
    let pulled = 0;
    const endless = answering(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              pulled += 1;
              controller.enqueue(new Uint8Array(1024));
            },
          }),
        ),
    );
    expect(await endless.remote.get(url, { maxBytes: 10_000 })).toEqual({ ok: false, error: "peer-invalid" });
    expect(pulled).toBeLessThan(15);
  });

  it("that hangs is given up", async () => {
    const hanging = ((_url: string, init: RequestInit) =>
      new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new Error("timeout")));
      })) as unknown as typeof fetch;
    expect(await peer({ loopback: false }, hanging).get(url, { timeoutMs: 20 })).toEqual({
      ok: false,
      error: "peer-unreachable",
    });
  });

  it("that hangs in the middle of its body is given up", async () => {
    const half = ((_url: string, init: RequestInit) =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new Uint8Array(10));
              init.signal?.addEventListener("abort", () => controller.error(new Error("timeout")));
            },
          }),
        ),
      )) as unknown as typeof fetch;
    expect(await peer({ loopback: false }, half).get(url, { timeoutMs: 20 })).toEqual({
      ok: false,
      error: "peer-unreachable",
    });
  });

  it.each([
    ['{"n":1}', 200, { ok: true, value: { n: 1 } }],
    ['{"n":"1"}', 200, { ok: false, error: "peer-invalid" }],
    ['{"n":1,"x":2}', 200, { ok: false, error: "peer-invalid" }],
    ["{", 200, { ok: false, error: "peer-invalid" }],
    ['{"n":1}', 404, { ok: false, error: "peer-invalid" }],
    ['{"n":1}', 500, { ok: false, error: "peer-unreachable" }],
    ['{"n":1}', 429, { ok: false, error: "peer-unreachable" }],
  ])("answering %s with status %i is read by the schema", async (body, status, expected) => {
    const { remote } = answering(() => new Response(body, { status }));
    expect(await remote.getJson(url, schema)).toEqual(expected);
  });

  it("gives status, type, bytes and when to come back", async () => {
    const { remote, seen } = answering(
      () =>
        new Response("busy", {
          status: 429,
          headers: { "retry-after": "17", "content-type": "Text/Plain; charset=utf-8" },
        }),
    );
    const answer = await remote.post(url, "body", "application/jose");
    expect(answer.ok && { ...answer.value, bytes: answer.value.bytes.length }).toEqual({
      status: 429,
      contentType: "text/plain",
      retryAfterS: 17,
      bytes: 4,
    });
    expect(seen[0]?.init).toMatchObject({
      method: "POST",
      body: "body",
      headers: { "content-type": "application/jose" },
    });
  });
});
