/**
 * Signing in by a code that was mailed (docs/operate.md): six digits, ten minutes, five tries, once, in the browser that asked.
 * Known and unknown addresses take the same steps and get the same answer; the mail goes after it. The database has
 * hashes only: a code is never in it, nor in the outbox.
 */
import { equal, utf8 } from "../../../shared/bytes.ts";
import type { IntroduceSupplier, MailLanguage } from "../../../shared/protocol/api/party.ts";
import type { AppContext } from "../../lib/app.ts";
import { rowsOf } from "../../lib/d1.ts";
import { browserOf } from "../../lib/identity/challenge.ts";
import { readCookie } from "../../lib/identity/cookie.ts";
import { endSession, enter, newSession } from "../../lib/identity/session.ts";
import { randomBytes, randomToken, tokenHash } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import type { Hub, Mailer } from "../hub.ts";
import { logLine } from "../log-line.ts";
import { codeLetter } from "../mail-words.ts";
import { introducedAccount } from "./introduction.ts";

const CODE_MS = 10 * 60_000;
const TRIES = 5;
const HOUR_MS = 3_600_000;
/** Codes for one address, whoever asks: what keeps guessing hopeless, so it is counted in the database. */
const PER_HOUR = 5;
const PER_DAY = 20;

export interface CodeRequest {
  email: string;
  language: MailLanguage;
  introduction: IntroduceSupplier | null;
}

export function mailerOf(hub: Hub): Mailer {
  if (hub.mail === null) throw new Refused("mail-off");
  return hub.mail;
}

/** The address as the database knows it where no mail has to go to it. */
function addressHash(email: string): string {
  return tokenHash(`email:${email}`);
}

function codeHash(id: string, code: string): string {
  return tokenHash(`email-code:${id}:${code}`);
}

/** 000000 to 999999, each as likely: what does not divide is drawn again. */
export function sixDigits(draw: () => Uint8Array = () => randomBytes(4)): string {
  for (;;) {
    const value = new DataView(draw().slice().buffer).getUint32(0);
    if (value < 4_294_000_000) return String(value % 1_000_000).padStart(6, "0");
  }
}

export async function requestCode(c: AppContext<HubConfig>, hub: Hub, asked: CodeRequest): Promise<void> {
  const mail = mailerOf(hub);
  const { email, language, introduction } = asked;
  const now = hub.now();
  const address = addressHash(email);
  const browser = browserOf(c);
  const id = randomToken();
  const code = sixDigits();
  const [accounts, , asking] = await hub.db.batch([
    accountQuery(hub.db, email),
    hub.db
      .prepare("UPDATE email_code SET used_at = ? WHERE address = ? AND browser = ? AND used_at IS NULL")
      .bind(now, address, browser),
    hub.db
      .prepare(
        `INSERT INTO email_code (id, address, code, browser, introduction, attempts, expires_at)
         SELECT ?1, ?2, ?3, ?4, ?5, 0, ?6
         WHERE (SELECT count(*) FROM email_code WHERE address = ?2 AND expires_at > ?6 - ?7) < ${PER_HOUR}
           AND (SELECT count(*) FROM email_code WHERE address = ?2 AND expires_at > ?6 - 24 * ?7) < ${PER_DAY}`,
      )
      .bind(
        id,
        address,
        codeHash(id, code),
        browser,
        introduction === null ? null : JSON.stringify(introduction),
        now + CODE_MS,
        HOUR_MS,
      ),
  ]);
  if (asking?.meta.changes === 0) throw new Refused("rate-limited", { retryAfterS: HOUR_MS / 1000 });
  const isKnown = rowsOf(accounts).length > 0;
  if (isKnown || introduction !== null) c.executionCtx.waitUntil(sendCode(mail, hub, { email, language, code }));
}

async function sendCode(
  mail: Mailer,
  { config }: Hub,
  { email, language, code }: { email: string; language: MailLanguage; code: string },
): Promise<void> {
  const sent = await mail({ to: email, ...codeLetter(language, config.name, code) });
  logLine({ level: sent.ok ? "info" : "warn", job: "mail-code", ...(sent.ok ? {} : { code: sent.error }) });
}

/** By the unique index on the address. */
function accountQuery(db: D1Database, email: string): D1PreparedStatement {
  return db
    .prepare(
      "SELECT m.id FROM member_email e JOIN member m ON m.id = e.member_id WHERE e.email = ? AND m.state = 'active'",
    )
    .bind(email);
}

interface CodeRow {
  id: string;
  code: string;
  introduction: string | null;
}

/** Returns the member who is now signed in, in a session that is new. */
export async function signInByCode(
  c: AppContext<HubConfig>,
  hub: Hub,
  { email, code }: { email: string; code: string },
): Promise<string> {
  const { db } = hub;
  const now = hub.now();
  const browser = readCookie(c, "browser");
  // The try is counted before it is judged, in one statement: two at once are two tries.
  const [tried, accounts] = await db.batch([
    db
      .prepare(
        `UPDATE email_code SET attempts = attempts + 1 WHERE id = (SELECT id FROM email_code
           WHERE address = ? AND browser = ? AND used_at IS NULL AND expires_at > ? ORDER BY expires_at DESC LIMIT 1)
         AND attempts < ${TRIES} RETURNING id, code, introduction`,
      )
      .bind(addressHash(email), browser === null ? "" : tokenHash(browser), now),
    accountQuery(db, email),
  ]);
  const row = rowsOf<CodeRow>(tried)[0];
  if (row === undefined) throw new Refused("email-code-over");
  if (!equal(utf8(row.code), utf8(codeHash(row.id, code)))) throw new Refused("email-code-wrong");
  const known = rowsOf<{ id: string }>(accounts)[0]?.id;
  const introduction = row.introduction === null ? null : (JSON.parse(row.introduction) as IntroduceSupplier);
  // Nothing was mailed to an unknown address: whoever guessed a code that was never sent has gained nothing.
  if (known === undefined && introduction === null) throw new Refused("email-code-over");
  const memberId = known ?? randomToken();
  const session = newSession(db, memberId, null, now);
  const used = db
    .prepare("UPDATE email_code SET used_at = ?, attempts = CASE WHEN used_at IS NULL THEN attempts END WHERE id = ?")
    .bind(now, row.id);
  try {
    await db.batch([
      // A code that was used meanwhile fails NOT NULL, and the whole batch with it.
      used,
      ...(known === undefined && introduction !== null ? introducedAccount(hub, memberId, row.id, introduction) : []),
      session.statement,
      ...endSession(c),
    ]);
  } catch (error) {
    throw refusalOfBatch(error);
  }
  enter(c, session.token);
  return memberId;
}

function refusalOfBatch(error: unknown): unknown {
  const text = error instanceof Error ? error.message : "";
  if (text.includes("email_code.attempts")) return new Refused("email-code-over");
  if (/UNIQUE constraint failed: (supplier|member_email)\./.test(text)) return new Refused("supplier-exists");
  return error;
}

/** Codes are kept for a day after their end, because they are counted; a duty of the hourly job. */
export function sweepCodes(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare("DELETE FROM email_code WHERE expires_at < ?").bind(now - 24 * HOUR_MS);
}
