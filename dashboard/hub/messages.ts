/** The English catalogue of the hub's dashboard. */
import { commonEn } from "../messages/common.en.ts";
import { deskEn } from "../messages/desk.en.ts";
import { fundingEn } from "../messages/funding.en.ts";
import { guaranteesEn } from "../messages/guarantees.en.ts";
import { hubEn } from "../messages/hub.en.ts";
import { matchingEn } from "../messages/matching.en.ts";
import { offersEn } from "../messages/offers.en.ts";
import { partyEn } from "../messages/party.en.ts";
import { privacyEn } from "../messages/privacy.en.ts";
import { signalsEn } from "../messages/signals.en.ts";
import { problemsEn } from "../messages/problems.en.ts";
import { verifyEn } from "../messages/verify.en.ts";
import { witnessEn } from "../messages/witness.en.ts";

export const messagesEn = {
  ...commonEn,
  ...privacyEn,
  ...problemsEn,
  ...verifyEn,
  ...witnessEn,
  ...hubEn,
  ...guaranteesEn,
  ...signalsEn,
  ...fundingEn,
  ...deskEn,
  ...offersEn,
  ...matchingEn,
  ...partyEn,
};
