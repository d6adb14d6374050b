// Reads the shown branch of the open room. One read follows the other, so an older answer never replaces a newer one.

import { fetchMessages, fetchMessagesAround } from "./messages-api.js";

export class BranchReader {
  #lastRead = Promise.resolve();
  #moves = 0;

  /** How often the user has sent a message or has chosen another branch. */
  get moves() {
    return this.#moves;
  }

  /** The user has sent a message or has chosen another branch, so what is being read is out of date. */
  countMove() {
    this.#moves++;
  }

  /** Settles when what was asked for until now is read. */
  get idle() {
    return this.#lastRead;
  }

  /**
   * Reads the newest messages, and those around another message of the branch.
   * @param {(answer: {room: object, messages: object[], head: number|null, end?: number}) => void} onRead Gets what was read, unless the
   * signal was aborted. `end` is the last message before a gap.
   */
  read(room, around, signal, onRead) {
    const done = this.#lastRead.then(() => this.#readCurrent(room, around, signal, onRead));
    this.#lastRead = done.catch(() => {});
    return done;
  }

  async #readCurrent(id, around, signal, onRead) {
    while (!signal.aborted) {
      const moves = this.#moves;
      const { messages, head = null, ...room } = await fetchMessages(id, "", signal);
      const isOlder = around !== null && !messages.some((message) => message.id === around);
      const older = isOlder ? await fetchMessagesAround(id, around, signal) : [];
      if (signal.aborted || moves !== this.#moves) continue;
      onRead({ room, messages: [...older, ...messages], head, end: older.at(-1)?.id });
      return;
    }
  }
}
