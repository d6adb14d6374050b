// The form for messages. A message stays here until the server has accepted it, so nothing looks sent that is not.

import { explain, sendOnce } from "../core/api.js";
import { find, isTouch, toast } from "../core/dom.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { fitHeight, focusUnlessTouch, isSendKey } from "../ui/text-field.js";
import { clearDrafts, deleteDraft, readDraft, watchDrafts, writeDraft } from "./drafts.js";
import { askInstructions, changeInstructions, showInstructions } from "./instructions.js";
import { chosenOptions } from "./options.js";
import { canSend, showSendButton, startSendButton } from "./send-button.js";
import { clearSendError, showSendError } from "./send-error.js";
import { isNextChatTemporary, setNextChatTemporary } from "./temporary-chat.js";
import { Uploads } from "./uploads.js";

const SAVE_AFTER = 250;
const form = find("#composer");
const text = find("#text");

export class Composer {
  #room;
  #uploads = new Uploads(() => this.saveSoon());
  #instructions = "";
  #pending = null;
  #isBusy = false;
  #timer;
  #on;

  /**
   * @param {{isTemporary(room): boolean, sending(): Promise, created(room): void, sent(room, answer): void, limited(problem): void,
   *   upgrade(): void}} on Callbacks; a message waits for `sending`.
   */
  constructor(on) {
    this.#on = on;
    startSendButton();
    text.enterKeyHint = isTouch() ? "enter" : "send";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    text.addEventListener("input", () => {
      fitHeight(text);
      this.saveSoon();
    });
    text.addEventListener("keydown", (event) => {
      if (!isSendKey(event)) return;
      event.preventDefault();
      this.#submit();
    });
    find("#chat-instructions").addEventListener("click", () => this.#instruct().catch((error) => toast(explain(error))));
    addEventListener("pagehide", () => this.#save());
    document.addEventListener("visibilitychange", () => document.hidden && this.#save());
    watchDrafts(() => this.#takeOver());
  }

  /** Opens another room. Each room keeps its draft. */
  open(room) {
    if (room === this.#room) return;
    this.#save();
    this.#room = room;
    showInstructions(false);
    if (!this.#isBusy) this.#show();
    this.clear();
    focusUnlessTouch(text);
  }

  /** Shows what an answer of the server says about the open room. */
  know({ id, system_prompt: instructions, temporary }) {
    if (id !== this.#room) return;
    showInstructions(Boolean(instructions));
    if (temporary) this.saveSoon(); // What was typed before may be stored.
  }

  /** Deletes all drafts. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearDrafts();
    this.#uploads.forget();
    this.#room = undefined;
    this.#pending = null;
    this.#fill({ text: "", files: [], instructions: "" });
    this.clear();
  }

  /** Shows an error. */
  refuse(error) {
    showSendError(error, this.#on.upgrade);
    if (error.body?.limit) this.#on.limited(error);
  }

  clear() {
    clearSendError();
  }

  // A repeat of the same message keeps its keys, even if the user repeats it.
  async #submit() {
    if (this.#isBusy || !canSend()) return;
    const content = text.value;
    const { isEmpty } = this.#uploads;
    this.#save();
    this.#busy(true);
    this.clear();
    const from = this.#room;
    let room = from;
    try {
      const message = { content, ...chosenOptions(), ...(!isEmpty && { attachments: await this.#uploads.ids() }) };
      const settings = { ...(isNextChatTemporary() && { temporary: true }), ...(this.#instructions && { system_prompt: this.#instructions }) };
      const isRepeat = this.#pending?.room === from && JSON.stringify(this.#pending.message) === JSON.stringify(message)
        && (from || JSON.stringify(this.#pending.settings) === JSON.stringify(settings));
      if (!isRepeat) this.#pending = { message, room: from, settings, roomKey: newIdempotencyKey(), key: newIdempotencyKey() };
      await this.#on.sending();
      room = await this.#create(this.#pending);
      this.#on.sent(room, await sendOnce(`/chatroom/${room}/message`, message, this.#pending.key));
      deleteDraft(room);
      this.#uploads.sent();
      this.#pending = null;
      this.#end(room, true);
    } catch (error) {
      this.#end(room, false);
      this.refuse(error);
    }
  }

  // The draft moves to the new room, with its files.
  async #create(pending) {
    if (pending.room) return pending.room;
    const room = await sendOnce("/chatroom", pending.settings, pending.roomKey);
    pending.room = room.id;
    writeDraft(room.id, { ...readDraft(null), instructions: "", temporary: false }, pending.settings.temporary);
    deleteDraft(null);
    this.#uploads.move(room.id);
    this.#on.created({ ...room, ...pending.settings });
    return room.id;
  }

  // The user may have opened another room meanwhile.
  #end(room, isSent) {
    this.#busy(false);
    if (this.#room === undefined) return;
    if (this.#room !== room || isSent) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#show();
    }

    focusUnlessTouch(text);
  }

  #busy(isBusy) {
    this.#isBusy = isBusy;
    form.ariaBusy = String(isBusy);
    text.readOnly = isBusy;
  }

  /** Keeps the draft when the user pauses. */
  saveSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SAVE_AFTER);
  }

  #save() {
    clearTimeout(this.#timer);
    if (this.#timer === undefined || this.#room === undefined || this.#isBusy) return;
    this.#timer = undefined;
    const more = this.#room ? {} : { instructions: this.#instructions, temporary: isNextChatTemporary() };
    writeDraft(this.#room, { text: text.value, files: this.#uploads.keep(), ...more }, this.#on.isTemporary(this.#room));
  }

  // Another tab has the newer draft, or has sent it.
  #takeOver() {
    const isNewer = this.#timer !== undefined;
    if (!this.#isBusy && !isNewer && this.#room !== undefined) this.#show(isNextChatTemporary());
  }

  #show(isTemporary) {
    const draft = readDraft(this.#room);
    this.#fill({ ...draft, temporary: draft.temporary ?? isTemporary });
  }

  #fill({ text: content, files, instructions, temporary = false }) {
    if (text.value !== content) text.value = content;
    this.#uploads.show(this.#room, files);
    this.#instructions = instructions;
    if (!this.#room) showInstructions(instructions !== "");
    setNextChatTemporary(!this.#room && temporary);
    fitHeight(text);
    showSendButton();
  }

  async #instruct() {
    if (this.#room) {
      this.know((await changeInstructions(this.#room)) ?? {});
      return;
    }

    const wanted = await askInstructions(this.#instructions);
    if (wanted === null || this.#room) return;
    this.#instructions = wanted;
    showInstructions(wanted !== "");
    this.saveSoon();
  }
}
