// The messages of a room on the page.

import { onStop, setAnswering } from "../composer/send-button.js";
import { announce, find, make, setChildren } from "../core/dom.js";
import { say } from "../core/words.js";
import { AutoScroll } from "./auto-scroll.js";
import { MessageView } from "./message-view.js";
import { ScrollToEndButton } from "./scroll-to-end-button.js";

const list = find("#messages");
const scroller = find("#scroller");
const olderButton = find("#older");
const newestButton = find("#newest");
const loadError = find("#load-error");

export class MessageList {
  #views = new Map();
  #toEndButton = new ScrollToEndButton(() => this.#actions.toEnd());
  #autoScroll = new AutoScroll(scroller, list, (isAtEnd) => this.#toEndButton.update(isAtEnd || this.#views.size === 0));
  #loading = make("div", { id: "loading", role: "img", "aria-label": say("message.loading"), hidden: true }, ...[1, 2, 3].map(() => make("i")));
  #changedViews = new Set();
  #olderObserver;
  #actions;

  /**
   * @param {object} actions The actions of the buttons of messages: see `MessageView`; `toEnd` shows the end, `loadOlder` and
   * `showNewest` the messages that are not shown, `reload` reads the room again.
   */
  constructor(actions) {
    this.#actions = actions;
    list.before(this.#loading);
    onStop(() => actions.stop());
    olderButton.addEventListener("click", () => actions.loadOlder());
    newestButton.addEventListener("click", () => actions.showNewest());
    find("button", loadError).addEventListener("click", () => {
      scroller.focus({ preventScroll: true });
      actions.reload();
    });
    this.#olderObserver = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && actions.loadOlder(), { root: scroller });
    this.#olderObserver.observe(olderButton);
  }

  clear() {
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
    this.#changedViews.clear();
  }

  /** Keeps the end in view from now on. */
  stickToEnd() {
    this.#autoScroll.stickToEnd();
  }

  /** Leaves the visible part where it is from now on. */
  unstick() {
    this.#autoScroll.unstick();
  }

  /** Scrolls to the end and keeps it in view. */
  scrollToEnd() {
    this.#autoScroll.stickToEnd();
    this.#autoScroll.update();
    scroller.focus({ preventScroll: true });
  }

  /** The first visible message, and how much of it is above the visible part; null at the end. */
  get position() {
    const position = this.#autoScroll.position;
    const found = position && [...this.#views].find(([, view]) => view.element === position.element);
    return found ? { id: found[0], above: position.above } : null;
  }

  /** Scrolls to such a position. False if the message is not shown. */
  scrollTo({ id, above }) {
    const view = this.#views.get(id);
    if (!view?.element.isConnected) return false;
    this.#autoScroll.scrollTo({ element: view.element, above });
    return true;
  }

  /** Whether the user has done nothing since `scrollTo`. */
  get isHeld() {
    return this.#autoScroll.isHeld;
  }

  /** Shows the messages of a room. The state is "ready", or "loading" or "failed" while they are not known. */
  render(store, state) {
    const { shown } = store;
    const waiting = store.unfinished.map(({ id }) => id);
    setChildren(list, shown.map((message) => this.#updateView(message, waiting.indexOf(message.id), store.isAnswering(message))));
    setAnswering(waiting.length > 0);
    olderButton.hidden = !shown[0]?.parent_id;
    newestButton.hidden = !store.isCutOff;
    this.#loading.hidden = state !== "loading";
    loadError.hidden = state !== "failed" || shown.length > 0;
    const isEmpty = state === "ready" && shown.length === 0;
    find("#welcome").hidden = !isEmpty;
    find("#chat").classList.toggle("is-empty", isEmpty);
    this.#showEnd();
  }

  /** Says why the messages of the room could not be read. */
  setLoadError(text) {
    find("p", loadError).textContent = text;
    announce(text);
  }

  /** Adds older messages above. The visible part does not move. */
  prepend(add) {
    this.#autoScroll.prepend(add);

    // A user who scrolls up quickly may have the button in view again before the observer has looked. Then nothing would change for it.
    this.#olderObserver.unobserve(olderButton);
    this.#olderObserver.observe(olderButton);
  }

  /** Adds to the text of a reply that is being written. */
  appendText(id, text) {
    this.#change(id, (view) => view.appendText(text));
  }

  /** Changes the formatted text of a reply that is being written. */
  changeHtml(id, change) {
    this.#change(id, (view) => view.changeHtml(change));
  }

  /** Adds to the thoughts of a reply that is being written. */
  appendThought(id, text) {
    this.#change(id, (view) => view.appendThought(text));
  }

  /** Moves the focus from one version of a message to the version that replaced it. */
  focus(id, label) {
    this.#views.get(id)?.focus(label);
  }

  /** Scrolls to a message and highlights it. */
  highlight(id) {
    const view = this.#views.get(id);
    this.#autoScroll.hold(() => view?.element.scrollIntoView({ block: "center" }));
    view?.highlight();
  }

  // What changes is shown once a frame: each layout of the page costs time.
  #change(id, change) {
    const view = this.#views.get(id);
    if (!view) return;
    change(view);
    this.#changedViews.add(view);
    if (this.#changedViews.size === 1) requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    const views = [...this.#changedViews];
    // An error must not keep later changes from being shown.
    this.#changedViews.clear();
    for (const view of views) view.flush();
    this.#showEnd();
  }

  #showEnd() {
    this.#autoScroll.update();
    this.#toEndButton.showNew();
  }

  #updateView(message, ahead, isAnswering) {
    const view = this.#views.get(message.id) ?? new MessageView(message, this.#actions);
    this.#views.set(message.id, view);
    view.update(message, Math.max(0, ahead), isAnswering);
    return view.element;
  }
}
