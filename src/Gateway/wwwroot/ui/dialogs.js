// What all dialogs have in common, and the questions of the page.

import { find } from "../core/dom.js";

const dialog = find("#ask");
const lineField = find("#ask-value");
const textField = find("#ask-long");
const confirmButton = find("#ask-yes");

// Answers the last question: whether the user agrees.
let answer = () => {};

/** Connects the buttons that close dialogs. A press outside closes those that a text cannot be lost in. */
export function startDialogs() {
  addEventListener("click", ({ target }) => target.closest("[data-close]")?.closest("dialog").close());
  for (const one of document.querySelectorAll("dialog")) {
    if (one !== dialog) one.addEventListener("pointerdown", (event) => event.target === one && isOutside(event) && one.close());
  }

  // The event of an older question may come while a newer one is open.
  dialog.addEventListener("close", () => dialog.open || answer(dialog.returnValue === "yes"));

  // By default, Enter would press the first button of the form, which is Cancel.
  lineField.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    confirmButton.click();
  });
}

/** Closes everything that lies over the page, and deletes what it says. */
export function closeDialogs() {
  find("#menu").hidePopover();
  for (const one of document.querySelectorAll("dialog")) {
    one.close();
    for (const field of one.querySelectorAll("textarea, input:not([type=radio], [type=checkbox])")) field.value = "";
  }

  find("#ask-title").textContent = find("#ask-text").textContent = "";
}

function isOutside({ target, clientX: x, clientY: y }) {
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return x < left || x > right || y < top || y > bottom;
}

/** Asks for a line of text; null if the user cancels. */
export const askLine = (title, value, action) => askFor(lineField, title, "", value, action);

/** Asks for a text of several lines, which may be empty; null if the user cancels. */
export function askText(title, note, value, action, maxLength) {
  textField.maxLength = maxLength;
  return askFor(textField, title, note, value, action);
}

/** Asks the user to confirm an action that cannot be undone. */
export function confirm(title, text, action) {
  return show(null, title, text, action, true);
}

async function askFor(field, title, note, value, action) {
  field.value = value;
  return (await show(field, title, note, action, false)) ? field.value.trim() : null;
}

// A question that is still open counts as refused: its words and buttons are replaced.
function show(field, title, text, action, isDangerous) {
  answer(false);
  lineField.hidden = field !== lineField;
  lineField.required = field === lineField;
  textField.hidden = field !== textField;
  find("#ask-title").textContent = title;
  find("#ask-text").textContent = text;
  find("#ask-text").hidden = !text;
  confirmButton.textContent = action;
  confirmButton.className = isDangerous ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  if (field) field.focus();
  else find("[value='']", dialog).focus();
  if (field === lineField) lineField.select();
  return new Promise((resolve) => (answer = resolve));
}
