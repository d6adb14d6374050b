// Shows in the open room what events of `/events` tell about it.

import { explain } from "../core/api.js";
import { toast } from "../core/dom.js";
import { isUnfinished } from "./message-status.js";

export class RoomEvents {
  #conversation;
  #store;
  #reader;
  #actions;

  /** @param {Conversation} conversation The open room, of which these are parts. */
  constructor(conversation, store, reader, actions) {
    this.#conversation = conversation;
    this.#store = store;
    this.#reader = reader;
    this.#actions = actions;
  }

  async handle(type, data) {
    const known = this.#store.get(data.reply_id);
    if (type === "queued" || type === "updated") {
      await this.#readChange(data);
    } else if (type === "generating" && known?.status === "queued") {
      this.#conversation.add([{ ...known, status: "generating" }]);
    } else if (type === "finished" && isUnfinished(known) && known !== this.#store.currentReply) {
      await this.#actions.read(known.id).catch((error) => toast(explain(error)));
    }
  }

  async #readChange({ reply_id: reply, head }) {
    const { signal, branchChoice } = this.#conversation;
    // The user's own choice is shown with the messages around it.
    await branchChoice;
    await this.#reader.idle;
    const isShown = reply ? this.#store.get(reply) : head === undefined || head === this.#store.head;
    if (!isShown && !signal.aborted) await this.#conversation.refresh();
  }
}
