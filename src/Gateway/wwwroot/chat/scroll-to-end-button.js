// The round button above the composer that leads to the end of a chat.

import { find, make } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

export class ScrollToEndButton {
  #button;

  /** @param {() => void} onClick Scrolls to the end. */
  constructor(onClick) {
    this.#button = make("button", { type: "button", id: "to-end", hidden: true, click: onClick }, icon("end"));
    find("#scroller").after(make("div", { id: "to-end-place" }, this.#button));
    this.#setLabel(false);
  }

  /** Shows the button unless the end is in view. */
  update(isAtEnd) {
    this.#button.hidden = isAtEnd;
    if (isAtEnd) this.#setLabel(false);
  }

  /** Marks the button: something new came at the end. */
  showNew() {
    if (!this.#button.hidden) this.#setLabel(true);
  }

  #setLabel(isNew) {
    const label = say(isNew ? "message.toEndNew" : "message.toEnd");
    if (this.#button.ariaLabel === label) return;
    this.#button.classList.toggle("new", isNew);
    this.#button.ariaLabel = this.#button.title = label;
  }
}
