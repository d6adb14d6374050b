// Waits that are counted down.

import { make } from "./dom.js";
import { language } from "./words.js";

/** Longer waits are not counted down. */
export const MAX_COUNTDOWN_SECONDS = 300;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const relative = new Intl.RelativeTimeFormat(language);

/** Calls `onTick` with the seconds that are left, now and each second, then `onEnd`. Returns a function that stops it. */
export function countDown(seconds, onTick, onEnd) {
  const end = Date.now() + seconds * 1000;
  let timer;
  const step = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      onEnd();
      return;
    }

    onTick(left);
    // A page behind another one may miss some seconds.
    timer = setTimeout(step, (end - Date.now()) % 1000 || 1000);
  };
  step();
  return () => clearTimeout(timer);
}

/** Shows a sentence and the wait that is left, in the words of `format`; then calls `onEnd`. Returns a function that stops it. */
export function showCountdown(element, sentence, seconds, format, onEnd) {
  // Screen readers are told once, not each second.
  const left = make("span", { "aria-hidden": "true" });
  element.replaceChildren(`${sentence} `, make("span", { class: "visually-hidden" }, format(seconds)), left);
  return countDown(seconds, (rest) => (left.textContent = format(rest)), onEnd);
}

/** "in 12 seconds", "in 7 hours". */
export function fromNow(seconds) {
  if (seconds < 1.5 * MINUTE) return relative.format(Math.ceil(seconds), "second");
  if (seconds < 1.5 * HOUR) return relative.format(Math.ceil(seconds / MINUTE), "minute");
  if (seconds < 1.5 * DAY) return relative.format(Math.round(seconds / HOUR), "hour");
  return relative.format(Math.round(seconds / DAY), "day");
}

/** "0:42". */
export function formatClock(seconds) {
  const number = (value, digits) => new Intl.NumberFormat(language, { minimumIntegerDigits: digits }).format(value);
  return `${number(Math.floor(seconds / MINUTE), 1)}:${number(seconds % MINUTE, 2)}`;
}
