// Server-sent events with fetch: EventSource cannot send the Authorization header, and a token must not be in a URL.

import { backoff, pause, Problem, request } from "./api.js";

// The server sends something at least every 15 seconds.
const MAX_SILENCE_MS = 40_000;

/** Parses a body (WHATWG HTML, 9.2). Events without data are included, because they may have an id. */
async function* parse(body, onChunk = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = newEvent();
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
          readField(event, line);
        } else {
          yield { ...event, data: event.data?.join("\n") };
          event = newEvent();
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
 * @param {(event: {type: string, data: any, id: string}) => (boolean|void)} options.onEvent Returns true to end.
 * @param {() => void} [options.onOpen] Runs after each connect.
 * @param {() => void} [options.onLost] Runs each time a connection breaks or fails.
 * @throws {Problem} The server refuses the stream permanently.
 */
export async function followStream(path, { from = null, signal, onEvent, onOpen = () => {}, onLost = () => {} }) {
  const position = { lastEventId: from };
  for (let failures = 0; !signal.aborted; failures++) {
    await whenVisible(signal);
    try {
      if (await connect(path, position, signal, onEvent, () => { failures = 0; onOpen(); })) return;
    } catch (error) {
      const isTemporary = !(error instanceof Problem) || error.status >= 500 || error.status === 429;
      if (!signal.aborted && !isTemporary) throw error;
      if (!signal.aborted && !document.hidden) onLost();
    }

    if (!signal.aborted && !document.hidden) await pause(backoff(failures), signal);
  }
}

async function connect(path, position, signal, onEvent, onOpen) {
  const connection = new AbortController();
  const close = () => connection.abort();
  const closeIfHidden = () => document.hidden && close();
  signal.addEventListener("abort", close);
  document.addEventListener("visibilitychange", closeIfHidden);
  let silenceTimer = setTimeout(close, MAX_SILENCE_MS);
  const onChunk = () => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(close, MAX_SILENCE_MS);
  };
  try {
    if (signal.aborted) return true;
    const headers = { Accept: "text/event-stream", ...(position.lastEventId && { "Last-Event-ID": position.lastEventId }) };
    const response = await request(path, { headers, signal: connection.signal, cache: "no-store" });
    if (response.status === 204) return true;
    onOpen();
    for await (const event of parse(response.body, onChunk)) {
      position.lastEventId = event.id ?? position.lastEventId;
      if (signal.aborted || (event.data && onEvent({ ...event, data: JSON.parse(event.data) }))) return true;
    }

    return false;
  } finally {
    clearTimeout(silenceTimer);
    signal.removeEventListener("abort", close);
    document.removeEventListener("visibilitychange", closeIfHidden);
    close();
  }
}

function whenVisible(signal) {
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

const newEvent = () => ({ type: "message", data: undefined, id: undefined });

function readField(event, line) {
  const colon = line.indexOf(":");
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "event") event.type = value;
  else if (field === "id") event.id = value;
  else if (field === "data") (event.data ??= []).push(value);
}
