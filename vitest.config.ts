/** Four kinds of test (docs/architecture.md): unit in Node, runtime in workerd, network and browser against the embedded network. */
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { Response as LocalResponse, type Request as LocalRequest } from "miniflare";
import { defineConfig } from "vitest/config";
import { openMailbox, type ReceivedMail } from "./scripts/network/mailbox.ts";
import { makeHubKeys, makeNodeKeys } from "./shared/signing/keys.ts";

/** Packages as the workers import them, each in one piece: hundreds of files fewer for each test file. One left out would be there twice. */
const BUNDLED = [
  "@hono/zod-openapi",
  "@noble/hashes/sha2.js",
  "@scure/base",
  "@simplewebauthn/server",
  "canonicalize",
  "csv-stringify/browser/esm/sync",
  "drizzle-orm",
  "drizzle-orm/sqlite-core",
  "fast-xml-parser",
  "hono",
  "hono/body-limit",
  "hono/cookie",
  "hono/html",
  "hono/http-exception",
  "hono/route",
  "hono/router/trie-router",
  "standardwebhooks",
  "zod",
];

function runtime(name: "hub" | "node") {
  return {
    plugins: [
      cloudflareTest(async () => {
        const post = name === "hub" ? await mailbox() : null;
        return {
          wrangler: { configPath: "./wrangler.toml", environment: name },
          miniflare: {
            bindings: {
              TEST_MIGRATIONS: await readD1Migrations(`migrations/${name}`),
              ...(await secrets(name)),
              ...post?.bindings,
              ...(name === "node" && { BOOK_BATCH_S: "0" }),
            },
            ...(post && { serviceBindings: post.serviceBindings }),
          },
        };
      }),
    ],
    test: {
      name: `runtime-${name}`,
      include: [`test/runtime/${name}/**/*.test.ts`],
      setupFiles: ["test/runtime/migrate.ts"],
      // whole workers with their database: on a busy machine a scenario of many days takes a while
      testTimeout: 30_000,
      deps: { optimizer: { ssr: { enabled: true, include: BUNDLED } } },
      ...group(1),
    },
  };
}

/** What the start and deploy scripts give a worker, made anew for each run; the origins are those of wrangler.toml. */
async function secrets(name: "hub" | "node"): Promise<Record<string, string>> {
  const keys = name === "hub" ? await makeHubKeys("hub.example.org") : await makeNodeKeys("community.example.org");
  return { ...keys.secrets, METER: "true" };
}

/** A real mail server beside workerd: a hub that is given MAIL_URL sends to it, and `env.MAILBOX` answers what came for `?to=`. */
async function mailbox() {
  const mails: ReceivedMail[] = [];
  const { url } = await openMailbox((mail) => void mails.push(mail));
  return {
    bindings: { MAIL_URL: url },
    serviceBindings: {
      MAILBOX: ({ url: asked }: LocalRequest) => {
        const to = new URL(asked).searchParams.get("to") ?? "";
        return LocalResponse.json(mails.filter((mail) => mail.to.includes(to)).map(({ eml }) => eml));
      },
    },
  };
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
