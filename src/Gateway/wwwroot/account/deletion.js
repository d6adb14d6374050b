// The end of the account: the user types a word, and proves with a code that it is them.

import { send } from "../core/api.js";
import { find } from "../core/dom.js";
import * as session from "../core/session.js";
import { say } from "../core/words.js";

const form = find("#deletion-form");
const word = find("#deletion-word");
const code = find("#deletion-code");
const codePart = find("#deletion-code-part");
const submit = find("button", form);

let requestId = null;

/** Connects the form. `attempt` does what may fail; `number` gives the mobile number of the user, who otherwise signs in with another service. */
export function startDeletion(attempt, number) {
  word.labels[0].textContent = say("settings.typeWord", { word: say("settings.deletionWord") });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form, () => proceed(number()));
  });
  find("#deletion-part").addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    showCodePart(null);
    submit.textContent = say(number() ? "common.sendCode" : "settings.deleteNow");
  });
}

async function proceed(number) {
  const isConfirmed = word.value.trim().toLocaleLowerCase() === say("settings.deletionWord").toLocaleLowerCase();
  if (!isConfirmed) throw Object.assign(new Error(), { text: word.labels[0].textContent });
  return number && !requestId ? askForCode(number) : deleteAccount();
}

function showCodePart(id) {
  requestId = id;
  if (!id) form.reset();
  codePart.hidden = !id;
  code.required = Boolean(id);
}

async function askForCode(number) {
  const { request_id: id, otp } = await send("POST", "/auth/send-otp", { mobile_number: number, device_token: session.deviceToken() });
  showCodePart(id);
  // In Development, the answer contains the code.
  code.value = otp ?? "";
  code.focus();
  submit.textContent = say("settings.deleteNow");
  return say("settings.codeSent");
}

async function deleteAccount() {
  await send("DELETE", "/user/me", requestId ? { otp_code: code.value.trim(), request_id: requestId } : {});
  session.clear();
}
