// Follows the replies of a room that are being written.

import { backoff, pause, Problem } from "../core/api.js";
import { followStream } from "../core/sse.js";

export class ReplyFollower {
  #store;
  #followedSignal = null;
  #on;

  /**
   * @param {{token(id, text): void, thought(id, text): void, html(id, change): void, changed(): void, done(reply): void,
   *   ended(id): Promise}} on Callbacks. `ended` reads a reply whose end was not in the stream.
   */
  constructor(store, on) {
    this.#store = store;
    this.#on = on;
  }

  /** Follows a room until none of its known replies is open. Events tell of the others. */
  async follow(room, signal) {
    // Replies are written one after the other, so one connection is enough.
    if (this.#followedSignal === signal) return;
    this.#followedSignal = signal;
    for (let reply; !signal.aborted && (reply = this.#store.currentReply); ) {
      const path = `/chatroom/${room}/message/${reply.id}/stream?render=html`;
      try {
        await followStream(path, { from: reply.cursor, signal, onEvent: (event) => this.#onEvent(reply.id, event) });
        if (!signal.aborted && this.#store.currentReply?.id === reply.id) await this.#on.ended(reply.id);
      } catch (error) {
        if (error instanceof Problem && error.status < 500) break;
        await pause(backoff(3), signal);
      }
    }

    if (this.#followedSignal === signal) this.#followedSignal = null;
  }

  #onEvent(id, { type, data, id: cursor }) {
    const before = this.#store.get(id);
    if (!before || type === "done" || type === "failed") {
      const { type: _, ...reply } = data;
      // Without its HTML, a text may get it from the next request.
      if (before && type === "done" && (reply.content_html || !reply.content)) this.#on.done({ siblings: before.siblings, ...reply });
      return true;
    }

    if (type === "html") {
      this.#on.html(id, data);
    } else if (type === "token" || type === "thought") {
      this.#store.append(id, type === "token" ? "content" : "thoughts", data.text, cursor);
      this.#on[type](id, data.text);
      if (before.status === "queued") this.#on.changed();
    } else if (type === "reset") {
      this.#store.reset(id, data.attempt, cursor);
      this.#on.changed();
    }

    return false;
  }
}
