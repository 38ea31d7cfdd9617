/** A node as a hub meets it from outside: keys, a pledge book served over tiles, signed joins and reports; and its misdeeds. */
import { type Bytes, toBase64url } from "../../../shared/bytes.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import type { CampaignRules } from "../../../shared/book/state.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { encodeBundle } from "../../../shared/log/bundle.ts";
import { signCheckpoint } from "../../../shared/log/checkpoint.ts";
import type { Cosigner } from "../../../shared/log/cosignature.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { generateNoteKey, noteSigner } from "../../../shared/log/note.ts";
import { parseTilePath } from "../../../shared/log/tile-path.ts";
import { bookOrigin, bookPath } from "../../../shared/network/book-origin.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { type Ed25519Signer, generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { encodeEntry, parseBookEntry } from "../../../shared/signing/book-entry.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";

export const LOG = "hub.example.org/log";
export const DAY = "2026-09-21";

export interface NodeDouble {
  origin: string;
  signer: Ed25519Signer;
  /** laid down by its hash in the join */
  recovery: Ed25519Signer;
  vkey: string;
  /** signs checkpoints of the book */
  bookKey: string;
  /** number of its book */
  generation: number;
  /** exact bytes of the book's entries; tests rewrite them */
  entries: Bytes[];
  reports: string[];
  /** what the hub logged last, as far as this node knows */
  last: { seq: number; leaf: string };
  /** the newest join it signed, and its leaf */
  joinJws: string;
  joinLeaf: string;
  /** requests answered so far */
  requests: string[];
  reachable: boolean;
  /** with one, its joins name it */
  witness: Cosigner | null;
  append(...entries: BookEntry[]): string[];
  pledge(campaign: string, qty?: string, band?: number): string;
  checkpoint(size?: number): Promise<string>;
  join(change?: Partial<Claims<"node-join+jwt">>): Promise<string>;
  report(rules: ReadonlyMap<string, CampaignRules>, change?: Partial<Claims<"demand-report+jwt">>): Promise<string>;
  /** forgets its book, begins another one, and says so */
  newBook(change?: Partial<Claims<"book-reset+jwt">>): Promise<string>;
  /** the hub accepted this report */
  accepted(jws: string): void;
  answer(path: string): Response;
  /** what it says to an audit */
  audit: (body: string) => Promise<Response>;
}

export function random(bytes = 16): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

