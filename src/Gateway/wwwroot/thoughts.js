// What a model thinks before it answers: open while it comes, folded when the answer starts.

import { make } from "./dom.js";

export class Thoughts {
  #summary = make("summary");
  #text = make("p");
  #since = null;
  #seconds = null;
  element = make("details", { class: "thoughts", hidden: true }, this.#summary, this.#text);

  /** Shows the thoughts of a message. */
  show({ status, thoughts = "", content }) {
    if (this.#text.textContent !== thoughts) this.#text.textContent = thoughts;
    const isOpen = status === "queued" || status === "generating";
    // When they began is not known.
    this.#update(Boolean(thoughts && !content && isOpen), NaN);
  }

  /** Adds to the thoughts of a reply. `isFirst` tells whether the answer has not started. */
  append(text, isFirst) {
    this.#text.append(text);
    this.#update(isFirst, performance.now());
  }

  /** The answer starts, or ends without a word. */
  end() {
    this.#update(false);
  }

  #update(isThinking, now) {
    if (isThinking && this.#since === null) {
      this.#since = now;
      this.element.open = true;
    } else if (!isThinking && this.#since !== null) {
      this.#seconds = Math.max(1, Math.round((performance.now() - this.#since) / 1000));
      this.#since = null;
      this.element.open = false;
    }

    const title = isThinking ? "Thinking" : this.#seconds ? `Thought for ${this.#seconds} s` : "Thoughts";
    if (this.#summary.textContent !== title) this.#summary.textContent = title;
    this.element.hidden = this.#text.textContent === "";
  }
}
