/** The English catalogue of a community's app. */
import { commonEn } from "../messages/common.en.ts";
import { nodeEn } from "../messages/node.en.ts";
import { privacyEn } from "../messages/privacy.en.ts";
import { problemsEn } from "../messages/problems.en.ts";
import { verifyEn } from "../messages/verify.en.ts";
import { witnessEn } from "../messages/witness.en.ts";

export const messagesEn = { ...commonEn, ...privacyEn, ...problemsEn, ...verifyEn, ...witnessEn, ...nodeEn };
