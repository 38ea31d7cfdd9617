/** Paths of tiles and entry bundles under a log's prefix (C2SP tlog-tiles). One tile has exactly one path. */
export const TILE_WIDTH = 256;
const MAX_LEVEL = 63;

/** Hash tiles have a level 0 … 63; "entries" are the bundles of leaf data beside level 0. */
export type TileKind = number | "entries";

export interface TileAddress {
  readonly level: TileKind;
  readonly index: number;
  /** 1 … 256; 256 is a full tile */
  readonly width: number;
}

/** "tile/0/x001/234.p/5"; without `width` (or with 256) the full tile. */
export function tilePath(level: TileKind, index: number, width: number = TILE_WIDTH): string {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`tile index ${index}`);
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw new RangeError(`tile width ${width}`);
  if (level !== "entries" && !(Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL)) {
    throw new RangeError(`tile level ${level}`);
  }
  const partial = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${groups(index)}${partial}`;
}

/** Null for anything that `tilePath` would not have written. */
export function parseTilePath(path: string): TileAddress | null {
  const match = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (match === null) return null;
  const [, kind = "", grouped = "", partial] = match;
  const level = kind === "entries" ? kind : Number(kind);
  const index = Number(grouped.replaceAll(/[x/]/g, ""));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (level !== "entries" && level > MAX_LEVEL) return null;
  if (!Number.isSafeInteger(index) || groups(index) !== grouped) return null;
  if (partial !== undefined && width >= TILE_WIDTH) return null;
  return { level, index, width };
}

/** 1234067 → x001/x234/067 */
function groups(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  return padded.replaceAll(/[0-9]{3}(?=[0-9])/g, "x$&/");
}
