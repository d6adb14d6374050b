// The open room: its messages on the page, and the reply that is being written.

import { backoff, explain, get, nextPage, pause, Problem, request, send, sendOnce } from "./api.js";
import { announce, find, toast } from "./dom.js";
import { newKey } from "./keys.js";
import { describe, isOpen } from "./message.js";
import { MessageList } from "./message-list.js";
import { follow } from "./sse.js";
import { Timeline } from "./timeline.js";

const PAGE = 50;

const olderButton = find("#older");
const olderVersion = find("#older-version");

export class Conversation {
  #room = null;
  #life = new AbortController();
  #timeline = new Timeline();
  #list = new MessageList({
    stop: (id) => this.stop(id),
    regenerate: (id) => this.#regenerate(id),
    show: (id, label) => this.#show(id, label),
  });
  #older = null;
  #follower = null;
  #reading = null;
  #version = null;
  #on;

  /** @param {{gone(): void, changed(): void, refused(problem): void}} on Callbacks. */
  constructor(on) {
    this.#on = on;
    olderButton.addEventListener("click", () => this.#loadOlder());
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.#loadOlder(), { root: find("#scroller") }).observe(olderButton);
  }

  /** Shows a room; null for none. */
  async open(room) {
    this.#life.abort();
    this.#life = new AbortController();
    this.#room = room;
    this.#version = null;
    this.#list.stick();
    this.#forget();
    this.#render();
    if (room) await this.refresh();
  }

  /** Reads the newest messages, unless this version of the room is already shown. False on failure. */
  async catchUp(version) {
    const { signal } = this.#life;
    await this.#reading;
    return signal.aborted || this.#version >= version || this.refresh();
  }

  /** Reads the newest messages. False on failure. */
  refresh() {
    return (this.#reading = this.#refresh(this.#life.signal));
  }

  async #refresh(signal) {
    try {
      const response = await request(`/chatroom/${this.#room}?limit=${PAGE}&render=html`, { signal });
      const { messages, version } = await response.json();
      if (signal.aborted) return true;
      if (this.#timeline.isBefore(messages) || this.#list.isEmpty) {
        this.#forget();
        this.#older = nextPage(response);
      }

      this.#version = version;
      this.#add(messages);
      return true;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return signal.aborted;
    }
  }

  /** Shows the newest version of every reply, which is what the model gets with the next message. */
  showNewest() {
    this.#timeline.chooseNewest();
    this.#render();
  }

  /** Adds a message that the user has just sent, and scrolls to it. */
  sent({ message, reply }) {
    this.#timeline.chooseNewest();
    this.#list.stick();
    this.#add([message, reply]);
  }

  /** Handles an event of `/events` about this room. */
  async take(type, data) {
    const known = this.#timeline.get(data.reply_id);
    if (type === "queued" && !known) {
      await this.refresh();
    } else if (type === "generating" && known?.status === "queued") {
      this.#add([{ ...known, status: "generating" }]);
    } else if (type === "finished" && known && isOpen(known) && known !== this.#timeline.running) {
      await this.#read(known.id).catch((error) => this.#fail(error));
    }
  }

  /** Stops a reply; without an id, the one that is being written. */
  async stop(id = this.#timeline.running?.id) {
    if (!id) return;
    try {
      await send("POST", `/chatroom/${this.#room}/message/${id}/stop`);
      await this.#read(id);
    } catch (error) {
      toast(explain(error));
    }
  }

  async #regenerate(id) {
    const room = this.#room;
    try {
      const { message, reply } = await sendOnce(`/chatroom/${room}/message/${id}/regenerate`, undefined, newKey());
      if (room === this.#room) this.#add([message, reply]);
    } catch (error) {
      this.#on.refused(error);
    }
  }

  // The user asked for another version of a reply.
  #show(id, label) {
    this.#timeline.choose(id);
    this.#render();
    this.#list.focus(id, label);
  }

  // Replies are written one after the other, so one connection is enough. Events tell of the others.
  async #follow(signal) {
    if (this.#follower === signal) return;
    this.#follower = signal;
    for (let reply; !signal.aborted && (reply = this.#timeline.running); ) {
      const path = `/chatroom/${this.#room}/message/${reply.id}`;
      try {
        await follow(path, { from: reply.cursor, signal, on: (event) => this.#progress(reply.id, event) });
        if (!signal.aborted) await this.#read(reply.id);
      } catch (error) {
        if (error instanceof Problem && error.status < 500) break;
        await pause(backoff(3), signal);
      }
    }

    if (this.#follower === signal) this.#follower = null;
  }

  #progress(id, { type, data, id: cursor }) {
    const before = this.#timeline.get(id);
    if (!before || type === "done" || type === "error") return true;
    if (type === "token") {
      this.#list.append(id, this.#timeline.append(id, data.text, cursor));
      if (before.status === "queued") this.#render();
    } else if (type === "reset") {
      this.#timeline.reset(id, data.attempt, cursor);
      this.#render();
    }

    return false;
  }

  async #read(id) {
    const room = this.#room;
    const message = await get(`/chatroom/${room}/message/${id}?render=html`);
    if (room === this.#room) this.#add([message]);
  }

  #add(messages) {
    for (const message of messages) {
      const wasOpen = isOpen(this.#timeline.get(message.id) ?? {});
      this.#timeline.merge(message);
      if (wasOpen !== isOpen(this.#timeline.get(message.id))) {
        announce(wasOpen ? describe(message, 0) || "The answer is complete." : "The answer is on its way.");
        this.#on.changed();
      }
    }

    this.#render();
    this.#follow(this.#life.signal);
  }

  async #loadOlder() {
    const { signal } = this.#life;
    const page = this.#older;
    if (!page) return;
    this.#older = null;
    try {
      const response = await request(page, { signal });
      const { messages } = await response.json();
      if (signal.aborted) return;
      this.#older = nextPage(response);
      this.#list.growAbove(() => this.#add(messages));
    } catch (error) {
      if (signal.aborted) return;
      this.#older = page;
      toast(explain(error));
    }
  }

  #render() {
    olderButton.hidden = !this.#older;
    olderVersion.hidden = !this.#timeline.isOlderShown;
    this.#list.render(this.#timeline);
  }

  #forget() {
    this.#timeline.clear();
    this.#list.clear();
    this.#older = null;
  }

  #fail(error) {
    if (error.status === 404) this.#on.gone();
    else toast(explain(error));
  }
}
