// The empty chat: a greeting, and prompts to begin with.

import { find, make } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/words.js";

const PROMPTS = [["bulb", "explain"], ["edit", "write"], ["list", "plan"], ["code", "code"]];
const text = find("#text");

let name = null;

/** Makes the prompts. */
export function startWelcome() {
  find("#prompts").append(...PROMPTS.map(([image, key]) =>
    make("li", {}, make("button", { type: "button", click: () => fillIn(say(`prompt.${key}Text`)) }, icon(image), make("span", {}, say(`prompt.${key}`))))));
  showGreeting();
}

/** Shows a greeting that fits the hour, with the name of the user if there is one. */
export function showGreeting(user = { name }) {
  name = user.name;
  const hour = new Date().getHours();
  const time = hour < 5 ? "evening" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
  find("#greeting").textContent = name ? say(`greeting.${time}Name`, { name }) : say(`greeting.${time}`);
}

// The prompt can be changed before it is sent.
function fillIn(prompt) {
  text.value = prompt;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
  text.setSelectionRange(prompt.length, prompt.length);
}
