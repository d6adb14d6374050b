import assert from "node:assert/strict";
import { test } from "node:test";
import { GeminiChat, GeminiChatError } from "../dist/index.js";
import { FakeServer, json, problem, unreachable } from "./fake-server.mjs";

/** Accepts only the newest access token, and exchanges only the newest refresh token. */
function tokenServer(exchange = () => true) {
  let current = 2;
  const server = new FakeServer(async (request) => {
    if (request.path === "/auth/refresh") {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!exchange()) return unreachable();
      if (request.body.refresh_token !== `refresh-${current - 1}`) return problem(401)();
      return json({ access_token: `access-${current}`, token_type: "bearer", expires_in: 1800, refresh_token: `refresh-${current++}` })();
    }

    return request.headers.Authorization === `Bearer access-${current - 1}` && current > 2 ? json({ id: "me" })() : problem(401)();
  });
  server.exchanges = () => server.requests.filter(({ path }) => path === "/auth/refresh");
  return server;
}

test("twenty calls that are refused share one exchange of the refresh token", async () => {
  const server = tokenServer();
  const stored = [];
  const client = server.client({ onTokens: (tokens) => void stored.push(tokens) });
  const users = await Promise.all(Array.from({ length: 20 }, () => client.me()));
  assert.equal(users.length, 20);
  assert.equal(server.exchanges().length, 1);
  assert.equal(stored.at(-1).access_token, "access-2");
  assert.ok(stored.at(-1).expires_at > Date.now());
});

test("a user who signs out during an exchange stays signed out", async () => {
  const server = tokenServer();
  let kept = { access_token: "old", refresh_token: "refresh-1" };
  const client = server.client({ tokens: () => kept, onTokens: (tokens) => void (kept = tokens) });
  const call = client.me().catch((error) => error);
  while (server.exchanges().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  kept = null;
  await call;
  assert.equal(kept, null);
});

test("a token that expires soon is exchanged before it is used", async () => {
  const server = tokenServer();
  await server.client({ tokens: { access_token: "old", refresh_token: "refresh-1", expires_at: Date.now() + 1000 } }).me();
  assert.deepEqual(server.requests.map(({ path }) => path), ["/auth/refresh", "/user/me"]);
});

test("an exchange whose answer was lost is repeated with the same key, which was stored before", async () => {
  let tries = 0;
  const server = tokenServer(() => ++tries > 2);
  const stored = [];
  await server.client({ onTokens: (tokens) => void stored.push(tokens) }).me();
  const keys = new Set(server.exchanges().map(({ headers }) => headers["Idempotency-Key"]));
  assert.equal(server.exchanges().length, 3);
  assert.deepEqual([...keys], [stored[0].refresh_key]);
  assert.equal(stored[0].refresh_token, "refresh-1");
  assert.notEqual(stored.at(-1).refresh_key, stored[0].refresh_key);
});

test("when the refresh token is refused the session has ended", async () => {
  const server = new FakeServer(problem(401));
  let stored;
  const client = server.client({ onTokens: (tokens) => (stored = tokens) });
  await assert.rejects(client.me(), (error) => error instanceof GeminiChatError && error.status === 401);
  assert.equal(stored, null);
  await assert.rejects(client.me());
  assert.equal(server.requests.filter(({ path }) => path === "/auth/refresh").length, 1);
  assert.equal(server.requests.at(-1).headers.Authorization, undefined);
});

test("tokens that another tab has exchanged are used instead of a second exchange", async () => {
  const server = tokenServer();
  let store = { access_token: "access-1", refresh_token: "refresh-1" };
  const options = { tokens: () => store, onTokens: (tokens) => void (store = tokens) };
  const [one, other] = [server.client(options), server.client(options)];
  await one.me();
  await other.me();
  assert.equal(server.exchanges().length, 1);
});

test("a function for tokens without onTokens is refused", () => {
  assert.throws(() => new GeminiChat({ baseUrl: "http://chat.test", tokens: () => null }), TypeError);
});

test("somebody else's sign-in is asked for another token after a 401", async () => {
  const server = new FakeServer(({ headers }) => (headers.Authorization === "Bearer fresh" ? json({ id: "me" })() : problem(401)()));
  const refused = [];
  const accessToken = async (token) => (token === undefined ? "stale" : (refused.push(token), "fresh"));
  await server.client({ accessToken }).me();
  assert.deepEqual(refused, ["stale"]);
});

test("signing in gives tokens to store, and signing out forgets them although the server is away", async () => {
  const server = new FakeServer(
    json({ access_token: "a", token_type: "bearer", expires_in: 60, refresh_token: "r" }),
    unreachable,
  );
  let stored;
  const client = server.client({ tokens: null, onTokens: (tokens) => (stored = tokens) });
  await client.auth.verifyOtp({ mobile_number: "+14155550123", otp_code: "123456" });
  assert.equal(stored.refresh_token, "r");
  await assert.rejects(client.auth.logout());
  assert.equal(stored, null);
  await new FakeServer(problem(401)).client().auth.logout();
});
