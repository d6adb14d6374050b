// The model that answers, how much it thinks, and whether it may search the web.

import { get } from "../core/api.js";
import { checkRadio, find, make } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

const KEY = "geminichat.options";
const EFFORTS = ["minimal", "low", "medium", "high"];

const options = find("#options");
const opener = find("#open-options");
const menu = find("#option-menu");
const search = find("#web-search");

let models = [];
let choices = {};

export function startOptions() {
  choices = readStored();
  search.addEventListener("change", () => choose({ search: search.checked }));
  opener.addEventListener("click", () => setOpen(menu.hidden));
  menu.addEventListener("change", ({ target }) => choose({ [target.name]: target.value }));
  // The arrow keys press the radio buttons, too, but without a detail.
  menu.addEventListener("click", ({ target, detail }) => target.matches("input") && detail > 0 && setOpen(false));
  options.addEventListener("keydown", (event) => {
    if (menu.hidden || event.isComposing || !["Escape", "Enter"].includes(event.key) || event.target === opener && event.key === "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
  });
  options.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !options.contains(relatedTarget) && close());
  addEventListener("click", ({ target }) => options.contains(target) || close());
}

/** Reads what the user may choose. Without that there is nothing to choose, and the server decides. */
export async function readOptions() {
  models = await get("/models").catch(() => []);
  render();
}

/** What the user has chosen. The default is not told, so that it stays the server's. */
export function chosenOptions() {
  const model = chosenModel();
  if (!model) return {};
  const effort = effortOf(model);
  return {
    ...(!model.is_default && { model: model.id }),
    ...(effort && { thinking: effort }),
    ...(model.search && search.checked && { search: true }),
  };
}

const chosenModel = () => models.find(({ id }) => id === choices.model) ?? models.find((one) => one.is_default) ?? models[0];

const effortOf = (model) => (model.thinking?.includes(choices.thinking) ? choices.thinking : "");

const nameOf = (effort) => (EFFORTS.includes(effort) ? say(`composer.effort.${effort}`) : effort);

function choose(change) {
  choices = { ...choices, ...change };
  localStorage.setItem(KEY, JSON.stringify(choices));
  render();
}

function render() {
  const model = chosenModel();
  options.hidden = !model;
  find("#web-search-label").hidden = !model?.search;
  if (!model) return;
  const effort = effortOf(model);
  find("#chosen-model").textContent = effort ? `${model.name} · ${nameOf(effort)}` : model.name;
  search.checked = Boolean(choices.search);
  find("#web-search-label").classList.toggle("on", search.checked);
  showRadioButtons("#models", "model", models.map(({ id, name }) => [id, name]), model.id);
  const levels = model.thinking ?? [];
  showRadioButtons("#efforts", "thinking", ["", ...levels].map((level) => [level, level ? nameOf(level) : say("composer.effort.usual")]), effort);
  find("#efforts").hidden = levels.length === 0;
}

// The buttons stay the same elements, so that the focus stays where it is.
function showRadioButtons(fieldset, name, texts, value) {
  const group = find(fieldset);
  const inputs = [...group.querySelectorAll("input")];
  if (inputs.map((input) => input.value).join("\n") !== texts.map(([id]) => id).join("\n")) {
    for (const label of group.querySelectorAll("label")) label.remove();
    group.append(...texts.map(([id, text]) => make("label", {}, make("input", { type: "radio", name, value: id }), make("bdi", {}, text), icon("check"))));
  }

  checkRadio(group, value);
}

function setOpen(isOpen) {
  menu.hidden = !isOpen;
  opener.ariaExpanded = String(isOpen);
  if (isOpen) menu.querySelector(":checked")?.focus();
  else opener.focus();
}

function close() {
  menu.hidden = true;
  opener.ariaExpanded = "false";
}

function readStored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
