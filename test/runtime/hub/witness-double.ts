/** A witness as a hub meets it: honest by the rules of shared/witness, and its misdeeds. */
import { signBeacon } from "../../../shared/audit/beacon.ts";
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey } from "../../../shared/log/note.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { judgeRequest, witnessStatus, type Witnessed } from "../../../shared/witness/judge.ts";
import { parseAddCheckpoint } from "../../../shared/witness/request.ts";
import { hashOf } from "../../../workers/lib/witness/witness.ts";

export interface WitnessDouble {
  vkey: string;
  url: string;
  key: Cosigner;
  skey: string;
  /** keys it signs with besides: one that comes, or none */
  others: Cosigner[];
  /** false: it has taken its first key away */
  signsFirst: boolean;
  /** the tree it holds, and the note it shows */
  held: Witnessed;
  note: string | null;
  /** bodies it was sent */
  asked: string[];
  mode: "honest" | "away" | "forges" | "stalls" | "hurries";
  answer(path: string, body: string): Promise<Response>;
}

export async function witnessDouble(host: string, log: { vkey: string; origin: string }, clock: { now: number }) {
  const { skey } = await generateNoteKey(`${host}/witness`, undefined, COSIGNATURE);
  const key = await cosigner(skey);
  const nowS = (): number => Math.floor(clock.now / 1000);
  const double: WitnessDouble = {
    vkey: key.vkey,
    url: `https://${host}/witness`,
    key,
    skey,
    others: [],
    signsFirst: true,
    held: { size: 0, root: null },
    note: null,
    asked: [],
    mode: "honest",
    async answer(path, body) {
      if (double.mode === "away") throw new TypeError("connection refused");
      if (path === `/witness/${hashOf(log.origin)}/checkpoint`) {
        return double.note === null ? new Response("", { status: 404 }) : new Response(double.note);
      }
      if (path === "/witness/beacon") {
        const { request } = JSON.parse(body) as { request: string };
        const parsed = parseJws(request);
        const { report } = (parsed.ok ? parsed.value.claims : {}) as { report: string };
        const about = double.mode === "forges" ? `${report.slice(0, 40)}AAA` : report;
        return Response.json({ signature: await signBeacon(skey, about) });
      }
      if (path !== "/witness/add-checkpoint") return new Response("", { status: 404 });
      double.asked.push(body);
      if (double.mode === "stalls") return new Response("later", { status: 503 });
      const request = parseAddCheckpoint(body);
      if (!request.ok) return new Response("", { status: 400 });
      const known = request.value.checkpoint.origin === log.origin ? { vkeys: [log.vkey], last: double.held } : null;
      const judged = await judgeRequest(request.value, known);
      if (!judged.ok) {
        const { error } = judged;
        return new Response("size" in error ? `${String(error.size)}\n` : "", { status: witnessStatus[error.code] });
      }
      const { text, lines } = judged.value;
      const keys = [...(double.signsFirst ? [key] : []), ...double.others];
      const signed = double.mode === "forges" ? `${text}x\n` : text;
      const line = (
        await Promise.all(
          keys.map(async (one) => await one.cosign(signed, nowS() + (double.mode === "hurries" ? 301 : 0))),
        )
      ).join("");
      double.held = { size: request.value.checkpoint.size, root: request.value.checkpoint.root };
      double.note = `${text}\n${lines}${line}`;
      return new Response(line);
    },
  };
  return double;
}

/** A request's body, however it was given to fetch. */
export function bodyText(init: RequestInit | undefined): string {
  const { body } = init ?? {};
  return typeof body === "string" ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
}
