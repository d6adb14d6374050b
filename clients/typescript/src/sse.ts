// Server-sent events (WHATWG HTML, 9.2).

/** Longer lines are not the server's. */
const MAX_BUFFER = 16 * 1024 * 1024;

export interface ServerEvent {
  event: string;
  /** Undefined if the event has none. */
  id: string | undefined;
  /** Undefined for an event that only sets the id. */
  data: string | undefined;
}

/** Reads pieces of text, and returns the events that they complete. */
export class EventParser {
  #rest = "";
  #isStart = true;
  #event = "message";
  #id: string | undefined;
  #data: string[] = [];

  push(text: string): ServerEvent[] {
    if (this.#isStart && text.length > 0) {
      text = text.replace(/^\uFEFF/, "");
      this.#isStart = false;
    }

    // A carriage return at the end may be half of a line break.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    const events = lines.flatMap((line) => this.#take(line));
    if (this.#rest.length + this.#data.reduce((sum, line) => sum + line.length, 0) > MAX_BUFFER) {
      throw new RangeError("An event of the stream is too long.");
    }

    return events;
  }

  #take(line: string): ServerEvent[] {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  #dispatch(): ServerEvent[] {
    const event = { event: this.#event || "message", id: this.#id, data: this.#data.length > 0 ? this.#data.join("\n") : undefined };
    this.#event = "message";
    this.#id = undefined;
    this.#data = [];
    return event.id === undefined && event.data === undefined ? [] : [event];
  }
}

/**
 * The events of an answer as they come. React Native's own fetch gives no body to read from: there the events come all
 * together, when the answer has ended.
 * @param wait Runs before each wait for the server.
 * @param heard Runs after it.
 */
export async function* eventsOf(response: Response, wait: () => void, heard: () => void): AsyncGenerator<ServerEvent, void> {
  const parser = new EventParser();
  if (!response.body) {
    yield* parser.push(await response.text());
    return;
  }

  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      wait();
      const { value, done } = await reader.read();
      heard();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
