/** The command line of `npm run keys`: what it asks for, and that nothing wrong is taken for something else. */
import { expect, test } from "vitest";
import { Wrong } from "../../../scripts/command.ts";
import { USAGE, readCommand } from "../../../scripts/keys/arguments.ts";

test("each act is in the help text, for whom it is", () => {
  for (const act of ["show", "rotate", "finish", "recover"]) {
    expect(USAGE).toMatch(new RegExp(`npm run keys -- ${act} +hub\\|node `));
    for (const kind of ["hub", "node"]) expect(readCommand([act, kind])).toMatchObject({ act, kind });
  }
  expect(USAGE).toMatch(/npm run keys -- object +node /);
  expect(readCommand(["object", "node", "--hub", "https://hub.example.org"])).toMatchObject({
    act: "object",
    hubs: ["https://hub.example.org"],
  });
});

test("without a choice all keys are meant, with one only those", () => {
  expect(readCommand(["rotate", "node"]).chosen).toEqual(["report", "book", "witness"]);
  expect(readCommand(["rotate", "hub"]).chosen).toEqual(["statement", "log"]);
  expect(readCommand(["recover", "node", "--keys", "witness,report"]).chosen).toEqual(["witness", "report"]);
  expect(readCommand(["recover", "hub", "--keys", "none", "--new-recovery-key"])).toMatchObject({
    chosen: [],
    newRecovery: true,
  });
});

test.each<[string, string[], RegExp]>([
  ["nothing", [], /Say what to do/],
  ["an act there is not", ["revoke", "node"], /Say what to do/],
  ["nobody", ["rotate"], /hub or node/],
  ["two", ["rotate", "hub", "node"], /hub or node/],
  ["an objection of a hub", ["object", "hub"], /nobody objects/],
  ["a key of the other kind", ["rotate", "hub", "--keys", "book"], /no key "book"/],
  ["no key", ["recover", "node", "--keys", "none"], /no key "none"/],
  ["an unknown option", ["rotate", "hub", "--force"], /--force/],
  ["an option of another act", ["rotate", "hub", "--now"], /--now says nothing about rotate/],
  ["a new recovery key by rotation", ["rotate", "node", "--new-recovery-key"], /--new-recovery-key says nothing/],
  ["hubs of a hub", ["show", "hub", "--hub", "https://h.example"], /--hub is for a node/],
  ["an address that is none", ["show", "node", "--hub", "hub.example.org"], /full address/],
  ["a name without data", ["show", "node", "--name", "a"], /--name needs --data/],
  ["two files", ["show", "node", "--data", "d", "--file", "f"], /leave out --file/],
])("a command line that names %s is refused with a sentence", (_, argv, said) => {
  expect(() => readCommand(argv)).toThrow(Wrong);
  expect(() => readCommand(argv)).toThrow(said);
});
