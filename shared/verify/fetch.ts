/** Reads one artefact of a log or an API, with the size it may have at most. */
import { type Bytes, fromUtf8 } from "../bytes.ts";
import { EXIT, type Exit, Fault } from "./report.ts";
import { type Source, Unreachable } from "./source.ts";

/** `missing`: the exit code for what is not there. */
export async function fetchBytes(
  source: Source,
  path: string,
  maxBytes: number,
  missing: Exit = EXIT.invalid,
): Promise<Bytes> {
  const bytes = await fetchIfThere(source, path, maxBytes);
  if (bytes === null) throw new Fault("missing", `${source.name}${path} is not there`, { exit: missing });
  return bytes;
}

/** Null on 404, which callers may know a way around. */
export async function fetchIfThere(source: Source, path: string, maxBytes: number): Promise<Bytes | null> {
  const { status, bytes } = await source.get(path, maxBytes);
  if (status === 200) return bytes;
  if (status === 404) return null;
  if (status === 429 || status >= 500) throw new Unreachable(`${source.name}${path} answered ${status}`);
  // Somebody on the way may have said it: nobody has signed it, so it is a failure to read and no fault of the hub's.
  throw new Fault("unexpected-answer", `${source.name}${path} answered ${status}`, { exit: EXIT.network });
}

export async function fetchText(source: Source, path: string, maxBytes: number, missing?: Exit): Promise<string> {
  const bytes = await fetchBytes(source, path, maxBytes, missing);
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Fault("not-text", `${source.name}${path} is not UTF-8 text`);
  }
}
