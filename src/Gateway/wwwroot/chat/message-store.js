// The known messages of a room, from requests, streams and events. The shown branch ends at the head.

import { isUnfinished } from "./message-status.js";

export class MessageStore {
  #messages = new Map();
  #head = null;
  #end = null;

  get = (id) => this.#messages.get(id);

  /** The last message of the shown branch; null in an empty room. */
  get head() {
    return this.#head;
  }

  /** The replies that are not finished, in the order in which they are written. They may be on other branches. */
  get unfinished() {
    return [...this.#messages.values()].filter(isUnfinished).sort((a, b) => a.id - b.id);
  }

  /** The reply that is being written, or will be next. */
  get currentReply() {
    return this.unfinished[0];
  }

  /** Whether the shown messages end before the head. */
  get isCutOff() {
    return this.#end !== null;
  }

  /** The known messages of the shown branch, in order. Messages are missing before the first one if it has a parent. */
  get shown() {
    return this.#path(this.#end ?? this.#head);
  }

  clear() {
    this.#messages.clear();
    this.#head = this.#end = null;
  }

  /** Shows the branch that ends at the head, up to another message of it if messages between the two are not known. */
  showBranch(head, end = null) {
    const isLonger = this.#head !== null && this.#path(head).some(({ id }) => id === this.#head);
    this.#head = head;
    if (end !== null) this.#end = this.isOnBranch(end) ? null : end;
    else if (!isLonger) this.#end = null;
  }

  /** Shows the branch up to the head. */
  showWholeBranch() {
    this.#end = null;
  }

  /** Whether the message is a known one of the branch that ends at the head. */
  isOnBranch(id) {
    return this.#path(this.#head).some((message) => message.id === id);
  }

  /** Whether a reply to the same question is not finished, as far as known. */
  isAnswering({ id, siblings = [id] }) {
    return siblings.some((sibling) => isUnfinished(this.#messages.get(sibling)));
  }

  /** Adds a message of a request. Of a reply that is being written, the stream brings the text from the known cursor on. */
  merge(message) {
    const known = this.#messages.get(message.id);
    const isOld = known && isUnfinished(message);
    const status = known?.status === "queued" ? message.status : known?.status;
    const newer = isOld ? { ...known, status, siblings: message.siblings } : message;
    this.#messages.set(message.id, { ...newer, content_html: newer.content_html ?? known?.content_html });
  }

  /** Adds a piece of a reply's `content` or `thoughts`. It begins at the known cursor and ends at this one. */
  append(id, member, piece, cursor) {
    const reply = this.#messages.get(id);
    this.#messages.set(id, { ...reply, status: "generating", [member]: (reply[member] ?? "") + piece, cursor });
  }

  /** Clears the text and the thoughts of a reply. */
  reset(id, attempt, cursor) {
    this.#messages.set(id, { ...this.#messages.get(id), content: "", thoughts: "", attempt, cursor });
  }

  #path(last) {
    const path = [];
    for (let at = this.#messages.get(last); at; at = this.#messages.get(at.parent_id)) path.push(at);
    return path.reverse();
  }
}
