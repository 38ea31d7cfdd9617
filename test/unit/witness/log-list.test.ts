import { expect, test } from "vitest";
import { generateNoteKey } from "../../../shared/log/note.ts";
import { readLogList } from "../../../shared/witness/log-list.ts";

test("a key a line, comments and empty lines left out; the first line that is no key is named", async () => {
  const [a, b] = await Promise.all(["a.example/log", "b.example"].map(async (name) => await generateNoteKey(name)));
  const text = `# elsewhere\r\n\n  ${a!.vkey}  \n${b!.vkey}\r\n${a!.vkey}`;
  expect(readLogList(text)).toEqual({
    ok: true,
    value: [
      { origin: "a.example/log", vkey: a!.vkey },
      { origin: "b.example", vkey: b!.vkey },
      { origin: "a.example/log", vkey: a!.vkey },
    ],
  });
  expect(readLogList("")).toEqual({ ok: true, value: [] });
  expect(readLogList(`${a!.vkey}\n# c\n${b!.vkey}x\n`)).toEqual({ ok: false, error: 3 });
  expect(readLogList(`${a!.vkey} ${b!.vkey}`)).toEqual({ ok: false, error: 1 });
});
