import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../dist/sse.js";

const parse = (...pieces) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

test("a stream gives the same events wherever it is cut, with each kind of line break", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["retry: 1000", ": ping", "event: token", "id: 1-2", "data: {}", "", "data: a", "data:b", "", ""].join(end);
    for (let at = 0; at <= text.length; at++) {
      // The last carriage return may be the half of a line break: the next character completes the event.
      assert.deepEqual(parse(text.slice(0, at), text.slice(at), ": ping"), [
        { event: "token", id: "1-2", data: "{}" },
        { event: "message", id: undefined, data: "a\nb" },
      ]);
    }
  }
});

test("a comment without a blank line is part of no event", () => {
  assert.deepEqual(parse(": ping\n: ping\nevent: done\ndata: {}\n\n"), [{ event: "done", id: undefined, data: "{}" }]);
});

test("an event that only sets the id is given, and one without anything is not", () => {
  assert.deepEqual(parse("id: 7\n\nevent: nothing\n\n\n"), [{ event: "message", id: "7", data: undefined }]);
});

test("a byte order mark at the start is skipped, and an id with a zero is ignored", () => {
  assert.deepEqual(parse("\uFEFFdata: x\nid: a\0b\nunknown: y\n\n"), [{ event: "message", id: undefined, data: "x" }]);
});

test("an event that never ends is refused", () => {
  const parser = new EventParser();
  const piece = "x".repeat(1024 * 1024);
  assert.throws(() => {
    for (let i = 0; i < 20; i++) parser.push(piece);
  }, RangeError);
});
