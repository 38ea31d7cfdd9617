/** The community app's words: verdicts, one and many. */
import { expect, test } from "vitest";

import { nodeEn } from "../../../dashboard/messages/node.en.ts";
import { nodeEs } from "../../../dashboard/messages/node.es.ts";
import { formatMessage } from "../../../dashboard/parts/message-format.ts";
import { verdictCodes } from "../../../shared/protocol/statement.ts";

test("every verdict a hub can give has words", () => {
  for (const code of verdictCodes) expect(nodeEn).toHaveProperty([`hub-link.verdict-${code}`]);
});

test("one and many read well in both languages", () => {
  const say = (message: string, n: number, locale: string) =>
    formatMessage(message, { n }, locale).map(String).join("");
  expect(say(nodeEn["now.time-left"], 1, "en")).toBe("1 day left");
  expect(say(nodeEn["now.time-left"], 0, "en")).toBe("Ends today");
  expect(say(nodeEs["now.time-left"], 12, "es")).toBe("Quedan 12 días");
});
