// The round button of the composer: it sends, and while an answer is written and there is nothing to send, it stops the answer.

import { find } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

const button = find("#send");
const field = find("#text");

let isAnswering = false;
let isBlocked = false;

/** Connects the button. */
export function startSendButton() {
  button.append(icon("send"), icon("stop"));
  field.addEventListener("input", showSendButton);
  showSendButton();
}

/** Calls back when the user wants to stop the answer. */
export function onStop(stop) {
  button.addEventListener("click", (event) => {
    if (currentMode() !== "stop") return;
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
  const mode = currentMode();
  const label = say(mode === "stop" ? "common.stop" : "composer.send");
  if (button.ariaLabel !== label) button.ariaLabel = label;
  button.dataset.mode = mode;
  button.title = mode === "queue" ? say("composer.queue") : label;
  button.ariaDisabled = String(mode !== "stop" && !canSend());
  const words = say(isAnswering ? "composer.next" : "composer.placeholder");
  if (field.placeholder !== words) field.placeholder = words;
}

function currentMode() {
  if (!isAnswering) return "send";
  return field.value.trim() === "" ? "stop" : "queue";
}
