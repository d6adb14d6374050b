// What the page showed last, kept in this browser: for the first view before the server answers, and for all views without a network.
//
// It is the signed-in user's, and is deleted at the sign-out. Temporary chats are never kept. At most 30 rooms with
// 350,000 characters each are kept: about 10.5 million characters. Where the browser keeps nothing, as in some private windows, there is just nothing to show.

import { isUnfinished } from "../chat/message-status.js";
import * as session from "../core/session.js";

const NAME = "geminichat.seen";
const STORE = "seen";
const MAX_ROOMS = 30;
const MAX_LISTED = 500;
const MAX_MESSAGES = 50;
const MAX_ROOM_CHARACTERS = 350_000;
const IDLE_OPTIONS = { timeout: 2000 };

const pending = new Map();
let database = null;

/** Saves the newest messages of a room that are complete, when the browser has time. */
export function saveRoom(room, messages) {
  if (room && !room.temporary) saveSoon(room.id, () => roomRecord(room, messages));
}

/** Saves the list of rooms, likewise. `read` gives it then. */
export function saveList(read) {
  saveSoon("list", () => ({ value: read().slice(0, MAX_LISTED).map(({ isBusy, ...room }) => room) }));
}

/** The room and its messages as they were seen last; null if they were not. */
export const readRoom = (id) => read(id);

/** The list of rooms as it was seen last. */
export const readList = async () => (await read("list")) ?? [];

/** Deletes a room. */
export function deleteRoom(id) {
  pending.delete(id);
  return withStore("readwrite", (store) => store.delete(keyOf(id)));
}

/** Deletes all rooms but these: the others were deleted while the page was closed. */
export function deleteOtherRooms(ids) {
  const kept = new Set([...ids, "list"].map(keyOf));
  return withStore("readwrite", async (store) => {
    for (const key of await toPromise(store.getAllKeys())) if (!kept.has(key)) store.delete(key);
  });
}

/** Deletes everything. */
export function clear() {
  pending.clear();
  return withStore("readwrite", (store) => store.clear());
}

async function read(id) {
  const key = keyOf(id);
  const record = key && (await withStore("readonly", (store) => toPromise(store.get(key))));
  return record?.value ?? null;
}

// A reply that is being written is read from the server, which has the rest of it.
function roomRecord({ id, name, archived, created_at, updated_at }, messages) {
  const end = messages.findIndex(isUnfinished);
  const value = [];
  let size = 0;
  for (const message of messages.slice(0, end < 0 ? messages.length : end).reverse()) {
    size += JSON.stringify(message).length;
    if (value.length === MAX_MESSAGES || size > MAX_ROOM_CHARACTERS) break;
    value.unshift(message);
  }

  return value.length ? { at: Date.now(), value: { room: { id, name, archived, created_at, updated_at }, messages: value } } : null;
}

function saveSoon(id, makeRecord) {
  if (!pending.size) (window.requestIdleCallback ?? setTimeout)(write, IDLE_OPTIONS);
  pending.set(id, makeRecord);
}

function write() {
  const records = [...pending].map(([id, makeRecord]) => ({ key: keyOf(id), ...makeRecord() })).filter(({ key, value }) => key && value);
  pending.clear();
  return withStore("readwrite", async (store) => {
    for (const record of records) store.put(record);
    const rooms = await toPromise(store.index("at").getAllKeys());
    for (const key of rooms.slice(0, -MAX_ROOMS)) store.delete(key);
  });
}

/** A key that only this user reads; null if nobody is signed in. */
function keyOf(id) {
  const [, claims] = session.read()?.access.split(".") ?? [];
  return claims ? `${JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).sub} ${id}` : null;
}

// Without a store the page works as well, so its errors are not the user's business.
async function withStore(mode, work) {
  try {
    database ??= open();
    return await work((await database).transaction(STORE, mode).objectStore(STORE));
  } catch {
    return undefined;
  }
}

function open() {
  const request = indexedDB.open(NAME, 1);
  // Only records of rooms have a time, so only they are in the index.
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("at", "at"));
  return toPromise(request);
}

function toPromise(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
