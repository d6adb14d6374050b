// The messages of a room on the page.

import { arrange, find } from "./dom.js";
import { MessageView } from "./message.js";
import { StickyEnd } from "./sticky-end.js";

const stopButton = find("#stop");

export class MessageList {
  #views = new Map();
  #end = new StickyEnd(find("#scroller"));
  #actions;

  /** @param {{stop(id): void, regenerate(id): void, show(id): void}} actions The actions of the buttons. */
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

  /** Keeps the end in view from now on. */
  stick() {
    this.#end.stick();
  }

  /** Shows the messages of a room. */
  render(timeline) {
    const shown = timeline.shown();
    const open = timeline.open.map(({ id }) => id);
    arrange(find("#messages"), shown.map(({ message, versions }) => this.#view(message, versions, open.indexOf(message.id))));
    stopButton.hidden = open.length === 0;
    find("#welcome").hidden = shown.length > 0;
    this.#end.follow();
  }

  /** Adds older messages above. The visible part does not move. */
  growAbove(add) {
    this.#end.growAbove(add);
  }

  /** Adds to the text of a reply that is being written. */
  append(id, text) {
    this.#views.get(id)?.append(text);
    this.#end.followSoon();
  }

  /** Moves the focus from one version of a reply to the version that replaced it. */
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
