import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, GeminiChatError } from "../dist/index.js";
import { FakeServer, json, problem, unreachable } from "./fake-server.mjs";

test("a refusal has the problem's members", async () => {
  const server = new FakeServer(problem(403, { type: "about:tier", required_tier: "Pro" }));
  const error = await server.client().room("1").get().catch((refusal) => refusal);
  assert.ok(error instanceof GeminiChatError);
  assert.deepEqual([error.status, error.type, error.detail], [403, "about:tier", "Refused with 403."]);
  assert.equal(error.problem.required_tier, "Pro");
});

test("an answer that is not the server's own is an error too", async () => {
  const page = () => new Response("<html>", { status: 404, headers: { "Content-Type": "text/html" } });
  await assert.rejects(new FakeServer(page).client().me(), { name: "GeminiChatError", status: 404 });
  await assert.rejects(new FakeServer(() => new Response("<html>")).client().me(), { name: "ConnectionError" });
});

test("a keyed request is repeated with its key after a lost connection and a 503", async () => {
  const server = new FakeServer(unreachable, problem(503, {}, { "Retry-After": "0" }), json({ id: "1" }, 201));
  await server.client().createRoom({ name: "room" });
  assert.equal(server.requests.length, 3);
  assert.equal(new Set(server.requests.map(({ headers }) => headers["Idempotency-Key"])).size, 1);
});

test("repeats end when their budget is used up", async () => {
  const server = new FakeServer(unreachable);
  await assert.rejects(server.client().me(), (error) => error instanceof ConnectionError && error.cause.message === "fetch failed");
  assert.equal(server.requests.length, 4);
});

test("a request that may not be repeated is sent once", async () => {
  const server = new FakeServer(unreachable);
  await assert.rejects(server.client().auth.sendOtp({ mobile_number: "+14155550123" }), ConnectionError);
  assert.equal(server.requests.length, 1);
});

test("a limit that lasts for hours is not waited for", async () => {
  const server = new FakeServer(problem(429, { limit: 20 }, { "Retry-After": "7200" }));
  const error = await server.client().room("1").post("Hi").catch((refusal) => refusal);
  assert.deepEqual([error.status, error.retryAfter, error.problem.limit], [429, 7200, 20]);
  assert.equal(server.requests.length, 1);
});

test("an abort ends a call, also between repeats, and is not an error of the connection", async () => {
  const abort = new AbortController();
  const server = new FakeServer(() => {
    abort.abort(new Error("enough"));
    return unreachable();
  });
  await assert.rejects(server.client({ retry: { delay: 60_000 } }).me({ signal: abort.signal }), { message: "enough" });
  await assert.rejects(server.client().me({ signal: abort.signal }), { message: "enough" });
  assert.equal(server.requests.length, 1);
});

test("a page of rooms has the cursor of the next one", async () => {
  const server = new FakeServer(json([{ id: "1" }], 200, { Link: '</chatroom?limit=1&cursor=a%3D>; rel="next"' }), json([{ id: "2" }]));
  const client = server.client();
  assert.deepEqual(await client.listRooms({ limit: 1 }), { rooms: [{ id: "1" }], next: "a=" });
  assert.deepEqual(await client.listRooms({ limit: 1, cursor: "a=" }), { rooms: [{ id: "2" }], next: undefined });
  assert.equal(server.requests[1].path, "/chatroom?limit=1&cursor=a%3D");
});
