// The files of the next message. Each is uploaded as soon as it is chosen, dropped or pasted.

import { fileUrl, formatSize, isPicture } from "../chat/attachments.js";
import { explain, send, upload } from "../core/api.js";
import { announce, button, find, make, toast } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { say } from "../core/words.js";
import { focusUnlessTouch } from "../ui/text-field.js";

const MAX_FILES = 10;
const chooser = find("#chooser");
const list = find("#uploads");
const chat = find("#chat");

// The server takes three uploads of a user at the same time. Another tab may have one.
const queues = [Promise.resolve(), Promise.resolve()];
let count = 0;

export class Uploads {
  #room;
  #files = [];
  #filesOfOtherRooms = new Map();
  #onChange;

  /** @param {() => void} onChange A file was uploaded or removed. */
  constructor(onChange) {
    this.#onChange = onChange;
    find("#attach").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.#add(chooser.files);
      chooser.value = "";
    });
    find("#text").addEventListener("paste", (event) => {
      // Office programs copy a text as a picture, too.
      const { files, types } = event.clipboardData;
      if (files.length === 0 || types.includes("text/plain")) return;
      event.preventDefault();
      this.#add(files);
    });
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) find("#app").addEventListener(type, (event) => this.#onDrag(event));
  }

  /** Shows the files of a room's draft: those that are stored, and those that never were. */
  show(room, stored) {
    if (room !== this.#room) {
      this.#filesOfOtherRooms.set(this.#room, this.#files);
      this.#files = this.#filesOfOtherRooms.get(room) ?? [];
      this.#room = room;
    }

    const ids = new Map(stored.map((file) => [file.id, file]));
    this.#files = this.#files.filter((item) => !item.isInDraft || ids.has(item.stored.id));
    for (const item of this.#files) ids.delete(item.stored?.id);
    this.#files.push(...[...ids.values()].map((file) => this.#restore(file)));
    this.#showAll();
  }

  /** The uploaded files, for the store of drafts. */
  toDraft() {
    const done = this.#files.filter((item) => item.stored);
    for (const item of done) item.isInDraft = true;
    return done.map((item) => item.stored);
  }

  /** The shown files belong to this room from now on. */
  moveTo(room) {
    this.#filesOfOtherRooms.delete(this.#room);
    this.#room = room;
  }

  /** What the message says about the files, once all are uploaded. */
  async attachments() {
    const attachments = await Promise.all(this.#files.map((file) => file.upload.then(({ id }) => id)));
    return attachments.length > 0 ? { attachments } : {};
  }

  /** The message that has the shown files is sent. */
  clearSent() {
    for (const file of this.#files) URL.revokeObjectURL(file.preview);
    this.#files = [];
    this.#showAll();
  }

  /** Removes the files of all rooms. */
  clear() {
    for (const { abortController, preview } of [this.#files, ...this.#filesOfOtherRooms.values()].flat()) {
      abortController.abort();
      URL.revokeObjectURL(preview);
    }

    this.#files = [];
    this.#filesOfOtherRooms.clear();
  }

  #onDrag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    chat.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.#add(event.dataTransfer.files);
  }

  #add(chosen) {
    const free = MAX_FILES - this.#files.length;
    if (chosen.length > free) toast(say("composer.manyFiles", { max: MAX_FILES }));
    for (const file of [...chosen].slice(0, free)) this.#files.push(this.#start(file));
    this.#showAll();
  }

  #start(file) {
    const { name, size, type } = file;
    const item = { abortController: new AbortController() };
    if (isPicture({ media_type: type })) item.preview = URL.createObjectURL(file);
    const progress = make("progress", { max: "1", value: "0", "aria-label": say("composer.uploading", { name }) });
    this.#createElement(item, { name, size, preview: item.preview }, progress);
    const key = newIdempotencyKey();
    item.upload = enqueue(() => upload("/files", file, key, { onProgress: (part) => (progress.value = part), signal: item.abortController.signal }));
    item.upload.then(
      ({ id }) => {
        progress.remove();
        item.stored = { id, name, size, media_type: type, at: Date.now() };
        this.#onChange();
        announce(say("composer.attached", { name }));
      },
      (error) => item.abortController.signal.aborted || showFailure(item, progress, name, error),
    );
    return item;
  }

  // A file that was uploaded before a reload, or in another tab.
  #restore(stored) {
    const item = { abortController: new AbortController(), stored, isInDraft: true, upload: Promise.resolve(stored) };
    this.#createElement(item, stored);
    if (isPicture(stored)) fileUrl(stored.id).then((url) => item.element.prepend(make("img", { src: url, alt: "" })), () => {});
    return item;
  }

  #createElement(item, { name, size, preview }, ...progress) {
    item.note = make("span", { class: "quiet" }, formatSize(size));
    const label = say("composer.remove", { name });
    const remove = button(icon("close"), () => this.#remove(item), { class: "tool", "aria-label": label, title: label });
    const picture = preview ? [make("img", { src: preview, alt: "" })] : [];
    item.element = make("li", {}, ...picture, make("span", { class: "about" }, make("bdi", { class: "name" }, name), item.note, ...progress), remove);
  }

  // A file that is not sent would be deleted a day later.
  #remove(item) {
    item.abortController.abort();
    item.upload.then(({ id }) => send("DELETE", `/files/${id}`)).catch(() => {});
    URL.revokeObjectURL(item.preview);
    this.#files = this.#files.filter((other) => other !== item);
    this.#showAll();
    this.#onChange();
    focusUnlessTouch(find("#text"));
  }

  #showAll() {
    list.replaceChildren(...this.#files.map((item) => item.element));
    list.hidden = this.#files.length === 0;
  }
}

function showFailure(item, progress, name, error) {
  progress.remove();
  item.element.classList.add("error");
  item.note.textContent = explain(error);
  announce(`${name}: ${item.note.textContent}`);
}

function enqueue(work) {
  const queue = count++ % queues.length;
  return (queues[queue] = queues[queue].catch(() => {}).then(work));
}
