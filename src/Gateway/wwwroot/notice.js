// The error above the message that is being written. A short wait is counted down; until its end, nothing can be sent.

import { countDown } from "./countdown.js";
import { button, find, make } from "./dom.js";
import { again, againAt, explain, kindOf, sentence, waitOf } from "./problem-words.js";
import { setBlocked } from "./send-button.js";
import { say } from "./words.js";

const LONG = 300;
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

  if (seconds > LONG) {
    notice.append(`${sentence(error)} `, make("span", { title: againAt(seconds) }, again(error, seconds)));
    if (["daily-limit", "search-limit"].includes(kindOf(error))) notice.append(" ", button(say("errors.upgrade"), upgrade));
    return;
  }

  // Screen readers are told once, not each second.
  const left = make("span", { "aria-hidden": "true" });
  notice.append(`${sentence(error)} `, make("span", { class: "visually-hidden" }, again(error, seconds)), left);
  setBlocked(true);
  end = countDown(seconds, (rest) => (left.textContent = again(error, rest)), clearNotice);
}

/** Hides the error. A message can be sent again. */
export function clearNotice() {
  end();
  end = () => {};
  setBlocked(false);
  notice.textContent = "";
}
