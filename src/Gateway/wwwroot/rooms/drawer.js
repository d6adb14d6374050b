// The sidebar. On small screens it is a drawer over the page; on others it can be folded away.

import { find } from "../core/dom.js";

const KEY = "geminichat.sidebar";
const app = find("#app");
const drawer = find("#drawer");
const opener = find("#open-drawer");
const closer = find("#close-drawer");
const backdrop = find("#backdrop");
const restOfPage = [find("#chat"), find("#skip")];
const isSmall = matchMedia("(max-width: 46rem)");

/** Connects the buttons. */
export function startDrawer() {
  show(isOpenAtFirst());
  isSmall.addEventListener("change", () => show(isOpenAtFirst()));
  opener.addEventListener("click", () => toggleDrawer());
  closer.addEventListener("click", () => toggleDrawer());
  backdrop.addEventListener("click", () => toggleDrawer());
  // Also the chat that is open already, which does not change the address.
  drawer.addEventListener("click", ({ target }) => target.closest("a") && closeDrawer());
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !isSmall.matches) return;
    event.stopPropagation();
    toggleDrawer();
  });
}

/** Opens or closes the sidebar. The focus goes to the button that takes this back. */
export function toggleDrawer() {
  const isOpen = !isDrawerOpen();
  show(isOpen);
  if (!isSmall.matches) localStorage.setItem(KEY, isOpen ? "open" : "folded");
  (isOpen ? closer : opener).focus();
}

/** Closes the drawer of a small screen. */
export function closeDrawer() {
  if (!isSmall.matches || !isDrawerOpen()) return;
  show(false);
  opener.focus();
}

const isDrawerOpen = () => app.classList.contains("with-drawer");
const isOpenAtFirst = () => !isSmall.matches && localStorage.getItem(KEY) !== "folded";

// While the drawer lies over the page, only it can be used.
function show(isOpen) {
  app.classList.toggle("with-drawer", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
  const isOver = isOpen && isSmall.matches;
  backdrop.hidden = !isOver;
  for (const part of restOfPage) part.inert = isOver;
}
