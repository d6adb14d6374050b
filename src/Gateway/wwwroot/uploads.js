// The files of the next message. Each is uploaded as soon as it is chosen, dropped or pasted.

import { explain, send, upload } from "./api.js";
import { announce, button, find, make, toast } from "./dom.js";
import { isPicture, sizeOf } from "./attachments.js";
import { newKey } from "./keys.js";

const MAX_FILES = 10;
const chooser = find("#chooser");
const list = find("#uploads");
const chat = find("#chat");

// The server takes three uploads of a user at the same time. Another tab may have one.
const queues = [Promise.resolve(), Promise.resolve()];
let count = 0;

export class Uploads {
  #files = [];

  constructor() {
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

  /** The files of this room's draft, to be given back to `show`. */
  get draft() {
    return this.#files;
  }

  show(files = []) {
    this.#files = files;
    this.#render();
  }

  /** The ids of the files, once all are uploaded. */
  ids() {
    return Promise.all(this.#files.map((file) => file.upload.then(({ id }) => id)));
  }

  /** Whether the user has chosen any. */
  get isEmpty() {
    return this.#files.length === 0;
  }

  /** The message that has them is sent. */
  sent() {
    for (const file of this.#files) URL.revokeObjectURL(file.preview);
    this.show();
  }

  #drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    chat.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.#add(event.dataTransfer.files);
  }

  #add(chosen) {
    const room = MAX_FILES - this.#files.length;
    if (chosen.length > room) toast(`A message can have ${MAX_FILES} files.`);
    for (const file of [...chosen].slice(0, room)) {
      const item = { file, key: newKey() };
      if (isPicture({ media_type: file.type })) item.preview = URL.createObjectURL(file);
      this.#files.push(item);
      this.#start(item);
    }

    this.#render();
  }

  #start(item) {
    item.stop = new AbortController();
    const bar = make("progress", { max: "1", value: "0", "aria-label": `Upload of ${item.file.name}` });
    const remove = button("×", () => this.#remove(item), { "aria-label": `Remove ${item.file.name}` });
    const note = make("span", { class: "quiet" }, sizeOf(item.file.size));
    const picture = item.preview ? [make("img", { src: item.preview, alt: "" })] : [];
    item.element = make("li", {}, ...picture, make("span", { class: "name" }, item.file.name), note, bar, remove);
    item.upload = enqueue(() => upload("/files", item.file, item.key, { onProgress: (part) => (bar.value = part), signal: item.stop.signal }));
    item.upload.then(
      () => {
        bar.remove();
        announce(`${item.file.name} is attached.`);
      },
      (error) => {
        if (item.stop.signal.aborted) return;
        bar.remove();
        item.element.classList.add("error");
        note.textContent = explain(error);
        announce(`${item.file.name}: ${note.textContent}`);
      },
    );
  }

  // A file that is not sent would be deleted a day later.
  #remove(item) {
    item.stop.abort();
    item.upload.then(({ id }) => send("DELETE", `/files/${id}`)).catch(() => {});
    URL.revokeObjectURL(item.preview);
    this.show(this.#files.filter((other) => other !== item));
    find("#text").focus();
  }

  #render() {
    list.replaceChildren(...this.#files.map((item) => item.element));
    list.hidden = this.isEmpty;
  }
}

function enqueue(work) {
  const queue = count++ % queues.length;
  return (queues[queue] = queues[queue].catch(() => {}).then(work));
}
