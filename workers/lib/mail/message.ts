/**
 * One plain-text message as RFC 5322 bytes: ASCII header lines, encoded words (RFC 2047) for everything else, a base64
 * body. What comes from people reaches a header only encoded, so no name can add a line of its own.
 */
import { toBase64, utf8 } from "../../../shared/bytes.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface MailOrigin {
  /** display name and address of the sender */
  name: string;
  address: string;
  /** host of this worker, for the Message-ID */
  host: string;
}

/** ASCII without spaces, brackets, quotes or commas: fits `<…>` in a header and in an SMTP command. */
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/;

export function isAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text);
}

export function mailData(mail: Mail, from: MailOrigin, sent: { at: number; id: string }): string {
  if (!isAddress(mail.to) || !isAddress(from.address)) throw new Error("not an address that mail can go to");
  return [
    `From: ${encodedWords(from.name)} <${from.address}>`,
    `To: <${mail.to}>`,
    `Subject: ${encodedWords(mail.subject)}`,
    `Date: ${new Date(sent.at).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${sent.id}@${from.host}>`,
    // no out-of-office answers to a machine (RFC 3834)
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...inPieces(toBase64(utf8(mail.text.replaceAll(/\r?\n/g, "\r\n"))), 76),
    "",
  ].join("\r\n");
}

/** At most 75 characters a word, folded; a character is never cut in two. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (utf8(word + character).length > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((one) => `=?utf-8?B?${toBase64(utf8(one))}?=`).join("\r\n ");
}

function inPieces(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length));
}
