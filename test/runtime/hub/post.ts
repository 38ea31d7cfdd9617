/** A hub with a real mail server beside it, and what came for an address. */
import { env } from "cloudflare:workers";
import { vi } from "vitest";

export const WITH_MAIL = { SMTP_URL: env.MAIL_URL, MAIL_FROM: "hub@hub.example.org" };

export interface Received {
  head: string;
  text: string;
}

/** The mail server is shared by all test files: each test has addresses of its own. */
export function freshAddress(domain = "mill.example.org"): string {
  return `p${crypto.randomUUID().replaceAll("-", "")}@${domain}`;
}

export async function mailsTo(address: string): Promise<Received[]> {
  const answer = await env.MAILBOX.fetch(`http://mailbox/?to=${encodeURIComponent(address)}`);
  const mails = await answer.json<string[]>();
  return mails.map((eml) => {
    const [head = "", body = ""] = eml.split("\r\n\r\n");
    const bytes = Uint8Array.from(atob(body.replaceAll("\r\n", "")), (c) => c.charCodeAt(0));
    return { head, text: new TextDecoder().decode(bytes) };
  });
}

/** The code of the newest mail, once there are `count`. */
export async function codeFor(address: string, count = 1): Promise<string> {
  const mails = await vi.waitFor(async () => {
    const found = await mailsTo(address);
    if (found.length < count) throw new Error(`${String(found.length)} mails`);
    return found;
  });
  return /^\d{6}/.exec(mails.at(-1)?.text ?? "")?.[0] ?? "";
}
