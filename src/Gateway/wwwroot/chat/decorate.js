// What the page adds to the HTML of messages: pictures, frames around code and tables, and the direction of each block.

import { find, make } from "../core/dom.js";
import { say } from "../core/words.js";
import { showPictures } from "./attachments.js";
import { diagramButton, isDiagram } from "./diagram-frame.js";
import { copyButton } from "./message-buttons.js";

const FRAMED = "pre, table";

/** The node of the HTML that a frame holds; the node itself if it has no frame. */
export const contentOf = (node) => (node.isFrame ? node.lastChild : node);

/** Gives the frame of a block that has changed the button that the block needs. */
export function updateFrame(outer) {
  const block = contentOf(outer);
  const hasButton = find(":scope > .diagram-button", outer) !== null;
  if (hasButton === isDiagram(block)) return;
  if (hasButton) outer.replaceChildren(outer.firstChild, block);
  else block.before(diagramButton(block));
}

/** Puts frames into a part of the HTML of a message, and around it. Returns what belongs on the page. */
export function decorate(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node;
  showPictures(node);
  for (const inner of node.querySelectorAll(FRAMED)) {
    // A placeholder keeps the place while the frame takes the element in.
    const placeholder = document.createTextNode("");
    inner.replaceWith(placeholder);
    placeholder.replaceWith(frame(inner));
  }

  return node.matches(FRAMED) ? frame(node) : node;
}

/** The same for a block of the top level, which has its own direction. */
export function decorateBlock(node) {
  if (node.nodeType === Node.ELEMENT_NODE && node.localName !== "pre") node.dir = "auto";
  return decorate(node);
}

function frame(element) {
  const outer = element.localName === "pre" ? codeFrame(element) : tableFrame();
  outer.isFrame = true;
  outer.append(element);
  return outer;
}

function codeFrame(block) {
  block.tabIndex = 0;
  block.dir = "ltr";
  const copy = copyButton(say("message.copyCode"), () => block.textContent);
  return make("div", { class: "code" }, copy, ...(isDiagram(block) ? [diagramButton(block)] : []));
}

const tableFrame = () => make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": say("message.table") });
