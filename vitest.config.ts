/** Four kinds of test (docs/architecture.md): unit in Node, runtime in workerd, network and browser against the embedded network. */
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { makeHubKeys, makeNodeKeys } from "./shared/signing/keys.ts";

function runtime(name: "hub" | "node") {
  return {
    plugins: [
      cloudflareTest(async () => ({
        wrangler: { configPath: "./wrangler.toml", environment: name },
        miniflare: {
          bindings: { TEST_MIGRATIONS: await readD1Migrations(`migrations/${name}`), ...(await secrets(name)) },
        },
      })),
    ],
    test: {
      name: `runtime-${name}`,
      include: [`test/runtime/${name}/**/*.test.ts`],
      setupFiles: ["test/runtime/migrate.ts"],
      ...group(1),
    },
  };
}

/** What the start and deploy scripts give a worker, made anew for each run; the origins are those of wrangler.toml. */
async function secrets(name: "hub" | "node"): Promise<Record<string, string>> {
  const keys = name === "hub" ? await makeHubKeys("hub.example.org") : await makeNodeKeys("community.example.org");
  return { ...keys.secrets, METER: "true" };
}

/** One kind after the other: two cores, and what a network test waits for should not wait for another test. */
function group(order: number) {
  return { sequence: { groupOrder: order } };
}

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], ...group(0) } },
      runtime("hub"),
      runtime("node"),
      {
        test: {
          name: "network",
          include: ["test/network/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          ...group(2),
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          ...group(3),
        },
      },
    ],
  },
});
