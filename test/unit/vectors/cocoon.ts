/** Our own vectors as they lie in test/vectors/cocoon. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Vectors } from "../../vectors/cocoon/make.ts";

export const folder = join(import.meta.dirname, "../../vectors/cocoon");

export function cocoon<K extends keyof Vectors>(name: K): Vectors[K] {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as Vectors[K];
}
