// What can be done with a room: the menu of its row, and of the header.

import { changeInstructions } from "../composer/instructions.js";
import { download, explain, send } from "../core/api.js";
import { toast } from "../core/dom.js";
import { say } from "../core/words.js";
import { askLine, confirm } from "../ui/dialogs.js";
import { openMenu } from "../ui/menu.js";
import { showShares } from "./shares.js";

let callbacks;

/**
 * Connects the menu.
 * @param {{changed(room): void, deleted(room): void}} on Run after an action. Temporary rooms have no events.
 */
export function startRoomMenu(on) {
  callbacks = on;
}

/** Opens the menu of a room beside a button. */
export function openRoomMenu(opener, room) {
  const { id, name, pinned, archived, temporary } = room;
  const listItems = [
    menuItem("edit", "room.rename", () => rename(room)),
    menuItem("pin", pinned ? "room.unpin" : "room.pin", () => change(id, { pinned: !pinned })),
    menuItem("archive", archived ? "room.unarchive" : "room.archive", () => archive(room)),
  ];
  openMenu(opener, [
    ...(temporary ? [] : listItems),
    menuItem("instructions", "common.instructions", () => editInstructions(id)),
    menuItem("share", "room.share", () => showShares(id)),
    menuItem("download", "room.exportMarkdown", () => exportRoom(id, "markdown", "md")),
    menuItem("download", "room.exportHtml", () => exportRoom(id, "html", "html")),
    { ...menuItem("download", "room.exportJson", () => exportRoom(id, "json", "json")), isLast: true },
    { ...menuItem("trash", "room.delete", () => deleteRoom(id, name)), isDangerous: true },
  ]);
}

const menuItem = (icon, key, work) => ({ icon, text: say(key), run: () => work().catch((error) => toast(explain(error))) });

const exportRoom = (id, format, extension) => download(`/chatroom/${id}/export?format=${format}`, `chat.${extension}`);

async function change(id, patch) {
  callbacks.changed(await send("PATCH", `/chatroom/${id}`, patch));
}

async function editInstructions(id) {
  const room = await changeInstructions(id);
  if (room) callbacks.changed(room);
}

async function rename({ id, name }) {
  const newName = await askLine(say("room.renameTitle"), name, say("room.rename"));
  if (newName) await change(id, { name: newName });
}

async function archive({ id, archived }) {
  await change(id, { archived: !archived });
  toast(say(archived ? "room.isUnarchived" : "room.isArchived"));
}

async function deleteRoom(id, name) {
  if (!(await confirm(say("room.deleteTitle"), say("room.deleteText", { name }), say("room.delete")))) return;
  await send("DELETE", `/chatroom/${id}`);
  callbacks.deleted({ id });
}
