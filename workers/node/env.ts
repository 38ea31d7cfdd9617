/** What a node is configured with: vars of wrangler.toml and secrets made by the start and deploy scripts. */
import { z } from "zod";
import { hash } from "../../shared/protocol/primitives.ts";
import { type CommonBindings, type CommonConfig, commonConfig, commonVars, configReader } from "../lib/config.ts";
import type { LogKeys } from "../lib/log-read.ts";

const privateJwk = z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: hash, d: hash });

const nodeVars = z.object({
  ...commonVars,
  /** signed-note private key, `PRIVATE+KEY+<origin>/book+…` */
  BOOK_KEY: z.string().max(400),
  /** signs joins and reports */
  REPORT_JWK: z
    .string()
    .max(400)
    .transform((text): unknown => JSON.parse(text))
    .pipe(privateJwk),
});

export type NodeEnv = CommonBindings;

export interface NodeConfig extends CommonConfig {
  /** `<origin>/book`, the identity of this node's pledge book, and the key that signs its checkpoints */
  book: LogKeys;
  reportJwk: z.infer<typeof privateJwk>;
}

export const readConfig = configReader<NodeConfig>((env) => {
  const vars = nodeVars.parse(env);
  return {
    ...commonConfig(vars),
    book: { origin: `${vars.ORIGIN}/book`, skey: vars.BOOK_KEY },
    reportJwk: vars.REPORT_JWK,
  };
});
