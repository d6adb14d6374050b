// The messages of a room on the page.

import { onStop, setAnswering } from "../composer/send-button.js";
import { find, make, setChildren } from "../core/dom.js";
import { say } from "../core/words.js";
import { AutoScroll } from "./auto-scroll.js";
import { MessageView } from "./message-view.js";
import { ScrollToEndButton } from "./scroll-to-end-button.js";

const list = find("#messages");

export class MessageList {
  #views = new Map();
  #toEnd = new ScrollToEndButton(() => this.#actions.toEnd());
  #end = new AutoScroll(find("#scroller"), list, (isAtEnd) => this.#toEnd.show(isAtEnd || this.#views.size === 0));
  #loading = make("div", { id: "loading", role: "img", "aria-label": say("message.loading"), hidden: true }, ...[1, 2, 3].map(() => make("i")));
  #changed = new Set();
  #actions;

  /** @param {object} actions The actions of the buttons of messages: see `MessageView`; `toEnd` shows the end. */
  constructor(actions) {
    this.#actions = actions;
    list.before(this.#loading);
    onStop(() => actions.stop());
  }

  clear() {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
    this.#changed.clear();
  }

  /** Keeps the end in view from now on. */
  stick() {
    this.#end.stick();
  }

  /** Leaves the visible part where it is from now on. */
  unstick() {
    this.#end.unstick();
  }

  /** Shows the end and keeps it in view. */
  goToEnd() {
    this.#end.stick();
    this.#end.follow();
    find("#scroller").focus({ preventScroll: true });
  }

  /** The place of the user: a message, and how much of it is above the visible part; null at the end. */
  get place() {
    const place = this.#end.place;
    const found = place && [...this.#views].find(([, view]) => view.element === place.element);
    return found ? { id: found[0], above: place.above } : null;
  }

  /** Leads to a place. False if the message is not shown. */
  goTo({ id, above }) {
    const view = this.#views.get(id);
    if (!view?.element.isConnected) return false;
    this.#end.goTo({ element: view.element, above });
    return true;
  }

  /** Whether the user has done nothing since the list was led to a place. */
  get isHeld() {
    return this.#end.isHeld;
  }

  /** Shows the messages of a room. `isLoading` tells that they are not known yet. */
  render(timeline, isLoading) {
    const { shown } = timeline;
    const open = timeline.open.map(({ id }) => id);
    setChildren(list, shown.map((message) => this.#view(message, open.indexOf(message.id), timeline.isAnswering(message))));
    setAnswering(open.length > 0);
    this.#loading.hidden = !isLoading;
    find("#welcome").hidden = isLoading || shown.length > 0;
    this.#end.follow();
    this.#toEnd.tell();
  }

  /** Adds older messages above. The visible part does not move. */
  growAbove(add) {
    this.#end.growAbove(add);
  }

  /** Adds to the text of a reply that is being written. */
  append(id, text) {
    this.#change(id, (view) => view.append(text));
  }

  /** Changes the formatted text of a reply that is being written. */
  change(id, change) {
    this.#change(id, (view) => view.change(change));
  }

  /** Adds to the thoughts of a reply that is being written. */
  think(id, text) {
    this.#change(id, (view) => view.think(text));
  }

  /** Moves the focus from one version of a message to the version that replaced it. */
  focus(id, label) {
    this.#views.get(id)?.focus(label);
  }

  /** Scrolls to a message and marks it. */
  reveal(id) {
    const view = this.#views.get(id);
    this.#end.hold(() => view?.element.scrollIntoView({ block: "center" }));
    view?.mark();
  }

  // What changes is shown once a frame: each look at the page costs.
  #change(id, change) {
    const view = this.#views.get(id);
    if (!view) return;
    change(view);
    this.#changed.add(view);
    if (this.#changed.size === 1) requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    for (const view of this.#changed) view.flush();
    this.#changed.clear();
    this.#end.follow();
    this.#toEnd.tell();
  }

  #view(message, ahead, isAnswering) {
    const view = this.#views.get(message.id) ?? new MessageView(message, this.#actions);
    this.#views.set(message.id, view);
    view.update(message, Math.max(0, ahead), isAnswering);
    return view.element;
  }
}
