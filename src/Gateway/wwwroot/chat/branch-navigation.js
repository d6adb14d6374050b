// Goes to a message that may be on another branch: another version of a message, or one that the search has found.

import { explain, send } from "../core/api.js";
import { toast } from "../core/dom.js";

export class BranchNavigation {
  #conversation;
  #store;
  #reader;
  #list;
  #latest = null;

  /** @param {Conversation} conversation The open room, of which these are parts. */
  constructor(conversation, store, reader, list) {
    this.#conversation = conversation;
    this.#store = store;
    this.#reader = reader;
    this.#list = list;
  }

  /** Settles when the branch that the user chose last is shown. */
  get latest() {
    return this.#latest;
  }

  /** Shows another version of a message, and moves the focus to the button with this label. */
  chooseVersion(id, label) {
    this.#list.unstick();
    return (this.#latest = this.#show(id, false, () => this.#list.focus(id, label)));
  }

  /** Shows and highlights a message. */
  goToMessage(id) {
    const isShown = this.#store.shown.some((message) => message.id === id);
    return (this.#latest = this.#show(id, isShown, () => this.#list.highlight(id)));
  }

  async #show(id, isOnBranch, onShown) {
    const { signal } = this.#conversation;
    try {
      if (!isOnBranch) await this.#selectBranch(id);
      if (!signal.aborted) onShown();
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    }
  }

  // Makes the branch of a message the shown one. The model is told what is shown.
  async #selectBranch(id) {
    await send("PATCH", `/chatroom/${this.#conversation.room}`, { head: id });
    this.#reader.countMove();
    await this.#conversation.refresh(id);
  }
}
