/**
 * Hands one message to a mail server (RFC 5321 with STARTTLS, RFC 3207, and AUTH, RFC 4954) over the runtime's TCP sockets.
 * Never without TLS, except to this machine. What goes wrong is one of two faults and carries no address, name or password.
 */
import { toBase64, utf8 } from "../../../shared/bytes.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";

export interface MailServer {
  hostname: string;
  port: number;
  /** `none` is for this machine only */
  tls: "implicit" | "starttls" | "none";
  user: string | null;
  password: string;
}

export interface MailSocket {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
  startTls(): MailSocket;
  close(): Promise<void>;
}
export type Connect = (
  address: { hostname: string; port: number },
  options: { secureTransport: "on" | "off" | "starttls"; allowHalfOpen: false },
) => MailSocket;

/** `mail-refused`: the server will not take this message, now or later. `mail-unreachable`: it may, another time. */
export type MailFault = "mail-refused" | "mail-unreachable";

export interface Envelope {
  from: string;
  to: string;
  data: string;
  /** how this host names itself */
  helo: string;
}

const TIMEOUT_MS = 15_000;
const MAX_REPLY = 16_384;
const LOOPBACK = /^(127\.0\.0\.1|localhost)$/;

/** `smtps://user:password@host` (TLS from the start, 465) or `smtp://…` (STARTTLS, 587); user and password percent-encoded. */
export function mailServerOf(text: string): MailServer {
  const url = new URL(text);
  const isImplicit = url.protocol === "smtps:";
  if (!isImplicit && url.protocol !== "smtp:") throw new Error("SMTP_URL begins with smtps:// or smtp://");
  const isHere = LOOPBACK.test(url.hostname);
  return {
    hostname: url.hostname,
    port: Number(url.port || (isImplicit ? 465 : 587)),
    tls: isImplicit ? "implicit" : isHere ? "none" : "starttls",
    user: url.username === "" ? null : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

export async function sendMail(
  server: MailServer,
  envelope: Envelope,
  connect: Connect,
  timeoutMs = TIMEOUT_MS,
): Promise<Result<null, MailFault>> {
  let open: MailSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken("late")), timeoutMs);
  });
  try {
    const secureTransport = { implicit: "on", starttls: "starttls", none: "off" } as const;
    const { hostname, port } = server;
    open = connect({ hostname, port }, { secureTransport: secureTransport[server.tls], allowHalfOpen: false });
    const talk = conversation(server, envelope, open, (upgraded) => {
      open = upgraded;
    });
    await Promise.race([talk, late]);
    return ok(null);
  } catch (error) {
    return fail(error instanceof Refusal ? "mail-refused" : "mail-unreachable");
  } finally {
    clearTimeout(timer);
    // the message has been taken, or has not: how the connection ends changes neither
    await open?.close().catch(() => undefined);
  }
}

/** The connection or the server failed in a way that another time may not. */
class Broken extends Error {}
/** 5xx to the recipient or the message. */
class Refusal extends Error {}

async function conversation(
  server: MailServer,
  { from, to, data, helo }: Envelope,
  socket: MailSocket,
  onUpgrade: (socket: MailSocket) => void,
): Promise<void> {
  let line = lineOf(socket);
  expectReply(await line.reply(), 220);
  let features = expectReply(await line.ask(`EHLO ${helo}`), 250);
  if (server.tls === "starttls") {
    // a server, or somebody on the way, that offers no TLS gets neither password nor message
    if (!offers(features, "STARTTLS")) throw new Broken("no TLS");
    expectReply(await line.ask("STARTTLS"), 220);
    line.release();
    const upgraded = socket.startTls();
    onUpgrade(upgraded);
    line = lineOf(upgraded);
    features = expectReply(await line.ask(`EHLO ${helo}`), 250);
  }
  if (server.user !== null) await authenticate(line, features, server.user, server.password);
  expectReply(await line.ask(`MAIL FROM:<${from}>`), 250);
  accepted(await line.ask(`RCPT TO:<${to}>`));
  expectReply(await line.ask("DATA"), 354);
  // the body is base64 and headers begin with a letter: no line begins with a dot that would want doubling
  accepted(await line.ask(`${data}\r\n.`));
  await line.say("QUIT");
}

interface Reply {
  code: number;
  lines: string[];
}

async function authenticate(line: Line, features: Reply, user: string, password: string): Promise<void> {
  const methods = features.lines.find((text) => /^AUTH[ =]/i.test(text))?.toUpperCase() ?? "";
  if (methods.includes("PLAIN") || !methods.includes("LOGIN")) {
    expectReply(await line.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`), 235);
    return;
  }
  expectReply(await line.ask("AUTH LOGIN"), 334);
  expectReply(await line.ask(base64(user)), 334);
  expectReply(await line.ask(base64(password)), 235);
}

function base64(text: string): string {
  return toBase64(utf8(text));
}

function offers({ lines }: Reply, feature: string): boolean {
  return lines.some((text) => text.toUpperCase().split(" ")[0] === feature);
}

/** Anything else here is the server's or the settings' fault, not the message's. */
function expectReply(reply: Reply, code: number): Reply {
  if (reply.code !== code) throw new Broken(`reply ${reply.code}`);
  return reply;
}

/** 5.7.x is policy (no relaying, sign in first): the settings' fault again, and another time it may be allowed (RFC 3463). */
function accepted({ code, lines }: Reply): void {
  if (code >= 200 && code < 300) return;
  const isPolicy = code === 530 || (lines[0] ?? "").startsWith("5.7.");
  if (code >= 500 && !isPolicy) throw new Refusal(`reply ${code}`);
  throw new Broken(`reply ${code}`);
}

interface Line {
  say(text: string): Promise<void>;
  reply(): Promise<Reply>;
  ask(text: string): Promise<Reply>;
  release(): void;
}

function lineOf({ readable, writable }: MailSocket): Line {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const decoder = new TextDecoder();
  let buffer = "";

  async function say(text: string): Promise<void> {
    await writer.write(utf8(`${text}\r\n`));
  }
  async function reply(): Promise<Reply> {
    const lines: string[] = [];
    for (;;) {
      const end = buffer.indexOf("\n");
      if (end >= 0) {
        const text = buffer.slice(0, end).trimEnd();
        buffer = buffer.slice(end + 1);
        const parts = /^(\d{3})([ -]?)(.*)$/.exec(text);
        if (parts === null) throw new Broken("not SMTP");
        lines.push(parts[3] ?? "");
        if (parts[2] !== "-") return { code: Number(parts[1]), lines };
        continue;
      }
      const { done, value } = await reader.read();
      if (done) throw new Broken("closed");
      buffer += decoder.decode(value, { stream: true });
      if (buffer.length + lines.length * 80 > MAX_REPLY) throw new Broken("endless reply");
    }
  }
  return {
    say,
    reply,
    async ask(text) {
      await say(text);
      return await reply();
    },
    release() {
      reader.releaseLock();
      writer.releaseLock();
    },
  };
}
