// The text of a message on the page: plain, or formatted with one element for each block of its top level. While it is written, only
// what has changed is parsed, and what is equal stays on the page.

import { make, setReplyHtml } from "./dom.js";
import { core, dressBlock } from "./frames.js";
import { morph, morphChildren } from "./morph.js";

const TOKEN = /<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|[^">])*>|[^<]+/gi;
const VOID = new Set(["br", "hr", "img", "input"]);

export class Blocks {
  #root;
  #blocks = [];

  constructor(root) {
    this.#root = root;
  }

  /** Whether there is no HTML that came in changes. */
  get isEmpty() {
    return this.#blocks.length === 0;
  }

  /** The text begins anew. What is on the page stays until something else is shown. */
  reset() {
    this.#blocks = [];
  }

  /** Shows a text without formatting. */
  showText(text) {
    this.reset();
    this.#root.classList.remove("rich");
    this.#root.textContent = text;
  }

  /** Shows the whole HTML. */
  showHtml(html) {
    if (!this.isEmpty) {
      this.flush();
      if (this.#blocks.map((block) => block.html).join("") === html) return;
      this.reset();
    }

    this.#begin();
    const known = [...this.#root.children];
    const fresh = [...parse(html).children];
    fresh.forEach((node, at) => put(this.#root, known[at], node));
    known.slice(fresh.length).forEach((element) => element.remove());
  }

  /** Takes a change from a stream: the event `html` in the document of the API. It shows with `flush`. */
  take({ block: at, keep, html, blocks: count }) {
    const block = (this.#blocks[at] ??= { html: "", shown: null, same: 0, place: null });
    block.html = block.html.slice(0, keep) + html;
    block.same = Math.min(block.same, keep);
    this.#blocks.length = Math.min(this.#blocks.length, count);
  }

  /** Shows the changes. */
  flush() {
    this.#begin();
    for (const [at, block] of this.#blocks.entries()) {
      if (block.shown === block.html) continue;
      const element = this.#root.children[at];
      if (!element || !grow(block, element)) put(this.#root, element, whole(block.html));
      block.shown = block.html;
      block.same = block.html.length;
    }

    while (this.#root.children.length > this.#blocks.length) this.#root.lastElementChild.remove();
  }

  #begin() {
    if (this.#root.classList.contains("rich")) return;
    this.#root.classList.add("rich");
    this.#root.replaceChildren();
  }
}

function put(root, old, fresh) {
  if (!old) root.append(dressBlock(fresh));
  else if (core(old).nodeName === fresh.nodeName) morph(old, fresh);
  else old.replaceWith(dressBlock(fresh));
}

function parse(html) {
  const template = make("template");
  setReplyHtml(template, html);
  return template.content;
}

// A block is one element.
function whole(html) {
  const { children } = parse(html);
  return children.length === 1 ? children[0] : make("div", {}, ...children);
}

// Parses only what follows the last closed element that stays: the new items of a list, the new words of code. False if the page
// is not as expected.
function grow(block, element) {
  block.place = advance(block.place, block.html, block.same);
  const { at, path } = block.place;
  if (path.length === 0) return false;
  const levels = [];
  let known = element;
  let fresh = parse(path.map(({ open }) => open).join("") + block.html.slice(at)).firstChild;
  for (const { count } of path) {
    known = known && core(known);
    if (known?.nodeName !== fresh?.nodeName) return false;
    levels.push({ known, fresh, count });
    known = known.childNodes[count - 1];
    fresh = fresh.firstChild;
  }

  for (const [depth, level] of levels.reverse().entries()) {
    // Of the outer levels, the first child is the element that was open.
    morphChildren(level.known, [...level.fresh.childNodes].slice(depth === 0 ? 0 : 1), level.count);
  }

  return true;
}

// The place after the last element that is closed within the part that stays, and the elements that are open there.
function advance(place, html, same) {
  let found = place === null || place.at > same ? { at: 0, path: [] } : place;
  const path = found.path.map((level) => ({ ...level }));
  TOKEN.lastIndex = found.at;
  for (let token; (token = TOKEN.exec(html)) && TOKEN.lastIndex <= same; ) {
    const [text, slash, name] = token;
    if (slash) {
      path.pop();
      found = { at: TOKEN.lastIndex, path: path.map((level) => ({ ...level })) };
      continue;
    }

    if (path.length > 0) path.at(-1).count++;
    if (name && !VOID.has(name.toLowerCase()) && !text.endsWith("/>")) path.push({ open: text, count: 0 });
  }

  return found;
}