export async function nodeDouble(origin: string, clock: { now: number }): Promise<NodeDouble> {
  const key = await signer(await generateEd25519());
  const { skey, vkey } = await generateNoteKey(`${origin}/book`);
  const recovery = await signer(await generateEd25519());
  const nowS = (): number => Math.floor(clock.now / 1000);
  const profile = { name: `Community at ${origin}`, region: "TW-TPE", languages: ["en"], members: 20 };

  /** sizes of the book that a checkpoint was made for */
  const signed = new Set<number>();
  const node: NodeDouble = {
    origin,
    signer: key,
    recovery,
    vkey,
    bookKey: skey,
    generation: 1,
    entries: [],
    reports: [],
    last: { seq: 0, leaf: "" },
    joinJws: "",
    joinLeaf: "",
    requests: [],
    reachable: true,
    witness: null,
    audit: () => Promise.resolve(new Response("", { status: 503 })),
    append(...entries) {
      return entries.map((entry) => {
        const bytes = encodeEntry(entry);
        node.entries.push(bytes);
        return toBase64url(leafHash(bytes));
      });
    },
    pledge(campaign, qty = "2", band = 1) {
      const [leaf = ""] = node.append({
        t: "pledge",
        c: campaign,
        q: qty,
        b: band,
        cm: random(32),
        a: "strong",
        d: DAY,
      });
      return leaf;
    },
    async checkpoint(size = node.entries.length) {
      signed.add(size);
      const root = rootOf(node.entries.slice(0, size).map((entry) => leafHash(entry)));
      return await signCheckpoint(
        { origin: bookOrigin(origin, node.generation), size, root },
        await noteSigner(node.bookKey),
      );
    },
    async join(change = {}) {
      const checkpoint = await node.checkpoint();
      const text = checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1);
      const cosignature = (await node.witness?.cosign(text, nowS())) ?? "";
      const jws = await signStatement(node.signer, "node-join+jwt", {
        iss: origin,
        aud: LOG,
        iat: nowS(),
        v: 1,
        url: `https://${origin}`,
        report_jwk: node.signer.publicJwk,
        book: { vkey: node.vkey, checkpoint: checkpoint + cosignature },
        ...(node.witness && { witness: node.witness.vkey }),
        recovery_sha256: recovery.kid,
        profile,
        ...change,
      });
      node.last = { seq: 0, leaf: statementLeaf(jws) };
      Object.assign(node, { joinJws: jws, joinLeaf: node.last.leaf });
      return jws;
    },
    async report(rules, change = {}) {
      const items = node.entries.map((bytes, index) => {
        const parsed = parseBookEntry(bytes);
        return parsed.ok ? { index, ...parsed.value } : null;
      });
      const bad = items.indexOf(null);
      const valid = items.slice(0, bad === -1 ? items.length : bad).filter((item) => item !== null);
      const { state } = foldBook(valid, (campaign) => rules.get(campaign));
      return await signStatement(node.signer, "demand-report+jwt", {
        iss: origin,
        aud: LOG,
        iat: nowS(),
        v: 1,
        seq: node.last.seq + 1,
        prev: node.last.leaf,
        book: await node.checkpoint(),
        profile,
        totals: reportTotals(state),
        ...change,
      });
    },
    async newBook(change = {}) {
      node.generation += 1;
      node.entries = [];
      node.append({ t: "genesis", iss: origin, v: 1, n: random() });
      const { generation } = node;
      return await signStatement(node.signer, "book-reset+jwt", {
        iss: origin,
        aud: LOG,
        iat: nowS(),
        v: 1,
        seq: node.last.seq + 1,
        prev: node.last.leaf,
        book: { origin: bookOrigin(origin, generation), generation, checkpoint: await node.checkpoint() },
        reason: "The disk is gone",
        ...change,
      });
    },
    accepted(jws) {
      node.reports.push(jws);
      node.last = { seq: node.last.seq + 1, leaf: statementLeaf(jws) };
    },
    answer(path) {
      node.requests.push(path);
      if (path === "/.well-known/cocoon.json") {
        return Response.json({
          kind: "node",
          name: profile.name,
          region: profile.region,
          origin,
          book: { origin: `${origin}/book`, vkey: node.vkey, url: `https://${origin}/book` },
          report_jwks: { keys: [{ ...node.signer.publicJwk, kid: node.signer.kid }] },
          ...(node.witness && { witness: { vkey: node.witness.vkey, url: `https://${origin}/witness` } }),
          hubs: [],
          protocol: ["cocoon/1"],
          demo: false,
        });
      }
      if (path.startsWith("/reports?")) {
        const after = Number(new URLSearchParams(path.slice(path.indexOf("?"))).get("after"));
        return Response.json({ reports: node.reports.slice(after), next: null });
      }
      const book = `${bookPath(node.generation)}/`;
      const tile = path.startsWith(book) ? parseTilePath(path.slice(book.length)) : null;
      const first = (tile?.index ?? 0) * 256;
      // No more than a log must (C2SP tlog-tiles): full bundles, and the partial ones of signed sizes until they are full.
      const isThere =
        tile?.level === "entries" &&
        (tile.width === 256
          ? first + 256 <= node.entries.length
          : signed.has(first + tile.width) && node.entries.length < first + 256);
      if (!isThere) return new Response("", { status: 404 });
      return new Response(encodeBundle(node.entries.slice(first, first + tile.width)));
    },
  };
  node.append({ t: "genesis", iss: origin, v: 1, n: random() });
  return node;
}
