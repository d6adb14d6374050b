// The model that answers, how much it thinks, and whether it may search the web.

import { get } from "./api.js";
import { find, make } from "./dom.js";

const KEY = "geminichat.options";
const EFFORTS = { minimal: "Minimal effort", low: "Low effort", medium: "Medium effort", high: "High effort" };

const picker = find("#options");
const model = find("#model");
const thinking = find("#thinking");
const thinkingLabel = find("#thinking-label");
const search = find("#web-search");
const searchLabel = find("#web-search-label");

let models = [];

export function startOptions() {
  for (const field of [model, thinking, search]) field.addEventListener("change", () => {
    const chosen = { model: model.value, thinking: thinking.value, search: search.checked };
    localStorage.setItem(KEY, JSON.stringify(chosen));
    show(chosen);
  });
}

/** Reads what the user may choose. Without that there is nothing to choose, and the server decides. */
export async function readOptions() {
  models = await get("/models").catch(() => []);
  show(remembered());
}

/** What the user has chosen. The default is not told, so that it stays the server's. */
export function chosenOptions() {
  const chosen = models.find(({ id }) => id === model.value);
  if (!chosen) return {};
  return {
    ...(!chosen.is_default && { model: chosen.id }),
    ...(thinking.value && { thinking: thinking.value }),
    ...(chosen.search && search.checked && { search: true }),
  };
}

function show(wanted) {
  const chosen = models.find(({ id }) => id === wanted.model) ?? models.find((one) => one.is_default) ?? models[0];
  picker.hidden = !chosen;
  if (!chosen) return;
  const levels = chosen.thinking ?? [];
  model.replaceChildren(...models.map(({ id, name }) => make("option", { value: id }, name)));
  model.value = chosen.id;
  thinking.replaceChildren(make("option", { value: "" }, "Usual effort"), ...levels.map((level) => make("option", { value: level }, EFFORTS[level] ?? level)));
  thinking.value = levels.includes(wanted.thinking) ? wanted.thinking : "";
  thinkingLabel.hidden = levels.length === 0;
  search.checked = Boolean(wanted.search);
  searchLabel.hidden = !chosen.search;
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
