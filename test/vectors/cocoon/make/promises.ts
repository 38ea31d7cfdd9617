/** promises.json: what a hub signs for whoever submits an entry, and a community for whoever signs a pledge (§4, docs/privacy.md). */
import { toBase64url, utf8 } from "../../../../shared/bytes.ts";
import { leafHash } from "../../../../shared/log/merkle.ts";
import { BOOK_PROMISE, bookPromise } from "../../../../shared/protocol/promise.ts";
import { signReceipt, signRefusal } from "../../../../shared/signing/entry-receipt.ts";
import { signJws } from "../../../../shared/signing/jws.ts";
import { statementLeaf } from "../../../../shared/signing/statement.ts";
import { reportJws } from "../../../unit/evidence/makers.ts";
import { smallWorld } from "./world.ts";

export async function makePromises() {
  const { hub, campaign, a } = await smallWorld();
  a.pledge(campaign, "2", 0);
  const report = await reportJws(hub, a);
  const { leaf, index } = hub.append(report);
  const nonsense = "not a statement";
  const { origin: iss } = hub.log;
  const { now: received } = hub;
  return {
    statement_jwk: hub.signer.publicJwk,
    report_jwk: a.signer.publicJwk,
    receipt: {
      submitted: report,
      logged_at: index,
      log_time: received,
      jws: await signReceipt(hub.signer, { iss, leaf, node: a.origin, seq: 1, index, received }),
    },
    refusals: [
      {
        submitted: nonsense,
        jws: await signRefusal(hub.signer, {
          iss,
          leaf: toBase64url(leafHash(utf8(nonsense))),
          code: "jws-malformed",
          at: received + 2,
        }),
      },
      {
        submitted: await reportJws(hub, a, { seq: 3 }),
        jws: await signRefusal(hub.signer, {
          iss,
          leaf: statementLeaf(await reportJws(hub, a, { seq: 3 })),
          code: "seq-gap",
          at: received + 3,
        }),
      },
    ],
    book_promise: {
      jws: await signJws(
        a.signer,
        BOOK_PROMISE,
        bookPromise.parse({
          iss: a.origin,
          cm: toBase64url(new Uint8Array(32).fill(7)),
          received,
          include_by: received + 1500,
        }),
      ),
    },
  };
}
