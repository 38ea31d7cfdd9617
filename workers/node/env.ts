/** What a node is configured with: vars of wrangler.toml and secrets made by the start and deploy scripts. */
import { z } from "zod";
import { AUDIT_INTERVAL_S } from "../../shared/protocol/audit.ts";
import { hash } from "../../shared/protocol/primitives.ts";
import { type ListedLog, readLogList } from "../../shared/witness/log-list.ts";
import { type CommonBindings, type CommonConfig, commonConfig, commonVars, configReader } from "../lib/config.ts";
import type { LogKeys } from "../lib/log-read.ts";

const privateJwk = z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: hash, d: hash });

const witnessLogs = z
  .string()
  .max(32_768)
  .default("")
  .transform((text, context): ListedLog[] => {
    const logs = readLogList(text);
    if (logs.ok) return logs.value;
    context.addIssue({ code: "custom", message: `line ${String(logs.error)} is no verifier key` });
    return [];
  });

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
  /** keys that are to take the place of the two above (docs/protocol.md §1): each hub's log says which are current */
  BOOK_KEY_NEXT: z.string().max(400).optional(),
  REPORT_JWK_NEXT: z
    .string()
    .max(400)
    .transform((text): unknown => JSON.parse(text))
    .pipe(privateJwk)
    .optional(),
  /** logs of others to witness, one vkey a line */
  WITNESS_LOGS: witnessLogs,
  /** audits of a hub that follow each other faster are refused; in the hub's log time */
  AUDIT_INTERVAL_S: z.coerce
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(AUDIT_INTERVAL_S),
  /** where alarms about a hub go, and the secret they are signed with (whsec_…) */
  WATCH_WEBHOOK: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  WATCH_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/)
    .optional(),
  BOOK_BATCH_S: z.coerce.number().int().min(0).max(3_600).default(600),
  /** `<number> <reason>`: begin this new book, if the one there is cannot go on (docs/operate.md) */
  BEGIN_BOOK: z
    .string()
    .regex(/^[1-9][0-9]? \S.{0,199}$/)
    .optional(),
});

export type NodeEnv = CommonBindings;

export interface NodeConfig extends CommonConfig {
  /** `<origin>/book`, the identity of this node's pledge book, and the key that signs its checkpoints */
  book: LogKeys;
  reportJwk: z.infer<typeof privateJwk>;
  reportJwkNext: z.infer<typeof privateJwk> | null;
  witnessLogs: readonly ListedLog[];
  /** how long signed documents gather before they enter the book together, in random order; 0: each at once */
  bookBatchS: number;
  auditIntervalS: number;
  beginBook: { generation: number; reason: string } | null;
  watchWebhook: { url: string; secret: string } | null;
}

export const readConfig = configReader<NodeConfig>((env) => {
  const vars = nodeVars.parse(env);
  return {
    ...commonConfig(vars),
    book: { origin: `${vars.ORIGIN}/book`, skey: vars.BOOK_KEY, next: vars.BOOK_KEY_NEXT ?? null },
    reportJwk: vars.REPORT_JWK,
    reportJwkNext: vars.REPORT_JWK_NEXT ?? null,
    witnessLogs: vars.WITNESS_LOGS,
    bookBatchS: vars.BOOK_BATCH_S,
    auditIntervalS: vars.AUDIT_INTERVAL_S,
    beginBook: vars.BEGIN_BOOK === undefined ? null : orderOf(vars.BEGIN_BOOK),
    watchWebhook:
      vars.WATCH_WEBHOOK === undefined || vars.WATCH_WEBHOOK_SECRET === undefined
        ? null
        : { url: vars.WATCH_WEBHOOK, secret: vars.WATCH_WEBHOOK_SECRET },
  };
});

function orderOf(text: string): NonNullable<NodeConfig["beginBook"]> {
  const blank = text.indexOf(" ");
  return { generation: Number(text.slice(0, blank)), reason: text.slice(blank + 1) };
}
