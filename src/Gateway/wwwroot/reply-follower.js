// Follows the replies of a room that are being written.

import { backoff, pause, Problem } from "./api.js";
import { follow } from "./sse.js";

export class ReplyFollower {
  #timeline;
  #follower = null;
  #on;

  /** @param {{token(id, text): void, thought(id, text): void, changed(): void, ended(id): Promise}} on Callbacks. */
  constructor(timeline, on) {
    this.#timeline = timeline;
    this.#on = on;
  }

  /** Follows a room until none of its known replies is open. Events tell of the others. */
  async follow(room, signal) {
    // Replies are written one after the other, so one connection is enough.
    if (this.#follower === signal) return;
    this.#follower = signal;
    for (let reply; !signal.aborted && (reply = this.#timeline.running); ) {
      const path = `/chatroom/${room}/message/${reply.id}/stream`;
      try {
        await follow(path, { from: reply.cursor, signal, on: (event) => this.#take(reply.id, event) });
        if (!signal.aborted) await this.#on.ended(reply.id);
      } catch (error) {
        if (error instanceof Problem && error.status < 500) break;
        await pause(backoff(3), signal);
      }
    }

    if (this.#follower === signal) this.#follower = null;
  }

  #take(id, { type, data, id: cursor }) {
    const before = this.#timeline.get(id);
    if (!before || type === "done" || type === "failed") return true;
    if (type === "token" || type === "thought") {
      this.#timeline.append(id, type === "token" ? "content" : "thoughts", data.text, cursor);
      this.#on[type](id, data.text);
      if (before.status === "queued") this.#on.changed();
    } else if (type === "reset") {
      this.#timeline.reset(id, data.attempt, cursor);
      this.#on.changed();
    }

    return false;
  }
}
