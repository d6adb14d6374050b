// The messages of a room as far as they are known, from whatever told of them.

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

  /** Shows this reply in the place of the other ones to its question, until there is a new one. */
  choose(id) {
    this.#chosen.set(this.#messages.get(id).reply_to, id);
  }

  /** Shows the newest reply to every question. */
  chooseNewest() {
    this.#chosen.clear();
  }

  /** Whether an older reply is shown than the one that the conversation goes on from. */
  get isOlderShown() {
    return this.shown().some(({ message, versions }) => versions.length > 1 && message.id !== versions.at(-1));
  }

  clear() {
    this.#messages.clear();
    this.#chosen.clear();
  }

  /** Whether messages are missing between those known and a page of newer ones. */
  isBefore(page) {
    return page.length > 0 && page[0].id > Math.max(0, ...this.#messages.keys()) + 1;
  }

  /** Takes what was read, which may be older than what a stream has told since. */
  merge(message) {
    const known = this.#messages.get(message.id);
    if (!known && message.id > this.#chosen.get(message.reply_to)) this.#chosen.delete(message.reply_to);
    const isOld = known && isOpen(message)
      && (!isOpen(known) || (known.attempt === message.attempt && known.content.length > message.content.length));
    if (!isOld) this.#messages.set(message.id, { ...message, content_html: message.content_html ?? known?.content_html });
  }

  /**
   * Takes a piece of a reply, up to a cursor. Cursors count UTF-16 units, as JavaScript does: of what has been read
   * already in another way, only the rest is taken, and returned.
   */
  append(id, piece, cursor) {
    const reply = this.#messages.get(id);
    const missing = Number(cursor.split("-")[1]) - reply.content.length;
    if (missing <= 0) return "";
    const text = piece.slice(-missing);
    this.#messages.set(id, { ...reply, status: "generating", content: reply.content + text, cursor });
    return text;
  }

  /** Begins a reply's text anew. */
  reset(id, attempt, cursor) {
    this.#messages.set(id, { ...this.#messages.get(id), content: "", attempt, cursor });
  }

  /**
   * The messages to show, in order, each reply with the ids of all replies to its question. A newer reply stands in the
   * place of those it supersedes: behind its question.
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
