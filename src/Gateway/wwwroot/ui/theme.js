// The colours of the page: those of the system, light, or dark. theme-first.js sets them when the page is loaded.

const KEY = "geminichat.theme";
const root = document.documentElement;
const metas = [...document.querySelectorAll("meta[name=theme-color]")];
const systemColours = metas.map(({ content }) => content);

export const theme = () => root.dataset.theme ?? "system";

/** Chooses `system`, `light` or `dark`, and remembers it. */
export function setTheme(name) {
  if (name === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, name);
  show(name);
}

/** Follows the choice of other tabs. */
export function startTheme() {
  show(theme());
  addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) show(newValue ?? "system");
  });
}

// The browser's own bars have the colour of the page.
function show(name) {
  root.dataset.theme = name;
  for (const [index, meta] of metas.entries()) meta.content = systemColours[{ light: 0, dark: 1 }[name] ?? index];
}
