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

interface Signed {
  jws: string;
  /** public key, base64url */
  x: string;
  /** a second signature the report bears: its book's checkpoint */
  book?: { text: string; signature: string; x: string };
}

async function verifyAndInsert(items: Signed[], env: Env): Promise<Response> {
  const valid = await Promise.all(
    items.flatMap((item) => [verifyJws(item), ...(item.book ? [verify(item.book)] : [])]),
  );
  if (valid.includes(false)) return new Response("a signature does not verify", { status: 400 });
  await env.DB.prepare("INSERT INTO bare_entry (data) SELECT value FROM json_each(?)")
    .bind(JSON.stringify(items.map(({ jws }) => jws)))
    .run();
  return Response.json({ inserted: items.length }, { status: 201 });
}

async function verifyJws({ jws, x }: Signed): Promise<boolean> {
  const end = jws.lastIndexOf(".");
  return await verify({ text: jws.slice(0, end), signature: jws.slice(end + 1), x });
}

async function verify({ text, signature, x }: { text: string; signature: string; x: string }): Promise<boolean> {
  const key = keys.get(x) ?? importKey(x);
  keys.set(x, key);
  return await crypto.subtle.verify("Ed25519", await key, bytes(signature), new TextEncoder().encode(text));
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
