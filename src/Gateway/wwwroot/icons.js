// Icons of the interface: lines in the colour of the text around them, in a field of 24 by 24.

const SPACE = "http://www.w3.org/2000/svg";

const PATHS = {
  archive: "M3 4h18v4H3zM5 8v12h14V8M10 12h4",
  attach: "M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.6 1.6 0 0 1-2.3-2.3L15 7.5",
  brain: "M12 3v18M12 5a3.5 3.5 0 0 0-6.5 1.8A3.5 3.5 0 0 0 4 13a3.6 3.6 0 0 0 3 5 3 3 0 0 0 5 1M12 5a3.5 3.5 0 0 1 6.5 1.8A3.5 3.5 0 0 1 20 13a3.6 3.6 0 0 1-3 5 3 3 0 0 1-5 1",
  check: "m5 12.5 5 5 9-11",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  device: "M3 5h18v11H3zM8 20h8M12 16v4",
  down: "m6 9 6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  end: "M12 5v14M6 13l6 6 6-6",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  instructions: "M5 4h14v16H5zM9 9h6M9 13h6",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  left: "m15 6-6 6 6 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  pin: "M12 15v6M7 15h10l-2-4V4H9v7z",
  plus: "M12 5v14M5 12h14",
  redo: "M20 5v5h-5M20 10a8 8 0 1 0 0 5",
  right: "m9 6 6 6-6 6",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  send: "M12 20V5M6 11l6-6 6 6",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
  share: "M12 15V4M8 8l4-4 4 4M5 12v8h14v-8",
  signOut: "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
  stop: "M7 7h10v10H7z",
  temporary: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
  thumb: "M3 10h4v11H3zM7 20V10l4-7c1.7 0 2.7 1.3 2.4 3L12.7 9H19a2 2 0 0 1 2 2.3l-1.3 8a2 2 0 0 1-2 1.7H9z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-5 3.5-7 8-7s8 2 8 7",
};

/** An icon. It says nothing to screen readers: what it stands on has a name. */
export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("class", `icon ${name}`);
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
