// The messages of a room on the page.

import { arrange, find } from "./dom.js";
import { MessageView } from "./message.js";
import { onStop, setAnswering } from "./send-button.js";
import { StickyEnd } from "./sticky-end.js";

export class MessageList {
  #views = new Map();
  #end = new StickyEnd(find("#scroller"));
  #actions;

  /** @param {object} actions The actions of the buttons of messages: see `MessageView`. */
  constructor(actions) {
    this.#actions = actions;
    onStop(() => actions.stop());
  }

  clear() {
    this.#views.clear();
  }

  /** Keeps the end in view from now on. */
  stick() {
    this.#end.stick();
  }

  /** Leaves the visible part where it is from now on. */
  unstick() {
    this.#end.unstick();
  }

  /** Shows the messages of a room. */
  render(timeline) {
    const { shown } = timeline;
    const open = timeline.open.map(({ id }) => id);
    arrange(find("#messages"), shown.map((message) => this.#view(message, open.indexOf(message.id), timeline.isAnswering(message))));
    setAnswering(open.length > 0);
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

  /** Adds to the thoughts of a reply that is being written. */
  think(id, text) {
    this.#views.get(id)?.think(text);
    this.#end.followSoon();
  }

  /** Moves the focus from one version of a message to the version that replaced it. */
  focus(id, label) {
    this.#views.get(id)?.focus(label);
  }

  /** Scrolls to a message and marks it. */
  reveal(id) {
    this.#end.unstick();
    this.#views.get(id)?.reveal();
  }

  #view(message, ahead, isAnswering) {
    const view = this.#views.get(message.id) ?? new MessageView(message, this.#actions);
    this.#views.set(message.id, view);
    view.update(message, Math.max(0, ahead), isAnswering);
    return view.element;
  }
}
