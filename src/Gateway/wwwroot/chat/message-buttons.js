// The buttons below a message.

import { announce, button, copyText, make, toast } from "../core/dom.js";
import { explain } from "../core/error-texts.js";
import { icon } from "../core/icons.js";
import { language, say } from "../core/words.js";
import { askText } from "../ui/dialogs.js";
import { isUnfinished } from "./message-status.js";

const COMMENT_LENGTH = 2000;
const COPIED_FOR_MS = 2000;

/** The buttons of a message. `isAnswering` tells whether a reply to the same question is being written. */
export function* messageButtons(message, actions, isAnswering) {
  yield* versionButtons(message, actions);
  if (isUnfinished(message)) {
    yield button(say(message.status === "queued" ? "common.cancel" : "common.stop"), () => actions.stop(message.id), { class: "tool" });
  } else {
    if (message.content) yield copyButton(say("common.copy"), () => message.content);
    if (message.sender === "user") yield iconButton("edit", say("buttons.edit"), actions.startEdit);
    else yield* replyButtons(message, actions, isAnswering);
  }

  yield modelAndTime(message);
}

/** A button that copies a text. */
export function copyButton(label, text) {
  const element = iconButton("copy", label, async () => {
    try {
      await copyText(text());
    } catch (error) {
      toast(explain(error));
      return;
    }

    show("check", say("buttons.copied"));
    announce(say("buttons.copied"));
    setTimeout(() => show("copy", label), COPIED_FOR_MS);
  });
  const show = (name, words) => {
    element.replaceChildren(icon(name));
    element.ariaLabel = element.title = words;
  };
  return element;
}

const iconButton = (name, label, onClick, attributes = {}) =>
  button(icon(name), onClick, { class: "tool", "aria-label": label, title: label, ...attributes });

function* versionButtons({ id, sender, siblings = [] }, actions) {
  if (siblings.length < 2) return;
  const at = siblings.indexOf(id);
  const kind = sender === "user" ? "Question" : "Answer";
  const step = (name, label, to) => iconButton(name, label, () => actions.choose(to, label), { disabled: to === undefined });
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
    yield thumbButton("up", say("buttons.good"), id, feedback, actions);
    yield thumbButton("down", say("buttons.bad"), id, feedback, actions);
  }

  if (!isAnswering && (!isFailed || error?.retryable)) {
    const regenerate = (event) => whileDisabled(event.currentTarget, () => actions.regenerate(id));
    yield iconButton("redo", say(isFailed ? "common.tryAgain" : "buttons.regenerate"), regenerate);
  }

  if (content && feedback) {
    yield button(say(feedback.comment ? "buttons.editComment" : "buttons.addComment"), () => editComment(id, feedback, actions), { class: "tool" });
  }
}

function thumbButton(rating, label, id, feedback, actions) {
  const isPressed = feedback?.rating === rating;
  const attributes = { "aria-pressed": String(isPressed), class: `tool thumb ${rating}` };
  return iconButton("thumb", label, () => actions.rate(id, isPressed ? null : { rating }), attributes);
}

async function editComment(id, { rating, comment: oldText = "" }, actions) {
  const text = await askText(say("buttons.comment"), say("buttons.commentNote"), oldText, say("common.save"), COMMENT_LENGTH);
  if (text !== null) await actions.rate(id, { rating, ...(text && { comment: text }) });
}

async function whileDisabled(element, work) {
  element.disabled = true;
  await work();
  element.disabled = false;
}

function modelAndTime({ timestamp, model }) {
  const date = new Date(timestamp);
  const exact = date.toLocaleString(language, { dateStyle: "full", timeStyle: "short" });
  const time = make("time", { datetime: timestamp, title: exact }, date.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }));
  return make("span", { class: "quiet stamp" }, ...(model ? [make("bdi", {}, model), " · "] : []), time);
}
