// Icons of the interface: lines in the colour of the text around them, in a field of 24 by 24.

const SPACE = "http://www.w3.org/2000/svg";

const PATHS = {
  archive: "M4 4h16a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM5 8v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8M10 12h4",
  attach: "M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.6 1.6 0 0 1-2.3-2.3L15 7.5",
  bulb: "M9 18h6M10 21h4M12 3a6.5 6.5 0 0 0-4 11.6c.7.6 1 1.2 1 2v1.4h6v-1.4c0-.8.3-1.4 1-2A6.5 6.5 0 0 0 12 3z",
  card: "M5 5.5h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM3 10h18M7 15h3",
  chat: "M12 4a8.5 7.6 0 1 1-3.7 14.5L4 20l1.2-3.7A8.5 7.6 0 0 1 12 4z",
  check: "m5 12.5 5 5 9-11",
  close: "m6 6 12 12M18 6 6 18",
  code: "m8.5 7-5 5 5 5M15.5 7l5 5-5 5",
  copy: "M11 9h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM5.5 15A1.5 1.5 0 0 1 4 13.5V6a2 2 0 0 1 2-2h7.5A1.5 1.5 0 0 1 15 5.5",
  device: "M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM8 20h8M12 16.5V20",
  down: "m6 9 6 6 6-6",
  download: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 16v2a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-2",
  edit: "M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6M9 15v-3l8.6-8.6a2.1 2.1 0 0 1 3 3L12 15z",
  end: "M12 5v14M6 13l6 6 6-6",
  filter: "M4 7h16M7 12h10M10 17h4",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  instructions: "M7 4h10a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM9 9h6M9 13h6",
  key: "M8 11.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM11.2 12.8 19.5 4.5M16 8l2.5 2.5",
  keyboard: "M5 6h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  left: "m15 6-6 6 6 6",
  list: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
  lock: "M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM8 11V8a4 4 0 0 1 8 0v3",
  moon: "M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5z",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  pin: "M12 15v6M6.5 15h11l-2.5-4V5l1.5-1.5h-9L9 5v6z",
  redo: "M20 5v5h-5M20 10a8 8 0 1 0 0 5",
  right: "m9 6 6 6-6 6",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  send: "M12 20V5M6 11l6-6 6 6",
  settings: "M4 7h9M17 7h3M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM4 17h3M11 17h9M9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  share: "M12 15V4M8 8l4-4 4 4M5 12v6a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-6",
  sidebar: "M6 4.5h12a2.5 2.5 0 0 1 2.5 2.5v10a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17V7A2.5 2.5 0 0 1 6 4.5zM9.5 4.5v15",
  signOut: "M10 4H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3M9.5 12H20M16 8l4 4-4 4",
  spark: "M12 3.5c.8 5 3 7.7 8.5 8.5-5.5.8-7.7 3.5-8.5 8.5-.8-5-3-7.7-8.5-8.5 5.5-.8 7.7-3.5 8.5-8.5z",
  stop: "M7 7h10v10H7z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  temporary: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
  thumb: "M3 10h4v11H3zM7 20V10l4-7c1.7 0 2.7 1.3 2.4 3L12.7 9H19a2 2 0 0 1 2 2.3l-1.3 8a2 2 0 0 1-2 1.7H9z",
  trash: "M4 7h16M9 7V5.5A1.5 1.5 0 0 1 10.5 4h3A1.5 1.5 0 0 1 15 5.5V7M6 7l.9 11.2A2 2 0 0 0 8.900 20h6.2a2 2 0 0 0 2-1.8L18 7M10 11v5.5M14 11v5.5",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-5 3.5-7 8-7s8 2 8 7",
};

/** An icon. It says nothing to screen readers: what it stands on has a name. */
export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Puts the icons before the text of elements: `data-icon` names them. */
export function fillIcons(root = document) {
  for (const element of root.querySelectorAll("[data-icon]")) element.prepend(icon(element.dataset.icon));
}
