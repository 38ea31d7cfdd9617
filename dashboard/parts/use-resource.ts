/**
 * Reads one GET endpoint for a page. What was read before is shown at once and refreshed behind, so that going back never
 * flashes; an error keeps the last good data beside it. Not a state library: one map, cleared at sign-in and sign-out.
 */
import { useCallback, useEffect, useState } from "preact/hooks";

import { api, type ApiError } from "./api.ts";

export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
}

const seen = new Map<string, unknown>();

export function forgetResources(): void {
  seen.clear();
}

/** `path` null waits: for pages that first need something else. `every` re-reads after so many milliseconds while visible. */
export function useResource<T>(path: string | null, options: { every?: number } = {}): Resource<T> {
  const [version, setVersion] = useState(0);
  const [state, setState] = useState<{ path: string | null; data: T | null; error: ApiError | null }>({
    path,
    data: cached(path) as T | null,
    error: null,
  });
  const [loading, setLoading] = useState(path !== null);
  const { every } = options;

  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    async function read(from: string) {
      setLoading(true);
      const answer = await api.get<T>(from, abort.signal);
      if (abort.signal.aborted) return;
      if (answer.ok) seen.set(from, answer.value);
      setState({
        path: from,
        data: answer.ok ? answer.value : (cached(from) as T | null),
        error: answer.ok ? null : answer.error,
      });
      setLoading(false);
    }
    void read(path);
    return () => abort.abort();
  }, [path, version]);

  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") setVersion((v) => v + 1);
    }, every);
    return () => clearInterval(timer);
  }, [every]);

  const reload = useCallback(() => setVersion((v) => v + 1), []);
  const own = state.path === path;
  return { data: own ? state.data : (cached(path) as T | null), error: own ? state.error : null, loading, reload };
}

function cached(path: string | null): unknown {
  return path === null ? null : (seen.get(path) ?? null);
}
