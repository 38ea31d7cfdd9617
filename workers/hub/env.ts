/** What a hub is configured with: vars of wrangler.toml and secrets made by the start and deploy scripts. */
import { z } from "zod";
import { AUDIT_INTERVAL_S } from "../../shared/protocol/audit.ts";
import { currency, hash, line } from "../../shared/protocol/primitives.ts";
import { type CommonBindings, type CommonConfig, commonConfig, commonVars, configReader } from "../lib/config.ts";
import { isAddress } from "../lib/mail/message.ts";
import { type MailServer, mailServerOf } from "../lib/mail/smtp.ts";
import { MAX_BATCH_LIMIT } from "./limits.ts";

const privateJwk = z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: hash, d: hash });

const hubVars = z.object({
  ...commonVars,
  NAME: line(80),
  /** reference currency of the headline numbers */
  CURRENCY: currency,
  /** signed-note private key, `PRIVATE+KEY+<origin>/log+…` */
  LOG_KEY: z.string().max(400),
  STATEMENT_JWK: z
    .string()
    .max(400)
    .transform((text): unknown => JSON.parse(text))
    .pipe(privateJwk),
  /** keys that are to take the place of the two above (docs/protocol.md §1): the log says which are current */
  LOG_KEY_NEXT: z.string().max(400).optional(),
  STATEMENT_JWK_NEXT: z
    .string()
    .max(400)
    .transform((text): unknown => JSON.parse(text))
    .pipe(privateJwk)
    .optional(),
  /** a hub-key+jwt by the recovery key, made where that key is kept */
  KEY_RECOVERY: z.string().max(4096).optional(),
  /** how long the recovery of a community's keys waits; logged in entry 0 */
  RECOVERY_DELAY_S: z.coerce
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(7 * 86_400),
  /** a community is audited at most this often, in log time; logged in entry 0. 0, for tries only: as soon as it may */
  AUDIT_INTERVAL_S: z.coerce
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(AUDIT_INTERVAL_S),
  /** how long a burst of reports is gathered before their books are read, milliseconds */
  SETTLE_MS: z.coerce.number().int().min(0).max(1000).default(50),
  /** statements in one POST /log/entries */
  /** `smtps://user:password@host` or `smtp://…`; without it and MAIL_FROM there are no e-mail codes and no alerts by mail */
  SMTP_URL: z.string().max(500).optional(),
  MAIL_FROM: z.string().refine(isAddress).optional(),
  /**
   * vkey of the log of which this is a copy that cannot grow, and the newest head that its own hub signed: made by
   * `npm run restore`. Then nothing is signed here, nobody signs in, and nothing is written.
   */
  MIRROR_OF: z.string().max(400).optional(),
  MIRROR_HEAD: z.string().max(65_536).optional(),
  MAX_BATCH: z.coerce.number().int().min(1).max(MAX_BATCH_LIMIT).default(32),
});

export type HubEnv = CommonBindings;

export interface HubConfig extends CommonConfig {
  /** `<origin>/log`, the identity of this hub's log and the `iss` of its statements */
  logOrigin: string;
  name: string;
  currency: string;
  logKey: string;
  statementJwk: z.infer<typeof privateJwk>;
  logKeyNext: string | null;
  statementJwkNext: z.infer<typeof privateJwk> | null;
  keyRecovery: string | null;
  recoveryDelayS: number;
  auditIntervalS: number;
  maxBatch: number;
  settleMs: number;
  mail: { server: MailServer; from: string } | null;
  /** null: this is the hub itself */
  mirror: { vkey: string; head: string } | null;
}

export const readConfig = configReader<HubConfig>((env) => {
  const vars = hubVars.parse(env);
  return {
    ...commonConfig(vars),
    logOrigin: `${vars.ORIGIN}/log`,
    name: vars.NAME,
    currency: vars.CURRENCY,
    logKey: vars.LOG_KEY,
    statementJwk: vars.STATEMENT_JWK,
    logKeyNext: vars.LOG_KEY_NEXT ?? null,
    statementJwkNext: vars.STATEMENT_JWK_NEXT ?? null,
    keyRecovery: vars.KEY_RECOVERY ?? null,
    recoveryDelayS: vars.RECOVERY_DELAY_S,
    auditIntervalS: vars.AUDIT_INTERVAL_S,
    maxBatch: vars.MAX_BATCH,
    settleMs: vars.SETTLE_MS,
    mirror:
      vars.MIRROR_OF === undefined || vars.MIRROR_HEAD === undefined
        ? null
        : { vkey: vars.MIRROR_OF, head: vars.MIRROR_HEAD },
    mail:
      vars.SMTP_URL === undefined || vars.MAIL_FROM === undefined
        ? null
        : { server: mailServerOf(vars.SMTP_URL), from: vars.MAIL_FROM },
  };
});
