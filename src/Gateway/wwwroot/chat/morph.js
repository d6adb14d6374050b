// Makes a part of the page like newer HTML of it. What is equal stays, with its selection, focus and scroll position.

import { contentOf, decorate, updateFrame } from "./decorate.js";

// The attributes that decorate.js adds.
const ADDED = ["dir", "tabindex"];

/** Makes the children of an element, from one of them on, like nodes of newer HTML; from null on, adds them. */
export function morphChildren(parent, fresh, from = parent.firstChild) {
  let old = from;
  for (const node of fresh) {
    if (old === null) {
      parent.append(decorate(node));
    } else {
      const next = old.nextSibling;
      morph(old, node);
      old = next;
    }
  }

  while (old !== null) {
    const next = old.nextSibling;
    old.remove();
    old = next;
  }
}

/** Makes a node like a newer one. */
export function morph(old, fresh) {
  const known = contentOf(old);
  if (known.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) {
    morphText(known, fresh.data);
  } else if (known.nodeType === Node.ELEMENT_NODE && known.nodeName === fresh.nodeName && known.dataset.file === fresh.dataset.file) {
    morphAttributes(known, fresh);
    // The page shows the picture in place of its name.
    if (!known.dataset.file) morphChildren(known, [...fresh.childNodes]);
    if (old.isFrame) updateFrame(old);
  } else {
    old.replaceWith(decorate(fresh));
  }
}

// A selection in what stays of a text survives.
function morphText(node, data) {
  if (node.data === data) return;
  if (data.startsWith(node.data)) {
    node.appendData(data.slice(node.data.length));
    return;
  }

  let same = 0;
  while (same < data.length && data[same] === node.data[same]) same++;
  node.replaceData(same, node.data.length - same, data.slice(same));
}

function morphAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }

  for (const name of old.getAttributeNames()) {
    if (!fresh.hasAttribute(name) && !ADDED.includes(name)) old.removeAttribute(name);
  }
}
