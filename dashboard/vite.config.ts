/** Two builds from one tree: `vite build --config dashboard/vite.config.ts --mode hub|node` -> dist/hub, dist/node. */
import { defineConfig, type UserConfig } from "vite";

export type App = "hub" | "node";

export function dashboardConfig(app: App): UserConfig {
  const here = import.meta.dirname;
  return {
    root: `${here}/${app}`,
    publicDir: `${here}/public`,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: { format: "es" },
    build: {
      outDir: `${here}/../dist/${app}`,
      emptyOutDir: true,
      // light-dark(), :has() and field-sizing degrade or exist in these; nothing is polyfilled
      target: ["chrome123", "firefox121", "safari17.5"],
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // on a busy machine the bundler explains at length where its time went: nobody who starts a network asked
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
  };
}

export default defineConfig(({ mode }) => dashboardConfig(mode === "node" ? "node" : "hub"));
