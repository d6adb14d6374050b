// The events of the user's rooms and tier, for the list of rooms and the open room.

import { refreshPlan } from "./account/plan.js";
import { readOptions } from "./composer/options.js";
import { explain } from "./core/api.js";
import { toast } from "./core/dom.js";
import { followStream } from "./core/sse.js";
import { say } from "./core/words.js";

/**
 * Follows the events until the signal is aborted. Reads the list of rooms first.
 * @param {{rooms: Rooms, conversation: Conversation, currentRoom(): string, removeRoom(room): void, showConnection(trouble): void}} page
 * The parts of the page that show what happens.
 */
export async function followEvents(signal, page) {
  const { showConnection } = page;
  const reader = new StateReader(signal, page);
  let lastEvent = Promise.resolve();
  const onOpen = () => {
    showConnection();
    reader.readOnce();
  };
  const onLost = () => showConnection(say(navigator.onLine ? "shell.lost" : "offline.note"));
  // Events wait for the list of rooms, which would overwrite newer changes. The connection is read meanwhile.
  const onEvent = (event) => {
    lastEvent = lastEvent.then(() => reader.list).then(() => signal.aborted || handleEvent(event, page, reader)).catch(reportError);
  };
  try {
    await followStream("/events", { signal, onOpen, onLost, onEvent });
  } catch (error) {
    toast(explain(error));
    showConnection(say("shell.lostForGood"));
  }
}

// Reads what events change: the list of rooms, and the open room.
class StateReader {
  #signal;
  #page;
  #isRead = false;

  /** Settles when the list of rooms is read. */
  list = null;

  constructor(signal, page) {
    this.#signal = signal;
    this.#page = page;
  }

  /** Reads both if that has not succeeded yet. */
  readOnce() {
    if (!this.#isRead) this.read();
  }

  async read() {
    this.list = this.#readRooms();
    this.#isRead = (await this.list) && (await this.#readOpenRoom());
  }

  async #readRooms() {
    try {
      await this.#page.rooms.load();
      return true;
    } catch (error) {
      if (!this.#signal.aborted) toast(explain(error));
      return false;
    }
  }

  // The room may have been read before the events were connected, so changes may be missing.
  #readOpenRoom() {
    const { rooms, conversation, currentRoom } = this.#page;
    const room = currentRoom();
    return !room || conversation.catchUp(rooms.versionOf(room));
  }
}

function handleEvent({ type, data }, { rooms, conversation, currentRoom, removeRoom }, reader) {
  if (type === "tier") {
    refreshPlan();
    readOptions();
  } else if (type === "reload") {
    reader.read();
    refreshPlan();
  } else if (type === "deleted") {
    removeRoom(data);
  } else {
    rooms.onEvent(type, data);
    if (type === "queued" || type === "finished") refreshPlan();
    if (data.id === currentRoom()) conversation.onEvent(type, data);
  }
}
