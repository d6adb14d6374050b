// The address of the page: the open room, and a message to scroll to. They are not secret, and a reload opens the room again.

/** What the address names. It is unknown if it names something else than a room. */
export function readAddress() {
  const [, room = null, message] = /^#\/([0-9a-f-]{36})(?:\/(\d{1,15}))?$/.exec(location.hash) ?? [];
  return { room, message: message ? Number(message) : null, isUnknown: !room && location.hash.length > 2 };
}

/** The id of the open room; null for none. */
export const currentRoom = () => readAddress().room;

/** Opens a room, and scrolls to a message of it; null for a new chat. */
export function goToRoom(room, message) {
  location.hash = ["#", room ?? "", ...(message ? [message] : [])].join("/");
}

/** Takes the message out of the address, so that the same one can be looked for again. */
export function dropMessage() {
  history.replaceState(null, "", `#/${currentRoom()}`);
}
