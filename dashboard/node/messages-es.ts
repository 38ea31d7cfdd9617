/** The Spanish catalogue of a community's app, loaded when chosen. */
import { commonEs } from "../messages/common.es.ts";
import { nodeEs } from "../messages/node.es.ts";
import { privacyEs } from "../messages/privacy.es.ts";
import { problemsEs } from "../messages/problems.es.ts";
import { verifyEs } from "../messages/verify.es.ts";
import { witnessEs } from "../messages/witness.es.ts";

export const messagesEs = { ...commonEs, ...privacyEs, ...problemsEs, ...verifyEs, ...witnessEs, ...nodeEs };
