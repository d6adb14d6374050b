// The lists of rooms, pinned ones first, then newest activity. They are updated by the events.

import { explain, get } from "./api.js";
import { arrange, find, make, toast } from "./dom.js";

const archive = find("#archive");

export class Rooms {
  #rooms = new Map();
  #items = new Map();
  #current = null;
  #onChange;

  /** @param {() => void} onChange A room was changed or deleted, or the list was read again. */
  constructor(onChange) {
    this.#onChange = onChange;
    archive.addEventListener("toggle", () => archive.open && this.#loadArchived().catch((error) => toast(explain(error))));
  }

  get = (id) => this.#rooms.get(id);

  versionOf = (id) => this.#rooms.get(id)?.version;

  async load() {
    const rooms = await get("/chatroom");
    // Archived and temporary rooms are not in the answer. What is known of them may be old, so it has no version.
    const known = [...this.#rooms.values()].filter((room) => room.archived || room.temporary);
    const busy = new Set([...this.#rooms.values()].filter((room) => room.isBusy).map((room) => room.id));
    this.#rooms = new Map([
      ...known.map((room) => [room.id, { ...room, version: undefined }]),
      ...rooms.map((room) => [room.id, { ...room, isBusy: busy.has(room.id) }]),
    ]);
    this.#render();
    if (archive.open) await this.#loadArchived();
  }

  async #loadArchived() {
    const archived = await get("/chatroom?archived=true");
    for (const [id, room] of this.#rooms) if (room.archived && id !== this.#current) this.#rooms.delete(id);
    for (const room of archived) this.#rooms.set(room.id, { ...room, archived: true });
    this.#render();
  }

  clear() {
    this.#rooms.clear();
    archive.open = false;
    this.#render();
  }

  select(id) {
    this.#current = id;
    this.#render();
  }

  /** Takes what an answer of the server says about a room. It may be in no list. */
  know(room) {
    const version = this.versionOf(room.id);
    if (version > room.version) return;
    this.#change(room.id, { pinned: false, archived: false, ...room, version }, true);
    this.#render();
  }

  /** Handles an event of `/events`. */
  take(type, data) {
    if (type === "deleted") this.#rooms.delete(data.id);
    else if (type === "created" || type === "renamed") this.#change(data.id, data, true);
    else if (type === "updated") this.#change(data.id, { pinned: false, archived: false, ...data }, true);
    else if (type === "queued" || type === "generating") this.#change(data.id, { updated_at: data.updated_at, isBusy: true });
    else if (type === "finished") this.#change(data.id, { updated_at: data.updated_at, isBusy: false });
    else return;
    this.#render();
  }

  #change(id, data, isNew = false) {
    const known = this.#rooms.get(id);
    if (!known && !isNew) return;
    const { updated_at = known?.updated_at ?? data.created_at } = data;
    this.#rooms.set(id, { ...known, ...data, updated_at });
  }

  #render() {
    const rooms = [...this.#rooms.values()].filter((room) => !room.temporary).sort(inOrder);
    const listed = rooms.filter((room) => !room.archived);
    const archived = rooms.filter((room) => room.archived);
    for (const id of this.#items.keys()) if (!this.#rooms.has(id)) this.#items.delete(id);
    arrange(find("#rooms"), listed.map((room) => this.#item(room)));
    arrange(find("#archived"), archived.map((room) => this.#item(room)));
    find("#no-rooms").hidden = listed.length > 0;
    find("#no-archived").hidden = archived.length > 0;
    this.#onChange();
  }

  #item(room) {
    const item = this.#items.get(room.id) ?? make("li", {}, make("a", { href: `#/${room.id}` }, make("span"), make("i")));
    this.#items.set(room.id, item);
    const link = item.firstChild;
    link.firstChild.textContent = room.name;
    link.lastChild.textContent = room.isBusy ? "writing" : room.pinned ? "pinned" : "";
    if (room.id === this.#current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    return item;
  }
}

const inOrder = (a, b) => Boolean(b.pinned) - Boolean(a.pinned) || (a.updated_at < b.updated_at ? 1 : -1);
