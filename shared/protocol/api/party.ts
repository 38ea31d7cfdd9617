/**
 * Funders and suppliers as people who sign in (docs/operate.md): by passkey, or by a code sent to an address. Addresses
 * go in here and come out nowhere: an answer says at most whether there is one.
 */
import { z } from "zod";
import { amountMinor, country, ref } from "../fund.ts";
import { count, currency, day, line, prose, typed } from "../primitives.ts";
import { awardView, commitmentView, fundView, named, scheduleLineView } from "./capital.ts";
import { role } from "./identity.ts";

/** Letters of an address are compared without case. */
export const emailAddress = z.email().max(254).toLowerCase();
/** In which the mail is written. */
export const mailLanguage = z.enum(["en", "es"]);
export type MailLanguage = z.infer<typeof mailLanguage>;

/** GET /api/email-code: whether this hub can send any. */
export const emailCodeState = z.object({ available: z.boolean() });
/** The answer is the same whether the address is known or not. */
export const requestCode = z.strictObject({ email: emailAddress, language: mailLanguage.default("en") });
/** Six digits, ten minutes, five tries, once, in the browser that asked. */
export const signInByCode = z.strictObject({ email: emailAddress, code: z.string().regex(/^[0-9]{6}$/) });

/** A supplier introduces itself: the code goes to the address, whose domain becomes the supplier's. */
export const introduceSupplier = z.strictObject({
  name: typed(line(120)),
  /** used to send codes and alerts; its domain is public, the rest is not */
  email: emailAddress,
  country: country.nullable(),
  language: mailLanguage.default("en"),
});
export type IntroduceSupplier = z.infer<typeof introduceSupplier>;

export const partyRole = role.extract(["funder", "supplier"]);
export type PartyRole = z.infer<typeof partyRole>;

/** The operator gives a person an account for one funder or supplier; with an address it is there at once. */
export const inviteParty = z.strictObject({
  role: partyRole,
  party: ref,
  /** of the person: seen by the people of this hub */
  name: typed(line(60)),
  email: emailAddress.nullable(),
  language: mailLanguage.default("en"),
});
export type InviteParty = z.infer<typeof inviteParty>;
/** `url` is shown once; null where the invitation went by mail. */
export const invitedParty = z.object({ id: z.string(), url: z.string().nullable() });

export const partyAccount = z.object({
  /** of the account, or of the invitation that nobody has used yet */
  id: z.string(),
  role: partyRole,
  party: named,
  name: z.string(),
  email: z.boolean(),
  passkeys: count,
  state: z.enum(["invited", "active"]),
  since: z.iso.datetime(),
});
export type PartyAccount = z.infer<typeof partyAccount>;
export const partyList = z.object({ accounts: z.array(partyAccount) });

const intentionState = z.enum(["new", "recorded", "declined"]);
export const funderIntention = z.object({
  id: ref,
  fund: named,
  currency,
  amount_minor: z.string(),
  due_on: day.nullable(),
  note: z.string(),
  state: intentionState,
  at: z.iso.datetime(),
});

/** GET /api/funder: what a signed-in funder sees of its own. */
export const funderDesk = z.object({
  funder: named,
  /** whether alerts can go to this account by mail */
  email: z.boolean(),
  funds: z.array(fundView),
  commitments: z.array(commitmentView),
  awards: z.array(awardView),
  /** what is still to come back of loans and recoverable grants out of these funds */
  due: z.array(scheduleLineView.extend({ award: ref, title: z.string(), currency })),
  intentions: z.array(funderIntention),
  /** years in which money moved, newest first */
  years: z.array(z.int()),
});
export type FunderDesk = z.infer<typeof funderDesk>;

/** A funder says what it might give; finance records it or not. */
export const sayIntention = z.strictObject({
  fund: ref,
  amount_minor: amountMinor,
  due_on: day.nullable(),
  /** seen by the hub's staff only */
  note: typed(prose(1000)),
});
export type SayIntention = z.infer<typeof sayIntention>;
export const saidIntention = z.object({ id: ref });

/** GET /api/intentions, for the hub's staff: what funders said, what waits first, then newest first. */
export const intentionList = z.object({ intentions: z.array(funderIntention.extend({ funder: named })) });
export type IntentionList = z.infer<typeof intentionList>;
