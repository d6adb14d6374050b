// Helpers for the document. Strings are inserted as text. Only the HTML of a reply and of search suggestions, from the server, is inserted as HTML.

export const find = (selector, root = document) => root.querySelector(selector);

/** Creates an element: `make("a", { href: "#", class: "room" }, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }

  element.append(...children);
  return element;
}

export const button = (text, onClick, attributes = {}) => make("button", { type: "button", click: onClick, ...attributes }, text);

/** Checks the radio button with this value. Its label gets the class `on`. */
export function checkRadio(group, value) {
  for (const input of group.querySelectorAll("input")) {
    input.checked = input.value === value;
    input.closest("label").classList.toggle("on", input.checked);
  }
}

/** Sets the children of a parent. It moves only children in the wrong place, so focus and scroll position stay. */
export function setChildren(parent, nodes) {
  const kept = new Set(nodes);
  // What goes leaves first, so that what follows it need not move.
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

// The only policy that the Content-Security-Policy allows. No other code can turn a string into HTML.
const rules = { createHTML: (html) => html, createScriptURL: () => "/sw.js" };
const policy = window.trustedTypes?.createPolicy("reply", rules) ?? rules;

export function setReplyHtml(element, html) {
  element.innerHTML = policy.createHTML(html);
}

/** The address of the service worker, the only script that a string may name. */
export const workerUrl = () => policy.createScriptURL("");

/** Shows HTML in a frame of its own. */
export function setFrameHtml(frame, html) {
  frame.srcdoc = policy.createHTML(html);
}

/** Announces a change to screen readers. Every word of a reply would be too much. */
export function announce(text) {
  find("#announcer").textContent = text;
}

let toastTimer;

/** Shows a line of text for a while, above everything, and announces it; nothing if the text is empty. */
export function toast(text) {
  if (!text) return;
  const line = find("#toast");
  line.textContent = text;
  line.hidePopover();
  line.showPopover();
  announce(text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => line.hidePopover(), 8000);
}

/** Whether the user has a touch screen. There, a field that gets the focus brings up the keyboard. */
export const isTouch = () => matchMedia("(pointer: coarse)").matches;

/** Copies a text. Pages without TLS have only the old clipboard API. */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }

  const field = make("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  field.value = text;
  // While a dialog is open, nothing outside of it can be selected.
  (find("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("The browser has not copied the text.");
}
