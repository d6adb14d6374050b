// Temporary chats: the button that starts one, and the hint above the message.

import { announce, find, isTouch } from "./dom.js";
import { say } from "./words.js";

const toggle = find("#temporary");
const note = find("#temporary-note");

export function startTemporary() {
  toggle.addEventListener("click", () => {
    set(!isWanted());
    announce(isWanted() ? note.textContent : say("shell.notTemporary"));
    if (!isTouch()) find("#text").focus();
  });
}

/** Whether the next chat is to be temporary. */
export const isWanted = () => toggle.ariaPressed === "true";

/** Shows the open room; undefined for none. */
export function showTemporary(isRoomOpen, room) {
  toggle.hidden = isRoomOpen;
  if (isRoomOpen) set(false);
  note.hidden = !(isRoomOpen ? room?.temporary : isWanted());
}

function set(isPressed) {
  toggle.ariaPressed = String(isPressed);
  note.hidden = !isPressed;
}
