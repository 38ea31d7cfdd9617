/** Every catalogue: Spanish says what English says, with the same parameters, and every problem code has words. */
import { describe, expect, test } from "vitest";

import { commonEn } from "../../../dashboard/messages/common.en.ts";
import { commonEs } from "../../../dashboard/messages/common.es.ts";
import { deskEn } from "../../../dashboard/messages/desk.en.ts";
import { deskEs } from "../../../dashboard/messages/desk.es.ts";
import { fundingEn } from "../../../dashboard/messages/funding.en.ts";
import { fundingEs } from "../../../dashboard/messages/funding.es.ts";
import { guaranteesEn } from "../../../dashboard/messages/guarantees.en.ts";
import { guaranteesEs } from "../../../dashboard/messages/guarantees.es.ts";
import { hubEn } from "../../../dashboard/messages/hub.en.ts";
import { hubEs } from "../../../dashboard/messages/hub.es.ts";
import { matchingEn } from "../../../dashboard/messages/matching.en.ts";
import { matchingEs } from "../../../dashboard/messages/matching.es.ts";
import { nodeEn } from "../../../dashboard/messages/node.en.ts";
import { nodeEs } from "../../../dashboard/messages/node.es.ts";
import { offersEn } from "../../../dashboard/messages/offers.en.ts";
import { offersEs } from "../../../dashboard/messages/offers.es.ts";
import { partyEn } from "../../../dashboard/messages/party.en.ts";
import { partyEs } from "../../../dashboard/messages/party.es.ts";
import { privacyEn } from "../../../dashboard/messages/privacy.en.ts";
import { privacyEs } from "../../../dashboard/messages/privacy.es.ts";
import { problemsEn } from "../../../dashboard/messages/problems.en.ts";
import { problemsEs } from "../../../dashboard/messages/problems.es.ts";
import { signalsEn } from "../../../dashboard/messages/signals.en.ts";
import { signalsEs } from "../../../dashboard/messages/signals.es.ts";
import { verifyEn } from "../../../dashboard/messages/verify.en.ts";
import { verifyEs } from "../../../dashboard/messages/verify.es.ts";
import { witnessEn } from "../../../dashboard/messages/witness.en.ts";
import { witnessEs } from "../../../dashboard/messages/witness.es.ts";
import { parseMessage } from "../../../dashboard/parts/message-format.ts";
import { problemCodes } from "../../../shared/protocol/problem.ts";

type Catalogue = Readonly<Record<string, string>>;
type Pieces = ReturnType<typeof parseMessage>;

function parameters(pieces: Pieces): string[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === "string" || piece.kind === "hash") return [];
    return piece.kind === "argument" ? [piece.name] : [piece.name, ...[...piece.cases.values()].flatMap(parameters)];
  });
}

function named(message: string | undefined): string[] {
  return [...new Set(parameters(parseMessage(message ?? "")))].sort();
}

const pairs: [string, Catalogue, Catalogue][] = [
  ["common", commonEn, commonEs],
  ["guarantees", guaranteesEn, guaranteesEs],
  ["hub", hubEn, hubEs],
  ["funding", fundingEn, fundingEs],
  ["desk", deskEn, deskEs],
  ["offers", offersEn, offersEs],
  ["matching", matchingEn, matchingEs],
  ["party", partyEn, partyEs],
  ["signals", signalsEn, signalsEs],
  ["verify", verifyEn, verifyEs],
  ["witness", witnessEn, witnessEs],
  ["node", nodeEn, nodeEs],
  ["privacy", privacyEn, privacyEs],
  ["problems", problemsEn, problemsEs],
];

describe.each(pairs)("the catalogue %s", (_name, english, spanish) => {
  test("has the same messages in both languages", () => {
    expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
  });

  test("has the same parameters in both languages", () => {
    for (const [key, message] of Object.entries(english)) {
      expect([key, ...named(spanish[key])]).toEqual([key, ...named(message)]);
    }
  });

  test("has no empty message", () => {
    for (const message of [...Object.values(english), ...Object.values(spanish)]) expect(message.trim()).not.toBe("");
  });
});

test("every problem code has words", () => {
  const keys = Object.keys(problemsEn);
  for (const code of problemCodes) expect(keys.some((key) => key === code || key.endsWith(`.${code}`))).toBe(true);
});
