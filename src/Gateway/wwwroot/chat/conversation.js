// The open room: the messages of its shown branch on the page.

import { explain } from "../core/api.js";
import { announce, toast } from "../core/dom.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { say } from "../core/words.js";
import * as chatCache from "../offline/chat-cache.js";
import { BranchNavigation } from "./branch-navigation.js";
import { BranchReader } from "./branch-reader.js";
import { MessageActions } from "./message-actions.js";
import { MessageList } from "./message-list.js";
import { isUnfinished, statusText } from "./message-status.js";
import { MessageStore } from "./message-store.js";
import { OlderMessages } from "./older-messages.js";
import { ReplyFollower } from "./reply-follower.js";
import { RoomEvents } from "./room-events.js";
import { ScrollPosition } from "./scroll-position.js";

export class Conversation {
  #room = null;
  #abortController = new AbortController();
  #store = new MessageStore();
  #reader = new BranchReader();
  #actions = new MessageActions(this, { sendStarted: () => this.#on.sendStarted(), sendFailed: (error) => this.#on.sendFailed(error) });
  #list = new MessageList({
    stop: (id) => this.stop(id),
    choose: (id, label) => this.#navigation.chooseVersion(id, label),
    edit: (...version) => this.#actions.edit(...version),
    regenerate: (id) => this.#actions.regenerate(id, newIdempotencyKey()),
    rate: (id, feedback) => this.#actions.rate(id, feedback),
    toEnd: () => this.#scrollToEnd(),
    loadOlder: () => this.#olderMessages.load(),
    showNewest: () => this.#showNewest(),
    reload: () => this.open(this.#room, this.#target),
  });
  #events = new RoomEvents(this, this.#store, this.#reader, this.#actions);
  #olderMessages = new OlderMessages(this, this.#store, this.#list);
  #navigation = new BranchNavigation(this, this.#store, this.#reader, this.#list);
  #scrollPosition = new ScrollPosition(this.#list);
  #follower = new ReplyFollower(this.#store, {
    token: (id, text) => this.#list.appendText(id, text),
    thought: (id, text) => this.#list.appendThought(id, text),
    html: (id, change) => this.#list.changeHtml(id, change),
    changed: () => this.#render(),
    done: (reply) => this.add([reply]),
    ended: (id) => this.#actions.read(id),
  });
  #state = "ready"; // or "loading" or "failed": the messages are not known
  #target = null; // the message that was asked for
  #version = null;
  #on;

  /** @param {{gone(room): void, repliesChanged(): void, roomRead(room): void, cacheRead(room): void, shown(room, messages): void,
   *   sendStarted(): void, sendFailed(problem): void}} on Callbacks. */
  constructor(on) {
    this.#on = on;
    addEventListener("pagehide", () => this.#saveScrollPosition());
  }

  get room() {
    return this.#room;
  }

  /** Is aborted when the room is left. */
  get signal() {
    return this.#abortController.signal;
  }

  /** Settles when the branch that the user chose last is shown. */
  get branchChoice() {
    return this.#navigation.latest;
  }

  /**
   * Shows a room; null for none. With a message, shows the branch that holds it, and scrolls to it. Otherwise scrolls to where the user
   * was.
   */
  async open(room, message = null) {
    this.#saveScrollPosition();
    this.#abortController.abort();
    this.#abortController = new AbortController();
    this.#room = room;
    this.#target = message;
    this.#version = null;
    this.#list.stickToEnd();
    this.#store.clear();
    this.#list.clear();
    this.#state = room ? "loading" : "ready";
    this.#render();
    if (!room) return;
    const { moves } = this.#reader;
    this.#scrollPosition.load(room);
    if (!message) this.#showCached(this.signal);
    if (!(await this.refresh(message ?? this.#scrollPosition.message)) || this.#room !== room) return;
    if (message) await this.#navigation.goToMessage(message);
    else if (moves === this.#reader.moves && !this.#scrollPosition.restore()) this.#scrollToEnd();
  }

  #saveScrollPosition() {
    if (this.#room && this.#state === "ready") this.#scrollPosition.save(this.#room);
  }

  #scrollToEnd() {
    if (this.#store.isCutOff) this.#showNewest();
    this.#list.scrollToEnd();
  }

  // Shows what was seen last, until the server answers.
  async #showCached(signal) {
    const cached = await chatCache.readRoom(this.#room);
    if (!cached || signal.aborted || this.#store.head !== null) return;
    this.#on.cacheRead(cached.room);
    this.#state = "ready";
    this.add(cached.messages, cached.messages.at(-1).id);
    this.#scrollPosition.restore();
  }

  /** Reads the newest messages, unless this version of the room is already shown. False on failure. */
  async catchUp(version) {
    const { signal } = this;
    await this.#reader.idle;
    return signal.aborted || this.#version >= version || this.refresh();
  }

  /** Reads the newest messages of the shown branch, and those around another message of it. False on failure. */
  async refresh(around = null) {
    const { signal } = this;
    try {
      await this.#reader.read(this.#room, around, signal, (answer) => this.#showAnswer(answer));
      return true;
    } catch (error) {
      if (!signal.aborted) this.#showReadError(error);
      return signal.aborted;
    }
  }

  #showReadError(error) {
    const isNothingKnown = this.#state !== "ready" && this.#store.shown.length === 0;
    this.#state = isNothingKnown && error.status !== 404 ? "failed" : "ready";
    if (error.status === 404) this.#on.gone(this.#room);
    else if (isNothingKnown) this.#list.setLoadError(explain(error));
    else if (navigator.onLine) toast(explain(error));
    this.#render();
  }

  #showAnswer({ room, messages, head, end }) {
    this.#version = room.version;
    this.#state = "ready";
    this.#on.roomRead(room);
    this.add(messages, head, end);
  }

  /** Adds a message that the user has just sent, and scrolls to it. */
  addSent({ message, reply }) {
    this.#reader.countMove();
    this.#list.stickToEnd();
    // Another device may have chosen another branch after the message was accepted.
    const isOnBranch = !message.parent_id || this.#store.isOnBranch(message.parent_id);
    if (isOnBranch) this.#store.showWholeBranch();
    this.add([message, reply], isOnBranch ? reply.id : this.#store.head);
    if (!isOnBranch) this.refresh();
  }

  /** Handles an event of `/events` about this room. */
  onEvent = (type, data) => this.#events.handle(type, data);

  /** Stops a reply; without an id, the one that is being written. */
  async stop(id = this.#store.currentReply?.id) {
    if (id) await this.#actions.stop(id);
  }

  #showNewest() {
    this.#store.showWholeBranch();
    this.#list.stickToEnd();
    this.#render();
  }

  /** Adds messages of the room. With a head, shows the branch that ends there; with an end, no more than it if messages are missing. */
  add(messages, head = this.#store.head, end = null) {
    for (const message of messages) {
      const wasUnfinished = isUnfinished(this.#store.get(message.id));
      this.#store.merge(message);
      if (wasUnfinished !== isUnfinished(this.#store.get(message.id))) {
        announce(wasUnfinished ? statusText(message, 0) || say("message.complete") : say("message.onItsWay"));
        this.#on.repliesChanged();
      }
    }

    this.#store.showBranch(head, end);
    if (!this.#store.isCutOff) this.#on.shown(this.#room, this.#store.shown);
    this.#render();
    this.#follower.follow(this.#room, this.signal);
  }

  #render() {
    this.#list.render(this.#store, this.#state);
  }
}
