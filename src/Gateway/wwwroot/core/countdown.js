// Waits that are counted down.

import { make } from "./dom.js";
import { language } from "./words.js";

/** Longer waits are not counted down. */
export const MAX_COUNTDOWN_SECONDS = 300;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const relative = new Intl.RelativeTimeFormat(language);

/** Calls `tick` with the seconds that are left, now and each second, then `done`. Gives a function that ends it. */
export function countDown(seconds, tick, done) {
  const end = Date.now() + seconds * 1000;
  let timer;
  const step = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      done();
      return;
    }

    tick(left);
    // A page behind another one may miss some seconds.
    timer = setTimeout(step, (end - Date.now()) % 1000 || 1000);
  };
  step();
  return () => clearTimeout(timer);
}

/** Shows a sentence and after it the wait that is left, in the words of `tell`; then calls `done`. Gives a function that ends it. */
export function showCountdown(place, sentence, seconds, tell, done) {
  // Screen readers are told once, not each second.
  const left = make("span", { "aria-hidden": "true" });
  place.replaceChildren(`${sentence} `, make("span", { class: "visually-hidden" }, tell(seconds)), left);
  return countDown(seconds, (rest) => (left.textContent = tell(rest)), done);
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
