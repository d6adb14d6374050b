// Keys that work everywhere on the page, and the list of all of them.

import { find, make } from "../core/dom.js";
import { say } from "../core/words.js";

const dialog = find("#shortcuts");
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const command = isMac ? "⌘" : "Ctrl";

const KEYS = [
  [["Enter"], "shortcuts.send"],
  [["⇧", "Enter"], "shortcuts.line"],
  [["Esc"], "shortcuts.stop"],
  [[command, "⇧", "O"], "common.newChat"],
  [[command, "K"], "common.searchMessages"],
  [[command, "⇧", "S"], "shortcuts.sidebar"],
  [["?"], "shortcuts.list"],
];

/**
 * Connects the keys.
 * @param {{newChat(): void, search(): void, toggleSidebar(): void}} actions What the keys do.
 */
export function startShortcuts(actions) {
  find("dl", dialog).append(...KEYS.map(([keys, text]) =>
    make("div", {}, make("dt", {}, say(text)), make("dd", {}, ...keys.map((key) => make("kbd", {}, key))))));
  for (const [id, keys] of [["#new-chat", [command, "⇧", "O"]], ["#open-search", [command, "K"]]]) find(`${id} kbd`).textContent = keys.join(" ");
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || find("#app").hidden || find("dialog[open]")) return;
    const action = actionOf(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

export const showShortcuts = () => dialog.showModal();

function actionOf({ key, ctrlKey, metaKey, shiftKey, target }, actions) {
  const letter = key.toLowerCase();
  if (ctrlKey || metaKey) return shiftKey ? { o: actions.newChat, s: actions.toggleSidebar }[letter] : { k: actions.search }[letter];
  return key === "?" && !target.closest("input, textarea, select, [contenteditable]") ? showShortcuts : null;
}
