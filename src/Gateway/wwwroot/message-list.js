// The messages of a room on the page.

import { arrange, find } from "./dom.js";
import { MessageView } from "./message.js";
import { StickyEnd } from "./sticky-end.js";

const stopButton = find("#stop");

export class MessageList {
  #views = new Map();
  #end = new StickyEnd(find("#scroller"));
  #actions;

  /** @param {{stop(id): void, regenerate(id): void, show(id): void}} actions What the buttons do. */
  constructor(actions) {
    this.#actions = actions;
    stopButton.addEventListener("click", () => actions.stop());
  }

  get isEmpty() {
    return this.#views.size === 0;
  }

  clear() {
    this.#views.clear();
  }

  /** Shows the end from now on. */
  stick() {
    this.#end.stick();
  }

  /** Shows a room's messages as they are now. */
  render(timeline) {
    const shown = timeline.shown();
    const open = timeline.open.map(({ id }) => id);
    arrange(find("#messages"), shown.map(({ message, versions }) => this.#view(message, versions, open.indexOf(message.id))));
    stopButton.hidden = open.length === 0;
    find("#welcome").hidden = shown.length > 0;
    this.#end.follow();
  }

  /** Shows older messages above; what is in view stays there. */
  growAbove(add) {
    this.#end.growAbove(add);
  }

  /** Adds to the text of a reply that is being written. */
  append(id, text) {
    this.#views.get(id)?.append(text);
    this.#end.followSoon();
  }

  /** Brings the focus from one version of a reply to another, which has taken its place. */
  focus(id, label) {
    this.#views.get(id).focus(label);
  }

  #view(message, versions, ahead) {
    const view = this.#views.get(message.id) ?? new MessageView(message, this.#actions);
    this.#views.set(message.id, view);
    view.update(message, versions, Math.max(0, ahead));
    return view.element;
  }
}
