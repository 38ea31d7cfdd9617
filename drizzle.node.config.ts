/** drizzle-kit only generates SQL here (npm run db:generate); wrangler applies it. */
import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "sqlite", schema: "./workers/node/schema.ts", out: "./migrations/node" });
