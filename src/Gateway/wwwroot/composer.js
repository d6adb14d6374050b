// The form for messages. A message stays here until the server has accepted it, so nothing looks sent that is not.

import { explain, Problem, sendOnce } from "./api.js";
import { button, find } from "./dom.js";
import { newKey } from "./keys.js";
import { chosenOptions } from "./options.js";
import { Uploads } from "./uploads.js";

const SEARCH_LIMIT = "urn:geminichat:problem:search-limit";
const form = find("#composer");
const text = find("#text");
const notice = find("#notice");

export class Composer {
  #room;
  #drafts = new Map();
  #uploads = new Uploads();
  #wish = null;
  #isBusy = false;
  #on;

  /**
   * @param {{settings(): object, sending(): Promise, created(room): void, sent(room, answer): void, limited(problem): void,
   *   upgrade(): void}} on Callbacks; `settings` gives those of a new room, and a message waits for `sending`.
   */
  constructor(on) {
    this.#on = on;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    text.addEventListener("input", grow);
    text.addEventListener("keydown", (event) => {
      // In an input method, Enter chooses a word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  /** Opens another room. Each room keeps its draft. */
  open(room) {
    if (room === this.#room) return;
    if (!this.#isBusy) {
      this.#drafts.set(this.#room, { content: text.value, files: this.#uploads.draft });
      const { content = "", files } = this.#drafts.get(room) ?? {};
      text.value = content;
      this.#uploads.show(files);
      grow();
    }

    this.#room = room;
    this.clear();
    text.focus();
  }

  /** Deletes all drafts. */
  forget() {
    this.#drafts.clear();
    this.#room = undefined;
    this.#wish = null;
    text.value = "";
    this.#uploads.show();
    this.clear();
  }

  /** Shows an error. */
  refuse(error) {
    notice.textContent = explain(error);
    if (error instanceof Problem && error.body.limit) {
      notice.textContent = explainLimit(error.body);
      notice.append(" ", button("Upgrade to Pro", () => this.#on.upgrade()));
      this.#on.limited(error);
    }
  }

  clear() {
    notice.textContent = "";
  }

  // A repeat of the same message keeps its keys, even if the user repeats it.
  async #submit() {
    const content = text.value;
    if (this.#isBusy || !content.trim()) return;
    const { isEmpty } = this.#uploads;
    this.#busy(true);
    this.clear();
    try {
      const message = { content, ...chosenOptions(), ...(!isEmpty && { attachments: await this.#uploads.ids() }) };
      const settings = this.#on.settings();
      const isRepeat = this.#wish?.room === this.#room && JSON.stringify(this.#wish.message) === JSON.stringify(message)
        && (this.#room || this.#wish.settings.temporary === settings.temporary);
      if (!isRepeat) this.#wish = { message, room: this.#room, settings, roomKey: newKey(), key: newKey() };
      await this.#on.sending();
      await this.#send(this.#wish);
      this.#wish = null;
      text.value = "";
      this.#uploads.sent();
      grow();
    } catch (error) {
      this.refuse(error);
    } finally {
      this.#busy(false);
      text.focus();
    }
  }

  async #send(wish) {
    if (!wish.room) {
      const room = await sendOnce("/chatroom", wish.settings, wish.roomKey);
      wish.room = room.id;
      this.#on.created({ ...room, ...wish.settings });
    }

    const answer = await sendOnce(`/chatroom/${wish.room}/message`, wish.message, wish.key);
    this.#drafts.delete(wish.room);
    this.#on.sent(wish.room, answer);
  }

  #busy(isBusy) {
    this.#isBusy = isBusy;
    form.ariaBusy = String(isBusy);
    text.readOnly = isBusy;
  }
}

function explainLimit({ type, limit, used, resets_at: resets }) {
  if (type === SEARCH_LIMIT) return `You have reached today’s limit of web searches (${limit}). Without search, the message can be sent now.`;
  return used < limit
    ? `You have sent too many messages today, stopped and failed ones included. You can send more from ${when(resets)}.`
    : `You have reached today’s limit (${limit}). You can send more from ${when(resets)}.`;
}

function when(time) {
  const date = new Date(time);
  return date.toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

// The field is as high as its text. The style sheet has the maximum.
function grow() {
  text.rows = Math.min(8, text.value.split("\n").length);
}
