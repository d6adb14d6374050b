// The form for messages. A message stays here until the server has accepted it, so nothing looks sent that is not.

import { explain } from "../core/api.js";
import { find, isTouch, toast } from "../core/dom.js";
import * as session from "../core/session.js";
import { fitHeight, focusUnlessTouch, isSendKey } from "../ui/text-field.js";
import { clearDrafts, deleteDraft, readDraft, watchDrafts, writeDraft } from "./drafts.js";
import { askInstructions, changeInstructions, showInstructions } from "./instructions.js";
import { MessageSender } from "./message-sender.js";
import { chosenOptions } from "./options.js";
import { canSend, showSendButton, startSendButton } from "./send-button.js";
import { clearSendError, showSendError } from "./send-error.js";
import { isNextChatTemporary, setNextChatTemporary } from "./temporary-chat.js";
import { Uploads } from "./uploads.js";

const SAVE_DELAY_MS = 250;
const form = find("#composer");
const text = find("#text");

export class Composer {
  #room;
  #uploads = new Uploads(() => this.saveSoon());
  #sender = new MessageSender();
  #instructions = "";
  #isBusy = false;
  #saveTimer;
  #on;

  /**
   * @param {{isTemporary(room): boolean, sending(): Promise, created(room): void, sent(room, answer): void, limited(problem): void,
   *   upgrade(): void}} on Callbacks; a message waits for `sending`.
   */
  constructor(on) {
    this.#on = on;
    startSendButton();
    text.enterKeyHint = isTouch() ? "enter" : "send";
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    form.addEventListener("submit", submit);
    text.addEventListener("keydown", (event) => isSendKey(event) && submit(event));
    text.addEventListener("input", () => {
      fitHeight(text);
      this.saveSoon();
    });
    find("#chat-instructions").addEventListener("click", () => this.#editInstructions().catch((error) => toast(explain(error))));
    addEventListener("pagehide", () => this.#saveDraft());
    document.addEventListener("visibilitychange", () => document.hidden && this.#saveDraft());
    watchDrafts(() => this.#onDraftsChanged());
  }

  /** Opens another room. Each room keeps its draft. */
  open(room) {
    if (room === this.#room) return;
    this.#saveDraft();
    this.#room = room;
    showInstructions(false);
    if (!this.#isBusy) this.#loadDraft();
    this.clearError();
    focusUnlessTouch(text);
  }

  /** Shows what an answer of the server says about the open room. */
  update({ id, system_prompt: instructions, temporary }) {
    if (id !== this.#room) return;
    showInstructions(Boolean(instructions));
    if (temporary) this.saveSoon(); // What was typed before may be stored.
  }

  /** Deletes all drafts. The session has ended, and with it what was being sent. */
  reset() {
    this.#setBusy(false);
    this.#cancelSave();
    clearDrafts();
    this.#uploads.clear();
    this.#room = undefined;
    this.#sender.reset();
    this.#showDraft({ text: "", files: [], instructions: "" });
    this.clearError();
  }

  /** Shows why a message was not sent. */
  showError(error) {
    showSendError(error, this.#on.upgrade);
    if (error.body?.limit) this.#on.limited(error);
  }

  clearError = clearSendError;

  async #submit() {
    if (this.#isBusy || !canSend()) return;
    this.#saveDraft();
    this.#setBusy(true);
    this.clearError();
    const signal = session.signal();
    let room = this.#room;
    try {
      const message = { content: text.value, ...chosenOptions(), ...(await this.#uploads.attachments()) };
      const settings = { ...(isNextChatTemporary() && { temporary: true }), ...(this.#instructions && { system_prompt: this.#instructions }) };
      const attempt = this.#sender.prepare(room, message, settings);
      await this.#on.sending();
      signal.throwIfAborted();
      const newRoom = await this.#sender.createRoom(attempt);
      room = attempt.room;
      if (newRoom) this.#onRoomCreated(newRoom);
      this.#on.sent(room, await this.#sender.send(attempt));
      deleteDraft(room);
      this.#uploads.clearSent();
      this.#onSubmitted(room, true);
    } catch (error) {
      if (signal.aborted) return;
      this.#onSubmitted(room, false);
      this.showError(error);
    }
  }

  // The draft moves to the new room, with its files.
  #onRoomCreated(room) {
    writeDraft(room.id, { ...readDraft(null), instructions: "", temporary: false }, room.temporary);
    deleteDraft(null);
    this.#uploads.moveTo(room.id);
    this.#on.created(room);
  }

  // The user may have opened another room meanwhile.
  #onSubmitted(room, isSent) {
    this.#setBusy(false);
    if (this.#room === undefined) return;
    if (this.#room !== room || isSent) {
      this.#cancelSave();
      this.#loadDraft();
    }

    // The user may be somewhere else by now. A button that was hidden has lost its focus to the body.
    const { activeElement } = document;
    if (activeElement === document.body || form.contains(activeElement)) focusUnlessTouch(text);
  }

  #setBusy(isBusy) {
    this.#isBusy = isBusy;
    form.ariaBusy = String(isBusy);
    text.readOnly = isBusy;
  }

  /** Saves the draft when the user pauses. */
  saveSoon() {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#saveDraft(), SAVE_DELAY_MS);
  }

  #cancelSave() {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
  }

  #saveDraft() {
    clearTimeout(this.#saveTimer);
    if (this.#saveTimer === undefined || this.#room === undefined || this.#isBusy) return;
    this.#saveTimer = undefined;
    const more = this.#room ? {} : { instructions: this.#instructions, temporary: isNextChatTemporary() };
    writeDraft(this.#room, { text: text.value, files: this.#uploads.toDraft(), ...more }, this.#on.isTemporary(this.#room));
  }

  // Another tab has the newer draft, or has sent it.
  #onDraftsChanged() {
    const isNewer = this.#saveTimer !== undefined;
    if (!this.#isBusy && !isNewer && this.#room !== undefined) this.#loadDraft(isNextChatTemporary());
  }

  #loadDraft(isTemporary) {
    const draft = readDraft(this.#room);
    this.#showDraft({ ...draft, temporary: draft.temporary ?? isTemporary });
  }

  #showDraft({ text: content, files, instructions, temporary = false }) {
    if (text.value !== content) text.value = content;
    this.#uploads.show(this.#room, files);
    this.#instructions = instructions;
    if (!this.#room) showInstructions(instructions !== "");
    setNextChatTemporary(!this.#room && temporary);
    fitHeight(text);
    showSendButton();
  }

  async #editInstructions() {
    if (this.#room) {
      this.update((await changeInstructions(this.#room)) ?? {});
      return;
    }

    const instructions = await askInstructions(this.#instructions);
    if (instructions === null || this.#room) return;
    this.#instructions = instructions;
    showInstructions(instructions !== "");
    this.saveSoon();
  }
}
