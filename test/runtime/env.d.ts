/** The bindings that vitest.config.ts gives to runtime tests. */
declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    TEST_MIGRATIONS: { name: string; queries: string[] }[];
    SETUP_TOKEN: string;
    PUBLIC_URL: string;
    ORIGIN: string;
    /** SMTP_URL of the mail server beside the hub's tests */
    MAIL_URL: string;
    MAILBOX: Fetcher;
  }
}

/** Real data files as text (vite). */
declare module "*?raw" {
  const text: string;
  export default text;
}
