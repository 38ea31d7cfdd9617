/**
 * A mail server for this machine: takes whatever a hub sends and hands it over. `npm start` keeps it as files, because a
 * code has no place in a log; tests read it. Never on another address than loopback, and it delivers nothing to anybody.
 */
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface ReceivedMail {
  to: string[];
  /** the whole message, as sent */
  eml: string;
}

export interface Mailbox {
  /** SMTP_URL of a hub that sends here */
  url: string;
  stop(): Promise<void>;
}

export async function openMailbox(
  onMail: (mail: ReceivedMail) => void | Promise<void>,
  options: SMTPServerOptions = {},
): Promise<Mailbox> {
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    authOptional: true,
    size: 1024 * 1024,
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      void taken(async () => await onMail({ to, eml: await text(stream) }), done);
    },
    ...options,
  });
  // a client that goes away in the middle of a sentence is its own affair
  server.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // what waits for mail should not keep a process alive
  server.server.unref();
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: async () => await new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Tells the client only once the message is kept. */
async function taken(keep: () => Promise<void>, done: (error?: Error) => void): Promise<void> {
  let fault: Error | undefined;
  try {
    await keep();
  } catch (error) {
    fault = error instanceof Error ? error : new Error(String(error));
  }
  done(fault);
}

/** One `.eml` a message, newest last, readable by their owner only. */
export async function keepMail(folder: string): Promise<(mail: ReceivedMail) => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let count = 0;
  return async ({ eml }) => {
    count += 1;
    const at = new Date().toISOString().replaceAll(":", "-");
    await writeFile(join(folder, `${at}-${count}.eml`), eml, { mode: 0o600 });
  };
}
