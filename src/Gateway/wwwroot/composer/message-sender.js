// Sends messages, and creates the room of a first message. A repeat of the same message has the same idempotency keys, so the server
// accepts it only once, also when the user repeats it.

import { sendOnce } from "../core/api.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";

export class MessageSender {
  #lastAttempt = null;

  /** An attempt to send a message to a room, or to a new room with these settings; the last one if it was the same. */
  prepare(room, message, settings) {
    const last = this.#lastAttempt;
    const isRepeat = last?.room === room && isEqual(last.message, message) && (room || isEqual(last.settings, settings));
    if (!isRepeat) this.#lastAttempt = { room, message, settings, roomKey: newIdempotencyKey(), messageKey: newIdempotencyKey() };
    return this.#lastAttempt;
  }

  /** Creates the room of an attempt. Null if it has one. */
  async createRoom(attempt) {
    if (attempt.room) return null;
    const room = await sendOnce("/chatroom", attempt.settings, attempt.roomKey);
    attempt.room = room.id;
    return { ...room, ...attempt.settings };
  }

  /** Sends the message of an attempt to its room. Returns the message and its reply. */
  async send(attempt) {
    const answer = await sendOnce(`/chatroom/${attempt.room}/message`, attempt.message, attempt.messageKey);
    this.reset();
    return answer;
  }

  /** The next attempt is a new one, also with the same message. */
  reset() {
    this.#lastAttempt = null;
  }
}

const isEqual = (a, b) => JSON.stringify(a) === JSON.stringify(b);
