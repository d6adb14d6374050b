// The search in all messages of the user. Results are options of a list box, so the focus stays in the field.

import { currentRoom, goToRoom } from "../core/address.js";
import { explain, request } from "../core/api.js";
import { find, make, setChildren } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { language, say } from "../core/words.js";

const DEBOUNCE_MS = 200;
const PAGE_SIZE = 20;
const MAX_RECENT = 8;

const dialog = find("#search");
const field = find("#query");
const onlyHere = find("#only-here");
const list = find("#results");
const status = find("#search-status");
const more = find("#more-results");
const recentTitle = find("#recent-title");

let recentRooms;
let timer;
let abortController = new AbortController();
let items = [];
let nextCursor = null;
let activeIndex = -1;

/** Connects the dialog. `recent` gives the rooms, the one that was used last first. */
export function startSearch(recent) {
  recentRooms = recent;
  find("#open-search").addEventListener("click", () => openSearch());
  field.addEventListener("input", searchSoon);
  onlyHere.addEventListener("change", searchSoon);
  field.addEventListener("keydown", onKey);
  more.addEventListener("click", () => {
    field.focus();
    search(nextCursor);
  });
}

/** Deletes the last search. */
export function resetSearch() {
  clearTimeout(timer);
  abortController.abort();
  field.value = "";
  onlyHere.checked = false;
  show([], null);
  status.textContent = "";
}

/** Opens the search, with words to look for if there are some. */
export function openSearch(words = field.value) {
  field.value = words;
  if (!currentRoom()) onlyHere.checked = false;
  onlyHere.parentElement.hidden = !currentRoom();
  dialog.showModal();
  field.select();
  // Messages may have come or gone since the last time.
  search();
}

function searchSoon() {
  clearTimeout(timer);
  // Enter must not open a chat that was only offered before the first letter.
  if (!recentTitle.hidden) show([], null);
  timer = setTimeout(search, DEBOUNCE_MS);
}

async function search(cursor = null) {
  clearTimeout(timer);
  abortController.abort();
  abortController = new AbortController();
  const { signal } = abortController;
  const words = field.value.trim();
  if (!words) {
    show(recentRooms().slice(0, MAX_RECENT).map((room) => ({ room_id: room.id, room_name: room.name, timestamp: room.updated_at })), null);
    recentTitle.hidden = items.length === 0;
    status.textContent = "";
    return;
  }

  const query = new URLSearchParams({ q: words, limit: PAGE_SIZE });
  if (cursor) query.set("cursor", cursor);
  if (onlyHere.checked) query.set("room", currentRoom());
  try {
    const answer = await (await request(`/search?${query}`, { signal })).json();
    if (signal.aborted) return;
    show(cursor ? [...items, ...answer.items] : answer.items, answer.next ?? null, cursor ? items.length : 0);
    status.textContent = items.length === 0 ? say("search.nothing") : say(nextCursor ? "search.foundMore" : "search.found", { count: items.length });
  } catch (error) {
    if (signal.aborted) return;
    show([], null);
    status.textContent = explain(error);
  }
}

function show(found, cursor, selected = 0) {
  recentTitle.hidden = true;
  items = found;
  nextCursor = cursor;
  more.hidden = !nextCursor;
  list.hidden = items.length === 0;
  setChildren(list, items.map(option));
  field.ariaExpanded = String(items.length > 0);
  activate(items.length > 0 ? selected : -1);
}

// The year is left out if it is this one.
function dayOf(time) {
  const date = new Date(time);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(language, { day: "numeric", month: "short", year });
}

// A message with the room, who wrote it and when; or only a room.
function option({ room_name: room, sender, timestamp, snippet, highlights }, index) {
  const attributes = { id: `result-${index}`, role: "option", click: () => open(index) };
  const date = dayOf(timestamp);
  if (!snippet) return make("li", attributes, icon("chat"), make("span", { class: "text name", dir: "auto" }, room), make("span", { class: "quiet" }, date));
  const from = make("span", { class: "from quiet" }, make("bdi", {}, room), ` · ${say(sender === "user" ? "common.you" : "common.answer")} · ${date}`);
  return make("li", attributes, icon("chat"), make("span", { class: "text" }, make("span", { dir: "auto" }, ...marked(snippet, highlights)), from));
}

// The offsets of highlights count UTF-16 units, as JavaScript does.
function* marked(text, highlights) {
  let at = 0;
  for (const [start, end] of highlights) {
    yield text.slice(at, start);
    yield make("mark", {}, text.slice(start, end));
    at = end;
  }

  yield text.slice(at);
}

function activate(index) {
  activeIndex = index;
  for (const [i, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(i === activeIndex));
  if (activeIndex < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", list.children[activeIndex].id);
  list.children[activeIndex]?.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (items.length > 0) activate((activeIndex + step + items.length) % items.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (activeIndex >= 0) open(activeIndex);
  }
}

function open(index) {
  const { room_id: room, message_id: message } = items[index];
  dialog.close();
  goToRoom(room, message);
}
