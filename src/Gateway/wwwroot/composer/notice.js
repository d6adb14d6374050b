// The error above the message that is being written. A short wait is counted down; until its end, nothing can be sent.

import { MAX_COUNTDOWN_SECONDS, showCountdown } from "../core/countdown.js";
import { button, find, make } from "../core/dom.js";
import { again, againAt, explain, kindOf, sentence, waitOf } from "../core/problem-words.js";
import { say } from "../core/words.js";
import { setBlocked } from "./send-button.js";

const notice = find("#notice");
let end = () => {};

/** Shows an error. `upgrade` leads to more messages. */
export function showNotice(error, upgrade) {
  clearNotice();
  const seconds = waitOf(error);
  if (!seconds) {
    notice.textContent = explain(error);
    return;
  }

  if (seconds > MAX_COUNTDOWN_SECONDS) {
    notice.append(`${sentence(error)} `, make("span", { title: againAt(seconds) }, again(error, seconds)));
    if (["daily-limit", "search-limit"].includes(kindOf(error))) notice.append(" ", button(say("errors.upgrade"), upgrade));
    return;
  }

  setBlocked(true);
  end = showCountdown(notice, sentence(error), seconds, (rest) => again(error, rest), clearNotice);
}

/** Hides the error. A message can be sent again. */
export function clearNotice() {
  end();
  end = () => {};
  setBlocked(false);
  notice.textContent = "";
}
