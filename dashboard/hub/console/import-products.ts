/**
 * Sends a JSONL file (also .gz) to the catalogue in chunks of whole lines, so that a file of any size fits the request limit
 * and progress is real. Line numbers of what was skipped are those of the file.
 */
import type { ImportResult } from "../../../shared/protocol/api/network.ts";
import { api, type Answer } from "../../parts/api.ts";

const CHUNK_BYTES = 800_000; // characters, below the 1 MiB a request may have even with some accents
const CHUNK_LINES = 400;

export interface ImportProgress {
  bytes: number;
  total: number;
  result: ImportResult;
}

const nothing: ImportResult = { read: 0, added: 0, updated: 0, unchanged: 0, skipped: [] };

/** Stops at the first refused chunk; what was sent before stays, and sending the file again changes nothing twice. */
export async function importProducts(
  file: File,
  onProgress: (progress: ImportProgress) => void,
): Promise<Answer<ImportResult>> {
  let result = nothing;
  let linesBefore = 0;
  let bytes = 0;
  const raw = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  const plain = file.name.endsWith(".gz") ? raw.pipeThrough(new DecompressionStream("gzip")) : raw;
  for await (const lines of chunksOfLines(plain.pipeThrough(new TextDecoderStream()))) {
    const answer = await api.upload<ImportResult>(
      "/api/products/import",
      "application/x-ndjson",
      lines.join("\n") + "\n",
    );
    if (!answer.ok) return answer;
    result = add(result, answer.value, linesBefore);
    linesBefore += lines.length;
    onProgress({ bytes, total: file.size, result });
  }
  return { ok: true, value: result };
}

function add(a: ImportResult, b: ImportResult, offset: number): ImportResult {
  return {
    read: a.read + b.read,
    added: a.added + b.added,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    skipped: [...a.skipped, ...b.skipped.map((skip) => ({ ...skip, line: skip.line + offset }))],
  };
}

/** Whole lines in groups within both limits; a longer line goes alone. */
async function* chunksOfLines(text: ReadableStream<string>): AsyncGenerator<string[]> {
  const reader = text.getReader();
  let rest = "";
  let lines: string[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (parts.pop() ?? "");
    for (const line of parts) {
      if (lines.length > 0 && (size + line.length > CHUNK_BYTES || lines.length >= CHUNK_LINES)) {
        yield lines;
        lines = [];
        size = 0;
      }
      lines.push(line);
      size += line.length;
    }
    if (done) break;
  }
  if (lines.some((line) => line.trim() !== "")) yield lines;
}
