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
  #others = new Map();
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
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) find("#app").addEventListener(type, (event) => this.#drag(event));
  }

  /** Shows the files of a room's draft: those that are stored, and those that never were. */
  show(room, stored) {
    if (room !== this.#room) {
      this.#others.set(this.#room, this.#files);
      this.#files = this.#others.get(room) ?? [];
      this.#room = room;
    }

    const ids = new Map(stored.map((file) => [file.id, file]));
    this.#files = this.#files.filter((item) => !item.isKept || ids.has(item.stored.id));
    for (const { stored: known } of this.#files) ids.delete(known?.id);
    this.#files.push(...[...ids.values()].map((file) => this.#restore(file)));
    this.#render();
  }

  /** The uploaded files, for the store of drafts. */
  keep() {
    const done = this.#files.filter((item) => item.stored);
    for (const item of done) item.isKept = true;
    return done.map((item) => item.stored);
  }

  /** The shown files belong to this room from now on. */
  move(room) {
    this.#others.delete(this.#room);
    this.#room = room;
  }

  /** The ids of the files, once all are uploaded. */
  ids() {
    return Promise.all(this.#files.map((file) => file.upload.then(({ id }) => id)));
  }

  /** Whether the user has chosen any. */
  get isEmpty() {
    return this.#files.length === 0;
  }

  /** The message that has the shown files is sent. */
  sent() {
    for (const file of this.#files) URL.revokeObjectURL(file.preview);
    this.#files = [];
    this.#render();
  }

  /** Forgets the files of all rooms. */
  forget() {
    for (const { stop, preview } of [this.#files, ...this.#others.values()].flat()) {
      stop.abort();
      URL.revokeObjectURL(preview);
    }

    this.#files = [];
    this.#others.clear();
  }

  #drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    chat.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.#add(event.dataTransfer.files);
  }

  #add(chosen) {
    const room = MAX_FILES - this.#files.length;
    if (chosen.length > room) toast(say("composer.manyFiles", { max: MAX_FILES }));
    for (const file of [...chosen].slice(0, room)) this.#files.push(this.#start(file));
    this.#render();
  }

  #start(file) {
    const { name, size, type } = file;
    const item = { stop: new AbortController() };
    if (isPicture({ media_type: type })) item.preview = URL.createObjectURL(file);
    const bar = make("progress", { max: "1", value: "0", "aria-label": say("composer.uploading", { name }) });
    this.#draw(item, { name, size, preview: item.preview }, bar);
    const key = newIdempotencyKey();
    item.upload = enqueue(() => upload("/files", file, key, { onProgress: (part) => (bar.value = part), signal: item.stop.signal }));
    item.upload.then(
      ({ id }) => {
        bar.remove();
        item.stored = { id, name, size, media_type: type, at: Date.now() };
        this.#onChange();
        announce(say("composer.attached", { name }));
      },
      (error) => item.stop.signal.aborted || fail(item, bar, name, error),
    );
    return item;
  }

  // A file that was uploaded before a reload, or in another tab.
  #restore(stored) {
    const item = { stop: new AbortController(), stored, isKept: true, upload: Promise.resolve(stored) };
    this.#draw(item, stored);
    if (isPicture(stored)) fileUrl(stored.id).then((address) => item.element.prepend(make("img", { src: address, alt: "" })), () => {});
    return item;
  }

  #draw(item, { name, size, preview }, ...bar) {
    item.note = make("span", { class: "quiet" }, formatSize(size));
    const label = say("composer.remove", { name });
    const remove = button(icon("close"), () => this.#remove(item), { class: "tool", "aria-label": label, title: label });
    const picture = preview ? [make("img", { src: preview, alt: "" })] : [];
    item.element = make("li", {}, ...picture, make("span", { class: "about" }, make("bdi", { class: "name" }, name), item.note, ...bar), remove);
  }

  // A file that is not sent would be deleted a day later.
  #remove(item) {
    item.stop.abort();
    item.upload.then(({ id }) => send("DELETE", `/files/${id}`)).catch(() => {});
    URL.revokeObjectURL(item.preview);
    this.#files = this.#files.filter((other) => other !== item);
    this.#render();
    this.#onChange();
    focusUnlessTouch(find("#text"));
  }

  #render() {
    list.replaceChildren(...this.#files.map((item) => item.element));
    list.hidden = this.isEmpty;
  }
}

function fail(item, bar, name, error) {
  bar.remove();
  item.element.classList.add("error");
  item.note.textContent = explain(error);
  announce(`${name}: ${item.note.textContent}`);
}

function enqueue(work) {
  const queue = count++ % queues.length;
  return (queues[queue] = queues[queue].catch(() => {}).then(work));
}
