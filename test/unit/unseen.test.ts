/** Names that look like others: what nobody sees is taken out of what people type, and scripts keep what they need. */
import { describe, expect, test } from "vitest";
import { line, typed } from "../../shared/protocol/primitives.ts";
import { hasUnseen, withoutUnseen } from "../../shared/unseen.ts";

const name = typed(line(40));

describe("a typed name", () => {
  test.each([
    ["Acme\u202E gnp", "Acme gnp"],
    ["\u2067Acme\u2069", "Acme"],
    ["Ac\u200Bme", "Acme"],
    ["\uFEFF Acme", "Acme"],
    ["Ac\u00ADme\u2060", "Acme"],
    ["Acme\u{E0041}\u{E007F}", "Acme"],
    ["Acme \uD83D", "Acme"],
    ["Ac\u0085me\u2028", "Acme"],
    ["Acme\uFFFF", "Acme"],
  ])("loses what nobody sees: %j", (typedText, left) => {
    expect(name.parse(typedText)).toBe(left);
    expect(hasUnseen(typedText)).toBe(true);
  });

  test.each(["\u200B", "\u202E\u2066 ", "\uFEFF"])("is no name if nothing is left of it: %j", (text) => {
    expect(name.safeParse(text).success).toBe(false);
  });

  test.each(["Ñandú & Søn", "شرکت می\u200Cخواهم", "क्\u200Dष", "👩\u200D🌾 Farm", "東京"])(
    "keeps its script: %j",
    (text) => {
      expect(name.parse(text)).toBe(text);
      expect(withoutUnseen(text)).toBe(text);
    },
  );
});
