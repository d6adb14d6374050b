// The text of a message on the page: plain, or formatted with one element for each block of its top level. While it is written, only
// what has changed is parsed, and what is equal stays on the page.

import { make, setReplyHtml } from "../core/dom.js";
import { contentOf, decorateBlock } from "./decorate.js";
import { morph, morphChildren } from "./morph.js";

const TOKEN = /<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|[^">])*>|[^<]+/gi;
const ENDS = /^\n?(?:<\/[a-z0-9-]+>\s*)+$/i;
const LONG_TEXT = 1000;
const VOID = new Set(["br", "hr", "img", "input"]);

export class Blocks {
  #root;
  #blocks = [];
  #changed = new Set();

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
    this.#changed.clear();
  }

  /** Shows a text without formatting: for good, or until the next change, which shows all blocks again. */
  showText(text, isForNow = false) {
    this.#blocks = isForNow ? this.#blocks.map(({ html }) => newBlock(html)) : [];
    this.#changed = new Set(this.#blocks.keys());
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
    const block = (this.#blocks[at] ??= newBlock(""));
    block.html = block.html.slice(0, keep) + html;
    block.same = Math.min(block.same, keep);
    this.#changed.add(at);
    this.#blocks.length = Math.min(this.#blocks.length, count);
  }

  /** Shows the changes. Only what has changed is touched, however long the message is. */
  flush() {
    this.#begin();
    for (const at of this.#changed) {
      const block = this.#blocks[at];
      if (block && block.shown !== block.html) this.#show(block, at);
    }

    this.#changed.clear();
    const last = this.#blocks.at(-1)?.element ?? null;
    while (this.#root.lastElementChild !== last) this.#root.lastElementChild.remove();
  }

  #show(block, at) {
    // Of a message that was shown before, the elements are there already.
    block.element ??= this.#root.children[at] ?? null;
    if (!block.element || !grow(block, block.element)) block.element = put(this.#root, block.element, whole(block.html));
    block.shown = block.html;
    block.same = block.html.length;
  }

  #begin() {
    if (this.#root.classList.contains("rich")) return;
    this.#root.classList.add("rich");
    this.#root.replaceChildren();
  }
}

const newBlock = (html) => ({ html, shown: null, same: 0, place: null, element: null });

/** Puts an element on the page, at the end or in the place of an older one. Returns what is on the page then. */
function put(root, old, fresh) {
  if (old && contentOf(old).nodeName === fresh.nodeName) {
    morph(old, fresh);
    return old;
  }

  const element = decorateBlock(fresh);
  if (old) old.replaceWith(element);
  else root.append(element);
  return element;
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

// Parses only what is new: what follows the text that stays, or the last closed element that stays. False if the page is not as expected.
function grow(block, element) {
  block.place = advance(block.place, block.html, block.same);
  const { path, closed } = block.place;
  const end = block.shown?.slice(block.same) ?? "";
  if (ENDS.test(end)) {
    const drop = end.startsWith("\n") ? 1 : 0;
    block.isSplit = true;
    return replaceEnd(block, element, path, block.same, (known) => known.lastElementChild, (known, nodes) => continueText(known, nodes, drop));
  }

  // The counts are those of the HTML.
  if (block.isSplit) element.normalize();
  block.isSplit = false;
  return replaceEnd(block, element, closed.path, closed.at, (known, count) => known.childNodes[count - 1], (known, nodes, count) => {
    morphChildren(known, nodes, known.childNodes[count] ?? null);
  });
}

// Replaces what is after a place of the HTML. `path` are the elements that are open there.
function replaceEnd(block, element, path, at, next, change) {
  if (path.length === 0) return false;
  const levels = [];
  let known = element;
  let fresh = parse(path.map(({ open }) => open).join("") + block.html.slice(at)).firstChild;
  for (const { count } of path) {
    const outer = known;
    known = known && contentOf(known);
    if (known?.nodeName !== fresh?.nodeName) return false;
    levels.push({ outer, known, fresh, count });
    known = next(known, count);
    fresh = fresh.firstChild;
  }

  const { known: inner, fresh: content, count } = levels.at(-1);
  change(inner, [...content.childNodes], count);
  for (let depth = levels.length - 2; depth >= 0; depth--) {
    // The first child is the element that was open.
    morphChildren(levels[depth].known, [...levels[depth].fresh.childNodes].slice(1), levels[depth + 1].outer.nextSibling);
  }

  return true;
}

// A browser shapes the letters of a whole text node again when it changes, so a long text goes on in a new one.
function continueText(known, nodes, drop) {
  const last = known.lastChild;
  const isText = last?.nodeType === Node.TEXT_NODE;
  if (isText && drop > 0) last.deleteData(last.length - drop, drop);
  if (isText && last.length < LONG_TEXT && nodes[0]?.nodeType === Node.TEXT_NODE) last.appendData(nodes.shift().data);
  morphChildren(known, nodes, null);
}

// The elements that are open where the part of the HTML ends that stays, and the place after the last closed one. It reads on from the
// last time.
function advance(place, html, same) {
  const start = { at: 0, path: [] };
  let { at, path, closed } = place === null || place.at > same ? { ...start, closed: start } : place;
  path = copy(path);
  TOKEN.lastIndex = at;
  for (let token; (token = TOKEN.exec(html)) && TOKEN.lastIndex <= same; at = TOKEN.lastIndex) {
    const [text, slash, name] = token;
    if (slash) {
      path.pop();
      closed = { at: TOKEN.lastIndex, path: copy(path) };
      continue;
    }

    if (path.length > 0) path.at(-1).count++;
    if (name && !VOID.has(name.toLowerCase()) && !text.endsWith("/>")) path.push({ open: text, count: 0 });
  }

  return { at, path, closed };
}

const copy = (path) => path.map((level) => ({ ...level }));
