// The list of rooms, newest activity first, updated by the events.

import { get } from "./api.js";
import { arrange, find, make } from "./dom.js";

export class Rooms {
  #rooms = new Map();
  #items = new Map();
  #current = null;
  #onChange;

  /** @param {(id: string) => void} onChange A room was renamed or deleted, or the list was read again. */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  nameOf = (id) => this.#rooms.get(id)?.name;

  versionOf = (id) => this.#rooms.get(id)?.version;

  has = (id) => this.#rooms.has(id);

  async load() {
    const rooms = await get("/chatroom");
    const busy = new Set([...this.#rooms.values()].filter((room) => room.isBusy).map((room) => room.id));
    this.#rooms = new Map(rooms.map((room) => [room.id, { ...room, isBusy: busy.has(room.id) }]));
    this.#render();
  }

  clear() {
    this.#rooms.clear();
    this.#render();
  }

  select(id) {
    this.#current = id;
    this.#render();
  }

  /** Handles an event of `/events`. */
  take(type, data) {
    if (type === "deleted") this.#rooms.delete(data.id);
    else if (type === "created" || type === "renamed") this.#change(data.id, data, true);
    else if (type === "queued" || type === "generating") this.#change(data.id, { updated_at: data.updated_at, isBusy: true });
    else if (type === "finished") this.#change(data.id, { updated_at: data.updated_at, isBusy: false });
    else return;
    this.#render();
  }

  #change(id, data, isNew = false) {
    const known = this.#rooms.get(id);
    if (!known && !isNew) return;
    const { updated_at = known?.updated_at } = data;
    this.#rooms.set(id, { ...known, ...data, updated_at });
  }

  #render() {
    const rooms = [...this.#rooms.values()].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
    for (const id of this.#items.keys()) if (!this.#rooms.has(id)) this.#items.delete(id);
    arrange(find("#rooms"), rooms.map((room) => this.#item(room)));
    find("#no-rooms").hidden = rooms.length > 0;
    this.#onChange();
  }

  #item(room) {
    const item = this.#items.get(room.id) ?? make("li", {}, make("a", { href: `#/${room.id}` }, make("span"), make("i")));
    this.#items.set(room.id, item);
    const link = item.firstChild;
    link.firstChild.textContent = room.name;
    link.lastChild.textContent = room.isBusy ? "writing" : "";
    if (room.id === this.#current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    return item;
  }
}
