/** Reads a published vector file; its shape is stated where it is used. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function vectors(path: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../vectors", path), "utf8"));
}
