// A new password: by the current one, or by a code if there is none or it is forgotten.

import { send, sendWithoutToken } from "../core/api.js";
import { find } from "../core/dom.js";
import * as session from "../core/session.js";
import { say } from "../core/words.js";

const form = find("#password-form");
const current = find("#current-password");
const wanted = find("#new-password");
const code = find("#password-code");
const codePart = find("#password-code-part");
const byCode = find("#password-by-code");

let requestId = null;

// The new password that the server has already, while the sign-in with it is missing.
let acceptedPassword = null;

/** Connects the form. `attempt` does what may fail; `number` gives the mobile number of the user. */
export function startPassword(attempt, number) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form, () => (requestId ? reset(number()) : change()));
  });
  byCode.addEventListener("click", () => attempt(byCode, async () => {
    const { request_id: id, otp } = await send("POST", "/auth/forgot-password", { mobile_number: number(), device_token: session.deviceToken() });
    showCodePart(id);
    // In Development, the answer contains the code.
    code.value = otp ?? "";
    return say("settings.codeSent");
  }));
  find("#password-part").addEventListener("toggle", ({ target }) => target.open && showCodePart(null));
}

function showCodePart(id) {
  requestId = id;
  acceptedPassword = null;
  form.reset();
  codePart.hidden = !id;
  code.required = Boolean(id);
  current.hidden = current.labels[0].hidden = Boolean(id);
  current.required = !id;
  byCode.hidden = Boolean(id);
  (id ? code : current).focus();
}

async function change() {
  await send("POST", "/auth/change-password", { current_password: current.value, new_password: wanted.value });
  return finish();
}

// All sessions end with it, also this one, which is replaced.
async function reset(number) {
  await session.replace(async () => {
    acceptedPassword ??= await setByCode(number, wanted.value);
    return sendWithoutToken("POST", "/auth/login", { mobile_number: number, password: acceptedPassword, device_token: session.deviceToken() });
  });
  return finish();
}

async function setByCode(number, password) {
  const body = { mobile_number: number, otp_code: code.value.trim(), request_id: requestId, new_password: password };
  await sendWithoutToken("POST", "/auth/reset-password", body);
  return password;
}

function finish() {
  find("#password-part").open = false;
  return say("settings.passwordSet");
}
