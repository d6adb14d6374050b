// Where the user was in each chat. It survives a reload of the tab.

const KEY = "geminichat.places";
const MAX_ROOMS = 100;

const places = new Map(read());

/** The message at the top of the visible part, and how far above it the message starts; undefined at the end of the chat. */
export const readScrollPosition = (room) => places.get(room);

/** Keeps the place in a room; null for the end. */
export function saveScrollPosition(room, place) {
  places.delete(room);
  if (place) places.set(room, place);
  while (places.size > MAX_ROOMS) places.delete(places.keys().next().value);
  try {
    sessionStorage[KEY] = JSON.stringify([...places]);
  } catch {
    // Without storage, the place is kept until the reload.
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage[KEY] ?? "[]");
  } catch {
    return [];
  }
}
