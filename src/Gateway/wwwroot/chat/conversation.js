// The open room: the messages of its shown branch on the page.

import { explain, send } from "../core/api.js";
import { announce, find, toast } from "../core/dom.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { say } from "../core/words.js";
import * as chatCache from "../offline/chat-cache.js";
import { MessageActions } from "./message-actions.js";
import { MessageList } from "./message-list.js";
import { MessageStore } from "./message-store.js";
import { describe, isOpen } from "./message-view.js";
import { fetchMessages, fetchMessagesAround } from "./messages-api.js";
import { ReplyFollower } from "./reply-follower.js";
import { readScrollPosition, saveScrollPosition } from "./scroll-positions.js";

const olderButton = find("#older");
const newestButton = find("#newest");

export class Conversation {
  #room = null;
  #life = new AbortController();
  #store = new MessageStore();
  #actions = new MessageActions(this);
  #list = new MessageList({
    stop: (id) => this.stop(id),
    choose: (id, label) => (this.#choice = this.#choose(id, label)),
    edit: (...version) => this.#actions.edit(...version),
    regenerate: (id) => this.#actions.regenerate(id, newIdempotencyKey()),
    rate: (id, feedback) => this.#actions.rate(id, feedback),
    toEnd: () => this.#showEnd(),
  });
  #follower = new ReplyFollower(this.#store, {
    token: (id, text) => this.#list.append(id, text),
    thought: (id, text) => this.#list.think(id, text),
    html: (id, change) => this.#list.change(id, change),
    changed: () => this.#render(),
    done: (reply) => this.add([reply]),
    ended: (id) => this.#actions.read(id),
  });
  #isLoading = false;
  #isLoadingOlder = false;
  #isAtPlace = false;
  #reading = Promise.resolve(true);
  #choice = null;
  #moves = 0;
  #version = null;
  #on;

  /** @param {{gone(room): void, changed(): void, read(room): void, recalled(room): void,
   *   shown(room, messages): void, posting(): void, refused(problem): void}} on Callbacks. */
  constructor(on) {
    this.#on = on;
    olderButton.addEventListener("click", () => this.#loadOlder());
    newestButton.addEventListener("click", () => this.#showNewest());
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.#loadOlder(), { root: find("#scroller") }).observe(olderButton);
    addEventListener("pagehide", () => this.#saveScrollPosition());
  }

  get room() {
    return this.#room;
  }

  posting = () => this.#on.posting();

  refused = (problem) => this.#on.refused(problem);

  /**
   * Shows a room; null for none. With a message, shows the branch that holds it, and scrolls to it. Otherwise shows the place where the
   * user was.
   */
  async open(room, message = null) {
    this.#saveScrollPosition();
    this.#life.abort();
    this.#life = new AbortController();
    this.#room = room;
    this.#version = null;
    this.#list.stick();
    this.#store.clear();
    this.#list.clear();
    this.#isLoading = room !== null;
    this.#isAtPlace = false;
    this.#render();
    if (!room) return;
    const moves = this.#moves;
    const place = message ? null : readScrollPosition(room);
    if (!message) this.#recall(place, this.#life.signal);
    if (!(await this.refresh(message ?? place?.id)) || this.#room !== room) return;
    if (message) await (this.#choice = this.#reveal(message));
    // The user may have moved on from the place, or sent something.
    else if (place && moves === this.#moves && (!this.#isAtPlace || this.#list.isHeld) && !this.#list.goTo(place)) this.#showEnd();
  }

  #saveScrollPosition() {
    if (this.#room && !this.#isLoading) saveScrollPosition(this.#room, this.#list.place);
  }

  #showEnd() {
    if (this.#store.endsEarly) this.#showNewest();
    this.#list.goToEnd();
  }

  // What was seen last is shown until the server answers.
  async #recall(place, signal) {
    const seen = await chatCache.readRoom(this.#room);
    if (!seen || signal.aborted || this.#store.head !== null) return;
    this.#on.recalled(seen.room);
    this.#isLoading = false;
    this.add(seen.messages, seen.messages.at(-1).id);
    this.#isAtPlace = place !== undefined && this.#list.goTo(place);
  }

  /** Reads the newest messages, unless this version of the room is already shown. False on failure. */
  async catchUp(version) {
    const { signal } = this.#life;
    await this.#reading;
    return signal.aborted || this.#version >= version || this.refresh();
  }

  /** Reads the newest messages of the shown branch, and those around another message of it. False on failure. */
  refresh(around = null) {
    const { signal } = this.#life;
    return (this.#reading = this.#reading.then(() => this.#refresh(around, signal)));
  }

  async #refresh(around, signal) {
    try {
      while (!signal.aborted) {
        const moves = this.#moves;
        const { messages, head = null, ...room } = await fetchMessages(this.#room, "", signal);
        const isOlder = around !== null && !messages.some(({ id }) => id === around);
        const older = isOlder ? await fetchMessagesAround(this.#room, around, signal) : [];
        // What was read before the user's last move may be of another branch.
        if (signal.aborted || moves !== this.#moves) continue;
        this.#version = room.version;
        this.#isLoading = false;
        this.#on.read(room);
        this.add([...older, ...messages], head, older.at(-1)?.id);
        return true;
      }

      return true;
    } catch (error) {
      if (signal.aborted) return true;
      this.#isLoading = false;
      this.#render();
      if (error.status === 404) this.#on.gone(this.#room);
      else if (navigator.onLine || !this.#store.shown.length) toast(explain(error));
      return false;
    }
  }

  /** Adds a message that the user has just sent, and scrolls to it. */
  sent({ message, reply }) {
    this.#moves++;
    this.#list.stick();
    // Another device may have chosen another branch after the message was accepted.
    const isOnBranch = !message.parent_id || this.#store.isOnBranch(message.parent_id);
    if (isOnBranch) this.#store.showAll();
    this.add([message, reply], isOnBranch ? reply.id : this.#store.head);
    if (!isOnBranch) this.refresh();
  }

  /** Handles an event of `/events` about this room. */
  async take(type, data) {
    const { signal } = this.#life;
    const known = this.#store.get(data.reply_id);
    if (type === "queued" || type === "updated") {
      // The user's own choice is shown with the messages around it.
      await this.#choice;
      await this.#reading;
      const isShown = data.reply_id ? this.#store.get(data.reply_id) : data.head === undefined || data.head === this.#store.head;
      if (!isShown && !signal.aborted) await this.refresh();
    } else if (type === "generating" && known?.status === "queued") {
      this.add([{ ...known, status: "generating" }]);
    } else if (type === "finished" && known && isOpen(known) && known !== this.#store.running) {
      await this.#actions.read(known.id).catch((error) => toast(explain(error)));
    }
  }

  /** Stops a reply; without an id, the one that is being written. */
  async stop(id = this.#store.running?.id) {
    if (id) await this.#actions.stop(id);
  }

  /** Settles when the branch that the user chose last is shown. */
  get choice() {
    return this.#choice;
  }

  // The user asked for another version of a message.
  async #choose(id, label) {
    const { signal } = this.#life;
    try {
      this.#list.unstick();
      await this.#select(id);
      if (!signal.aborted) this.#list.focus(id, label);
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    }
  }

  async #reveal(id) {
    const { signal } = this.#life;
    try {
      if (!this.#store.shown.some((message) => message.id === id)) await this.#select(id);
      if (!signal.aborted) this.#list.reveal(id);
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    }
  }

  // Makes the branch of a message the shown one. The model is told what is shown.
  async #select(id) {
    await send("PATCH", `/chatroom/${this.#room}`, { head: id });
    this.#moves++;
    await this.refresh(id);
  }

  #showNewest() {
    this.#store.showAll();
    this.#list.stick();
    this.#render();
  }

  /** Adds messages of the room. With a head, shows the branch that ends there; with an end, no more than it if messages are missing. */
  add(messages, head = this.#store.head, end = null) {
    for (const message of messages) {
      const wasOpen = isOpen(this.#store.get(message.id) ?? {});
      this.#store.merge(message);
      if (wasOpen !== isOpen(this.#store.get(message.id))) {
        announce(wasOpen ? describe(message, 0) || say("message.complete") : say("message.onItsWay"));
        this.#on.changed();
      }
    }

    this.#store.moveTo(head, end);
    if (!this.#store.endsEarly) this.#on.shown(this.#room, this.#store.shown);
    this.#render();
    this.#follower.follow(this.#room, this.#life.signal);
  }

  async #loadOlder() {
    const { signal } = this.#life;
    const first = this.#store.shown[0];
    if (!first?.parent_id || this.#isLoadingOlder) return;
    this.#isLoadingOlder = true;
    try {
      const { messages } = await fetchMessages(this.#room, `&before=${first.id}`, signal);
      if (!signal.aborted) this.#list.growAbove(() => this.add(messages));
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
    } finally {
      this.#isLoadingOlder = false;
    }
  }

  #render() {
    olderButton.hidden = !this.#store.shown[0]?.parent_id;
    newestButton.hidden = !this.#store.endsEarly;
    this.#list.render(this.#store, this.#isLoading);
  }
}
