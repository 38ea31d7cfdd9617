/** The bindings that vitest.config.ts gives to runtime tests. */
declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    TEST_MIGRATIONS: { name: string; queries: string[] }[];
    SETUP_TOKEN: string;
    PUBLIC_URL: string;
    ORIGIN: string;
  }
}

/** Real data files as text (vite). */
declare module "*?raw" {
  const text: string;
  export default text;
}
