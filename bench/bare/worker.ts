/**
 * The limits to measure against, in the same runtime and on the same kind of database: signatures verified and rows
 * inserted with nothing around them, and one row written per request. Bundled by the benchmark, never deployed.
 */
interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
}
interface Env {
  DB: { prepare(sql: string): Statement };
}

const keys = new Map<string, Promise<CryptoKey>>();

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/verify-insert") return await verifyAndInsert(await request.json(), env);
    if (pathname === "/api/write") return await writeOne(await request.json(), env);
    return new Response("not found", { status: 404 });
  },
};

/** Each item: a compact JWS and the public key (base64url) it must verify under. */
async function verifyAndInsert(items: { jws: string; x: string }[], env: Env): Promise<Response> {
  const valid = await Promise.all(items.map(verify));
  if (valid.includes(false)) return new Response("a signature does not verify", { status: 400 });
  await env.DB.prepare("INSERT INTO bare_entry (data) SELECT value FROM json_each(?)")
    .bind(JSON.stringify(items.map(({ jws }) => jws)))
    .run();
  return Response.json({ inserted: items.length }, { status: 201 });
}

async function verify({ jws, x }: { jws: string; x: string }): Promise<boolean> {
  const end = jws.lastIndexOf(".");
  const key = keys.get(x) ?? importKey(x);
  keys.set(x, key);
  const signature = bytes(jws.slice(end + 1));
  return await crypto.subtle.verify("Ed25519", await key, signature, new TextEncoder().encode(jws.slice(0, end)));
}

async function importKey(x: string): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", bytes(x), "Ed25519", false, ["verify"]);
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

async function writeOne(row: { data: string }, env: Env): Promise<Response> {
  await env.DB.prepare("INSERT INTO bare_row (data) VALUES (?)").bind(row.data).run();
  return Response.json({ written: 1 }, { status: 201 });
}
