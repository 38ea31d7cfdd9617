/** A log in memory that can be forked: its leaves, its key, and what it would send to a witness. */
import { type Bytes } from "../../../shared/bytes.ts";
export interface MemoryLog {
  origin: string;
  vkey: string;
  leaves: Bytes[];
  grow(count: number): void;
  fork(at: number, count: number): MemoryLog;
  root(size?: number): Bytes;
  checkpoint(size?: number): Promise<string>;
  proof(from: number, to?: number): Bytes[];
  request(old: number, size?: number): Promise<string>;
}
export declare function memoryLog(origin?: string, seed?: string): Promise<MemoryLog>;
