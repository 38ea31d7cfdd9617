/** A row of links that scrolls sideways on a phone: the present one is brought into view, and its ends say that there is more. */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** For an element of class `strip`; `here` changes with the place. */
export function useStrip<E extends HTMLElement>(here: string): RefObject<E | null> {
  const strip = useRef<E>(null);
  useEffect(() => {
    const row = strip.current;
    if (!row) return undefined;
    const current = row.querySelector<HTMLElement>("[aria-current]");
    if (current) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
    const mark = () => {
      const hidden = row.scrollWidth - row.clientWidth;
      const at = Math.abs(row.scrollLeft);
      row.toggleAttribute("data-before", at > 1);
      row.toggleAttribute("data-after", at < hidden - 1);
    };
    mark();
    const size = new ResizeObserver(mark);
    size.observe(row);
    row.addEventListener("scroll", mark, { passive: true });
    return () => {
      size.disconnect();
      row.removeEventListener("scroll", mark);
    };
  }, [here]);
  return strip;
}
