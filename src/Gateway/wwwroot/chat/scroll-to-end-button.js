// The round button above the composer that leads to the end of a chat.

import { find, make } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

export class ScrollToEndButton {
  #button;

  /** @param {() => void} go Leads to the end. */
  constructor(go) {
    this.#button = make("button", { type: "button", id: "to-end", hidden: true, click: go }, icon("end"));
    find("#scroller").after(make("div", { id: "to-end-place" }, this.#button));
    this.#name(false);
  }

  /** Shows the button unless the end is in view. */
  show(isAtEnd) {
    this.#button.hidden = isAtEnd;
    if (isAtEnd) this.#name(false);
  }

  /** Tells that something new came at the end. */
  tell() {
    if (!this.#button.hidden) this.#name(true);
  }

  #name(isNew) {
    const name = say(isNew ? "message.toEndNew" : "message.toEnd");
    if (this.#button.ariaLabel === name) return;
    this.#button.classList.toggle("new", isNew);
    this.#button.ariaLabel = this.#button.title = name;
  }
}
