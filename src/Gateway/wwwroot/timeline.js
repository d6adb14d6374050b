// The known messages of a room, from requests, streams and events.

import { isOpen } from "./message.js";

export class Timeline {
  #messages = new Map();
  #chosen = new Map();

  get = (id) => this.#messages.get(id);

  /** The replies that are not finished, in the order in which they are written. */
  get open() {
    return [...this.#messages.values()].filter(isOpen).sort((a, b) => a.id - b.id);
  }

  /** The reply that is being written, or will be next. */
  get running() {
    return this.open[0];
  }

  /** Shows this version of a reply until there is a new one. */
  choose(id) {
    this.#chosen.set(this.#messages.get(id).reply_to, id);
  }

  /** Shows the newest reply to every question. */
  chooseNewest() {
    this.#chosen.clear();
  }

  /** Whether an older version of a reply is shown than the one that the model gets. */
  get isOlderShown() {
    return this.shown().some(({ message, versions }) => versions.length > 1 && message.id !== versions.at(-1));
  }

  clear() {
    this.#messages.clear();
    this.#chosen.clear();
  }

  /** Whether messages are missing between the known ones and a page of newer ones. */
  isBefore(page) {
    return page.length > 0 && page[0].id > Math.max(0, ...this.#messages.keys()) + 1;
  }

  /** Adds messages of a request. A stream may already have newer data. */
  merge(message) {
    const known = this.#messages.get(message.id);
    if (!known && message.id > this.#chosen.get(message.reply_to)) this.#chosen.delete(message.reply_to);
    const isOld = known && isOpen(message)
      && (!isOpen(known) || (known.attempt === message.attempt && known.content.length > message.content.length));
    if (!isOld) this.#messages.set(message.id, { ...message, content_html: message.content_html ?? known?.content_html });
  }

  /**
   * Adds a piece of a reply that ends at a cursor. Cursors count UTF-16 units, as JavaScript does. If a part of the piece is
   * already known, only the rest is added and returned.
   */
  append(id, piece, cursor) {
    const reply = this.#messages.get(id);
    const missing = Number(cursor.split("-")[1]) - reply.content.length;
    if (missing <= 0) return "";
    const text = piece.slice(-missing);
    this.#messages.set(id, { ...reply, status: "generating", content: reply.content + text, cursor });
    return text;
  }

  /** Clears the text of a reply. */
  reset(id, attempt, cursor) {
    this.#messages.set(id, { ...this.#messages.get(id), content: "", attempt, cursor });
  }

  /**
   * The messages to show, in order. Each reply has the ids of all replies to its question. A newer reply is shown in the place
   * of the superseded ones: after its question.
   */
  shown() {
    const messages = [...this.#messages.values()].sort((a, b) => a.id - b.id);
    const replies = messages.filter(({ reply_to: question }) => question);
    const versions = Map.groupBy(replies.map(({ id }) => id), (id) => this.#messages.get(id).reply_to);
    const isShown = ({ id, reply_to: question }) => !question || id === (this.#chosen.get(question) ?? versions.get(question).at(-1));
    const place = ({ id, reply_to: question }) => (this.#messages.has(question) ? question : id);
    return messages
      .filter(isShown)
      .sort((a, b) => place(a) - place(b))
      .map((message) => ({ message, versions: versions.get(message.reply_to) ?? [] }));
  }
}
