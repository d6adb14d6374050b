// The words of the interface, in the first of the browser's languages that there are words for. All of them are in words/.

import english from "../words/en.js";

const LANGUAGES = ["en", "de", "es", "hi", "ar"];
const RIGHT_TO_LEFT = ["ar"];

/** The language of the interface, as a BCP 47 tag. */
export const language = chooseLanguage(navigator.languages);

// Without the words of the language, the page is in English.
const translated = language === "en" ? { default: {} } : await import(`../words/${language}.js`).catch(() => ({ default: {} }));
const words = { ...english, ...translated.default };
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/**
 * A text of the interface: `say("plan.left", { count: 3 })`. A text with several forms is chosen by the plural of `count`. Names in
 * braces stand for the values; numbers are written as the language does.
 */
export function say(key, values = {}) {
  const text = words[key];
  const form = typeof text === "string" ? text : text[plurals.select(values.count)] ?? text.other;
  return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? numbers.format(values[name]) : values[name]));
}

/** Whether there is such a text. */
export const hasWords = (key) => key in english;

/** Fills in the words of elements: `data-text` names the text, `data-label`, `data-title` and `data-placeholder` the attributes. */
export function fillWords(root = document) {
  const attributes = { label: "aria-label", title: "title", placeholder: "placeholder" };
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const [name, attribute] of Object.entries(attributes)) {
    for (const element of root.querySelectorAll(`[data-${name}]`)) element.setAttribute(attribute, say(element.dataset[name]));
  }
}

/** Tells the browser the language and the direction of the page. */
export function setLanguage() {
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
}

function chooseLanguage(tags) {
  for (const tag of tags) {
    const [base] = tag.toLowerCase().split("-");
    if (LANGUAGES.includes(base)) return base;
  }

  return "en";
}
