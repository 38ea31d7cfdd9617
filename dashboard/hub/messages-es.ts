/** The Spanish catalogue of the hub's dashboard, loaded when chosen. */
import { commonEs } from "../messages/common.es.ts";
import { deskEs } from "../messages/desk.es.ts";
import { fundingEs } from "../messages/funding.es.ts";
import { guaranteesEs } from "../messages/guarantees.es.ts";
import { hubEs } from "../messages/hub.es.ts";
import { matchingEs } from "../messages/matching.es.ts";
import { offersEs } from "../messages/offers.es.ts";
import { partyEs } from "../messages/party.es.ts";
import { privacyEs } from "../messages/privacy.es.ts";
import { signalsEs } from "../messages/signals.es.ts";
import { problemsEs } from "../messages/problems.es.ts";
import { verifyEs } from "../messages/verify.es.ts";
import { witnessEs } from "../messages/witness.es.ts";

export const messagesEs = {
  ...commonEs,
  ...privacyEs,
  ...problemsEs,
  ...verifyEs,
  ...witnessEs,
  ...hubEs,
  ...guaranteesEs,
  ...signalsEs,
  ...fundingEs,
  ...deskEs,
  ...offersEs,
  ...matchingEs,
  ...partyEs,
};
