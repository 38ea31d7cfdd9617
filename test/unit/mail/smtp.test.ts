/** Handing a message to a mail server, against a real one: TLS, passwords, refusals, and servers that misbehave. */
import { createServer, connect as tcp, type Server } from "node:net";
import { Duplex } from "node:stream";
import { connect as tls } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { openMailbox, type ReceivedMail } from "../../../scripts/network/mailbox.ts";
import { mailData } from "../../../workers/lib/mail/message.ts";
import { type MailServer, type MailSocket, mailServerOf, sendMail } from "../../../workers/lib/mail/smtp.ts";

const opened: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
});

/** What `cloudflare:sockets` gives a worker, made of Node's sockets. */
function socketOf(socket: Socket): MailSocket {
  const { readable, writable } = Duplex.toWeb(socket) as unknown as Pick<MailSocket, "readable" | "writable">;
  return {
    readable,
    writable,
    startTls: () => socketOf(tls({ socket, rejectUnauthorized: false })),
    close: () => {
      socket.destroy();
      return Promise.resolve();
    },
  };
}
const connect = (
  { hostname, port }: { hostname: string; port: number },
  { secureTransport }: { secureTransport: string },
) =>
  socketOf(
    secureTransport === "on"
      ? tls({ host: hostname, port, rejectUnauthorized: false })
      : tcp({ host: hostname, port }).on("error", () => undefined),
  );

const FROM = { name: "Impact hub", address: "hub@hub.example.org", host: "hub.example.org" };
const MAIL = { to: "ana@example.org", subject: "A code", text: "123456" };

function envelope(mail = MAIL, from = FROM) {
  const data = mailData(mail, from, { at: 1_790_000_000_000, id: "one" });
  return { from: from.address, to: mail.to, data, helo: "hub.example.org" };
}

async function server(options: SMTPServerOptions = {}): Promise<{ mails: ReceivedMail[]; port: number }> {
  const mails: ReceivedMail[] = [];
  const mailbox = await openMailbox((mail) => void mails.push(mail), options);
  opened.push(mailbox);
  return { mails, port: Number(new URL(mailbox.url).port) };
}

function at(port: number, change: Partial<MailServer> = {}): MailServer {
  return { hostname: "127.0.0.1", port, tls: "none", user: null, password: "", ...change };
}

async function raw(talk: (socket: Socket) => void): Promise<number> {
  const one: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    talk(socket);
  });
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  opened.push({ stop: () => void one.close() });
  return (one.address() as AddressInfo).port;
}

const LOGIN: SMTPServerOptions = {
  disabledCommands: [],
  authOptional: false,
  onAuth: ({ username, password }, _session, done) =>
    username === "hub" && password === "p@ss:word" ? done(null, { user: "hub" }) : done(new Error("no")),
};

