/**
 * The settings a hub and a node have in common, parsed once per isolate from vars and secrets.
 * Each worker extends `commonVars` with its own. Nothing here is ever taken from a request.
 */
import { z } from "zod";
import { hash, origin } from "../../shared/protocol/primitives.ts";

const flag = z
  .enum(["true", "false"])
  .optional()
  .transform((value) => value === "true");

/** Scheme, host and port without path: what browsers send as `Origin`. */
const publicUrl = z.url({ protocol: /^https?$/ }).transform((value, context) => {
  const url = new URL(value);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    context.addIssue({ code: "custom", message: "PUBLIC_URL is a scheme, a host and a port, without a path" });
  }
  return url.origin;
});

export const commonVars = {
  ORIGIN: origin,
  PUBLIC_URL: publicUrl,
  DEMO: flag,
  LOOPBACK: flag,
  METER: flag,
  /** one-time token of the first steward or operator; absent once it has been taken away */
  SETUP_TOKEN: z.string().min(22).max(64).optional(),
  RECOVERY_SHA256: hash,
  /** signed-note private key of type 0x04, `PRIVATE+KEY+<origin>/witness+…`; without it nothing is witnessed */
  WITNESS_KEY: z.string().max(400).optional(),
  /** a node's, to take the place of the one above; both cosign while both are here (docs/protocol.md §1) */
  WITNESS_KEY_NEXT: z.string().max(400).optional(),
  REPORT_INTERVAL_S: z.coerce.number().int().min(0).max(86_400).default(60),
};

const common = z.object(commonVars);
type Vars = z.infer<typeof common>;

export interface CommonConfig {
  origin: string;
  publicUrl: string;
  /** the WebAuthn relying party id: the host of PUBLIC_URL, for ever */
  rpId: string;
  demo: boolean;
  loopback: boolean;
  meter: boolean;
  setupToken: string | null;
  recoverySha256: string;
  witnessKey: string | null;
  witnessKeyNext: string | null;
  reportIntervalS: number;
}

/** Bindings that are objects; strings are read through the config. */
export interface CommonBindings {
  DB: D1Database;
  ASSETS?: Fetcher;
}

export function commonConfig(vars: Vars): CommonConfig {
  if (vars.LOOPBACK && vars.PUBLIC_URL.startsWith("https:")) {
    throw new Error("LOOPBACK is for the embedded network and is refused where PUBLIC_URL is https");
  }
  return {
    origin: vars.ORIGIN,
    publicUrl: vars.PUBLIC_URL,
    rpId: new URL(vars.PUBLIC_URL).hostname,
    demo: vars.DEMO,
    loopback: vars.LOOPBACK,
    meter: vars.METER,
    setupToken: vars.SETUP_TOKEN ?? null,
    recoverySha256: vars.RECOVERY_SHA256,
    witnessKey: vars.WITNESS_KEY ?? null,
    witnessKeyNext: vars.WITNESS_KEY_NEXT ?? null,
    reportIntervalS: vars.REPORT_INTERVAL_S,
  };
}

/** Which setting is wrong, and how; never what it holds: it may be a secret. */
export function faultOfConfig(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  // The text of a syntax error shows a piece of what could not be parsed.
  return error instanceof Error && !(error instanceof SyntaxError) ? error.message : "a key is not JSON";
}

/** Parses the environment once and remembers it for as long as the runtime keeps that environment. */
export function configReader<C extends CommonConfig>(parse: (env: object) => C): (env: object) => C {
  const parsed = new WeakMap<object, C>();
  return (env) => {
    const known = parsed.get(env);
    if (known) return known;
    const config = parse(env);
    parsed.set(env, config);
    return config;
  };
}
