import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ConnectionError, ReplyFailedError } from "../dist/index.js";
import { accepted, all, broken, done, event, FakeServer, json, problem, stream, token, unreachable } from "./fake-server.mjs";

const types = (events) => events.map(({ type }) => type);
const stop = "/chatroom/7/message/2/stop";

test("a reply is read to its end", async () => {
  const server = new FakeServer(stream("retry: 1000\n\n", accepted, ": ping\n", event("thought", { text: "hm" }, "1-2"), token("Hello", "1-7"), done("Hello")));
  const reply = server.client().room("7").send("Hi");
  assert.deepEqual(types(await all(reply)), ["accepted", "thought", "token", "done"]);
  assert.deepEqual([reply.id, reply.text, reply.thoughts, (await reply.done()).content], [2, "Hello", "hm", "Hello"]);
  const [request] = server.requests;
  assert.deepEqual([request.method, request.path, request.body], ["POST", "/chatroom/7/message/stream", { content: "Hi" }]);
  assert.match(request.headers["Idempotency-Key"], /^[0-9a-f]{32}$/);
});

test("a broken stream goes on after the last event", async () => {
  const server = new FakeServer(
    stream(accepted, token("Hel", "1-3"), token("cut", "1-6").slice(0, -5), broken),
    unreachable,
    stream(token("lo", "1-5"), event("reconnect", {})),
    stream(done("Hello")),
  );
  const reply = server.client().room("7").send("Hi");
  assert.deepEqual(types(await all(reply)), ["accepted", "token", "token", "done"]);
  assert.equal(reply.text, "Hello");
  assert.deepEqual(server.requests.slice(1).map(({ method, path }) => `${method} ${path}`), Array(3).fill("GET /chatroom/7/message/2/stream"));
  assert.deepEqual(server.requests.map(({ headers }) => headers["Last-Event-ID"]), [undefined, "1-3", "1-3", "1-5"]);
});

test("a post that was not accepted is repeated with the same key", async () => {
  const server = new FakeServer(unreachable, problem(503), stream(accepted, done("Hello")));
  assert.equal((await server.client().room("7").send("Hi").done()).content, "Hello");
  assert.equal(new Set(server.requests.map(({ method, headers }) => `${method} ${headers["Idempotency-Key"]}`)).size, 1);
});

test("a reset begins the text anew", async () => {
  const server = new FakeServer(stream(accepted, token("wrong", "1-5"), event("reset", { attempt: 2 }, "2-0"), token("right", "2-5"), done("right")));
  const reply = server.client().room("7").send("Hi");
  await reply.done();
  assert.equal(reply.text, "right");
});

test("a reply that failed is thrown, and not asked for again", async () => {
  const failed = event("failed", { problem: { type: "about:blank", status: 503, detail: "No model.", reason: "model_unavailable", retryable: true } }, "1-0-end");
  const server = new FakeServer(stream(accepted, failed));
  const reply = server.client().room("7").send("Hi");
  const isFailure = (error) => error instanceof ReplyFailedError && error.reason === "model_unavailable" && error.retryable && error.status === 503;
  await assert.rejects(all(reply), isFailure);
  await assert.rejects(reply.done(), isFailure);
  assert.equal(server.requests.length, 1);
});

test("events of unknown types are passed over, but their ids count", async () => {
  const server = new FakeServer(stream(accepted, event("novelty", { x: 1 }, "1-4")), stream(done("Hello")));
  assert.deepEqual(types(await all(server.client().room("7").send("Hi"))), ["accepted", "done"]);
  assert.equal(server.requests[1].headers["Last-Event-ID"], "1-4");
});

test("a stream that makes no progress is given up", async () => {
  const server = new FakeServer(stream(accepted), stream(event("reconnect", {})));
  await assert.rejects(server.client().room("7").send("Hi").done(), ConnectionError);
  assert.equal(server.requests.length, 7);
});

test("a stream that makes progress is resumed as often as it breaks", async () => {
  const pieces = Array.from({ length: 20 }, (_, index) => stream(token("x", `1-${index + 1}`), broken));
  const server = new FakeServer(stream(accepted), ...pieces, stream(done("x".repeat(20))));
  const reply = server.client().room("7").send("Hi");
  await reply.done();
  assert.equal(reply.text, "x".repeat(20));
});

test("an answer without a body to read from is read as a whole", async () => {
  const text = accepted + token("Hel", "1-3") + done("Hello");
  const server = new FakeServer(() => ({ ok: true, status: 200, body: undefined, text: async () => text }));
  assert.deepEqual(types(await all(server.client().room("7").send("Hi"))), ["accepted", "token", "done"]);
});

test("an abort ends the stream with the caller's reason", async () => {
  const abort = new AbortController();
  const open = ({ signal }) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(accepted));
        signal.addEventListener("abort", () => controller.error(new DOMException("Aborted", "AbortError")));
      },
    });
    return new Response(body);
  };
  const server = new FakeServer(open);
  const reading = (async () => {
    for await (const _ of server.client().room("7").send("Hi", { signal: abort.signal })) abort.abort(new Error("enough"));
  })();
  await assert.rejects(reading, { message: "enough" });
  assert.equal(server.requests.length, 1);
});

test("a stream that falls silent is opened again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const silent = ({ signal }) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(accepted));
          signal.addEventListener("abort", () => controller.error(signal.reason));
        },
      });
      return new Response(body);
    };
    const server = new FakeServer(silent, stream(done("Hello")));
    const reply = server.client().room("7").send("Hi");
    const ended = reply.done();
    for (let i = 0; i < 1_000 && server.requests.length < 2; i++, await new Promise(setImmediate)) mock.timers.tick(1_000);
    assert.equal((await ended).content, "Hello");
    assert.ok(server.requests[0].signal.aborted);
    assert.equal(server.requests[1].headers["Last-Event-ID"], "1-0");
  } finally {
    mock.timers.reset();
  }
});

test("leaving the loop closes the connection, and nothing is left to wait for", async () => {
  const server = new FakeServer(stream(accepted, token("Hello", "1-5"), done("Hello")));
  const reply = server.client().room("7").send("Hi");
  for await (const { type } of reply) if (type === "token") break;
  assert.ok(server.requests[0].signal.aborted);
  await assert.rejects(reply.done(), /left before its end/);
});

test("a reply can be stopped before it is accepted", async () => {
  const server = new FakeServer(stream(accepted, done("")), json({ id: 2, status: "stopped" }));
  const reply = server.client().room("7").send("Hi");
  await reply.stop();
  assert.equal(server.requests.length, 0);
  await reply.done();
  assert.equal(server.requests[1].path, stop);
});

test("a running reply is followed from the text that was read", async () => {
  const server = new FakeServer(stream(token("lo", "1-5"), done("Hello")), json({}));
  const reply = server.client().room("7").follow({ id: 2, content: "Hel", cursor: "1-3", status: "generating" });
  await reply.done();
  assert.equal(reply.text, "Hello");
  assert.equal(server.requests[0].headers["Last-Event-ID"], "1-3");
  await reply.stop();
  assert.equal(server.requests[1].path, stop);
});

test("edits and regenerates have streams of their own", async () => {
  const server = new FakeServer(() => stream(accepted, done("Hello"))());
  const room = server.client().room("7");
  await room.edit(1, { content: "Hi again", search: true }).done();
  await room.regenerate(2).done();
  assert.deepEqual(server.requests.map(({ path }) => path), ["/chatroom/7/message/1/edit/stream", "/chatroom/7/message/2/regenerate/stream"]);
});
