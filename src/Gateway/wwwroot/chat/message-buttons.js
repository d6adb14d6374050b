// The buttons below a message.

import { announce, button, copyText, make } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { language, say } from "../core/words.js";
import { askText } from "../ui/dialogs.js";

const COMMENT_LENGTH = 2000;
const COPIED_FOR = 2000;

/** The buttons of a message. `isAnswering` tells whether a reply to the same question is being written. */
export function* messageButtons(message, actions, isAnswering) {
  yield* versions(message, actions);
  if (message.status === "queued" || message.status === "generating") {
    yield button(say(message.status === "queued" ? "buttons.cancel" : "buttons.stop"), () => actions.stop(message.id), { class: "tool" });
  } else {
    if (message.content) yield copyButton(say("buttons.copy"), () => message.content);
    if (message.sender === "user") yield tool("edit", say("buttons.edit"), actions.startEdit);
    else yield* replyButtons(message, actions, isAnswering);
  }

  yield stamp(message);
}

/** A button that copies a text. */
export function copyButton(label, text) {
  const pressed = tool("copy", label, async () => {
    await copyText(text());
    show("check", say("buttons.copied"));
    announce(say("buttons.copied"));
    setTimeout(() => show("copy", label), COPIED_FOR);
  });
  const show = (name, words) => {
    pressed.replaceChildren(icon(name));
    pressed.ariaLabel = pressed.title = words;
  };
  return pressed;
}

const tool = (name, label, onClick, attributes = {}) =>
  button(icon(name), onClick, { class: "tool", "aria-label": label, title: label, ...attributes });

function* versions({ id, sender, siblings = [] }, actions) {
  if (siblings.length < 2) return;
  const at = siblings.indexOf(id);
  const kind = sender === "user" ? "Question" : "Answer";
  const step = (name, label, to) => tool(name, label, () => actions.choose(to, label), { disabled: to === undefined });
  yield step("left", say(`buttons.previous${kind}`), siblings[at - 1]);
  yield make(
    "span",
    { class: "quiet" },
    make("span", { class: "visually-hidden" }, say("buttons.version", { number: at + 1, total: siblings.length })),
    make("span", { "aria-hidden": "true" }, `${at + 1}/${siblings.length}`),
  );
  yield step("right", say(`buttons.next${kind}`), siblings[at + 1]);
}

function* replyButtons({ id, status, content, error, feedback }, actions, isAnswering) {
  const isFailed = status === "failed";
  if (content) {
    yield thumb("up", say("buttons.good"), id, feedback, actions);
    yield thumb("down", say("buttons.bad"), id, feedback, actions);
  }

  if (!isAnswering && (!isFailed || error?.retryable)) {
    const again = (event) => whileDisabled(event.currentTarget, () => actions.regenerate(id));
    yield tool("redo", say(isFailed ? "buttons.tryAgain" : "buttons.regenerate"), again);
  }

  if (content && feedback) {
    yield button(say(feedback.comment ? "buttons.editComment" : "buttons.addComment"), () => comment(id, feedback, actions), { class: "tool" });
  }
}

function thumb(rating, label, id, feedback, actions) {
  const isPressed = feedback?.rating === rating;
  const attributes = { "aria-pressed": String(isPressed), class: `tool thumb ${rating}` };
  return tool("thumb", label, () => actions.rate(id, isPressed ? null : { rating }), attributes);
}

async function comment(id, { rating, comment: known = "" }, actions) {
  const text = await askText(say("buttons.comment"), say("buttons.commentNote"), known, say("composer.save"), COMMENT_LENGTH);
  if (text !== null) await actions.rate(id, { rating, ...(text && { comment: text }) });
}

async function whileDisabled(pressed, work) {
  pressed.disabled = true;
  await work();
  pressed.disabled = false;
}

function stamp({ timestamp, model }) {
  const date = new Date(timestamp);
  const exact = date.toLocaleString(language, { dateStyle: "full", timeStyle: "short" });
  const time = make("time", { datetime: timestamp, title: exact }, date.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }));
  return make("span", { class: "quiet stamp" }, ...(model ? [make("bdi", {}, model), " · "] : []), time);
}
