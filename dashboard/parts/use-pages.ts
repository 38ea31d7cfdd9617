/** A list the server hands out in pages: what came so far, and a way to get more. The first page behaves like useResource. */
import { useEffect, useState } from "preact/hooks";

import { api, problemText } from "./api.ts";
import { toast } from "./toast.tsx";
import { type Resource, useResource } from "./use-resource.ts";

export interface Pages<Page, Item> {
  first: Resource<Page>;
  items: Item[];
  /** null when everything is here */
  more: (() => void) | null;
  loadingMore: boolean;
}

/** `path` without `after`; `read` takes the items and the cursor out of a page. */
export function usePages<Page, Item>(
  path: string,
  read: (page: Page) => { items: Item[]; next: string | null },
): Pages<Page, Item> {
  const first = useResource<Page>(path);
  const [rest, setRest] = useState<Page[]>([]);
  const [loadingMore, setLoading] = useState(false);
  useEffect(() => setRest([]), [path, first.data]);

  const pages = first.data === null ? [] : [first.data, ...rest].map(read);
  const next = pages.at(-1)?.next ?? null;
  async function load(after: string) {
    setLoading(true);
    const answer = await api.get<Page>(`${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}`);
    setLoading(false);
    if (answer.ok) setRest((before) => [...before, answer.value]);
    else toast(problemText(answer.error));
  }
  return {
    first,
    items: pages.flatMap((page) => page.items),
    more: next === null ? null : () => void load(next),
    loadingMore,
  };
}
