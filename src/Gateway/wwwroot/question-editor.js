// The form in which a question is changed and sent again.

import { button, make } from "./dom.js";
import { newKey } from "./keys.js";

const MAX_LENGTH = 32_000;
const MAX_ROWS = 12;

/**
 * Creates the form.
 * @param {(text: string, key: string) => Promise} on.send Sends the text. A repeat of the same text has the same key.
 * @param {() => void} on.cancel Closes the form.
 */
export function questionEditor(content, { send, cancel }) {
  let wish = null;
  const text = make("textarea", { maxlength: MAX_LENGTH, rows: Math.min(MAX_ROWS, content.split("\n").length + 1) });
  text.value = content;
  const form = make(
    "form",
    { class: "editor" },
    make("label", {}, make("span", { class: "visually-hidden" }, "Change this question"), text),
    make("div", { class: "row end" }, button("Cancel", cancel), make("button", { class: "primary" }, "Send")),
  );

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true" || !text.value.trim()) return;
    if (wish?.text !== text.value) wish = { text: text.value, key: newKey() };
    form.ariaBusy = "true";
    text.readOnly = true;
    await send(wish.text, wish.key);
    form.ariaBusy = "false";
    text.readOnly = false;
  });
  text.addEventListener("keydown", (event) => {
    // In an input method, Enter chooses a word, and Escape leaves it.
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      cancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  return form;
}
