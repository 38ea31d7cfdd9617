/**
 * A supplier that introduces itself: the code that reached its address shows that the address is its own, so its domain
 * becomes the supplier's. Mail providers' domains show nothing about a company and are refused.
 */
import type { IntroduceSupplier } from "../../../shared/protocol/api/party.ts";
import { domainName } from "../../../shared/protocol/offer.ts";
import { randomToken } from "../../lib/identity/token.ts";
import { Refused } from "../../lib/problem.ts";
import { auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";
import { partyRows } from "./party.ts";
import { supplierInsert, supplierVerified } from "./supplier.ts";

/** Where anybody gets an address. Not all there are: an operator can take back what somebody gained by another. */
const FREE_MAIL = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com icloud.com me.com
   mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net web.de mail.com mail.ru yandex.com yandex.ru
   zoho.com fastmail.com fastmail.fm hey.com tutanota.com tuta.com tutamail.com posteo.de posteo.net mailbox.org
   riseup.net disroot.org t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
   tiscali.it terra.com telefonica.net uol.com.br bol.com.br terra.com.br ig.com.br qq.com 163.com 126.com sina.com
   naver.com daum.net hanmail.net rediffmail.com comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com
   sky.com talktalk.net virginmedia.com ntlworld.com bluewin.ch seznam.cz wp.pl o2.pl onet.pl interia.pl abv.bg ukr.net
   mailinator.com guerrillamail.com 10minutemail.com yopmail.com duck.com simplelogin.com`.split(/\s+/),
);

/** A supplier's id is its domain. */
const MAX_ID = 100;

/** `hotmail.es`, `yahoo.co.uk`, `live.fr`: the same providers in every country. */
const FREE_MAIL_FAMILY = /^(hotmail|outlook|live|yahoo|ymail|gmx|yandex|googlemail)\.[a-z]{2,3}(\.[a-z]{2})?$/;

/** The domain of an address that can stand for a company. */
export function companyDomain(email: string): string {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (domain.length > MAX_ID || !domainName.safeParse(domain).success) throw new Refused("malformed-request");
  if (FREE_MAIL.has(domain) || FREE_MAIL_FAMILY.test(domain)) throw new Refused("email-free-domain");
  return domain;
}

/** The rows of a new supplier and of the person who signs in for it. The code's id makes it one account a code. */
export function introducedAccount(
  { db, now }: Hub,
  memberId: string,
  codeId: string,
  { name, email, country }: IntroduceSupplier,
): D1PreparedStatement[] {
  const domain = companyDomain(email);
  const at = now();
  return [
    supplierInsert(db, { name, domain, country }, at),
    supplierVerified(db, domain, { verified: "email", by: "hub", note: "" }, at),
    db
      .prepare(
        `INSERT INTO member (id, name, role, state, user_handle, invite_id, inviter_id, joined_at)
         VALUES (?, ?, 'supplier', 'active', ?, ?, NULL, ?)`,
      )
      .bind(memberId, name, randomToken(32), `code:${codeId}`, at),
    ...partyRows(db, memberId, { kind: "supplier", party: domain, email }),
    auditRow(
      db,
      { id: memberId, name, role: "supplier" },
      { action: "supplier.introduce", subject: domain, detail: "by a code sent to an address there" },
      at,
    ),
  ];
}
