/** The catalogues of a community's app: Spanish says what English says, with the same parameters. */
import { expect, test } from "vitest";

import { nodeEn } from "../../../dashboard/messages/node.en.ts";
import { nodeEs } from "../../../dashboard/messages/node.es.ts";
import { formatMessage, parseMessage } from "../../../dashboard/parts/message-format.ts";
import { verdictCodes } from "../../../shared/protocol/statement.ts";

type Pieces = ReturnType<typeof parseMessage>;

function parameters(pieces: Pieces): string[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === "string" || piece.kind === "hash") return [];
    return piece.kind === "argument" ? [piece.name] : [piece.name, ...[...piece.cases.values()].flatMap(parameters)];
  });
}

const keys = Object.keys(nodeEn) as (keyof typeof nodeEn)[];
const named = (message: string) => [...new Set(parameters(parseMessage(message)))].sort();

test("both languages have the same messages, each with the same parameters", () => {
  expect(Object.keys(nodeEs).sort()).toEqual([...keys].sort());
  for (const key of keys) expect([key, ...named(nodeEs[key])]).toEqual([key, ...named(nodeEn[key])]);
});

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
