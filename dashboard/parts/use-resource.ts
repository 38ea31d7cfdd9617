/**
 * Reads one GET endpoint for a page. What was read before is shown at once and refreshed behind, so that going back never
 * flashes; an error keeps the last good data beside it. Readers of the same path share one answer and one request.
 * Not a state library: one map, forgotten at sign-in and sign-out.
 */
import { useCallback, useEffect, useReducer } from "preact/hooks";

import { api, type ApiError } from "./api.ts";

export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
}

interface Entry {
  data: unknown;
  error: ApiError | null;
  /** counts requests: only the answer to the last one is taken, an earlier one may be from before a change */
  turn: number;
  reading: boolean;
  readers: Set<() => void>;
}

const entries = new Map<string, Entry>();

/** What nobody looks at is dropped; what is on the page is read again, as the person who is here now. */
export function forgetResources(): void {
  for (const [path, entry] of entries) {
    if (entry.readers.size === 0) entries.delete(path);
    else void read(path, entry);
  }
}

function entryOf(path: string): Entry {
  let entry = entries.get(path);
  if (!entry) {
    entry = { data: null, error: null, turn: 0, reading: false, readers: new Set() };
    entries.set(path, entry);
  }
  return entry;
}

async function read(path: string, entry: Entry): Promise<void> {
  entry.turn += 1;
  const { turn } = entry;
  entry.reading = true;
  tell(entry);
  const answer = await api.get<unknown>(path);
  if (turn !== entry.turn) return;
  entry.reading = false;
  entry.error = answer.ok ? null : answer.error;
  if (answer.ok) entry.data = answer.value;
  tell(entry);
}

function tell(entry: Entry): void {
  for (const redraw of entry.readers) redraw();
}

/** `path` null waits: for pages that first need something else. `every` re-reads after so many milliseconds while visible. */
export function useResource<T>(path: string | null, options: { every?: number } = {}): Resource<T> {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const { every } = options;

  useEffect(() => {
    if (path === null) return undefined;
    const entry = entryOf(path);
    const reader = () => redraw(null);
    entry.readers.add(reader);
    if (entry.reading) reader();
    else void read(path, entry);
    return () => void entry.readers.delete(reader);
  }, [path]);

  const reload = useCallback(() => {
    if (path !== null) void read(path, entryOf(path));
  }, [path]);

  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, every);
    return () => clearInterval(timer);
  }, [every, reload]);

  const entry = path === null ? undefined : entries.get(path);
  return {
    data: (entry?.data ?? null) as T | null,
    error: entry?.error ?? null,
    // before the first effect nothing has been asked yet, and nothing is there either
    loading: path !== null && (entry?.reading ?? true),
    reload,
  };
}
