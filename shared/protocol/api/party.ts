/** Funders and suppliers as people who sign in: by passkey, or by a code sent to an e-mail address they were invited with. */
import { z } from "zod";
import { amountMinor, ref } from "../fund.ts";
import { currency, day, line, prose, typed } from "../primitives.ts";
import { awardView, commitmentView, fundView, scheduleLineView } from "./capital.ts";
import { role } from "./identity.ts";

export const emailAddress = z.email().max(254);
/** The answer is the same whether the address is known or not. */
export const requestCode = z.strictObject({ email: emailAddress });
/** Six digits, ten minutes, five tries, in the browser that asked. */
export const signInByCode = z.strictObject({ email: emailAddress, code: z.string().regex(/^[0-9]{6}$/) });

/** The operator gives a person an account for one funder or supplier; the e-mail address may stay away. */
export const inviteParty = z.strictObject({
  role: role.extract(["funder", "supplier"]),
  party: ref,
  name: typed(line(60)),
  email: emailAddress.nullable(),
});

/** GET /api/funder: what a signed-in funder sees of its own. */
export const funderDesk = z.object({
  funder: z.object({ id: ref, name: z.string() }),
  funds: z.array(fundView),
  commitments: z.array(commitmentView),
  awards: z.array(awardView),
  due: z.array(scheduleLineView.extend({ award: ref, title: z.string(), currency })),
  intentions: z.array(
    z.object({ id: ref, fund: ref, currency, amount_minor: z.string(), note: z.string(), state: z.string() }),
  ),
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

/** GET /api/intentions, for the hub's staff: what funders said, newest first. */
export const intentionList = z.object({
  intentions: z.array(
    z.object({
      id: ref,
      funder: z.object({ id: ref, name: z.string() }),
      fund: z.object({ id: ref, name: z.string() }),
      currency,
      amount_minor: z.string(),
      due_on: day.nullable(),
      note: z.string(),
      state: z.enum(["new", "recorded", "declined"]),
      at: z.iso.datetime(),
    }),
  ),
});
