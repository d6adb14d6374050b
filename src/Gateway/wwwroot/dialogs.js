// The questions that the page asks, in the one <dialog> there is.

import { find } from "./dom.js";

const dialog = find("#ask");
const field = find("#ask-value");
const yes = find("#ask-yes");

/** Asks for a text; null when there is to be none. */
export async function ask(title, value, action) {
  field.hidden = false;
  field.required = true;
  field.value = value;
  const isGiven = await show(title, "", action, false);
  return isGiven ? field.value.trim() : null;
}

/** Asks whether to do what cannot be undone. */
export function confirm(title, text, action) {
  field.hidden = true;
  field.required = false;
  return show(title, text, action, true);
}

function show(title, text, action, isDangerous) {
  find("#ask-title").textContent = title;
  find("#ask-text").textContent = text;
  find("#ask-text").hidden = !text;
  yes.textContent = action;
  yes.className = isDangerous ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  if (!field.hidden) field.select();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

// Enter in the field presses the form's first button, which is Cancel's.
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  yes.click();
});
