// The header of a chat: its title and menu, the state of the connection, and the text for a chat that does not exist.

import { showTemporary } from "../composer/temporary-chat.js";
import { currentRoom } from "../core/address.js";
import { announce, find } from "../core/dom.js";
import { say } from "../core/words.js";

const menuButton = find("#room-menu");
const title = find("#title");
const connection = find("#connection");

let isNotFound = false;

/** Connects the button of the menu. `openMenu` gets it, and the title. */
export function startHeader(openMenu) {
  menuButton.addEventListener("click", () => openMenu(menuButton, title.textContent));
}

/** Shows the open room, as the list of rooms has it; undefined if it is not in the list. */
export function showHeader(room) {
  const id = currentRoom();
  const name = titleOf(id, room);
  title.textContent = name;
  document.title = name && (id || isNotFound) ? `${name} · GeminiChat` : "GeminiChat";
  showTemporary(id !== null || isNotFound, room);
  menuButton.hidden = !id || isNotFound;
}

function titleOf(id, room) {
  if (isNotFound) return say("shell.notFoundTitle");
  if (room?.temporary) return say("shell.temporary");
  return room?.name ?? (id ? "" : say("common.newChat"));
}

/** Tells that there is no such chat, or shows the chat. */
export function showNotFound(value) {
  isNotFound = value;
  find("#chat").classList.toggle("not-found", isNotFound);
  find("#not-found").hidden = !isNotFound;
  if (isNotFound) announce(find("#not-found h2").textContent);
}

/** Shows an error of the connection; without a text, hides it. */
export function showConnection(trouble = "") {
  if (connection.textContent === trouble) return;
  connection.textContent = trouble;
  connection.hidden = !trouble;
  announce(trouble || say("shell.connected"));
}
