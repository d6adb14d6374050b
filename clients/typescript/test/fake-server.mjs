// A `fetch` that answers from a script, and records what was asked.

import { GeminiChat } from "../dist/index.js";

export class FakeServer {
  requests = [];
  #answers;

  /** @param {((request: object) => Response | Promise<Response>)[]} answers One for each request. The last one is used again. */
  constructor(...answers) {
    this.#answers = answers;
  }

  fetch = async (url, { method, headers, body, signal }) => {
    const request = { method, path: url.replace("http://chat.test", ""), headers, body: body && JSON.parse(body), signal };
    this.requests.push(request);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    return answer(request);
  };

  client(options = {}) {
    const tokens = { access_token: "access-1", refresh_token: "refresh-1" };
    return new GeminiChat({ baseUrl: "http://chat.test/", fetch: this.fetch, retry: { attempts: 3, delay: 1 }, tokens, ...options });
  }
}

export const json = (body, status = 200, headers = {}) => () => Response.json(body, { status, headers });

export const problem = (status, members = {}, headers = {}) =>
  json({ type: "about:blank", title: "A problem", status, detail: `Refused with ${status}.`, instance: "/", ...members }, status, headers);

export const unreachable = () => {
  throw new TypeError("fetch failed");
};

/** A stream of these texts, which then ends, or breaks. */
export const stream = (...parts) => () => {
  const left = [...parts];
  const body = new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
};

export const broken = new TypeError("terminated");

export const event = (type, data, id) =>
  `event: ${type}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify({ type, ...data })}\n\n`;

export const accepted = event(
  "accepted",
  { message: { id: 1, sender: "user", content: "Hi" }, reply: { id: 2, sender: "ai", content: "" }, position: 0 },
  "1-0",
);
export const token = (text, id) => event("token", { text }, id);
export const done = (content, id = "1-9-end") => event("done", { id: 2, sender: "ai", content, status: "completed" }, id);

export async function all(events) {
  const read = [];
  for await (const item of events) read.push(item);
  return read;
}
