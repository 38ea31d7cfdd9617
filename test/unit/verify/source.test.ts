import { expect, test } from "vitest";
import { utf8 } from "../../../shared/bytes.ts";
import { type Fetch, TooLarge, Unreachable, httpSource } from "../../../shared/verify/source.ts";

/** Answers one after the other; a string is a body of status 200. */
function answering(...answers: (string | number | Error)[]) {
  const asked: string[] = [];
  const pauses: number[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    const answer = answers[asked.length - 1] ?? 500;
    if (answer instanceof Error) throw answer;
    const parts = typeof answer === "string" ? answer.match(/.{1,3}/g)!.map((part) => utf8(part)) : [];
    const reader = {
      async read() {
        const value = parts.shift();
        return { done: value === undefined, value };
      },
      async cancel() {},
    };
    return { status: typeof answer === "number" ? answer : 200, body: { getReader: () => reader } };
  };
  const source = httpSource("https://hub.example/mirror/", fetch, async (ms) => void pauses.push(ms));
  return { source, asked, pauses };
}

test("a path is relative to the base address, which may have a path of its own", async () => {
  const { source, asked } = answering("hello world");
  expect(await source.get("/log/checkpoint", 100)).toEqual({ status: 200, bytes: utf8("hello world") });
  expect(asked).toEqual(["https://hub.example/mirror/log/checkpoint"]);
});

test("what does not answer, or asks to wait, is asked three times with pauses", async () => {
  const { source, asked, pauses } = answering(new Error("reset"), 429, "late");
  expect((await source.get("/x", 100)).status).toBe(200);
  expect([asked.length, pauses.length]).toEqual([3, 2]);
  await expect(
    answering(new Error("reset"), new Error("reset"), new Error("reset")).source.get("/x", 1),
  ).rejects.toThrow(Unreachable);
  expect((await answering(503, 503, 503).source.get("/x", 1)).status).toBe(503);
});

test("a body longer than asked for is not read to its end, nor asked for again", async () => {
  const { source, asked } = answering("0123456789");
  await expect(source.get("/x", 9)).rejects.toThrow(TooLarge);
  expect(asked.length).toBe(1);
  expect((await answering("0123456789").source.get("/x", 10)).bytes.length).toBe(10);
});
