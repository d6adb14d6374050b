// The web pages that an answer is based on: a list below it, and numbered marks in its text.

import { make, setFrameHtml } from "../core/dom.js";
import { say } from "../core/words.js";

// The place of a mark is found by the last letters and digits before it. The rest differs between Markdown and the page.
const SEARCH_LENGTH = 60;
const NO_LETTERS = /(?<=\])\([^()\s]*\)|[^\p{L}\p{N}]/gu;

/** Puts the marks into the text of an answer. Where a text is not found, its sources are in the list only. */
export function markCitations(root, { content, citations = [], sources = [] }) {
  if (citations.length === 0) return;
  for (const marks of root.querySelectorAll(".marks")) marks.remove();
  root.normalize();
  const { letters, places } = readLetters(root);
  const marks = new Map();
  let from = 0;
  for (const { start, end, sources: indexes } of citations) {
    const words = content.slice(start, end).replace(NO_LETTERS, "").slice(-SEARCH_LENGTH);
    const at = words ? letters.indexOf(words, from) : -1;
    if (at < 0) continue;
    from = at + 1;
    const last = at + words.length - 1;
    marks.set(last, new Set([...(marks.get(last) ?? []), ...indexes]));
  }

  // From the end, so that the places before stay where they are.
  for (const last of [...marks.keys()].sort((a, b) => b - a)) {
    const links = [...marks.get(last)].sort((a, b) => a - b).map((index) => markLink(sources[index], index)).filter(Boolean);
    const [node, offset] = places[last];
    const unbreakable = node.parentElement.closest("a, code, .math");
    const range = document.createRange();
    if (unbreakable) range.setStartAfter(unbreakable);
    else range.setStart(node, offset);
    range.insertNode(make("sup", { class: "marks" }, ...links));
  }
}

/** The list of the sources, and what Google shows for the searches; empty without any. */
export function sourceList({ sources = [], search_suggestions: suggestions }) {
  const items = sources.map(({ url, title }) => make("li", { dir: "auto" }, webLink(url, title || url) ?? title));
  return [
    ...(items.length > 0 ? [make("ol", { class: "sources", "aria-label": say("sources.title") }, ...items)] : []),
    ...(suggestions ? [suggestionsFrame(suggestions)] : []),
  ];
}

// The letters and digits of a text, and where each of them ends on the page.
function readLetters(root) {
  let letters = "";
  const places = [];
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let before = null;
  for (let node; (node = nodes.nextNode()); ) {
    // A citation counts the source of a formula, not what is shown of it.
    const formula = node.parentElement.closest("[data-tex]");
    if (formula && formula === before) continue;
    before = formula;
    for (const { 0: found, index } of (formula?.dataset.tex ?? node.data).matchAll(/[\p{L}\p{N}]/gu)) {
      letters += found;
      for (let unit = 0; unit < found.length; unit++) places.push([node, index + found.length]);
    }
  }

  return { letters, places };
}

const markLink = (source, index) => source && webLink(source.url, `${index + 1}`, { "aria-label": say("sources.mark", { number: index + 1, title: source.title }), title: source.title });

function webLink(url, text, attributes = {}) {
  const isWeb = /^https?:\/\//i.test(url);
  return isWeb ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes }, text) : null;
}

// Google wants its HTML unchanged. Nothing in the frame can run, and links open in a new tab. The page's policy, which holds in the
// frame too, has no place for style elements, so the same styles come as style sheets.
function suggestionsFrame(html) {
  const styles = [];
  const body = html.replace(/<style[^>]*>([\s\S]*?)<\/style>/gi, (_, css) => styles.push(css) && "");
  const element = make("iframe", {
    class: "suggestions", title: say("sources.suggestions"), sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    referrerpolicy: "no-referrer",
  });
  element.addEventListener("load", () => {
    const { contentDocument: page, contentWindow: view } = element;
    page.adoptedStyleSheets = styles.map((css) => {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(css);
      return sheet;
    });
    element.height = page.documentElement.offsetHeight;
  });
  setFrameHtml(element, `<!doctype html><meta name="color-scheme" content="light dark"><base target="_blank">${body}`);
  return element;
}
