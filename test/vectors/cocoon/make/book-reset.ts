/** book-reset.json: a community that lost its book begins another one, what counts then, and what must not stand there (§2). */
import { fromUtf8 } from "../../../../shared/bytes.ts";
import { headlineOf } from "../../../../shared/network/summary.ts";
import type { Claims } from "../../../../shared/protocol/statement.ts";
import { signStatement } from "../../../../shared/signing/statement.ts";
import { smallWorld } from "./world.ts";

export async function makeBookReset() {
  const { hub, campaign, a } = await smallWorld();
  a.pledge(campaign, "5", 1);
  await hub.report(a);
  const texts = () => hub.log.entries.map((entry) => fromUtf8(entry));
  const headlines: { size: number; pledged: string; communities: number }[] = [];
  const look = () => {
    const { stages, communities } = headlineOf(hub.state);
    headlines.push({ size: hub.log.size, pledged: stages.pledged, communities });
  };
  look();
  const first = a.book.entries.map((entry) => fromUtf8(entry));
  const firstNote = await a.book.checkpoint();
  const { prev } = a;
  const { index } = await hub.newBook(a);
  look();
  const second = await a.book.checkpoint(1);
  const { origin, generation } = { origin: a.book.origin, generation: a.generation };
  const claims: Claims<"book-reset+jwt"> = {
    iss: a.origin,
    aud: hub.log.origin,
    iat: hub.now,
    v: 1,
    seq: a.seq,
    prev,
    book: { origin, generation, checkpoint: second },
    reason: "The disk is gone",
  };
  const refuse = async (name: string, fault: string, changes: Partial<typeof claims>) => ({
    name,
    fault,
    index,
    jws: await signStatement(a.signer, "book-reset+jwt", { ...claims, ...changes }),
  });
  const refused = [
    await refuse("another number", "sequence", { seq: claims.seq + 1 }),
    await refuse("a generation that its origin does not name", "book-reset", {
      book: { ...claims.book, generation: 3 },
    }),
    await refuse("the book of somebody else", "book-reset", {
      book: { ...claims.book, origin: `b.example/book/${generation}` },
    }),
    await refuse("a checkpoint of the book that was lost", "book-reset", {
      book: { ...claims.book, checkpoint: firstNote },
    }),
  ];
  a.pledge(campaign, "3", 1);
  await hub.report(a);
  look();
  return {
    log: hub.log.origin,
    node: a.origin,
    vkey: a.vkey,
    books: [
      { origin: `${a.origin}/book`, entries: first },
      { origin, entries: a.book.entries.map((entry) => fromUtf8(entry)) },
    ],
    /** of the reset */
    index,
    entries: texts(),
    refused,
    /** what counts after so many entries: before the reset, with it, and after the first ok verdict over the new book */
    headlines,
  };
}
