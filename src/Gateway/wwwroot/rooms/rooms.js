// The rooms that are known, from requests and events.

import { explain, get } from "../core/api.js";
import { find, toast } from "../core/dom.js";
import * as session from "../core/session.js";
import * as chatCache from "../offline/chat-cache.js";
import { RoomList } from "./room-list.js";

const archive = find("#archive");

export class Rooms {
  #rooms = new Map();
  #list;
  #current = null;
  #isRead = false;
  #onChange;

  /**
   * @param {() => void} onChange A room was changed or deleted, or the list was read again.
   * @param {(opener: HTMLElement, room: object) => void} onMenu The user asks for the menu of a room.
   */
  constructor(onChange, onMenu) {
    this.#onChange = onChange;
    this.#list = new RoomList((opener, id) => onMenu(opener, this.get(id)));
    archive.addEventListener("toggle", () => archive.open && this.#loadArchived().catch((error) => toast(explain(error))));
  }

  get = (id) => this.#rooms.get(id);

  versionOf = (id) => this.#rooms.get(id)?.version;

  /** The rooms of the list, the one that was used last first. */
  get recent() {
    return [...this.#rooms.values()].filter((room) => !room.archived && !room.temporary).sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
  }

  /** Shows the list as it was seen last, until the server answers. */
  async showCached() {
    const signal = session.signal();
    const rooms = await chatCache.readList();
    if (this.#isRead || signal.aborted) return;
    for (const room of rooms) if (!this.#rooms.has(room.id)) this.#rooms.set(room.id, { ...room, version: undefined });
    this.#showAll();
  }

  async load() {
    const rooms = await get("/chatroom");
    // Archived and temporary rooms are not in the answer. What is known of them may be old, so it has no version.
    const known = [...this.#rooms.values()].filter((room) => room.archived || room.temporary);
    const busy = new Set([...this.#rooms.values()].filter((room) => room.isBusy).map((room) => room.id));
    this.#rooms = new Map([
      ...known.map((room) => [room.id, { ...room, version: undefined }]),
      ...rooms.map((room) => [room.id, { ...room, isBusy: busy.has(room.id) }]),
    ]);
    this.#isRead = true;
    chatCache.deleteOtherRooms([...this.#rooms.keys()]);
    this.#showAll();
    if (archive.open) await this.#loadArchived();
  }

  async #loadArchived() {
    const archived = await get("/chatroom?archived=true");
    for (const [id, room] of this.#rooms) if (room.archived && id !== this.#current) this.#rooms.delete(id);
    for (const room of archived) this.#rooms.set(room.id, { ...room, archived: true });
    this.#showAll();
  }

  clear() {
    this.#rooms.clear();
    this.#isRead = false;
    archive.open = false;
    this.#list.clear();
    this.#onChange();
  }

  select(id) {
    this.#current = id;
    this.#list.select(id);
    this.#onChange();
  }

  /** Shows what an answer of the server says about a room. It may be in no list. */
  update(room) {
    const version = this.versionOf(room.id);
    if (version > room.version) return;
    this.#put(room.id, { pinned: false, archived: false, ...room, version }, true);
  }

  /** Handles an event of `/events`. */
  onEvent(type, data) {
    if (type === "deleted") this.#remove(data.id);
    else if (type === "created" || type === "renamed") this.#put(data.id, data, true);
    else if (type === "updated") this.#put(data.id, { pinned: false, archived: false, ...data }, true);
    else if (type === "queued" || type === "generating") this.#put(data.id, { updated_at: data.updated_at, isBusy: true });
    else if (type === "finished") this.#put(data.id, { updated_at: data.updated_at, isBusy: false });
  }

  #remove(id) {
    this.#rooms.delete(id);
    this.#list.remove(id);
    chatCache.deleteRoom(id);
    this.#notify();
  }

  #put(id, data, isNew = false) {
    const known = this.#rooms.get(id);
    if (!known && !isNew) return;
    const { updated_at = known?.updated_at ?? data.created_at } = data;
    const room = { ...known, ...data, updated_at };
    this.#rooms.set(id, room);
    this.#list.put(room);
    this.#notify();
  }

  #showAll() {
    this.#list.show([...this.#rooms.values()]);
    this.#notify();
  }

  #notify() {
    if (this.#isRead) chatCache.saveList(() => this.recent);
    this.#onChange();
  }
}
