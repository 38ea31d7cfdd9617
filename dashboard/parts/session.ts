/** Who is signed in: one shared answer of GET /api/session for the whole page. */
import { useEffect, useReducer } from "preact/hooks";

import type { Me, Session } from "../../shared/protocol/api/identity.ts";
import { api } from "./api.ts";
import { forgetResources } from "./use-resource.ts";

let me: Me | null | undefined;
const listeners = new Set<() => void>();

function publish(value: Me | null): void {
  me = value;
  for (const notify of listeners) notify();
}

export async function refreshSession(): Promise<Me | null> {
  const answer = await api.get<Session>("/api/session");
  publish(answer.ok ? answer.value.me : null);
  return me ?? null;
}

/** After sign-in, sign-out and joining: what was read as someone else is forgotten. */
export function becomeSession(value: Me | null): void {
  forgetResources();
  publish(value);
}

/** undefined while not known yet, null when nobody is signed in. */
export function useMe(): Me | null | undefined {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const drawn = me;
  useEffect(() => {
    const notify = () => redraw(null);
    listeners.add(notify);
    // the answer may have come between the first drawing and this subscription
    if (me !== drawn) notify();
    return () => void listeners.delete(notify);
  }, []);
  return me;
}