describe("sending mail", () => {
  it("hands over a message that reads as it was written", async () => {
    const { mails, port } = await server();
    const text = "Ábaco\n.\n..dots\nFrom the hub\n" + "long ".repeat(100);
    const sent = await sendMail(at(port), envelope({ ...MAIL, subject: "Tu código — ".repeat(8), text }), connect);
    expect(sent).toEqual({ ok: true, value: null });
    const [head = "", body = ""] = mails[0]!.eml.split("\r\n\r\n");
    expect(Buffer.from(body, "base64").toString()).toBe(text.replaceAll("\n", "\r\n"));
    const subject = /^Subject: ((?:.*\r\n )*.*)/m.exec(head)![1]!;
    const words = [...subject.matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)].map(([, word]) =>
      Buffer.from(word!, "base64").toString(),
    );
    expect(words.join("")).toBe("Tu código — ".repeat(8));
    expect(head.split("\r\n").every((line) => line.length <= 78)).toBe(true);
    expect(mails[0]!.to).toEqual(["ana@example.org"]);
  });

  it("gives no line of its own to a name or a subject with line breaks in it", async () => {
    const { mails, port } = await server();
    const nasty = "x\r\nBcc: all@example.org\r\n\r\nhello";
    await sendMail(at(port), envelope({ ...MAIL, subject: nasty }, { ...FROM, name: nasty }), connect);
    expect(mails[0]!.eml).not.toContain("Bcc:");
    expect(mails[0]!.to).toEqual(["ana@example.org"]);
  });

  it("never writes an address that is more than an address", () => {
    for (const to of ["ana@example.org>\r\nRCPT TO:<eve@example.org", "ana@example.org, eve@example.org", "ana"]) {
      expect(() => envelope({ ...MAIL, to })).toThrow("not an address");
    }
  });

  it("signs in after STARTTLS, and with TLS from the start", async () => {
    const starttls = await server(LOGIN);
    const implicit = await server({ ...LOGIN, secure: true });
    const credentials = { user: "hub", password: "p@ss:word" };
    expect(await sendMail(at(starttls.port, { tls: "starttls", ...credentials }), envelope(), connect)).toMatchObject({
      ok: true,
    });
    expect(await sendMail(at(implicit.port, { tls: "implicit", ...credentials }), envelope(), connect)).toMatchObject({
      ok: true,
    });
    expect([starttls.mails.length, implicit.mails.length]).toEqual([1, 1]);
  });

  it("signs in by LOGIN where PLAIN is not offered", async () => {
    const { mails, port } = await server({ ...LOGIN, authMethods: ["LOGIN"] });
    const settings = at(port, { tls: "starttls", user: "hub", password: "p@ss:word" });
    expect(await sendMail(settings, envelope(), connect)).toMatchObject({ ok: true });
    expect(mails).toHaveLength(1);
  });

  it("says neither password nor message to a server that offers no TLS", async () => {
    const said: string[] = [];
    const port = await raw((socket) => {
      socket.write("220 hello\r\n");
      socket.on("data", (bytes) => {
        said.push(String(bytes));
        socket.write("250-hello\r\n250 AUTH PLAIN\r\n");
      });
    });
    const sent = await sendMail(at(port, { tls: "starttls", user: "hub", password: "secret" }), envelope(), connect);
    expect(sent).toEqual({ ok: false, error: "mail-unreachable" });
    expect(said.join("")).toBe("EHLO hub.example.org\r\n");
  });

  it("takes a wrong password for a fault of the settings, not of the message", async () => {
    const { port } = await server(LOGIN);
    const settings = at(port, { tls: "starttls", user: "hub", password: "wrong" });
    expect(await sendMail(settings, envelope(), connect)).toEqual({ ok: false, error: "mail-unreachable" });
  });

  it("tells a recipient that is refused for good from one that is busy", async () => {
    const answers = (responseCode: number) =>
      server({ onRcptTo: (_address, _session, done) => done(Object.assign(new Error("no"), { responseCode })) });
    const [gone, busy] = [await answers(550), await answers(451)];
    expect(await sendMail(at(gone.port), envelope(), connect)).toEqual({ ok: false, error: "mail-refused" });
    expect(await sendMail(at(busy.port), envelope(), connect)).toEqual({ ok: false, error: "mail-unreachable" });
  });

  it("takes a refused sender, and a server that relays for nobody, for a fault of the settings", async () => {
    const fault = (text: string) => Object.assign(new Error(text), { responseCode: 550 });
    const sender = await server({ onMailFrom: (_address, _session, done) => done(fault("no such sender")) });
    const relay = await server({ onRcptTo: (_address, _session, done) => done(fault("5.7.1 relaying denied")) });
    expect(await sendMail(at(sender.port), envelope(), connect)).toEqual({ ok: false, error: "mail-unreachable" });
    expect(await sendMail(at(relay.port), envelope(), connect)).toEqual({ ok: false, error: "mail-unreachable" });
  });

  it("ends with servers that hang up, fall silent, talk for ever or are not there", async () => {
    const hangsUp = await raw((socket) => socket.end("220 hello\r\n"));
    const silent = await raw(() => undefined);
    const endless = await raw((socket) => socket.write("220-".padEnd(100_000, "x")));
    const nonsense = await raw((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    for (const port of [hangsUp, silent, endless, nonsense, 1]) {
      expect(await sendMail(at(port), envelope(), connect, 300)).toEqual({ ok: false, error: "mail-unreachable" });
    }
  });
});

describe("SMTP_URL", () => {
  it("means TLS from the start, or STARTTLS, with their usual ports and percent-encoded passwords", () => {
    expect(mailServerOf("smtps://hub:p%40ss@mail.example.org")).toEqual({
      hostname: "mail.example.org",
      port: 465,
      tls: "implicit",
      user: "hub",
      password: "p@ss",
    });
    expect(mailServerOf("smtp://mail.example.org")).toMatchObject({ port: 587, tls: "starttls", user: null });
  });

  it("goes without TLS to this machine only", () => {
    expect(mailServerOf("smtp://127.0.0.1:2525").tls).toBe("none");
    expect(mailServerOf("smtp://10.0.0.1:2525").tls).toBe("starttls");
    expect(() => mailServerOf("https://mail.example.org")).toThrow("SMTP_URL");
  });
});
