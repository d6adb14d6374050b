// Why a message was not sent: a text above the composer. A short wait is counted down; until its end, nothing can be sent.

import { MAX_COUNTDOWN_SECONDS, showCountdown } from "../core/countdown.js";
import { button, find, make } from "../core/dom.js";
import { errorMessage, explain, problemType, retryDelay, retryText, retryTime } from "../core/error-texts.js";
import { say } from "../core/words.js";
import { setBlocked } from "./send-button.js";

const element = find("#send-error");
let stopCountdown = () => {};

/** Shows an error. `upgrade` takes the user to the checkout. */
export function showSendError(error, upgrade) {
  clearSendError();
  const seconds = retryDelay(error);
  if (!seconds) {
    element.textContent = explain(error);
    return;
  }

  if (seconds > MAX_COUNTDOWN_SECONDS) {
    element.append(`${errorMessage(error)} `, make("span", { title: retryTime(seconds) }, retryText(error, seconds)));
    if (["daily-limit", "search-limit"].includes(problemType(error))) element.append(" ", button(say("common.upgrade"), upgrade));
    return;
  }

  setBlocked(true);
  stopCountdown = showCountdown(element, errorMessage(error), seconds, (rest) => retryText(error, rest), clearSendError);
}

/** Hides the error. A message can be sent again. */
export function clearSendError() {
  stopCountdown();
  stopCountdown = () => {};
  setBlocked(false);
  element.textContent = "";
}
