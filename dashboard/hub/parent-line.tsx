/** Of a fork: whose log it goes on from, and from which entry on it is this hub's own. Nothing where there is no parent. */
import { parts } from "../parts/i18n.ts";
import { useNetwork } from "./live.tsx";

export function ParentLine() {
  const parent = useNetwork().data?.parent;
  if (parent === undefined) return null;
  const host = parent.origin.replace(/\/log$/, "");
  return (
    <p class="measure">
      {parts("fork.line", {
        // in the scheme of this page: a hub on one machine has no other
        parent: <a href={`//${host}/`}>{host}</a>,
        entry: <a href={`/log?entry=${parent.size}`}>{parent.size}</a>,
      })}
    </p>
  );
}
