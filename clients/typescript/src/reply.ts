// A reply as it is written. The stream resumes by itself.

import { ConnectionError, ReplyFailedError } from "./errors.js";
import type { Http } from "./http.js";
import { newKey } from "./keys.js";
import { eventsOf, type ServerEvent } from "./sse.js";
import type { Message, Problem, ReplyEvent } from "./types.js";
import { connectionError, Deadline, delayAfter, pause, type RetryPolicy } from "./waiting.js";

/** The server sends something at least every 15 seconds. */
const SILENCE = 40_000;
/** A connection that was open for so long has not failed. */
const LONG = 5_000;

type StreamEvent = ReplyEvent | { type: "failed"; problem: Partial<Problem> } | { type: "reconnect" };

/** How a reply is asked for: by a POST, or as one that exists. */
export interface ReplyRequest {
  /** The path of the room's messages. */
  messages: string;
  /** What is posted, and where below the messages. */
  post?: { path: string; body: unknown };
  /** The reply to follow. Its text goes on after its cursor. */
  follow?: Pick<Message, "id"> & Partial<Message>;
  signal?: AbortSignal | undefined;
}

/**
 * A reply. Nothing is sent before the first step of `for await` or the call of `done`. To leave the loop closes the
 * connection; the server writes the reply to its end all the same.
 */
export class Reply implements AsyncIterable<ReplyEvent> {
  /** The id of the reply, when it is accepted. */
  id: number | undefined;
  /** The text so far. */
  text: string;
  /** The thoughts so far. */
  thoughts: string;

  readonly #http: Http;
  readonly #request: ReplyRequest;
  readonly #policy: RetryPolicy;
  readonly #key = newKey();
  readonly #events: AsyncGenerator<ReplyEvent, void>;
  #cursor: string | undefined;
  #message: Message | undefined;
  #failure: unknown;
  #openedAt: number | undefined;
  #isStopped = false;

  /** Made by `send`, `edit`, `regenerate` and `follow` of a room. */
  constructor(http: Http, request: ReplyRequest) {
    const { follow } = request;
    this.#http = http;
    this.#request = request;
    // A stream is tried more often than a request, because the service may be starting again.
    this.#policy = { ...http.retry, attempts: 2 * http.retry.attempts };
    this.#cursor = follow?.cursor ?? undefined;
    this.id = follow?.id;
    this.text = (this.#cursor && follow?.content) || "";
    this.thoughts = (this.#cursor && follow?.thoughts) || "";
    this.#events = this.#run();
  }

  /** The events. They can be read once. */
  [Symbol.asyncIterator](): AsyncIterator<ReplyEvent, void> {
    return this.#events;
  }

  /** Reads to the end, and returns the whole reply. */
  async done(): Promise<Message> {
    for await (const _ of this.#events);
    if (this.#message) return this.#message;
    throw this.#failure ?? new Error("The reply was left before its end. Use follow to read it.");
  }

  /**
   * Stops the reply and keeps what has arrived. The loop then ends with `done`. A reply that is not accepted yet is stopped
   * when it is.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const { messages, signal } = this.#request;
    if (this.id !== undefined) await this.#http.send("POST", `${messages}/${this.id}/stop`, { isRepeatable: true, signal });
  }

  async *#run(): AsyncGenerator<ReplyEvent, void> {
    for (let failures = 1; ; failures++) {
      const cursor = this.#cursor;
      let error: unknown = new ConnectionError("The stream ended too early.", undefined);
      try {
        for await (const event of this.#connect()) {
          yield event;
          if (event.type === "done") return;
        }
      } catch (cause) {
        error = connectionError(cause, this.#request.signal);
      }

      if (this.#cursor !== cursor || this.#hasLasted) failures = 1;
      const delay = delayAfter(error, failures, this.#policy);
      if (delay === undefined) throw (this.#failure = error);
      await pause(delay, this.#request.signal);
    }
  }

  get #hasLasted(): boolean {
    return this.#openedAt !== undefined && Date.now() - this.#openedAt > LONG;
  }

  /** The events of one connection. */
  async *#connect(): AsyncGenerator<ReplyEvent, void> {
    this.#openedAt = undefined;
    const deadline = new Deadline(SILENCE, this.#request.signal);
    try {
      const response = await this.#open(deadline.signal);
      this.#openedAt = Date.now();
      for await (const event of eventsOf(response, deadline.start, deadline.stop)) {
        const read = readEvent(event);
        this.#cursor = event.id ?? this.#cursor;
        if (read?.type === "reconnect") return;
        if (read?.type === "failed") throw new ReplyFailedError(read.problem);
        if (read) {
          await this.#take(read);
          yield read;
        }
      }
    } finally {
      deadline.abort();
    }
  }

  #open(signal: AbortSignal): Promise<Response> {
    const { messages, post } = this.#request;
    if (this.id === undefined && post) return this.#http.open("POST", messages + post.path, { body: post.body, key: this.#key, signal });
    const headers: Record<string, string> = this.#cursor === undefined ? {} : { "Last-Event-ID": this.#cursor };
    return this.#http.open("GET", `${messages}/${this.id}/stream`, { headers, signal });
  }

  async #take(event: ReplyEvent): Promise<void> {
    if (event.type === "accepted") {
      this.id = event.reply.id;
      if (this.#isStopped) await this.stop();
    } else if (event.type === "token") {
      this.text += event.text;
    } else if (event.type === "thought") {
      this.thoughts += event.text;
    } else if (event.type === "reset") {
      this.text = this.thoughts = "";
    } else {
      const { type: _, ...message } = event;
      this.#message = message;
    }
  }
}

const TYPES = ["accepted", "thought", "token", "reset", "done", "failed", "reconnect"];

/** Undefined for an event of a type that this version does not know. */
const readEvent = ({ event, data }: ServerEvent): StreamEvent | undefined =>
  data !== undefined && TYPES.includes(event) ? { ...JSON.parse(data), type: event } : undefined;
