/** Setup links that nobody has used yet, as the workers themselves see it. */
import { openBrowser } from "../demo/http.ts";
import type { Network } from "../network.ts";

export async function openSetupLinks(network: Network): Promise<{ who: string; url: string }[]> {
  const links = network.all.map(({ name, kind, setupUrl }) => ({
    who: kind === "hub" ? "operator" : `steward ${name}`,
    url: setupUrl,
  }));
  const open = await Promise.all(
    links.map(async ({ url }) => {
      const { origin, hash } = new URL(url);
      return (await openBrowser(origin).raw("POST", "/api/invites/inspect", { token: hash.slice(1) })).ok;
    }),
  );
  return links.filter((_, i) => open[i]);
}
