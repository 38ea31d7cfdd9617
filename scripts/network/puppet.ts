/**
 * A node in the hands of whoever writes a test: real keys, a real tree, a small HTTP server, and no rules. What it
 * puts into its book, signs and serves is up to the caller, so it can also lie. The benchmark uses honest ones.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toBase64url, type Bytes } from "../../shared/bytes.ts";
import { foldBook } from "../../shared/book/fold.ts";
import type { RulesOf } from "../../shared/book/state.ts";
import { reportTotals } from "../../shared/book/totals.ts";
import { encodeBundle } from "../../shared/log/bundle.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../shared/log/merkle.ts";
import { noteSigner, signNote } from "../../shared/log/note.ts";
import { parseTilePath, TILE_WIDTH } from "../../shared/log/tile-path.ts";
import type { BookEntry } from "../../shared/protocol/book-entry.ts";
import type { CampaignTotals, Claims } from "../../shared/protocol/statement.ts";
import { PROTOCOL, type NodeDescriptor } from "../../shared/protocol/well-known.ts";
import { encodeEntry, parseBookEntry } from "../../shared/signing/book-entry.ts";
import { signer, type PrivateJwk } from "../../shared/signing/ed25519.ts";
import { makeNodeKeys } from "../../shared/signing/keys.ts";
import { signStatement, statementLeaf } from "../../shared/signing/statement.ts";

type Report = Claims<"demand-report+jwt">;

export interface Puppet {
  readonly origin: string;
  readonly url: string;
  readonly vkey: string;
  /** public report key, base64url, and its thumbprint */
  readonly x: string;
  readonly kid: string;
  /** what the book holds and serves; change it freely */
  book: Bytes[];
  /** newest own entry in the hub's log, as this node believes */
  seq: number;
  prev: string;
  append(entry: BookEntry): string;
  checkpoint(size?: number): Promise<string>;
  /** a signed request to join; the node considers it its first entry */
  join(): Promise<string>;
  totals(rulesOf: RulesOf): CampaignTotals[];
  /** the next report, signed; `claims` replaces what an honest node would say */
  report(claims?: Partial<Report>): Promise<string>;
}

export interface PuppetShow {
  puppets: Puppet[];
  close(): Promise<void>;
}

export function nonce(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(16)));
}

export function commitment(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

export async function openPuppets(count: number, hubLog: string): Promise<PuppetShow> {
  const opened = await Promise.all(Array.from({ length: count }, async () => await openPuppet(hubLog)));
  return {
    puppets: opened.map(({ puppet }) => puppet),
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

/** Each has a port of its own: a node's address is its origin. */
async function openPuppet(hubLog: string): Promise<{ puppet: Puppet; close: () => Promise<void> }> {
  const served: { puppet: Puppet | null } = { puppet: null };
  async function serve(path: string, response: ServerResponse): Promise<void> {
    const found = served.puppet && (await answer(served.puppet, path));
    response.writeHead(found === null ? 404 : 200, { "content-type": found?.type ?? "text/plain" });
    response.end(found?.body ?? "");
  }
  const server = createServer((request, response) => void serve(request.url ?? "", response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `localhost:${(server.address() as AddressInfo).port}`;
  const puppet = await makePuppet(origin, hubLog);
  served.puppet = puppet;
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return { puppet, close };
}

async function makePuppet(origin: string, hubLog: string): Promise<Puppet> {
  const url = `http://${origin}`;
  const { secrets, vkey } = await makeNodeKeys(origin);
  const statements = await signer(JSON.parse(secrets.REPORT_JWK) as PrivateJwk);
  const notes = await noteSigner(secrets.BOOK_KEY);
  const profile = { name: `Puppet ${origin}`, region: "GB-LDS", languages: ["en"], members: 20 };
  const puppet: Puppet = {
    origin,
    url,
    vkey,
    x: statements.publicJwk.x,
    kid: statements.kid,
    book: [encodeEntry({ t: "genesis", iss: origin, v: 1, n: nonce() })],
    seq: 0,
    prev: "",
    append(entry) {
      const data = encodeEntry(entry);
      puppet.book.push(data);
      return toBase64url(leafHash(data));
    },
    async checkpoint(size = puppet.book.length) {
      const root = rootOf(puppet.book.slice(0, size).map((entry) => leafHash(entry)));
      return await signNote(formatCheckpoint({ origin: `${origin}/book`, size, root }), [notes]);
    },
    async join() {
      const jws = await signStatement(statements, "node-join+jwt", {
        iss: origin,
        aud: hubLog,
        iat: nowS(),
        v: 1,
        url,
        report_jwk: statements.publicJwk,
        book: { vkey, checkpoint: await puppet.checkpoint() },
        recovery_sha256: secrets.RECOVERY_SHA256,
        profile,
      });
      puppet.prev = statementLeaf(jws);
      return jws;
    },
    totals(rulesOf) {
      const items = puppet.book.map((data, index) => {
        const parsed = parseBookEntry(data);
        if (!parsed.ok) throw new Error(`book entry ${index}: ${parsed.error}`);
        return { index, ...parsed.value };
      });
      return reportTotals(foldBook(items, rulesOf).state);
    },
    async report(claims = {}) {
      const jws = await signStatement(statements, "demand-report+jwt", {
        iss: origin,
        aud: hubLog,
        iat: nowS(),
        v: 1,
        seq: puppet.seq + 1,
        prev: puppet.prev,
        book: await puppet.checkpoint(),
        profile,
        totals: [],
        ...claims,
      });
      puppet.seq += 1;
      puppet.prev = statementLeaf(jws);
      return jws;
    },
  };
  return puppet;
}

async function answer(puppet: Puppet, path: string): Promise<{ type: string; body: Uint8Array | string } | null> {
  if (path === "/.well-known/cocoon.json") return { type: "application/json", body: JSON.stringify(describe(puppet)) };
  if (path === "/book/checkpoint") return { type: "text/plain", body: await puppet.checkpoint() };
  const tile = path.startsWith("/book/") ? tileOf(puppet, path.slice("/book/".length)) : null;
  return tile && { type: "application/octet-stream", body: tile };
}

function describe({ origin, url, vkey, x, kid }: Puppet): NodeDescriptor {
  return {
    kind: "node",
    name: origin,
    region: null,
    origin,
    book: { origin: `${origin}/book`, vkey, url },
    report_jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x, kid }] },
    hubs: [],
    protocol: [...PROTOCOL],
    demo: false,
  };
}

function tileOf({ book }: Puppet, path: string): Uint8Array | null {
  const tile = parseTilePath(path);
  if (!tile) return null;
  const { level, index, width } = tile;
  const span = level === "entries" ? 1 : TILE_WIDTH ** level;
  const first = index * TILE_WIDTH * span;
  if (first + width * span > book.length) return null;
  const entries = book.slice(first, first + width * span);
  if (level === "entries") return encodeBundle(entries);
  const leaves = entries.map((entry) => leafHash(entry));
  return Buffer.concat(Array.from({ length: width }, (_, i) => rootOf(leaves.slice(i * span, (i + 1) * span))));
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
