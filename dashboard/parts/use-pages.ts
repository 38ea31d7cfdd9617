/** A list the server hands out in pages: what came so far, and a way to get more. The first page behaves like useResource. */
import { useEffect, useRef, useState } from "preact/hooks";

import { type Answer, api, problemText } from "./api.ts";
import { toast } from "./toast.tsx";
import { type Resource, useResource } from "./use-resource.ts";

/** Pages without anything that are passed over at once. */
const MAX_QUIET = 20;

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
  const shown = useRef(path);
  shown.current = path;
  useEffect(() => {
    setRest([]);
    setLoading(false);
    const begun = first.data === null ? null : read(first.data);
    if (begun !== null && begun.items.length === 0 && begun.next !== null) void load(begun.next);
  }, [path, first.data]);

  const pages = first.data === null ? [] : [first.data, ...rest].map(read);
  const next = pages.at(-1)?.next ?? null;
  /** A server that looks through so many rows at a time may find nothing in them: go on, but not for ever. */
  async function load(from: string) {
    setLoading(true);
    let after: string | null = from;
    for (let quiet = 0; after !== null && quiet < MAX_QUIET; quiet += 1) {
      const answer: Answer<Page> = await api.get<Page>(
        `${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}`,
      );
      // meanwhile the page shows another list
      if (shown.current !== path) return;
      if (!answer.ok) {
        toast(problemText(answer.error));
        break;
      }
      const page = answer.value;
      setRest((before) => [...before, page]);
      const { items, next: behind } = read(page);
      after = items.length === 0 ? behind : null;
    }
    setLoading(false);
  }
  return {
    first,
    items: pages.flatMap((page) => page.items),
    more: next === null ? null : () => void load(next),
    loadingMore,
  };
}
