// Uses a running service as a program does. `node against-gateway.mjs <scenario> [argument]`, with BASE_URL and NUMBER. Prints
// a line of JSON for each thing that happened. tests/EndToEnd.Tests and tests/Cluster.Tests run it and play the model.

import { createInterface } from "node:readline";
import { GeminiChat, GeminiChatError } from "../dist/index.js";

const { BASE_URL: baseUrl, NUMBER: number } = process.env;
const print = (line) => console.log(JSON.stringify(line));
const textOf = ({ content }) => content;

async function signIn(options = {}) {
  let tokens;
  const client = new GeminiChat({ baseUrl, ...options, onTokens: (changed) => (tokens = changed) });
  const sent = await client.auth.sendOtp({ mobile_number: number });
  await client.auth.verifyOtp({ mobile_number: number, otp_code: sent.otp, request_id: sent.request_id });
  return { client, tokens: () => tokens };
}

const refusal = (call) => call.then(() => null, ({ name, status, type, detail }) => ({ name, status, type, detail }));

/** A whole conversation, with all that a room has. */
async function conversation() {
  const { client, tokens } = await signIn();
  const { id } = await client.createRoom({ name: "Sky" });
  const room = client.room(id);
  const file = await client.upload(new Blob(["a text"], { type: "text/plain" }), "notes.txt");
  const first = await room.send({ content: "one", attachments: [file.id] }).done();
  const edited = await room.edit(1, "two").done();
  const again = await room.regenerate(edited.id).done();
  await room.rate(again.id, { rating: "up" });
  const followed = [];
  for await (const event of room.follow(again.id)) followed.push(event.type);
  const posted = await room.post("three");
  await room.follow(posted.reply).done();
  await room.update({ name: "Blue sky", pinned: true });
  const { rooms, next } = await client.listRooms({ limit: 1 });
  const view = await room.get({ view: "path" });
  print({ texts: [first, edited, again].map(textOf), followed, rooms, next, branch: view.messages.map(textOf), me: await client.me() });
  await room.delete();
  const absent = await refusal(room.get());
  await client.auth.logout();
  print({ absent, signedOut: await refusal(client.me()), tokens: tokens() });
}

/** Posts a message, and prints the events. A line of input stops the reply. */
async function reply(question) {
  const { client, tokens } = await signIn(process.env.WITHOUT_BODY ? { fetch: fetchWithoutBody } : {});
  const { id } = await client.createRoom({ name: "room" });
  print({ room: id, access_token: tokens().access_token });
  await printReply(client.room(id).send(question));
}

/** Posts a message, and follows the reply at another server of the same service, OTHER_URL. */
async function elsewhere(question) {
  const { client, tokens } = await signIn();
  const { id } = await client.createRoom({ name: "room" });
  const other = new GeminiChat({ baseUrl: process.env.OTHER_URL, tokens: tokens() });
  const posted = await client.room(id).post(question);
  await printReply(other.room(id).follow(posted.reply));
}

async function printReply(reply) {
  const input = createInterface({ input: process.stdin });
  input.once("line", () => reply.stop());
  try {
    for await (const { type, text } of reply) print({ type, text });
    print({ end: await reply.done(), text: reply.text, thoughts: reply.thoughts });
  } catch (error) {
    if (!(error instanceof GeminiChatError)) throw error;
    const { name, status, reason, retryable } = error;
    print({ failed: { name, status, reason, retryable } });
  } finally {
    input.close();
    process.stdin.unref();
  }
}

/** Twenty calls at once with an access token that is not accepted. The answer to the first exchange of the refresh token is lost. */
async function refresh() {
  const session = await signIn();
  let exchanges = 0;
  const counting = async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith("/auth/refresh") && ++exchanges === 1) throw new TypeError("The answer is lost.");
    return response;
  };
  let tokens = { ...session.tokens(), access_token: "expired", expires_at: undefined };
  const client = new GeminiChat({ baseUrl, fetch: counting, tokens, onTokens: (changed) => (tokens = changed) });
  const users = await Promise.all(Array.from({ length: 20 }, () => client.me()));
  const later = new GeminiChat({ baseUrl, tokens: { ...tokens, access_token: "expired" } });
  print({ users: users.map(({ id }) => id), exchanges, later: (await later.me()).id });
}

/** As React Native's own fetch: the answer comes as a whole. */
async function fetchWithoutBody(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  const { ok, status, headers } = response;
  return { ok, status, headers, text: async () => text, json: async () => JSON.parse(text) };
}

const [, , scenario, argument] = process.argv;
await { conversation, reply, elsewhere, refresh }[scenario](argument);
