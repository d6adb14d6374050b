// The round button of the composer: it sends, and while an answer is written and there is nothing to send, it stops the answer.

import { find } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

const pressed = find("#send");
const field = find("#text");

let isAnswering = false;
let isBlocked = false;

/** Wires the button. */
export function startSendButton() {
  pressed.append(icon("send"), icon("stop"));
  field.addEventListener("input", showSendButton);
  showSendButton();
}

/** Calls back when the user wants to stop the answer. */
export function onStop(stop) {
  pressed.addEventListener("click", (event) => {
    if (mode() !== "stop") return;
    event.preventDefault();
    // The first press of a double click has sent the message. The second one must not stop its answer.
    if (event.detail < 2) stop();
  });
}

/** Tells whether an answer of the open chat is being written or waits. */
export function setAnswering(value) {
  isAnswering = value;
  showSendButton();
}

/** While the button is blocked, nothing can be sent. */
export function setBlocked(value) {
  isBlocked = value;
  showSendButton();
}

/** Whether a message can be sent now. */
export const canSend = () => !isBlocked && field.value.trim() !== "";

/** Shows what the button does now. It stays in the order of focus, also while it does nothing. */
export function showSendButton() {
  const now = mode();
  const label = say(now === "stop" ? "composer.stop" : "composer.send");
  if (pressed.ariaLabel !== label) pressed.ariaLabel = label;
  pressed.dataset.mode = now;
  pressed.title = now === "queue" ? say("composer.queue") : label;
  pressed.ariaDisabled = String(now !== "stop" && !canSend());
  const words = say(isAnswering ? "composer.next" : "composer.placeholder");
  if (field.placeholder !== words) field.placeholder = words;
}

function mode() {
  if (!isAnswering) return "send";
  return field.value.trim() === "" ? "stop" : "queue";
}
