/** What this hub writes to people, in their language. Plain text, and no link that signs anybody in: codes are typed. */
import type { MailLanguage } from "../../shared/protocol/api/party.ts";

export interface Letter {
  subject: string;
  text: string;
}

export function codeLetter(language: MailLanguage, hub: string, code: string): Letter {
  if (language === "es") {
    return {
      subject: `Tu código para entrar: ${hub}`,
      text: `${code}\n\nEscríbelo en la página donde lo pediste. Vale diez minutos, una sola vez y solo en ese navegador.\nSi no lo pediste, no hagas nada: sin él no entra nadie. No se lo des a nadie, tampoco a quien diga ser de ${hub}.\n`,
    };
  }
  return {
    subject: `Your code to sign in: ${hub}`,
    text: `${code}\n\nType it on the page where you asked for it. It works for ten minutes, once, and in that browser only.\nIf you did not ask for it, do nothing: nobody gets in without it. Give it to nobody, also not to somebody who says they are ${hub}.\n`,
  };
}

export function invitationLetter(
  language: MailLanguage,
  hub: string,
  account: { name: string; party: string; url: string },
): Letter {
  const { name, party, url } = account;
  if (language === "es") {
    return {
      subject: `Tu cuenta en ${hub}`,
      text: `Hola, ${name}:\n\n${hub} te ha abierto una cuenta para ${party}. Entra en ${url} con esta dirección de correo: te enviaremos un código.\n\nSi no la esperabas, no hagas nada.\n`,
    };
  }
  return {
    subject: `Your account at ${hub}`,
    text: `Hello ${name},\n\n${hub} has opened an account for you at ${party}. Sign in at ${url} with this e-mail address: we will send you a code.\n\nIf you did not expect this, do nothing.\n`,
  };
}
