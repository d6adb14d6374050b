// Menus: one popover for all of them, which stands beside the button that opens it.

import { find, make } from "../core/dom.js";
import { icon } from "../core/icons.js";

const menu = find("#menu");
const GAP = 4;

let anchor = null;
let pressedAnchor = null;

/** Connects the popover. */
export function startMenus() {
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.hidePopover();
  });
  menu.addEventListener("beforetoggle", ({ newState }) => {
    if (newState === "open") return;
    anchor?.setAttribute("aria-expanded", "false");
    anchor = null;
  });
  // The press on the button of an open menu closes it, and the click that follows must not open it again.
  addEventListener("pointerdown", () => (pressedAnchor = anchor), true);
  addEventListener("keydown", () => (pressedAnchor = null), true);
  // A menu stands where its button was.
  addEventListener("resize", () => menu.hidePopover());
  addEventListener("hashchange", () => menu.hidePopover());
}

/**
 * Opens a menu beside a button, or closes it if it is open there.
 * @param {HTMLElement} opener The button.
 * @param {{icon?: string, text: string, run?(): void, href?: string, keys?: string, isDangerous?: boolean, isNote?: boolean, isLast?: boolean}[]} items
 * What it offers: actions, links and notes. A line is drawn below what is last of its kind.
 */
export function openMenu(opener, items) {
  const wasOpen = opener === anchor || opener === pressedAnchor;
  pressedAnchor = null;
  menu.hidePopover();
  if (wasOpen) return;
  menu.replaceChildren(...items.map(toElement));
  // It belongs to the part of the page where its button is.
  opener.closest("aside, main, dialog").append(menu);
  menu.setAttribute("aria-label", opener.ariaLabel ?? opener.textContent.trim());
  anchor = opener;
  opener.setAttribute("aria-expanded", "true");
  menu.showPopover();
  setPosition();
  menuItems()[0]?.focus();
}

function toElement({ icon: name, text, run, href, keys, isDangerous, isNote, isLast }) {
  const inside = [name ? icon(name) : "", make("span", {}, text), keys ? make("kbd", { "aria-hidden": "true" }, keys) : ""];
  const kind = { class: [isDangerous && "danger", isLast && "last", isNote && "quiet"].filter(Boolean).join(" ") || null };
  if (isNote) return make("p", { ...kind, role: "presentation" }, text);
  const attributes = { role: "menuitem", tabindex: "-1", "aria-keyshortcuts": keys, ...kind };
  if (href) return make("a", { href, ...attributes, click: () => close() }, ...inside);
  return make("button", { type: "button", ...attributes, click: () => select(run) }, ...inside);
}

// What the action opens gets the focus, and gives it back to the button.
function select(run) {
  close();
  run();
}

function close() {
  const opener = anchor;
  menu.hidePopover();
  opener?.focus();
}

// Below the button, with their ends in line; above it if there is no room below.
function setPosition() {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isMirrored = document.documentElement.dir === "rtl";
  const isAtStart = isMirrored ? box.right > innerWidth - width : box.left < width;
  const left = isAtStart === !isMirrored ? box.left : box.right - width;
  const below = box.bottom + GAP;
  menu.style.left = `${clamp(left, innerWidth - width)}px`;
  menu.style.top = `${clamp(below + height > innerHeight ? box.top - GAP - height : below, innerHeight - height)}px`;
}

const clamp = (value, end) => Math.max(GAP, Math.min(value, end - GAP));
const menuItems = () => [...menu.querySelectorAll("[role=menuitem]")];

function onKey(event) {
  const all = menuItems();
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key] ?? findByLetter(all, at, event);
  if (next !== undefined) {
    event.preventDefault();
    all.at(next % all.length).focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

// A letter goes to the next item that begins with it.
function findByLetter(all, at, { key, ctrlKey, metaKey, altKey }) {
  if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey) return undefined;
  const startsWithKey = ({ textContent }) => textContent.toLocaleLowerCase().startsWith(key.toLocaleLowerCase());
  const found = [...all.slice(at + 1), ...all.slice(0, at + 1)].find(startsWithKey);
  return found && all.indexOf(found);
}
