/** Reads one artefact of a log or an API, with the size it may have at most. */
import { type Bytes, fromUtf8 } from "../bytes.ts";
import { EXIT, Fault } from "./report.ts";
import { type Source, Unreachable } from "./source.ts";

export async function fetchBytes(source: Source, path: string, maxBytes: number): Promise<Bytes> {
  const bytes = await fetchIfThere(source, path, maxBytes);
  if (bytes === null) throw new Fault("missing", `${source.name}${path} is not there`);
  return bytes;
}

/** Null on 404, which callers may know a way around. */
export async function fetchIfThere(source: Source, path: string, maxBytes: number): Promise<Bytes | null> {
  const { status, bytes } = await source.get(path, maxBytes);
  if (status === 200) return bytes;
  if (status === 404) return null;
  if (status === 429 || status >= 500) throw new Unreachable(`${source.name}${path} answered ${status}`);
  throw new Fault("unexpected-answer", `${source.name}${path} answered ${status}`, { exit: EXIT.invalid });
}

export async function fetchText(source: Source, path: string, maxBytes: number): Promise<string> {
  const bytes = await fetchBytes(source, path, maxBytes);
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Fault("not-text", `${source.name}${path} is not UTF-8 text`);
  }
}
