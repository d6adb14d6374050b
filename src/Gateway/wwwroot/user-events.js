// The events of the user's rooms and tier, for the list of rooms and the open room.

import { refreshPlan } from "./account/plan.js";
import { readOptions } from "./composer/options.js";
import { explain } from "./core/api.js";
import { toast } from "./core/dom.js";
import { followStream } from "./core/sse.js";
import { say } from "./core/words.js";

/**
 * Follows the events until the signal is aborted. Reads the list of rooms first.
 * @param {{rooms: Rooms, conversation: Conversation, openRoom(): string, removeRoom(room): void, showConnection(trouble): void}} page
 * The parts of the page that show what happens.
 */
export async function followEvents(signal, { rooms, conversation, openRoom, removeRoom, showConnection }) {
  let isRead = false;
  let list = null;
  let told = Promise.resolve();

  const onOpen = () => {
    showConnection();
    if (!isRead) readAll();
  };
  const onLost = () => showConnection(say(navigator.onLine ? "shell.lost" : "offline.note"));
  // Events wait for the list of rooms, which would overwrite newer changes. The connection is read meanwhile.
  const on = (event) => {
    told = told.then(() => list).then(() => signal.aborted || takeEvent(event)).catch(reportError);
  };
  try {
    await followStream("/events", { signal, onOpen, onLost, on });
  } catch (error) {
    toast(explain(error));
    showConnection(say("shell.lostForGood"));
  }

  async function readAll() {
    list = readRooms();
    isRead = (await list) && (await readOpen());
  }

  async function readRooms() {
    try {
      await rooms.load();
      return true;
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
      return false;
    }
  }

  // The room may have been read before the events were connected, so changes may be missing.
  function readOpen() {
    const room = openRoom();
    return !room || conversation.catchUp(rooms.versionOf(room));
  }

  function takeEvent({ type, data }) {
    if (type === "tier") {
      refreshPlan();
      readOptions();
    } else if (type === "reload") {
      readAll();
      refreshPlan();
    } else if (type === "deleted") {
      removeRoom(data);
    } else {
      rooms.take(type, data);
      if (type === "queued" || type === "finished") refreshPlan();
      if (data.id === openRoom()) conversation.take(type, data);
    }
  }
}
