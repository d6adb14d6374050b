// Temporary chats: the button that starts one, and the hint above the message.

import { announce, find, isTouch } from "../core/dom.js";
import { say } from "../core/words.js";

const toggle = find("#temporary");
const note = find("#temporary-note");

/** Connects the button. `onChange` runs when the user has pressed it. */
export function startTemporary(onChange) {
  toggle.addEventListener("click", () => {
    setNextChatTemporary(!isNextChatTemporary());
    onChange();
    announce(isNextChatTemporary() ? note.textContent : say("shell.notTemporary"));
    if (!isTouch()) find("#text").focus();
  });
}

/** Whether the next chat is to be temporary. */
export const isNextChatTemporary = () => toggle.ariaPressed === "true";

/** Shows the open room; undefined for none. */
export function showTemporary(isRoomOpen, room) {
  toggle.hidden = isRoomOpen;
  note.hidden = !(isRoomOpen ? room?.temporary : isNextChatTemporary());
}

/** Says whether the next chat is to be temporary. */
export function setNextChatTemporary(isPressed) {
  toggle.ariaPressed = String(isPressed);
  // Otherwise a room is open, which has a note of its own.
  if (!toggle.hidden) note.hidden = !isPressed;
}
