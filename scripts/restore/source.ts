/** A hub that was verified: what of it was read last stays at hand, because the next answer may be of a later moment. */
import type { Bytes } from "../../shared/bytes.ts";
import type { Source } from "../../shared/verify/source.ts";

const KEPT = ["/log/checkpoint", "/log/totals", "/api/network"] as const;

export interface KeptSource extends Source {
  /** as it was served when it was verified */
  kept(path: (typeof KEPT)[number]): Bytes;
}

export function keeping(source: Source): KeptSource {
  const answers = new Map<string, Bytes>();
  const paths: readonly string[] = KEPT;
  return {
    name: source.name,
    async get(path, maxBytes) {
      const answer = await source.get(path, maxBytes);
      if (paths.includes(path) && answer.status === 200) answers.set(path, answer.bytes);
      return answer;
    },
    kept(path) {
      const bytes = answers.get(path);
      if (bytes === undefined) throw new Error(`${path} was not read`);
      return bytes;
    },
  };
}
