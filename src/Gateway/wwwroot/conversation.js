// The open room: its messages on the page, and the reply that is being written.

import { backoff, explain, get, nextPage, pause, Problem, request, send, sendOnce } from "./api.js";
import { announce, arrange, find, toast } from "./dom.js";
import { newKey } from "./keys.js";
import { describe, isOpen, MessageView } from "./message.js";
import { follow } from "./sse.js";
import { StickyEnd } from "./sticky-end.js";
import { Timeline } from "./timeline.js";

const PAGE = 50;

const olderButton = find("#older");
const stopButton = find("#stop");

export class Conversation {
  #room = null;
  #life = new AbortController();
  #timeline = new Timeline();
  #views = new Map();
  #older = null;
  #follower = null;
  #end = new StickyEnd(find("#scroller"));
  #on;

  /** @param {{gone(): void, changed(): void, refused(problem): void}} on What the rest of the page is told. */
  constructor(on) {
    this.#on = on;
    olderButton.addEventListener("click", () => this.#loadOlder());
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.#loadOlder(), { root: find("#scroller") }).observe(olderButton);
    stopButton.addEventListener("click", () => this.stop());
  }

  /** Shows a room; null for none. */
  async open(room) {
    this.#life.abort();
    this.#life = new AbortController();
    this.#room = room;
    this.#end.stick();
    this.#forget();
    this.#render();
    if (room) await this.refresh();
  }

  /** Reads the newest messages. */
  async refresh() {
    const { signal } = this.#life;
    try {
      const response = await request(`/chatroom/${this.#room}?limit=${PAGE}&render=html`, { signal });
      const { messages } = await response.json();
      if (signal.aborted) return;
      if (this.#timeline.isBefore(messages) || this.#views.size === 0) {
        this.#forget();
        this.#older = nextPage(response);
      }

      this.#add(messages);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** Takes what the user has just sent, and shows the end, where it is. */
  sent({ message, reply }) {
    this.#end.stick();
    this.#add([message, reply]);
  }

  /** Takes an event of `/events` that is about this room. */
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

  // Replies are written one after the other, so one connection is enough. The others are known by the events.
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
      this.#views.get(id)?.append(this.#timeline.append(id, data.text, cursor));
      if (before.status === "queued") this.#render();
      else this.#end.followSoon();
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
      this.#end.growAbove(() => this.#add(messages));
    } catch (error) {
      if (signal.aborted) return;
      this.#older = page;
      toast(explain(error));
    }
  }

  #render() {
    const shown = this.#timeline.shown();
    const open = shown.filter(isOpen).map(({ id }) => id).sort((a, b) => a - b);
    arrange(find("#messages"), shown.map((message) => this.#view(message, open.indexOf(message.id))));
    olderButton.hidden = !this.#older;
    stopButton.hidden = open.length === 0;
    find("#welcome").hidden = shown.length > 0;
    this.#end.follow();
  }

  #view(message, ahead) {
    const actions = { stop: (id) => this.stop(id), regenerate: (id) => this.#regenerate(id) };
    const view = this.#views.get(message.id) ?? new MessageView(message, actions);
    this.#views.set(message.id, view);
    view.update(message, Math.max(0, ahead));
    return view.element;
  }

  #forget() {
    this.#timeline.clear();
    this.#views.clear();
    this.#older = null;
  }

  #fail(error) {
    if (error.status === 404) this.#on.gone();
    else toast(explain(error));
  }
}
