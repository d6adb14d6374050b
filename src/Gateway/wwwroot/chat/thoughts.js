// What a model thinks before it answers: open while it comes, folded when the answer starts.

import { make } from "../core/dom.js";
import { say } from "../core/words.js";
import { isUnfinished } from "./message-status.js";

export class Thoughts {
  #summary = make("summary");
  #text = make("p", { dir: "auto" });
  #isThinking = false;
  #startedAt = null;
  #seconds = null;
  #timer = null;
  element = make("details", { class: "thoughts", hidden: true }, this.#summary, this.#text);

  /** Shows the thoughts of a message. */
  show(message) {
    const { thoughts = "", content } = message;
    if (this.#text.textContent !== thoughts) this.#text.textContent = thoughts;
    // When they started is not known.
    this.#update(Boolean(thoughts && !content && isUnfinished(message)), null);
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

  /** The message leaves the page. */
  close() {
    clearInterval(this.#timer);
  }

  #update(isThinking, now) {
    if (isThinking && !this.#isThinking) {
      this.#startedAt = now;
      this.element.open = true;
      if (now !== null) this.#timer = setInterval(() => this.#showTitle(), 1000);
    } else if (!isThinking && this.#isThinking) {
      clearInterval(this.#timer);
      this.#seconds = this.#startedAt === null ? null : Math.max(1, this.#elapsedSeconds());
      this.element.open = false;
    }

    this.#isThinking = isThinking;
    this.#showTitle();
    this.element.hidden = this.#text.textContent === "";
  }

  #showTitle() {
    const title = this.#isThinking ? this.#thinkingTitle() : this.#seconds ? say("thoughts.for", { seconds: this.#seconds }) : say("thoughts.title");
    if (this.#summary.textContent !== title) this.#summary.textContent = title;
  }

  #thinkingTitle() {
    const seconds = this.#startedAt === null ? 0 : this.#elapsedSeconds();
    return seconds > 0 ? say("thoughts.nowFor", { seconds }) : say("thoughts.now");
  }

  #elapsedSeconds() {
    return Math.round((performance.now() - this.#startedAt) / 1000);
  }
}
