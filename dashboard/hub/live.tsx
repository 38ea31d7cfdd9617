/** The hub's own numbers as pages use them: the published totals and the check beside them. */
import type { Network } from "../../shared/protocol/api/network.ts";
import { AsOf } from "../parts/as-of.tsx";
import { Check } from "../parts/check.tsx";
import { type Resource, useResource } from "../parts/use-resource.ts";
import { runRecount, useRecount } from "./recount.ts";

export function useNetwork(): Resource<Network> {
  return useResource<Network>("/api/network", { every: 30_000 });
}

/** Check button and log size, side by side: under the numbers they vouch for. */
export function CheckLine({ size, at }: { size: number; at?: string }) {
  const { check } = useRecount();
  return (
    <div class="row">
      <Check check={check} onRun={() => runRecount()} href="/check" />
      <AsOf size={size} {...(at ? { at } : {})} href={`/log?entry=${Math.max(0, size - 1)}`} />
    </div>
  );
}
