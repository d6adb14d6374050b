// What the buttons of messages do, apart from a change of the shown branch.

import { chosenOptions } from "../composer/options.js";
import { explain, get, send, sendOnce } from "../core/api.js";
import { announce, toast } from "../core/dom.js";
import { say } from "../core/words.js";

export class MessageActions {
  #conversation;
  #on;

  /**
   * @param {{room: string, add(messages): void, addSent(answer): void}} conversation The open room.
   * @param {{sendStarted(): void, sendFailed(error): void}} on Callbacks.
   */
  constructor(conversation, on) {
    this.#conversation = conversation;
    this.#on = on;
  }

  /** Reads a message again. */
  async read(id) {
    const { room } = this.#conversation;
    const message = await get(`/chatroom/${room}/message/${id}?render=html`);
    if (room === this.#conversation.room) this.#conversation.add([message]);
  }

  /** Stops a reply. */
  async stop(id) {
    try {
      await send("POST", `/chatroom/${this.#conversation.room}/message/${id}/stop`);
      await this.read(id);
    } catch (error) {
      toast(explain(error));
    }
  }

  /** Asks for another reply. */
  async regenerate(id, key) {
    await this.#post(id, "regenerate", chosenOptions(), key);
  }

  /** Sends another version of a question, with the same files. False on failure. */
  edit(id, content, attachments, key) {
    const files = attachments.length > 0 && { attachments: attachments.map((file) => file.id) };
    return this.#post(id, "edit", { content, ...chosenOptions(), ...files }, key);
  }

  /** Stores what the user thinks of a reply; null for nothing. */
  async rate(id, feedback) {
    const { room } = this.#conversation;
    const path = `/chatroom/${room}/message/${id}/feedback`;
    try {
      await (feedback ? send("PUT", path, feedback) : send("DELETE", path));
      await this.read(id);
      announce(say(feedback ? "buttons.thanks" : "buttons.feedbackGone"));
    } catch (error) {
      toast(explain(error));
    }
  }

  async #post(id, action, body, key) {
    const { room } = this.#conversation;
    this.#on.sendStarted();
    try {
      const answer = await sendOnce(`/chatroom/${room}/message/${id}/${action}`, body, key);
      if (room === this.#conversation.room) this.#conversation.addSent(answer);
      return true;
    } catch (error) {
      this.#on.sendFailed(error);
      return false;
    }
  }
}
