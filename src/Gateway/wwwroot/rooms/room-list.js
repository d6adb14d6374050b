// The lists of rooms in the sidebar: pinned ones, those of today, of yesterday, and earlier ones; and the archived ones.
// There may be a thousand, so a change of one room touches its row only.

import { find, make, setChildren } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";
import { openSearch } from "./search.js";

const GROUPS = ["pinned", "today", "yesterday", "earlier"];
const filter = find("#filter");
const searchAll = find("#search-all");

export class RoomList {
  #rows = new Map();
  #groups = new Map();
  #selected = null;
  #day = dayOf(new Date());

  /** @param {(opener: HTMLElement, id: string) => void} onMenu The user asks for the menu of a room. */
  constructor(onMenu) {
    for (const name of GROUPS) this.#groups.set(name, makeGroup(name));
    find("#rooms").append(...[...this.#groups.values()].map((list) => list.parentNode));
    this.#groups.set("archived", find("#archived"));
    find("#drawer nav").addEventListener("click", ({ target }) => {
      const opener = target.closest(".row-menu");
      if (opener) onMenu(opener, opener.closest("li").dataset.room);
    });
    this.#connectFilter();
    this.#waitForMidnight();
    // The timers of a sleeping computer are late.
    document.addEventListener("visibilitychange", () => this.#regroup());
  }

  /** Shows these rooms and no others. */
  show(rooms) {
    const listed = rooms.filter((room) => !room.temporary).sort(compareRooms);
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
    const items = new Map([...this.#groups.keys()].map((name) => [name, []]));
    for (const room of listed) items.get(groupOf(room)).push(this.#updateRow(room));
    for (const [name, list] of this.#groups) setChildren(list, items.get(name));
    this.#updateHeadings();
  }

  /** Shows a new room, or the change of a known one. */
  put(room) {
    if (room.temporary) return;
    const item = this.#updateRow(room);
    const list = this.#groups.get(groupOf(room));
    const focused = item.contains(document.activeElement) ? document.activeElement : null;
    if (!this.#isInPlace(item, list)) {
      list.insertBefore(item, [...list.children].find((other) => other !== item && compareRooms(this.#roomOf(other), room) > 0) ?? null);
    }

    this.#updateHeadings();
    // A row that is moved loses the focus.
    focused?.focus();
  }

  remove(id) {
    this.#rows.get(id)?.item.remove();
    this.#rows.delete(id);
    this.#updateHeadings();
  }

  clear() {
    filter.value = "";
    this.show([]);
  }

  /** Marks the room that is open. */
  select(id) {
    this.#mark(this.#selected, false);
    this.#selected = id;
    this.#mark(id, true);
  }

  #mark(id, isCurrent) {
    const item = this.#rows.get(id)?.item;
    if (!item) return;
    item.classList.toggle("current", isCurrent);
    if (isCurrent) item.firstChild.setAttribute("aria-current", "page");
    else item.firstChild.removeAttribute("aria-current");
  }

  #roomOf = (item) => this.#rows.get(item.dataset.room).room;

  #isInPlace(item, list) {
    const { previousSibling: before, nextSibling: after } = item;
    const room = this.#roomOf(item);
    return item.parentNode === list && (!before || compareRooms(this.#roomOf(before), room) <= 0) && (!after || compareRooms(room, this.#roomOf(after)) <= 0);
  }

  #updateRow(room) {
    const known = this.#rows.get(room.id);
    const item = known?.item ?? makeRow(room.id);
    this.#rows.set(room.id, { item, room });
    const [link, opener] = item.children;
    if (known?.room.name !== room.name) {
      link.firstChild.textContent = room.name;
      link.title = room.name;
      opener.setAttribute("aria-label", say("shell.roomMenu", { name: room.name }));
    }

    link.lastChild.hidden = !room.isBusy;
    if (!known && room.id === this.#selected) this.#mark(room.id, true);
    item.hidden = filter.value !== "" && !normalize(room.name).includes(filterWords());
    return item;
  }

  // Shows headings with something below them, and the notes about what is not there.
  #updateHeadings() {
    const hasRows = (list) => list.querySelector(":scope > :not([hidden])") !== null;
    for (const name of GROUPS) {
      const list = this.#groups.get(name);
      list.parentNode.hidden = !hasRows(list);
    }

    const isEmpty = GROUPS.every((name) => !this.#groups.get(name).firstChild);
    const hasMatches = hasRows(find("#archived")) || GROUPS.some((name) => !this.#groups.get(name).parentNode.hidden);
    find("#filter-row").classList.toggle("unused", isEmpty && !filter.value);
    find("#no-rooms").hidden = !isEmpty;
    find("#archive").hidden = false;
    find("#no-archived").hidden = find("#archived").firstChild !== null;
    find("#no-match").textContent = filter.value && !hasMatches ? say("shell.noMatch") : "";
    searchAll.hidden = !filter.value.trim();
    searchAll.lastChild.textContent = say("shell.searchAll", { words: filter.value.trim() });
  }

  #connectFilter() {
    const search = () => openSearch(filter.value.trim());
    searchAll.addEventListener("click", search);
    filter.addEventListener("input", () => {
      const words = filterWords();
      for (const { item, room } of this.#rows.values()) item.hidden = !normalize(room.name).includes(words);
      this.#updateHeadings();
    });
    filter.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && filter.value.trim()) search();
      else if (event.key === "ArrowDown") find("#rooms li:not([hidden]) a")?.focus();
      else if (event.key === "Escape" && filter.value) {
        filter.value = "";
        filter.dispatchEvent(new Event("input"));
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // Today's rooms are yesterday's after midnight.
  #regroup() {
    if (this.#day === dayOf(new Date())) return;
    this.#day = dayOf(new Date());
    this.show([...this.#rows.values()].map(({ room }) => room));
  }

  #waitForMidnight() {
    setTimeout(() => {
      this.#regroup();
      this.#waitForMidnight();
    }, startOfDay(1) - Date.now() + 1000);
  }
}

const compareRooms = (a, b) => Boolean(b.pinned) - Boolean(a.pinned) || (a.updated_at === b.updated_at ? 0 : a.updated_at < b.updated_at ? 1 : -1);
const normalize = (text) => text.toLowerCase();
const filterWords = () => normalize(filter.value.trim());
const dayOf = (time) => time.toDateString();

function startOfDay(days) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

function groupOf({ archived, pinned, updated_at: time }) {
  if (archived) return "archived";
  if (pinned) return "pinned";
  const used = new Date(time);
  return used >= startOfDay(0) ? "today" : used >= startOfDay(-1) ? "yesterday" : "earlier";
}

function makeGroup(name) {
  const list = make("ul", { "aria-labelledby": `rooms-${name}` });
  make("div", { hidden: true }, make("h2", { id: `rooms-${name}` }, say(`shell.${name}`)), list);
  return list;
}

function makeRow(id) {
  const busy = make("i", { role: "img", "aria-label": say("shell.writing"), title: say("shell.writing"), hidden: true });
  const opener = make("button", { type: "button", class: "icon-button row-menu", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  return make("li", { "data-room": id }, make("a", { href: `#/${id}` }, make("span", { dir: "auto" }), busy), opener);
}
