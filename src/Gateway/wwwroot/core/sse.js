// Server-sent events with fetch: EventSource cannot send the Authorization header, and a token must not be in a URL.

import { backoff, pause, Problem, request } from "./api.js";

// The server sends something at least every 15 seconds.
const SILENCE = 40_000;

/** Parses a body (WHATWG HTML, 9.2). Events without data are included, because they may have an id. */
export async function* parse(body, onChunk = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = fresh();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      onChunk();
      // A carriage return at the end may be half of a line break.
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line !== "") {
          take(event, line);
        } else {
          yield { ...event, data: event.data?.join("\n") };
          event = fresh();
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Follows a stream. After a broken connection or a restart of the server it resumes after the last event. A hidden page has
 * no connection, because browsers allow only six per server for all tabs together.
 * @param {(event: {type: string, data: any, id: string}) => (boolean|void)} options.on Returns true to end.
 * @param {() => void} [options.onOpen] Runs after each connect.
 * @param {() => void} [options.onLost] Runs each time a connection breaks or fails.
 * @throws {Problem} The server refuses the stream permanently.
 */
export async function followStream(path, { from = null, signal, on, onOpen = () => {}, onLost = () => {} }) {
  const place = { last: from };
  for (let failures = 0; !signal.aborted; failures++) {
    await seen(signal);
    try {
      if (await connect(path, place, signal, on, () => { failures = 0; onOpen(); })) return;
    } catch (error) {
      const passes = !(error instanceof Problem) || error.status >= 500 || error.status === 429;
      if (!signal.aborted && !passes) throw error;
      if (!signal.aborted && !document.hidden) onLost();
    }

    if (!signal.aborted && !document.hidden) await pause(backoff(failures), signal);
  }
}

async function connect(path, place, signal, on, onOpen) {
  const connection = new AbortController();
  const close = () => connection.abort();
  const hide = () => document.hidden && close();
  signal.addEventListener("abort", close);
  document.addEventListener("visibilitychange", hide);
  let silence = setTimeout(close, SILENCE);
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(close, SILENCE);
  };
  try {
    if (signal.aborted) return true;
    const headers = { Accept: "text/event-stream", ...(place.last && { "Last-Event-ID": place.last }) };
    const response = await request(path, { headers, signal: connection.signal, cache: "no-store" });
    if (response.status === 204) return true;
    onOpen();
    for await (const event of parse(response.body, heard)) {
      place.last = event.id ?? place.last;
      if (signal.aborted || (event.data && on({ ...event, data: JSON.parse(event.data) }))) return true;
    }

    return false;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", close);
    document.removeEventListener("visibilitychange", hide);
    close();
  }
}

function seen(signal) {
  return new Promise((resolve) => {
    const check = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", check);
      signal.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    signal.addEventListener("abort", check);
    check();
  });
}

const fresh = () => ({ type: "message", data: undefined, id: undefined });

function take(event, line) {
  const colon = line.indexOf(":");
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "event") event.type = value;
  else if (field === "id") event.id = value;
  else if (field === "data") (event.data ??= []).push(value);
}
