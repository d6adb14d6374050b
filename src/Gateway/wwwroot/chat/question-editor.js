// The form in which a question is changed and sent again.

import { button, isTouch, make } from "../core/dom.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { say } from "../core/words.js";
import { fitHeight, isSendKey } from "../ui/text-field.js";

const MAX_LENGTH = 32_000;

/**
 * Creates the form.
 * @param {(text: string, key: string) => Promise} on.send Sends the text. A repeat of the same text has the same key.
 * @param {() => void} on.cancel Closes the form.
 */
export function questionEditor(content, { send, cancel }) {
  let pending = null;
  const text = make("textarea", { maxlength: MAX_LENGTH, rows: "1", dir: "auto", enterkeyhint: isTouch() ? "enter" : "send" });
  text.value = content;
  const form = make(
    "form",
    { class: "editor" },
    make("label", {}, make("span", { class: "visually-hidden" }, say("composer.changeQuestion")), text),
    make("div", { class: "row end" }, button(say("common.cancel"), cancel), make("button", { class: "primary" }, say("composer.send"))),
  );

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true" || !text.value.trim()) return;
    if (pending?.text !== text.value) pending = { text: text.value, key: newIdempotencyKey() };
    form.ariaBusy = "true";
    text.readOnly = true;
    await send(pending.text, pending.key);
    form.ariaBusy = "false";
    text.readOnly = false;
  });
  for (const type of ["input", "focus"]) text.addEventListener(type, () => fitHeight(text));
  text.addEventListener("keydown", (event) => onKey(event, form, cancel));
  return form;
}

function onKey(event, form, cancel) {
  // In an input method, Escape leaves it.
  if (event.key === "Escape" && !event.isComposing) {
    event.stopPropagation();
    cancel();
  } else if (isSendKey(event)) {
    event.preventDefault();
    form.requestSubmit();
  }
}
