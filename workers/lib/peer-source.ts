/** A peer as something the verifier reads from: the same limits and the same guarded way out. */
import { type Source, Unreachable } from "../../shared/verify/source.ts";
import type { Peer } from "./remote.ts";

export function peerSource(peer: Peer, url: string): Source {
  const base = url.replace(/\/+$/, "");
  return {
    name: base,
    async get(path, maxBytes) {
      const answer = await peer.get(base + path, { maxBytes });
      if (!answer.ok) throw new Unreachable(`${base}${path}: ${answer.error}`);
      return { status: answer.value.status, bytes: answer.value.bytes };
    },
  };
}
