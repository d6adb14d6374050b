// The error above the message that is being written. A short wait is counted down; until its end, nothing can be sent.

import { MAX_COUNTDOWN_SECONDS, showCountdown } from "../core/countdown.js";
import { button, find, make } from "../core/dom.js";
import { errorMessage, explain, problemType, retryDelay, retryText, retryTime } from "../core/error-texts.js";
import { say } from "../core/words.js";
import { setBlocked } from "./send-button.js";

const notice = find("#send-error");
let end = () => {};

/** Shows an error. `upgrade` leads to more messages. */
export function showSendError(error, upgrade) {
  clearSendError();
  const seconds = retryDelay(error);
  if (!seconds) {
    notice.textContent = explain(error);
    return;
  }

  if (seconds > MAX_COUNTDOWN_SECONDS) {
    notice.append(`${errorMessage(error)} `, make("span", { title: retryTime(seconds) }, retryText(error, seconds)));
    if (["daily-limit", "search-limit"].includes(problemType(error))) notice.append(" ", button(say("errors.upgrade"), upgrade));
    return;
  }

  setBlocked(true);
  end = showCountdown(notice, errorMessage(error), seconds, (rest) => retryText(error, rest), clearSendError);
}

/** Hides the error. A message can be sent again. */
export function clearSendError() {
  end();
  end = () => {};
  setBlocked(false);
  notice.textContent = "";
}
