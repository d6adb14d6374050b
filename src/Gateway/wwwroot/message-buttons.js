// The buttons below a message.

import { askLong } from "./dialogs.js";
import { announce, button, clock, copy, drawing, make } from "./dom.js";

const COMMENT_LENGTH = 2000;
const THUMB = "M2 10h4v11H2zM8 20V10l4-8c1.7 0 2.7 1.3 2.4 3L13.7 9H20a2 2 0 0 1 2 2.3l-1.3 8A2 2 0 0 1 18.7 21H10a2 2 0 0 1-2-1z";

/** The buttons of a message. `isAnswering` tells whether a reply to the same question is being written. */
export function* messageButtons(message, actions, isAnswering) {
  yield* versions(message, actions);
  if (message.status === "queued" || message.status === "generating") {
    yield button(message.status === "queued" ? "Cancel" : "Stop", () => actions.stop(message.id));
  } else {
    if (message.content) yield copyButton("Copy", () => message.content);
    if (message.sender === "user") yield button("Edit", actions.startEdit);
    else yield* replyButtons(message, actions, isAnswering);
  }

  yield stamp(message);
}

/** A button that copies a text. */
export function copyButton(label, text) {
  const pressed = button(label, async () => {
    await copy(text());
    pressed.textContent = "Copied";
    announce("Copied");
    setTimeout(() => (pressed.textContent = label), 2000);
  });
  return pressed;
}

function* versions({ id, sender, siblings = [] }, actions) {
  if (siblings.length < 2) return;
  const at = siblings.indexOf(id);
  const kind = sender === "user" ? "question" : "answer";
  const step = (text, label, to) => button(text, () => actions.choose(to, label), { "aria-label": label, disabled: to === undefined });
  yield step("‹", `Previous ${kind}`, siblings[at - 1]);
  yield make(
    "span",
    { class: "quiet" },
    make("span", { class: "visually-hidden" }, `Version ${at + 1} of ${siblings.length}`),
    make("span", { "aria-hidden": "true" }, `${at + 1}/${siblings.length}`),
  );
  yield step("›", `Next ${kind}`, siblings[at + 1]);
}

function* replyButtons({ id, status, content, error, feedback }, actions, isAnswering) {
  const isFailed = status === "failed";
  if (!isAnswering && (!isFailed || error?.retryable)) {
    yield button(isFailed ? "Try again" : "Regenerate", (event) => whileDisabled(event.currentTarget, () => actions.regenerate(id)));
  }

  if (!content) return;
  const thumb = (rating, label) => {
    const isPressed = feedback?.rating === rating;
    const attributes = { "aria-label": label, "aria-pressed": String(isPressed), title: label, class: `thumb ${rating}` };
    const pressed = button("", () => actions.rate(id, isPressed ? null : { rating }), attributes);
    pressed.append(drawing(THUMB));
    return pressed;
  };
  yield thumb("up", "Good answer");
  yield thumb("down", "Bad answer");
  if (feedback) yield button(feedback.comment ? "Edit comment" : "Add a comment", () => comment(id, feedback, actions));
}

async function comment(id, { rating, comment: known = "" }, actions) {
  const note = "What was good or bad about this answer?";
  const text = await askLong("Your comment", note, known, "Save", COMMENT_LENGTH);
  if (text !== null) await actions.rate(id, { rating, ...(text && { comment: text }) });
}

async function whileDisabled(pressed, work) {
  pressed.disabled = true;
  await work();
  pressed.disabled = false;
}

function stamp({ timestamp, model }) {
  const time = make("time", { datetime: timestamp, title: new Date(timestamp).toLocaleString() }, clock(timestamp));
  return make("span", { class: "quiet" }, ...(model ? [`${model} · `] : []), time);
}
