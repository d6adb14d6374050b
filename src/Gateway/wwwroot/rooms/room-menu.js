// What can be done with a room: the menu of its row, and of the header.

import { changeInstructions } from "../composer/instructions.js";
import { download, explain, send } from "../core/api.js";
import { toast } from "../core/dom.js";
import { say } from "../core/words.js";
import { askLine, confirm } from "../ui/dialogs.js";
import { openMenu } from "../ui/menu.js";
import { showShares } from "./shares.js";

let done;

/**
 * Connects the menu.
 * @param {{changed(room): void, deleted(room): void}} callbacks Run after an action. Temporary rooms have no events.
 */
export function startRoomMenu(callbacks) {
  done = callbacks;
}

/** Opens the menu of a room beside a button. */
export function openRoomMenu(opener, room) {
  const { id, name, pinned, archived, temporary } = room;
  const listed = [
    item("edit", "room.rename", () => rename(room)),
    item("pin", pinned ? "room.unpin" : "room.pin", () => change(id, { pinned: !pinned })),
    item("archive", archived ? "room.unarchive" : "room.archive", () => archive(room)),
  ];
  openMenu(opener, [
    ...(temporary ? [] : listed),
    item("instructions", "room.instructions", () => instruct(id)),
    item("share", "room.share", () => showShares(id)),
    item("download", "room.exportMarkdown", () => download(`/chatroom/${id}/export?format=markdown`, "chat.md")),
    { ...item("download", "room.exportJson", () => download(`/chatroom/${id}/export?format=json`, "chat.json")), isLast: true },
    { ...item("trash", "room.delete", () => remove(id, name)), isDangerous: true },
  ]);
}

const item = (icon, key, work) => ({ icon, text: say(key), run: () => work().catch((error) => toast(explain(error))) });

async function change(id, patch) {
  done.changed(await send("PATCH", `/chatroom/${id}`, patch));
}

async function instruct(id) {
  const room = await changeInstructions(id);
  if (room) done.changed(room);
}

async function rename({ id, name }) {
  const wanted = await askLine(say("room.renameTitle"), name, say("room.rename"));
  if (wanted) await change(id, { name: wanted });
}

async function archive({ id, archived }) {
  await change(id, { archived: !archived });
  toast(say(archived ? "room.isUnarchived" : "room.isArchived"));
}

async function remove(id, name) {
  if (!(await confirm(say("room.deleteTitle"), say("room.deleteText", { name }), say("room.delete")))) return;
  await send("DELETE", `/chatroom/${id}`);
  done.deleted({ id });
}
