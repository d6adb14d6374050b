// Loads older messages of the open room, a page at a time.

import { explain } from "../core/api.js";
import { toast } from "../core/dom.js";
import { fetchMessages } from "./messages-api.js";

export class OlderMessages {
  #conversation;
  #store;
  #list;
  #isLoading = false;

  /** @param {Conversation} conversation The open room, of which these are parts. */
  constructor(conversation, store, list) {
    this.#conversation = conversation;
    this.#store = store;
    this.#list = list;
  }

  /** Loads the messages before the first known one, if there are any. */
  async load() {
    const { room, signal } = this.#conversation;
    const first = this.#store.shown[0];
    if (!first?.parent_id || this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { messages } = await fetchMessages(room, `&before=${first.id}`, signal);
      if (!signal.aborted) this.#list.prepend(() => this.#conversation.add(messages));
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    } finally {
      this.#isLoading = false;
    }
  }
}
