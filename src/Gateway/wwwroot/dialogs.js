// The questions of the page, in its only <dialog>.

import { find } from "./dom.js";

const dialog = find("#ask");
const line = find("#ask-value");
const long = find("#ask-long");
const yes = find("#ask-yes");

/** Asks for a line of text; null if the user cancels. */
export const ask = (title, value, action) => askFor(line, title, "", value, action);

/** Asks for a text of several lines, which may be empty; null if the user cancels. */
export function askLong(title, note, value, action, maxLength) {
  long.maxLength = maxLength;
  return askFor(long, title, note, value, action);
}

/** Asks the user to confirm an action that cannot be undone. */
export function confirm(title, text, action) {
  return show(null, title, text, action, true);
}

async function askFor(field, title, note, value, action) {
  field.value = value;
  return (await show(field, title, note, action, false)) ? field.value.trim() : null;
}

function show(field, title, text, action, isDangerous) {
  line.hidden = field !== line;
  line.required = field === line;
  long.hidden = field !== long;
  find("#ask-title").textContent = title;
  find("#ask-text").textContent = text;
  find("#ask-text").hidden = !text;
  yes.textContent = action;
  yes.className = isDangerous ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  if (field === line) line.select();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

// By default, Enter would press the first button of the form, which is Cancel.
line.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  yes.click();
});
