// Text fields for messages: they grow with their text, and know what Enter means. On touch, Enter makes a line.

import { isTouch } from "../core/dom.js";

const fitsByCss = CSS.supports("field-sizing", "content");

/** Makes the field as high as its text. The style sheet has the maximum. */
export function fitHeight(field) {
  if (fitsByCss) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

/** Sets the focus, unless that would open the keyboard of a phone. */
export function focusUnlessTouch(field) {
  if (!isTouch()) field.focus();
}

/** Whether this key sends the text. In an input method, Enter chooses a word; Safari tells that by the code only. */
export function isSendKey(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  return event.ctrlKey || event.metaKey || (!event.shiftKey && !event.altKey && !isTouch());
}
